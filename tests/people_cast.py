"""The people of the tests of the person index: two streets, a community each, and who serves there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sanshe.accounts import actions as accounts
from sanshe.accounts.access import SETUP as ACCOUNT_SETUP
from sanshe.accounts.models import User
from sanshe.accounts.words import Role
from sanshe.areas.models import Area
from sanshe.kernel.access import Viewer
from sanshe.people import actions
from sanshe.people.invented import invented_citizen_number
from sanshe.people.models import Household, HouseholdMember, Person
from sanshe.people.words import HouseholdKind, Relation, Sex

BORN = date(1950, 3, 8)
HER, HIS = invented_citizen_number(BORN, Sex.FEMALE), invented_citizen_number(BORN, Sex.MALE)
PHONE, ADDRESS = "13800000001", "听澜半岛 3 栋 2 单元 501 室"
POSTS = {
    "desk": (Role.FRONT_DESK, "甲"), "worker": (Role.COMMUNITY_WORKER, "甲"), "lead": (Role.COMMUNITY_LEAD, "甲"),
    "far": (Role.COMMUNITY_LEAD, "乙"), "street": (Role.STREET_OFFICER, "甲街道"),
    "district": (Role.DISTRICT_OFFICER, "新区"), "security": (Role.SECURITY_ADMIN, "新区"), "resident": None,
}  # fmt: skip


@dataclass
class Cast:
    """Areas and users by name, and one woman with a file."""

    areas: dict[str, Area]
    users: dict[str, User]
    her: Person
    now: datetime

    def v(self, name: str) -> Viewer:
        """The viewer of a user, as they stand now."""
        return Viewer.of(User.objects.get(pk=self.users[name].pk))

    def person(self, name: str, **details: object) -> Person:
        """Another person of the first community, entered by the desk."""
        area = details.pop("area", self.areas["甲"])
        return actions.make_person(name=name, by=self.v("desk"), now=self.now, area=area, **details)  # type: ignore[arg-type]

    def link(self) -> Person:
        """Join her file to the resident's account."""
        return actions.link_account(person_id=self.her.pk, user=self.users["resident"], by=self.v("desk"), now=self.now)

    def home(self, *members: Person) -> Household:
        """A household of the first community, the first of its members at its head."""
        home = Household.objects.create(
            area=self.areas["甲"], kind=HouseholdKind.REGISTERED, address=ADDRESS, head=members[0],
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
        for nr, person in enumerate(members):
            HouseholdMember.objects.create(
                household=home, person=person, relation=Relation.HEAD if nr == 0 else Relation.OTHER,
                valid_from=date(2020, 1, 1),
            )  # fmt: skip
        return home


def make_cast(now: datetime) -> Cast:
    """Build it by direct actions."""

    def grow(code: str, name: str, level: str, parent: Area | None, lo: int, hi: int) -> Area:
        return Area.objects.create(
            code=code, name=name, short_name=name, level=level, parent=parent, lo=lo, hi=hi,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip

    root = grow("LJ0000000000", "新区", "district", None, 1, 6)
    a, b = grow("500000001000", "甲街道", "street", root, 2, 4), grow("500000002000", "乙街道", "street", root, 4, 6)
    areas = {
        "新区": root, "甲街道": a, "乙街道": b, "甲": grow("500000001001", "甲社区", "community", a, 3, 4),
        "乙": grow("500000002001", "乙社区", "community", b, 5, 6),
    }  # fmt: skip
    by = Viewer.system_account(ACCOUNT_SETUP)
    users = {}
    for nr, (name, post) in enumerate(POSTS.items()):
        user, _ = accounts.make_account(username=name, name=f"{name}员", phone=f"1390000000{nr}", by=by, now=now)
        if post:
            accounts.appoint(
                user_id=user.pk, role=post[0], area_id=areas[post[1]].pk, by=by, now=now, valid_from=date(2020, 1, 1)
            )
        users[name] = user
    User.objects.update(must_change_password=False)
    her = actions.make_person(
        name="周婉容", citizen_number=HER, phone=PHONE, address=ADDRESS, area=areas["甲"],
        by=Viewer.of(User.objects.get(pk=users["desk"].pk)), now=now,
    )  # fmt: skip
    return Cast(areas, users, her, now)
