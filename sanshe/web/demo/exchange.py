"""Other systems in the last days: the mass-work system sends and hears back, takes matters of ours by rule and by hand
and answers them, a chat group, an app by Open311."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from sanshe.accounts.public import Role, holders
from sanshe.areas.public import Area, AreaLevel, handling_units_for
from sanshe.exchange import actions
from sanshe.exchange.models import Answer, Source
from sanshe.exchange.words import AnswerKind, AnswerState, TheirState
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.matters import actions as matters
from sanshe.matters.models import Matter
from sanshe.matters.public import criteria_in_force

from .stage import Line

HOME = "龙寿路社区"
#: Days before today, hour, the system, its number, who wrote, where, what.
MESSAGES = (
    (6, 9, "mass", "QG-20261117-0231", "", "龙寿苑", "龙寿苑门口的路灯连着三盏不亮，晚上接孩子看不清路。"),
    (5, 10, "mass", "QG-20261118-0107", "", "龙寿路", "龙寿路人行道地砖松动，下雨踩上去溅水。"),
    (3, 15, "mass", "QG-20261120-0388", "", "龙寿苑", "龙寿苑 2 栋楼下垃圾两天没有清运。"),
    (1, 11, "mass", "QG-20261122-0016", "", "", "想问问居民医保怎么给刚出生的孩子参保。"),
    (2, 20, "chat", "msg-88120", "群成员27", "龙寿苑", "3 栋电梯又停了，老人上不去，物业电话没人接！"),
    (2, 20, "chat", "msg-88121", "群成员27", "龙寿苑", "3 栋电梯又停了，老人上不去，物业电话没人接！"),
    (2, 20, "chat", "msg-88125", "群成员27", "龙寿苑", "3 栋电梯又停了，老人上不去，物业电话没人接！"),
    (1, 9, "chat", "msg-88164", "群成员5", "龙寿苑", "院子里那棵大树枝快断了，下面停着车。"),
)
LAMPS, TILES = "QG-20261117-0231", "QG-20261118-0107"
OLD = """编号,诉求内容,小区,答复
街-101,楼道堆放杂物，影响通行,龙寿苑,已联系住户清理完毕
街-102,健身器材螺丝松动,龙寿苑,已拧紧并检查其余器材
街-103,雨后单元门口积水,龙寿苑,
街-104,,龙寿苑,
"""


def lines(now: datetime) -> list[Line]:
    """Four systems are connected, send, and one matter is worked on so that its answers go back; one answer fails."""
    home = Area.objects.filter(level=AreaLevel.COMMUNITY, short_name=HOME).first()
    admin = holders(Role.SYSTEM_ADMIN).first()
    desk = holders(Role.FRONT_DESK, area=home).first() if home is not None else None
    if home is None or admin is None or desk is None or Source.objects.exists():
        return []
    street = holders(Role.STREET_OFFICER, area=home).first()
    officer = Viewer.of(street) if street is not None else None
    return [_line(home, Viewer.of(admin), Viewer.of(desk), officer, now)]


def _line(home: Area, by: Viewer, at_desk: Viewer, officer: Viewer | None, now: datetime) -> Line:
    made: dict[str, Source] = {}

    def connect() -> None:
        for code, kind, name, to in (
            ("qungong", "mass", "区群工系统", "https://qungong.example/answers"),
            ("longshou-group", "chat", "龙寿苑业主群", ""),
            ("street-old", "other", "街道原工单系统", ""),
            ("city-app", "open311", "城市随手报（演示应用）", ""),
        ):
            made[kind], _ = actions.make_source(
                name=name,
                code=code,
                kind=kind,
                area_id=home.pk,
                answers_to=to,
                by=by,
                now=clock.now(),
                forwards_to=to.replace("/answers", "/matters"),
            )

    def send(kind: str, key: str, sender: str, place: str, text: str) -> None:
        message: dict[str, Any] = {"key": key, "text": text, "place": place, "sender": sender}
        received, _ = actions.arrive(source=made[kind], message=message, now=clock.now())
        actions.note_call(method="POST", path=f"/api/in/{made[kind].code}/", status=200 if received.again else 201,
                          said=received.matter.number, now=clock.now(), source=made[kind])  # fmt: skip

    def sheet() -> None:
        upload = SimpleUploadedFile("原工单.csv", OLD.encode())
        actions.take_sheet(code="street-old", upload=upload, by=at_desk, now=clock.now())

    def refused() -> None:
        actions.note_call(method="POST", path="/api/in/qungong/", status=422, now=clock.now(), source=made["mass"],
                          said="请给出来源编号（key）：同一编号再发来，还是同一件事项。")  # fmt: skip

    events: list[tuple[datetime, Callable[[], None]]] = [(_at(now, 9, 9), connect)]
    for ago, hour, kind, key, sender, place, text in MESSAGES:
        events.append((_at(now, ago, hour), partial(send, kind, key, sender, place, text)))
    events += [(_at(now, 4, 16), sheet), (_at(now, 1, 12), refused), *_work_on(home, at_desk, now)]
    if officer is not None:
        events += handed_over(home, at_desk, officer, "qungong", now)
    events.append((now, lambda: _answers(made["mass"], now)))
    for moment, event in sorted(events, key=lambda pair: pair[0]):
        yield moment
        event()


def _at(now: datetime, ago: int, hour: int) -> datetime:
    moment = clock.local(now) - timedelta(days=ago)
    return min(moment.replace(hour=hour, minute=20, second=0, microsecond=0), now)


def _work_on(home: Area, desk: Viewer, now: datetime) -> list[tuple[datetime, Callable[[], None]]]:
    """The lamps are triaged, taken and mended; the tiles are given to the unit."""
    today = clock.local(now).date()
    lamp = next((c for c in criteria_in_force(today) if c.route == "government" and "灯" in "".join(c.covers)), None)
    units = handling_units_for(home, today)
    unit = units.filter(name__contains="市政").first() or units.first()
    handler = holders(Role.UNIT_HANDLER, body_id=unit.pk).first() if unit is not None else None
    if unit is None or handler is None:
        return []
    host, worker = unit.pk, Viewer.of(handler)

    def triage(key: str, criterion: int | None) -> None:
        matters.triage_government(
            matter_id=_matter(key), criterion=criterion, host_unit=host, by=desk,
            reason="属于市政设施维护，由市政单位限时办理。", now=clock.now(), public_title="龙寿路一带的市政设施要维修",
        )  # fmt: skip

    def accept() -> None:
        matters.accept(matter_id=_matter(LAMPS), by=worker, now=clock.now())

    def finish() -> None:
        matters.finish(
            matter_id=_matter(LAMPS), result="傍晚更换了三盏路灯的灯头和线路，现已恢复照明。",
            public_result="三盏路灯已修复。", by=worker, now=clock.now(),
        )  # fmt: skip

    return [
        (_at(now, 5, 11), lambda: triage(LAMPS, lamp.pk if lamp else None)),
        (_at(now, 4, 11), lambda: triage(TILES, None)),
        (_at(now, 4, 15), accept),
        (_at(now, 3, 17), finish),
    ]


#: Days before today, hour, what is reported, the title for the board; the first two go there by rule, the last by hand.
OURS = (
    (8, 9, "龙寿路与天龙路口的井盖一边翘起来了，晚上骑车很危险。", "路口井盖翘起"),
    (4, 10, "龙寿路公交站旁的行道树挡住了红绿灯。", "行道树遮挡红绿灯"),
    (3, 9, "菜市场门口的下水道堵了，污水漫到人行道。", "下水道堵塞"),
)


def handed_over(home: Area, desk: Viewer, officer: Viewer, code: str, now: datetime) -> list[tuple[datetime, Any]]:
    """Three matters of ours at the mass-work system: one answered, one in progress, one that it will not take."""
    today = clock.local(now).date()
    units = handling_units_for(home, today)
    unit = units.filter(name__contains="市政").first() or units.first()
    handler = holders(Role.UNIT_HANDLER, body_id=unit.pk).first() if unit is not None else None
    classes = criteria_in_force(today).filter(route="government", urgent=False).order_by("code")
    rule = next((c for c in classes if any(word in "".join(c.covers) for word in ("井盖", "道路", "路面"))), None)
    if unit is None or handler is None or rule is None:
        return []
    host, worker, made = unit.pk, Viewer.of(handler), dict[int, int]()

    def file(at: int) -> None:
        made[at] = matters.file_matter(
            text=OURS[at][2], area_id=home.pk, channel="phone", place_text="龙寿路", contact_name="许女士",
            contact_phone="13900000131", by=desk, now=clock.now(),
        ).pk  # fmt: skip

    def give(at: int, criterion: int | None) -> None:
        matters.triage_government(
            matter_id=made[at], criterion=criterion, host_unit=host, by=desk, now=clock.now(),
            reason="城市道路设施，由市政单位通过群工系统统一派单。", public_title=OURS[at][3],
        )  # fmt: skip

    def hears(at: int, state: str, text: str = "", foreign: str = "") -> None:
        found = Source.objects.get(code=code)
        ref = Matter.objects.values_list("number", flat=True).get(pk=made[at])
        said = actions.Said(ref=ref, state=TheirState(state), text=text, said_at=clock.now(), foreign=foreign)
        actions.hear(source=found, said=said, now=clock.now())

    def by_hand() -> None:
        matters.accept(matter_id=made[2], by=worker, now=clock.now())
        actions.forward_matter(matter_id=made[2], code=code, by=worker, now=clock.now(),
                               reason="雨污管网由市级单位管养，从群工系统派单。")  # fmt: skip

    def set_rule() -> None:
        actions.make_rule(code=code, area_id=officer_area.pk, criterion=rule.code, unit_id=host, by=officer,
                          now=clock.now())  # fmt: skip

    officer_area = home.parent if home.parent is not None else home
    return [
        (_at(now, 9, 10), set_rule),
        (_at(now, 8, 9), partial(file, 0)), (_at(now, 8, 10), partial(give, 0, rule.pk)),
        (_at(now, 8, 11), partial(hears, 0, "accepted", "", "QG-20261115-0440")),
        (_at(now, 7, 15), partial(hears, 0, "in_progress", "已派井盖维护队，当天围挡。")),
        (_at(now, 6, 16), partial(hears, 0, "answered", "更换了井盖和井座，路面已恢复，当天晚上复查无松动。")),
        (_at(now, 4, 10), partial(file, 1)), (_at(now, 4, 11), partial(give, 1, rule.pk)),
        (_at(now, 4, 14), partial(hears, 1, "accepted", "", "QG-20261119-0215")),
        (_at(now, 2, 9), partial(hears, 1, "in_progress", "园林队已排班，本周内修剪。")),
        (_at(now, 3, 9), partial(file, 2)), (_at(now, 3, 10), partial(give, 2, None)), (_at(now, 3, 11), by_hand),
        (_at(now, 3, 14), partial(hears, 2, "accepted", "", "QG-20261120-0502")),
        (_at(now, 1, 10), partial(hears, 2, "refused", "经查该段为小区内部管道，不属本系统派单范围。")),
    ]  # fmt: skip


def _matter(key: str) -> int:
    return Matter.objects.values_list("pk", flat=True).get(source_key=key)


def _answers(source: Source, now: datetime) -> None:
    """What was sent arrived, but for the last: the other system was down over the weekend."""
    rows = list(Answer.objects.filter(source=source, kind=AnswerKind.ANSWER).order_by("pk"))
    handed = list(Answer.objects.filter(source=source).exclude(kind=AnswerKind.ANSWER))
    for answer in [*handed, *rows[:-1]]:
        answer.state, answer.tries, answer.tried_at = AnswerState.SENT, 1, answer.created_at + timedelta(seconds=4)
        answer.done_at = answer.tried_at
        answer.save()
    for answer in rows[-1:]:
        answer.state, answer.tries, answer.tried_at = (
            AnswerState.FAILED,
            10,
            min(answer.created_at + timedelta(days=2), now),
        )
        answer.why = "对方 10 秒内没有回答。"
        answer.save()
