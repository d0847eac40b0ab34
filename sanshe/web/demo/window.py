"""The one window: applications taken in here for others, questions answered at once, in the last weeks before today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sanshe.accounts.public import Role, User
from sanshe.areas.public import Area, Body
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.matters import actions
from sanshe.matters.access import Bearer
from sanshe.matters.catalogue import known_facts, materials_for
from sanshe.matters.models import Matter, ServiceItem
from sanshe.people.public import Person

from .cast import Cast
from .stage import Line
from .times import Times, works

SEED = 8061


@dataclass(frozen=True)
class _Told:
    """One application: for whose community, taken in where, how many working days ago, and how it goes on.

    `late`: positions of materials that are to come later. `ends`: "", "accepted", "granted" or a refusal's reason.
    """

    code: str
    home: str
    window: str
    ago: int
    hour: int
    age: int
    ends: str = ""
    late: tuple[int, ...] = ()
    words: str = ""


REFUSED = "该犬种在禁养名录内，不能登记；如认为认定有误，可在六十日内申请行政复议。"
APPLICATIONS = (
    _Told("Y-01", "水竹苑社区", "龙寿路社区", 13, 9, 81, "granted", words="老人腿脚不便，女儿在龙寿路上班，代为申请。"),
    _Told("B-01", "嘉和社区", "龙寿路社区", 12, 10, 34, "granted"),
    _Told("P-03", "龙寿路社区", "龙寿路社区", 9, 11, 42, "granted", words="孩子入学登记要用。"),
    _Told("C-03", "金州社区", "龙寿路社区", 8, 14, 57, "accepted", late=(1,), words="残疾证在家里，家属下周送来。"),
    _Told("Y-02", "龙寿路社区", "水竹苑社区", 7, 9, 83, "accepted", late=(2,)),
    _Told("G-01", "龙寿路社区", "龙寿路社区", 6, 15, 46, "granted"),
    _Told("J-03", "金桥社区", "龙寿路社区", 5, 10, 51, "accepted", words="家里上月失火，房子还不能住。"),
    _Told("Y-06", "龙寿路社区", "金州社区", 5, 16, 68, "granted"),
    _Told("P-02", "龙寿路社区", "龙寿路社区", 4, 9, 29, REFUSED),
    _Told("F-01", "水竹苑社区", "龙寿路社区", 3, 11, 37, words="一家四口租住一室。"),
    _Told("Y-04", "龙寿路社区", "龙寿路社区", 2, 10, 79, "accepted"),
    _Told("Z-01", "龙寿路社区", "龙寿路社区", 1, 15, 62, words="合唱队想在周四下午排练，二十来人。"),
    _Told("B-04", "嘉和社区", "龙寿路社区", 1, 16, 74, "accepted"),
)  # fmt: skip

QUESTIONS = (
    ("龙寿路社区", 10, 9, "高龄津贴多少岁可以领，要不要每年认证？",
     "八十岁起可以申请，带身份证和银行卡到任一窗口；每年在窗口或手机上认证一次。"),
    ("龙寿路社区", 6, 10, "租的房子在别的街道，孩子上学到哪里登记？",
     "按实际居住地登记，带租房合同到任一社区窗口都可以。"),
    ("龙寿路社区", 3, 14, "社区食堂周末开不开？", "周六中午开，周日休息；行动不便的可以登记送餐。"),
    ("水竹苑社区", 2, 11, "医保断缴两个月，还能不能补？",
     "可以补缴，补缴后有等待期，具体天数以今年的通知为准，窗口可以当场替您查。"),
)  # fmt: skip

RESULTS = ("材料齐全，符合条件，已办好；可以凭身份证到任一窗口领取。", "经核对符合条件，本月起执行，结果已短信告知。",
           "已当场核对登记，不用再跑。")  # fmt: skip


def lines(cast: Cast) -> list[Line]:
    """What windows take in, each on its day; nothing where one of the communities is not played."""
    items = {item.code: item for item in ServiceItem.objects.filter(valid_to=None)}
    rng = Random(SEED)
    told = [_application(cast, row, items[row.code], Random(f"{SEED}{nr}")) for nr, row in enumerate(APPLICATIONS)
            if row.code in items and _both(cast, row.home, row.window)]  # fmt: skip
    for nr, (where, ago, hour, text, said) in enumerate(QUESTIONS):
        if _both(cast, where, where):
            at = working_day(cast.times, ago, hour, rng.randint(2, 50))
            told.append(_question(cast, where, at, text, said, nr != 1))
    return told


def _both(cast: Cast, *names: str) -> bool:
    """Whether the communities take part in what is loaded."""
    return all(
        name in cast.area and cast.holders.get((f"{Role.FRONT_DESK}:Area", cast.area[name].pk)) for name in names
    )


def working_day(times: Times, ago: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the working day so many working days before today."""
    moment = times.now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    for _ in range(ago):
        moment -= timedelta(days=1)
        while not works(moment.date()):
            moment -= timedelta(days=1)
    return moment


