"""Applications from home: one with a material owed, one that was told once what is missing, one granted, one refused,
one that ended because nothing came, and one that waits to be begun."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from sanshe.accounts.public import User
from sanshe.areas.public import Area
from sanshe.kernel import clock
from sanshe.matters import actions
from sanshe.matters.access import Bearer
from sanshe.matters.models import Matter, ServiceItem
from sanshe.people.public import person_of

from .cast import Cast
from .stage import Line
from .window import officer_of, working_day

MINE = "孟春芳"


def _paper(lines: int, stamp: bool = False) -> SimpleUploadedFile:
    """A photo of a sheet: grey lines for its writing, a red ring for its seal."""
    picture = Image.new("RGB", (480, 640), "#d9d4c7")
    draw = ImageDraw.Draw(picture)
    draw.polygon([(50, 40), (430, 52), (438, 600), (40, 590)], fill="#fbfaf6")
    draw.line([(150, 90), (330, 94)], fill="#4b5563", width=12)
    for nr in range(lines):
        draw.line([(90, 150 + nr * 34), (390 - (nr % 3) * 40, 154 + nr * 34)], fill="#9ca3af", width=6)
    if stamp:
        draw.ellipse([(290, 470), (390, 570)], outline="#b91c1c", width=6)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return SimpleUploadedFile("照片.jpg", out.getvalue())


def _face() -> SimpleUploadedFile:
    """A likeness on white: nobody's."""
    picture = Image.new("RGB", (300, 400), "#ffffff")
    draw = ImageDraw.Draw(picture)
    draw.ellipse([(95, 80), (205, 220)], fill="#d6bfa6")
    draw.ellipse([(50, 250), (250, 520)], fill="#64748b")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return SimpleUploadedFile("照片.jpg", out.getvalue())


def lines(cast: Cast) -> list[Line]:
    """Each on its days; nothing where the community or its residents are not played."""
    items = {item.code: item for item in ServiceItem.objects.filter(valid_to=None)}
    home = cast.area.get("龙寿路社区")
    needed = {"Y-03", "B-05", "P-01", "G-03", "P-02", "C-04", "P-07"}
    if home is None or MINE not in cast.users or not needed <= set(items):
        return []
    me = cast.users[MINE]
    return [
        _owed(cast, me, home, items["Y-03"]),
        _granted(cast, me, home, items["B-05"]),
        _told(cast, home, items["G-03"]),
        _refused(cast, home, items["P-02"]),
        _lapsed(cast, home, items["C-04"]),
        _new(cast, home, items["P-01"]),
        _new_whole(cast, home, items["P-07"]),
    ]


def _applied(cast: Cast, user: User, home: Area, item: ServiceItem, **more: Any) -> Matter:
    person = person_of(user.pk)
    phone = (person.phone if person is not None else "") or user.phone or ""
    return actions.apply_online(
        service_id=item.pk, area_id=home.pk, contact_name=user.name, contact_phone=phone, by=cast.v(user),
        now=clock.now(), **more,
    )  # fmt: skip


def _until(now: Any, count: int) -> date:
    return clock.local(clock.add_working_days(now, count)).date()


def _office(cast: Cast, matter: Matter) -> Any:
    assert matter.host_unit is not None
    return cast.v(officer_of(cast, matter.host_unit))


def _owed(cast: Cast, me: User, home: Area, item: ServiceItem) -> Line:
    """For her mother, who has no account: begun at once, the owner's consent is still to come."""
    yield working_day(cast.times, 5, 20, 12)
    matter = _applied(
        cast, me, home, item, for_name="孟秀英", relation="女儿", place_text="龙寿路 8 号 2 栋 103",
        text="母亲八十三岁，卫生间没有扶手，洗澡滑倒过一次。", files={0: [_paper(5)]},
    )  # fmt: skip
    yield working_day(cast.times, 4, 10, 20)
    actions.accept_owed(
        matter_id=matter.pk, lacking={2: "要房屋所有人本人签名，写明同意装扶手、改地面"},
        until=_until(cast.times.now, 2), by=_office(cast, matter), now=clock.now(),
    )  # fmt: skip


def _granted(cast: Cast, me: User, home: Area, item: ServiceItem) -> Line:
    yield working_day(cast.times, 12, 21, 5)
    matter = _applied(cast, me, home, item, text="卡丢了，想补一张。", files={2: [_face()]})
    yield working_day(cast.times, 11, 9, 40)
    office = _office(cast, matter)
    actions.accept(matter_id=matter.pk, by=office, now=clock.now())
    for row in matter.materials.filter(state="sent"):
        actions.settle_material(material_id=row.pk, state="checked", by=office, now=clock.now())
    yield working_day(cast.times, 7, 15, 30)
    actions.finish(
        matter_id=matter.pk, decision="granted", by=office, now=clock.now(),
        result="新卡已制好，带身份证到任一街道中心窗口领取；原卡已停用，账户里的钱不受影响。",
    )  # fmt: skip
    yield clock.now() + timedelta(hours=3)
    actions.rate(matter_id=matter.pk, grade=5, by=Bearer(cast.v(me), matter.pk), now=clock.now())


def _told(cast: Cast, home: Area, item: ServiceItem) -> Line:
    yield working_day(cast.times, 4, 19, 33)
    user = cast.resident(home, 44)
    matter = _applied(cast, user, home, item, text="交到九月的社保，想申请补贴。", files={1: [_paper(3)]})
    yield working_day(cast.times, 3, 11, 2)
    actions.tell_missing(
        matter_id=matter.pk, until=_until(clock.now(), 6), by=_office(cast, matter), now=clock.now(),
        lacking={1: "只拍到上半张，要看得到缴费月份和金额", 2: "要本人的社会保障卡，拍有卡号的一面"},
    )  # fmt: skip


def _refused(cast: Cast, home: Area, item: ServiceItem) -> Line:
    yield working_day(cast.times, 6, 20, 41)
    user = cast.resident(home, 27)
    matter = _applied(cast, user, home, item, text="刚领养的狗，想先登记。", files={3: [_paper(1)]})
    yield working_day(cast.times, 5, 14, 15)
    actions.refuse(
        matter_id=matter.pk, by=_office(cast, matter), now=clock.now(),
        reason="犬只不满三个月，还不能接种狂犬病疫苗，接种后再来登记，网上申请即可",
        basis="中华人民共和国动物防疫法第三十条",
        other_way="接种后可以重新申请。对不予受理有异议的，可以自收到之日起六十日内申请行政复议，或者六个月内提起行政诉讼。",
    )  # fmt: skip


def _lapsed(cast: Cast, home: Area, item: ServiceItem) -> Line:
    yield working_day(cast.times, 24, 10, 26)
    user = cast.resident(home, 66)
    matter = _applied(cast, user, home, item, text="想要一副轮椅。")
    yield working_day(cast.times, 23, 9, 50)
    actions.accept_owed(
        matter_id=matter.pk, lacking={1: "残疾人证要拍内页"}, until=_until(clock.now(), 8),
        by=_office(cast, matter), now=clock.now(),
    )  # fmt: skip


def _new(cast: Cast, home: Area, item: ServiceItem) -> Line:
    yield working_day(cast.times, 1, 21, 18)
    user = cast.resident(home, 31)
    _applied(cast, user, home, item, text="租住满半年，孩子明年上学。", files={1: [_paper(9, True), _paper(7, True)]})


def _new_whole(cast: Cast, home: Area, item: ServiceItem) -> Line:
    yield working_day(cast.times, 1, 20, 3)
    _applied(cast, cast.resident(home, 71), home, item, text="有高血压，想签上次来的那位医生。")
