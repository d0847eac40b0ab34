"""Who plays: accounts, posts and files of the invented people, and how a line finds whom it needs."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from sanshe.accounts.public import SETUP, Role, User, appoint, make_account
from sanshe.areas.public import Area, AreaLevel, Body, descendants, home_area
from sanshe.kernel import clock
from sanshe.kernel.access import Grants, Viewer
from sanshe.people.public import SETUP as PEOPLE_SETUP
from sanshe.people.public import Person, invented_citizen_number, make_person

from . import invent
from .source import Story
from .times import Times

#: The password of every account of the demo; it is printed and shown on the sign-in page.
PASSWORD = "sanshe-2026"

#: Whom one signs in as: one for each kind of user, and a second where another page is worth seeing.
MAIN = {
    "孟春芳": "resident",
    "卓一凡": "resident2",
    "莫小荷": "desk",
    "车小楠": "worker",
    "裴长宁": "lead",
    "邹启航": "lead2",
    "宫雪": "street",
    "台立明": "street2",
    "经伟": "purchase",
    "全思义": "purchase2",
    "陶远山": "district",
    "成祝": "centre",
    "丁一鸣": "unit",
    "纪严明": "unitlead",
    "严素禾": "org",
    "闵灯云": "org2",
    "禹心怡": "social",
    "慕清源": "expert",
    "钟离静": "expert2",
    "和桂芬": "mediator",
    "束志航": "system",
    "卫谨言": "security",
    "查益清": "auditor",
}

#: The bodies behind the story's units; {street} stands for the street of the matter.
UNITS = {
    "城管": "两江新区城市管理部门",
    "住建": "两江新区住房建设部门",
    "市政": "两江新区市政设施管护中心",
    "公安派出所": "两江新区公安机关社区警务组",
    "市场监管": "两江新区市场监管部门",
    "燃气公司": "片区燃气服务单位",
    "街道平安办": "{street}平安办",
    "物业科": "两江新区物业管理科",
    "民政社保": "两江新区社会保障部门",
    "教育": "两江新区教育部门",
    "卫健": "两江新区卫生健康部门",
    "消防": "两江新区消防救援机构",
    "供水": "片区供水服务单位",
    "交通": "两江新区交通管理部门",
}

#: Streets without a purchasing officer of their own are served by one of the next street.
LENT = {"翠云街道": "全思义", "鸳鸯街道": "经伟", "康美街道": "支兰", "礼嘉街道": "钱明章"}

OF_ORGANISATIONS = ("org_manager", "social_worker")

#: Where people whose file names no age are taken to stand.
GROWN_UP = 45


class Cast:
    """The people of the story once they have their accounts."""

    def __init__(self, times: Times) -> None:
        self.times = times
        self.setup = Viewer.system_account(SETUP)
        self.files = Viewer.system_account(PEOPLE_SETUP)
        self.hash = make_password(PASSWORD)
        self.area: dict[str, Area] = {}
        self.users: dict[str, User] = {}
        self.files_of: dict[str, Person] = {}
        self.holders: dict[tuple[str, int], list[User]] = defaultdict(list)
        self.neighbours: dict[str, list[User]] = defaultdict(list)
        self.orgs: dict[str, Any] = {}
        self.units: dict[str, Body] = {}
        self.staff: set[str] = set()
        self._grants: dict[int, Grants] = {}
        self._names = invent.names(set())
        self._count = self._callers = 0

    # -- finding ------------------------------------------------------------------------------------------------

    def v(self, user: User) -> Viewer:
        """A fresh viewer for one step; what the user holds is resolved once."""
        grants = self._grants.get(user.pk)
        if grants is None:
            grants = self._grants[user.pk] = Viewer.of(user).grants
        return Viewer(user.pk, user.name, grants)

    def named(self, name: str) -> Viewer:
        """The viewer of somebody named in the story."""
        return self.v(self.users[name])

    def holder(self, role: Role, *places: Area | Body) -> User:
        """Who holds a role in the first of the places where somebody does. Raises LookupError."""
        for place in places:
            found = self.holders.get((f"{role}:{type(place).__name__}", place.pk))
            if found:
                return found[0]
        raise LookupError(f"nobody is {role} in {[str(p) for p in places]}")

    def desk(self, area: Area) -> User:
        """The front desk of a community."""
        return self.holder(Role.FRONT_DESK, area)

    def lead(self, area: Area) -> User:
        """The secretary of a community."""
        return self.holder(Role.COMMUNITY_LEAD, area)

    def officer(self, area: Area) -> User:
        """The street's officer for a community."""
        return self.holder(Role.STREET_OFFICER, self.street(area))

    def buyer(self, area: Area) -> User:
        """The purchasing officer of the community's street."""
        return self.holder(Role.STREET_PURCHASE, self.street(area))

    def judge(self, area: Area) -> User:
        """Who evaluates contracts there: the service centre, else the street's officer."""
        try:
            return self.holder(Role.SERVICE_CENTRE, self.street(area))
        except LookupError:
            return self.officer(area)

    def manager(self, org: str) -> User:
        """The head of an organisation."""
        return self.holder(Role.ORG_MANAGER, self.orgs[org].body)

    def worker_of(self, org: str) -> User:
        """A social worker of an organisation, else its head."""
        body = self.orgs[org].body
        found = self.holders.get((f"{Role.SOCIAL_WORKER}:Body", body.pk))
        return found[0] if found else self.manager(org)

    def street(self, area: Area) -> Area:
        """The street of a community."""
        assert area.parent_id is not None
        return self.by_id[area.parent_id]

    def unit(self, word: str, area: Area) -> Body:
        """The handling unit that the story means, for a matter of this community."""
        return self.units[UNITS[word].format(street=self.street(area).short_name)]

    def caller(self) -> tuple[str, str]:
        """Name and telephone of a caller nobody knows yet."""
        self._callers += 1
        return next(self._names), invent.caller_phone(self._callers)

    def stranger(self) -> str:
        """A name for somebody without an account."""
        return next(self._names)

    # -- making -------------------------------------------------------------------------------------------------

    def learn_places(self) -> None:
        """Read the tree: short names of areas, and the handling units by name."""
        rows = list(descendants(home_area()))
        self.by_id = {a.pk: a for a in rows}
        self.area = {a.short_name: a for a in rows}
        self.units = {b.name: b for b in Body.objects.filter(handles_matters=True)}

    def enter(self, story: Story) -> None:
        """Make the accounts of everybody named, organisations apart, then of desks and secretaries not named."""
        self._names = invent.names({p["name"] for p in story.people})
        self.staff = {p["name"] for p in story.people if p["role"] in ("community_lead", "community_worker")}
        for row in story.people:
            if row["role"] not in OF_ORGANISATIONS and self._is_here(story, row):
                self._enter_named(row)
        for street, name in LENT.items():
            if name in self.users:
                self._appoint(self.users[name], Role.STREET_PURCHASE, self.area[street])
        for area in self.by_id.values():
            if area.level == AreaLevel.COMMUNITY and story.has(area.short_name):
                for role, word in ((Role.COMMUNITY_LEAD, "lead"), (Role.FRONT_DESK, "desk")):
                    if not self.holders.get((f"{role}:Area", area.pk)):
                        user = self._account(next(self._names), f"{word}.{area.code[3:]}")
                        self._appoint(user, role, area)

    def enter_organisations(self, story: Story) -> None:
        """Make the accounts of those who work for organisations, once these are registered."""
        for row in story.people:
            if row["role"] in OF_ORGANISATIONS and row["where"] in self.orgs:
                self._enter_named(row)

    def _is_here(self, story: Story, row: dict[str, Any]) -> bool:
        area = self.area.get(row["where"])
        return area is None or area.level != AreaLevel.COMMUNITY or story.has(row["where"])

    def _enter_named(self, row: dict[str, Any]) -> None:
        name, role = row["name"], row["role"]
        user = self._account(name, MAIN.get(name) or f"{role.replace('_', '')}.{row['id']}")
        if role == "resident":
            self._file(user, self.area[row["where"]], row["sex"], row["age"])
        elif role in ("mediator", "community_lead", "community_worker"):
            self._file(user, self.area[row["where"]], row["sex"], row["age"])
            self._appoint(user, Role(role), self.area[row["where"]])
        elif role in OF_ORGANISATIONS:
            self._appoint(user, Role(role), self.orgs[row["where"]].body)
        elif role in ("unit_handler", "unit_lead"):
            pattern = UNITS[row["where"]].format(street="")
            for unit in self.units.values():
                if unit.name == pattern or ("{street}" in UNITS[row["where"]] and unit.name.endswith(pattern)):
                    self._appoint(user, Role(role), unit)
        else:
            self._appoint(user, Role(role), self.area[row["where"]])

    def resident(self, area: Area, age: int = GROWN_UP, sex: str = "") -> User:
        """One more resident of a community, with account and file."""
        number = self._count + 1
        user = self._account(next(self._names), f"resident.{number:04d}")
        self._file(user, area, sex or "fm"[number % 2], age)
        return user

    def take_on(self, role: Role, place: Area | Body) -> User:
        """One more person at work, in an area or a body."""
        user = self._account(next(self._names), f"{role.value.replace('_', '')}.{self._count + 1:04d}")
        self._appoint(user, role, place)
        return user

    def _account(self, name: str, username: str) -> User:
        self._count += 1
        user, _ = make_account(
            username=username, name=name, phone=invent.phone(self._count), by=self.setup, now=clock.now(), demo=True,
            password_hash=self.hash,
        )  # fmt: skip
        self.users[name] = user
        return user

    def _appoint(self, user: User, role: Role, place: Area | Body) -> None:
        appoint(
            user_id=user.pk, role=role, by=self.setup, now=clock.now(), valid_from=date(2021, 1, 1),
            area_id=place.pk if isinstance(place, Area) else None,
            body_id=place.pk if isinstance(place, Body) else None,
        )  # fmt: skip
        self.holders[(f"{role}:{type(place).__name__}", place.pk)].append(user)

    def _file(self, user: User, area: Area, sex: str, age: int) -> None:
        born = invent.born(self._count, age, self.times.now.date())
        self.files_of[user.name] = make_person(
            name=user.name, by=self.files, now=clock.now(), citizen_number=invented_citizen_number(born, sex),
            phone=user.phone or "", area=area, user=user,
        )  # fmt: skip
        if user.name not in self.staff:
            self.neighbours[area.short_name].append(user)