def _question(cast: Cast, where: str, at: datetime, text: str, said: str, rated: bool) -> Line:
    yield at
    area = cast.area[where]
    name, phone = cast.caller()
    matter = actions.file_matter(
        text=text, kind="question", answer=said, area_id=area.pk, channel="phone", contact_name=name,
        contact_phone=phone, by=cast.v(cast.desk(area)), now=clock.now(),
    )  # fmt: skip
    if rated:
        yield at + timedelta(minutes=25)
        actions.rate(matter_id=matter.pk, grade=5, by=Bearer(Viewer.public(), matter.pk), now=clock.now())


def _application(cast: Cast, row: _Told, item: ServiceItem, rng: Random) -> Line:
    at = working_day(cast.times, row.ago, row.hour, rng.randint(3, 55))
    yield at
    home = cast.area[row.home]
    matter = _filed(cast, row, item, home, cast.files_of[cast.resident(home, row.age).name])
    if not row.ends:
        return
    yield at + timedelta(hours=1, minutes=rng.randint(1, 40))
    _accept(cast, matter)
    if row.ends == "accepted":
        return
    yield working_day(cast.times, max(1, row.ago - 2), 15, rng.randint(1, 50))
    _decide(cast, matter, row.ends, rng)
    if row.ends == "granted":
        yield clock.now() + timedelta(hours=2)
        actions.rate(
            matter_id=matter.pk, grade=rng.choice((5, 5, 4)), by=Bearer(Viewer.public(), matter.pk), now=clock.now()
        )  # fmt: skip


def _filed(cast: Cast, row: _Told, item: ServiceItem, home: Area, person: Person) -> Matter:
    desk, now = cast.v(cast.desk(cast.area[row.window])), clock.now()
    actions.look_up_caller(typed=person.phone or "", by=desk, now=now)
    said: dict[int, Any] = {
        material.position: ("later" if material.position in row.late else "seen" if material.original else "copy", None)
        for material in materials_for(item, known_facts(person, now.date()))
    }
    return actions.file_matter(
        text=row.words, kind="application", service_id=item.pk, materials=said, area_id=home.pk, person_id=person.pk,
        channel="desk", by=desk, now=now,
    )  # fmt: skip


def officer_of(cast: Cast, unit: Body) -> User:
    """Who decides in a back office; an office without anybody yet gets somebody."""
    try:
        return cast.holder(Role.UNIT_HANDLER, unit)
    except LookupError:
        return cast.take_on(Role.UNIT_HANDLER, unit)


def _accept(cast: Cast, matter: Matter) -> None:
    assert matter.host_unit is not None
    actions.accept(matter_id=matter.pk, by=cast.v(officer_of(cast, matter.host_unit)), now=clock.now())


def _decide(cast: Cast, matter: Matter, ends: str, rng: Random) -> None:
    assert matter.host_unit is not None
    granted = ends == "granted"
    actions.finish(
        matter_id=matter.pk, decision="granted" if granted else "refused",
        result=rng.choice(RESULTS) if granted else ends, by=cast.v(officer_of(cast, matter.host_unit)), now=clock.now(),
    )  # fmt: skip
