"""The cast of the tests of matters: two streets, three communities, every post, and the overlaps that rules mention."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sanshe.accounts.public import Post, Role, User
from sanshe.areas.public import Area, Body
from sanshe.kernel.access import Viewer
from sanshe.matters.actions import (
    accept,
    file_matter,
    finish,
    triage_government,
    triage_joint,
    triage_self,
)
from sanshe.matters.models import CriteriaSet, Criterion, Matter

BEGAN = date(2020, 1, 1)


@dataclass
class Cast:
    """People by a short name, areas, bodies, criteria."""

    areas: dict[str, Area] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    criteria: dict[str, Criterion] = field(default_factory=dict)

    def viewer(self, name: str) -> Viewer:
        """A fresh viewer, as each request makes one."""
        return Viewer.public() if name == "public" else Viewer.of(self.users[name])

    def __getattr__(self, name: str) -> Viewer:
        users = self.__dict__.get("users", {})
        if name in users or name == "public":
            return self.viewer(name)
        raise AttributeError(name)


def make_cast() -> Cast:
    """Build the cast in the database."""
    cast = Cast()

    def area(key: str, name: str, level: str, parent: str, lo: int, hi: int) -> None:
        cast.areas[key] = Area.objects.create(
            code=f"TE{len(cast.areas):010d}", name=name, short_name=name, level=level,
            parent=cast.areas.get(parent), lo=lo, hi=hi, valid_from=BEGAN,
        )  # fmt: skip

    area("district", "测试新区", "district", "", 1, 7)
    area("street", "甲街道", "street", "district", 2, 5)
    area("home", "梧桐社区", "community", "street", 3, 4)
    area("next", "银杏社区", "community", "street", 4, 5)
    area("other_street", "乙街道", "street", "district", 5, 7)
    area("far", "木棉社区", "community", "other_street", 6, 7)

    def body(key: str, name: str, kind: str, where: str) -> None:
        cast.bodies[key] = Body(name=name, kind=kind, area=cast.areas[where], handles_matters=True, valid_from=BEGAN)

    body("unit", "甲街道平安办", "street_section", "street")
    body("helper_unit", "甲街道物业科", "street_section", "street")
    body("far_unit", "乙街道平安办", "street_section", "other_street")
    Body.objects.bulk_create(cast.bodies.values())

    held: list[Post] = []

    def person(key: str, *posts: tuple[Role, str]) -> None:
        number = len(cast.users) + 1
        user = User(
            username=f"u{number}", name=f"测试{number}号", phone=f"138000{number:05d}", email=f"u{number}@example.com",
            created_at=datetime.fromisoformat("2025-01-01T09:00:00+08:00"), password="!", demo=True,
        )  # fmt: skip
        for role, where in posts:
            area_of, body_of = cast.areas.get(where), cast.bodies.get(where)
            held.append(Post(user=user, role=role, area=area_of, body=body_of, valid_from=BEGAN))
        cast.users[key] = user

    person("resident")
    person("neighbour")
    person("desk", (Role.FRONT_DESK, "home"))
    person("desk2", (Role.FRONT_DESK, "home"))
    person("desk_far", (Role.FRONT_DESK, "far"))
    person("worker", (Role.COMMUNITY_WORKER, "home"))
    person("lead", (Role.COMMUNITY_LEAD, "home"))
    person("street", (Role.STREET_OFFICER, "street"))
    person("street_far", (Role.STREET_OFFICER, "other_street"))
    person("district", (Role.DISTRICT_OFFICER, "district"))
    person("centre", (Role.SERVICE_CENTRE, "street"))
    person("handler", (Role.UNIT_HANDLER, "unit"))
    person("unit_lead", (Role.UNIT_LEAD, "unit"))
    person("assistant", (Role.UNIT_HANDLER, "helper_unit"))
    person("handler_far", (Role.UNIT_HANDLER, "far_unit"))
    # Overlaps: someone at the desk, and someone of the unit, who report a matter of their own.
    person("desk_resident", (Role.FRONT_DESK, "home"))
    person("handler_resident", (Role.UNIT_HANDLER, "unit"))
    person("auditor", (Role.AUDITOR, "district"))
    person("system_admin", (Role.SYSTEM_ADMIN, "district"))
    User.objects.bulk_create(cast.users.values())  # each test builds its cast: few statements, many rows
    for post in held:
        post.user_id = post.user.pk
    Post.objects.bulk_create(held)

    criteria = CriteriaSet.objects.create(version="t1", name="测试标准", valid_from=BEGAN, source="测试")

    def criterion(key: str, code: str, name: str, covers: list[str], route: str, **more: Any) -> None:
        cast.criteria[key] = Criterion(set=criteria, code=code, name=name, covers=covers, route=route, **more)

    criterion("lamp", "D-1", "道路照明", ["路灯", "路灯不亮"], "government")
    criterion("gas", "D-2", "燃气异味", ["燃气", "煤气味"], "government", urgent=True, hours=1)
    criterion("question", "D-3", "政策咨询", ["怎么办理", "咨询"], "government", deadline="question")
    criterion("complex", "D-4", "违法搭建", ["违建", "搭建"], "government", deadline="complex")
    criterion("parking", "X-1", "停车秩序", ["停车", "车位"], "joint")
    criterion("tap", "S-1", "室内小修", ["水龙头", "灯泡"], "self", guidance="请自请师傅，社区有名册。")
    Criterion.objects.bulk_create(cast.criteria.values())
    return cast


def report(cast: Cast, now: datetime, who: str = "resident", area: str = "home", **more: Any) -> Matter:
    """A matter just filed."""
    given = {"text": "小区门口的路灯不亮，晚上看不清路。", "contact_name": "王女士", **more}
    given.setdefault("contact_phone", "13900000001")
    return file_matter(area_id=cast.areas[area].pk, by=cast.viewer(who), now=now, **given)


def assigned(cast: Cast, now: datetime, by: str = "desk", **more: Any) -> Matter:
    """A matter triaged as 大事 and given to the unit."""
    matter = more.pop("matter", None) or report(cast, now, who=more.pop("who", "resident"))
    given = {"criterion": cast.criteria["lamp"].pk, "reason": "属于市政设施维护。",
             "host_unit": cast.bodies["unit"].pk, **more}  # fmt: skip
    return triage_government(matter_id=matter.pk, by=cast.viewer(by), now=now, **given)


def handled(cast: Cast, now: datetime, **more: Any) -> Matter:
    """A matter that the unit accepted."""
    matter = assigned(cast, now, **more)
    return accept(matter_id=matter.pk, by=cast.viewer("handler"), now=now)


def done(cast: Cast, now: datetime, **more: Any) -> Matter:
    """A matter that the unit finished."""
    matter = handled(cast, now, **more)
    return finish(
        matter_id=matter.pk, result="已更换三盏路灯，今晚恢复照明。", without="不影响修复。", by=cast.viewer("handler"),
        now=now,
    )  # fmt: skip


def joint(cast: Cast, now: datetime, **more: Any) -> Matter:
    """A matter triaged as 小事."""
    matter = report(cast, now, text="小区停车乱，车位不够。", **more)
    return triage_joint(
        matter_id=matter.pk, criterion=cast.criteria["parking"].pk, reason="涉及多数住户，要商量。",
        by=cast.viewer("desk"), now=now,
    )  # fmt: skip


def guided(cast: Cast, now: datetime, help_wanted: bool = True, **more: Any) -> Matter:
    """A matter triaged as 私事."""
    matter = report(cast, now, text="家里水龙头漏水，不会修。", **more)
    return triage_self(
        matter_id=matter.pk, criterion=cast.criteria["tap"].pk, reason="室内小修由住户自办。",
        guidance="可以请名册上的师傅。", help_wanted=help_wanted, public_title="想请人帮忙看看水龙头",
        by=cast.viewer("desk"), now=now,
    )  # fmt: skip
