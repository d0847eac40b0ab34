"""The cast of the tests of disputes and of mutual help: that of matters, with mediators, files and more residents."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sanshe.accounts.public import Post, Role, User
from sanshe.disputes import actions as disputes
from sanshe.disputes.models import Dispute, Party
from sanshe.disputes.words import Side
from sanshe.kernel.access import Viewer
from sanshe.people.public import SETUP, invented_citizen_number, make_person
from tests import matters_cast

Cast = matters_cast.Cast


def make_cast(now: datetime) -> Cast:
    """The cast of matters; the residents have files, there are two mediators, and a lead who is in dispute."""
    cast = matters_cast.make_cast()

    def person(key: str, *posts: tuple[Role, str]) -> User:
        number = len(cast.users) + 1
        user = User.objects.create(
            username=f"u{number}", name=f"测试{number}号", phone=f"138000{number:05d}", created_at=now, password="!",
            demo=True,
        )  # fmt: skip
        for role, where in posts:
            Post.objects.create(user=user, role=role, area=cast.areas[where], valid_from=matters_cast.BEGAN)
        cast.users[key] = user
        return user

    person("other")
    person("third")
    person("far_resident")
    person("mediator", (Role.MEDIATOR, "home"))
    person("mediator2", (Role.MEDIATOR, "street"))
    person("mediator_far", (Role.MEDIATOR, "far"))
    person("lead_party", (Role.COMMUNITY_LEAD, "home"))
    setup = Viewer.system_account(SETUP)
    for nr, (key, where) in enumerate(
        [("resident", "home"), ("neighbour", "home"), ("other", "home"), ("third", "home"), ("far_resident", "far"),
         ("mediator", "home"), ("lead_party", "home")]
    ):  # fmt: skip
        user = cast.users[key]
        make_person(
            name=user.name, by=setup, now=now, phone=user.phone or "", area=cast.areas[where], user=user,
            citizen_number=invented_citizen_number(date(1960, 1, 1 + nr)),
        )  # fmt: skip
    return cast


ABOUT = "楼上漏水三个月，吊顶坏了，对方不肯修。"


def filed(cast: Cast, now: datetime, who: str = "resident", against: str = "other", **more: Any) -> Dispute:
    """A dispute that one resident brought against another, who has an account."""
    user = cast.users[against]
    given = disputes.PartyGiven(Side.SECOND, user.name, user.phone or "")
    return disputes.file_dispute(
        area_id=cast.areas["home"].pk, kind="neighbours", about=ABOUT, parties=[given], by=cast.viewer(who), now=now,
        **more,
    )  # fmt: skip


def at_desk(cast: Cast, now: datetime, **more: Any) -> Dispute:
    """A dispute between two people without accounts, entered at the desk."""
    given = [disputes.PartyGiven(Side.FIRST, "苗阿姨"), disputes.PartyGiven(Side.SECOND, "某某物业公司")]
    return disputes.file_dispute(
        area_id=cast.areas["home"].pk, kind="property", about=ABOUT, parties=given, as_party=False,
        by=cast.viewer("desk"), now=now, **more,
    )  # fmt: skip


def mediating(cast: Cast, now: datetime, one: Dispute | None = None) -> Dispute:
    """A dispute that both want mediated, with its mediator."""
    one = one or filed(cast, now)
    disputes.agree_to(dispute_id=one.pk, by=cast.other, now=now)
    disputes.appoint(dispute_id=one.pk, mediator=cast.users["mediator"], by=cast.lead, now=now)
    return Dispute.objects.get(pk=one.pk)


def signing(cast: Cast, now: datetime, days: int = 10) -> Dispute:
    """A dispute whose agreement is written."""
    one = mediating(cast, now)
    disputes.sit(
        dispute_id=one.pk,
        at=now,
        place="调解室",
        present="双方",
        record="双方看了漏水的地方。",
        by=cast.mediator,
        now=now,
    )
    payer = Party.objects.get(dispute=one, side=Side.SECOND)
    due = now.date() + timedelta(days=days)
    disputes.draft(
        dispute_id=one.pk, form="written", facts="水管老化。", terms_text="修好水管，赔吊顶。",
        lines=[(payer.pk, "修好水管", due)], by=cast.mediator, now=now,
    )  # fmt: skip
    return Dispute.objects.get(pk=one.pk)


def agreed(cast: Cast, now: datetime, days: int = 10) -> Dispute:
    """A dispute with an agreement in effect."""
    one = signing(cast, now, days)
    parties = list(one.parties.values_list("pk", flat=True))
    disputes.sign(dispute_id=one.pk, effect_on=now.date(), signed=parties, sealed=True, by=cast.mediator, now=now)
    return Dispute.objects.get(pk=one.pk)
