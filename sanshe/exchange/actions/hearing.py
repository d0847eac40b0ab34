"""What another system says of a matter that it has: our matter takes its real steps, or a person reads it.

The system speaks for the unit (`units_voice`), with that unit's rights and no more. Whatever our procedure does not
allow now (a return after a designation, an answer to what is closed, an answer while an oversight order is open) is
kept with its words and the reason, and waits as a to-do. The same message again changes nothing; one that is older
than what was heard already moves nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from sanshe.accounts.public import Role, on_duty
from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible, SansheError
from sanshe.kernel.notices import notify
from sanshe.matters.public import (
    AssistState,
    Matter,
    MatterState,
    reporters_voice,
    return_grounds,
    take_part_step,
    take_step,
    units_voice,
)

from ..flow import HEARD
from ..models import Forward, Heard, Source
from ..words import ExchangeEvent, HeardState, TheirState
from .handing import took

S = TheirState
#: What only tells that it goes on: late or twice, it is written down and nobody need read it.
GOES_ON = (S.ACCEPTED, S.PROGRESS)
TEXT_MOST = 2000


@dataclass(frozen=True)
class Said:
    """One message, read. `ref`: our number or theirs. `said_at`: when it was so over there."""

    ref: str
    state: TheirState
    text: str
    said_at: datetime
    foreign: str = ""
    ground: str = ""
    days: int = 0
    photos: Sequence[UploadedFile[Any]] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of it. `again`: the same had come before."""

    heard: Heard
    matter: Matter
    again: bool = False


@transaction.atomic
def hear(*, source: Source, said: Said, now: datetime) -> Outcome:
    """Take in one message. Raises NotVisible for a number that we do not know, Invalid for what can not be so."""
    ahead = int(params.get("intake.signed_minutes", on=clock.local(now).date()).value)
    if (said.said_at - now).total_seconds() > ahead * 60:
        raise Invalid({"at": "这个时间在将来，请校准时钟。"})
    forward, matter = find(source, said.ref)
    if forward is not None:
        forward = Forward.objects.select_for_update().get(pk=forward.pk)
    # Held until the end, so that two of the same at one moment are one.
    matter = Matter.objects.select_for_update().select_related(None).get(pk=matter.pk)
    mark = digest(forward.pk if forward else 0, matter.pk, said)
    held = Heard.objects.filter(source=source, digest=mark).first()
    if held is not None:
        return Outcome(held, matter, again=True)
    late = forward is not None and forward.their_at is not None and said.said_at < forward.their_at
    unlike = took(forward, said.foreign, now) if forward is not None and said.foreign else ""
    state, why = _judge(source, forward, matter, said, late, unlike, now)
    heard = keep(source, forward, matter, said.state, said.text, mark, said.said_at, state, why, now)
    if forward is not None and not late:
        forward.refresh_from_db()
        forward.their_state, forward.their_at = said.state, said.said_at
        forward.arrived_at = forward.arrived_at or now
        forward.save(update_fields=["their_state", "their_at", "arrived_at"])
    return Outcome(heard, Matter.objects.get(pk=matter.pk))


def digest(forward: int, matter: int, said: Said) -> str:
    """Two messages with the same are the same."""
    whole = "|".join([str(forward), str(matter), said.state, said.text, said.ground, str(said.days),
                      said.said_at.isoformat()])  # fmt: skip
    return hashlib.sha256(whole.encode()).hexdigest()


def find(source: Source, ref: str) -> tuple[Forward | None, Matter]:
    """What a number names: a forwarded matter by its key, ours or theirs; else one that came from there."""
    rows = Forward.objects.select_related("matter", "assist", "source").filter(source=source).order_by("-pk")
    ref = ref.strip()
    found = None
    if ref:
        found = rows.filter(key=ref).first() or rows.filter(foreign=ref).first()
        found = found or rows.filter(matter__number=ref).first()
    if found is not None:
        return found, found.matter
    own = Matter.objects.filter(source=source.name).order_by("-pk")
    matter = (own.filter(source_key=ref).first() or own.filter(number=ref).first()) if ref else None
    if matter is None:
        raise NotVisible("没有这个编号的事项：请写转交时的编号（key）、本平台编号，或您系统里的编号。")
    return None, matter


def _judge(
    source: Source, forward: Forward | None, matter: Matter, said: Said, late: bool, unlike: str, now: datetime
) -> tuple[HeardState, str]:
    """Whether the matter took its steps, it was only noted, or a person must read it and why."""
    if unlike:
        return HeardState.HELD, unlike
    if forward is None:
        if said.state != S.WITHDRAWN:
            return HeardState.HELD, "这件事项由本平台办理，对方却告知了办理情况。"
        return _try(lambda: take_step(reporters_voice(source.voice, matter.pk), matter.number, "withdraw",
                                      {"reason": said.text[:500]}))  # fmt: skip
    if late:
        if said.state in GOES_ON:
            return HeardState.NOTED, ""
        return HeardState.HELD, "这条消息比已经收到的更早，没有照它办理。"
    if forward.ended_at is not None:
        return _over(said, "这次转交已经收回，对方仍告知了办理情况。")
    if forward.assist_id is not None:
        return _part(forward, said)
    return _host(forward, matter, said, now)


def _over(said: Said, why: str) -> tuple[HeardState, str]:
    return (HeardState.NOTED, "") if said.state in GOES_ON else (HeardState.HELD, why)


def _try(act: Any) -> tuple[HeardState, str]:
    """Take the steps, all or none; what our procedure refuses is for a person to read."""
    try:
        with transaction.atomic():
            act()
    except SansheError as refused:
        return HeardState.HELD, refused.sentence[:300]
    return HeardState.APPLIED, ""


def _part(forward: Forward, said: Said) -> tuple[HeardState, str]:
    part = forward.assist
    assert part is not None
    voice = units_voice(forward.source.voice, forward.unit_id)
    if said.state in GOES_ON:
        return HeardState.NOTED, ""
    if part.state != AssistState.ASKED:
        return HeardState.HELD, f"这一部分协办现在是「{AssistState(part.state).label}」，没有照来文办理。"
    if said.state != S.ANSWERED:
        return HeardState.HELD, "协办只能答复；对方不办这一部分的，请主办单位另作安排。"
    number = forward.matter.number
    return _try(lambda: take_part_step(voice, number, "assist", part.pk, "answer", {"answer": said.text}))


def _host(forward: Forward, matter: Matter, said: Said, now: datetime) -> tuple[HeardState, str]:
    """The steps of the unit that has the matter. What is implied is taken with it: who answers has accepted."""
    voice, number = units_voice(forward.source.voice, forward.unit_id), matter.number
    state = MatterState(matter.state)
    if state not in (MatterState.ASSIGNED, MatterState.HANDLING, MatterState.WAITING):
        return _over(said, f"事项现在是「{state.label}」，没有照来文办理。")

    def step(name: str, **fields: Any) -> None:
        take_step(voice, number, name, fields, list(said.photos) if name == "finish" else ())

    def accepted() -> None:
        if state == MatterState.ASSIGNED:
            step("accept")
        if state == MatterState.WAITING and said.state != S.NEED_MORE:
            step("resume", reason="承办方已经继续办理，不再等待补充。")

    if said.state in GOES_ON:
        if state == MatterState.HANDLING or (said.state == S.ACCEPTED and state == MatterState.WAITING):
            return HeardState.NOTED, ""
        return _try(accepted)
    if said.state in (S.RETURNED, S.REFUSED):
        ground = _ground(said.ground or said.text, now)
        if not ground:
            names = "、".join(return_grounds(now).values())
            return HeardState.HELD, f"没有写明属于哪一种可以退回的情形（{names}），请核对后由人退回或与对方联系。"
        return _try(lambda: step("return", ground=ground, reason=said.text))

    def both(name: str, **fields: Any) -> None:
        accepted()
        step(name, **fields)

    if said.state == S.ANSWERED:
        return _try(lambda: both("finish", result=said.text))
    if said.state == S.NEED_MORE:
        return _try(lambda: both("ask_resident", question=said.text))
    if said.state == S.EXTEND:
        return _try(lambda: both("extend", days=said.days, reason=said.text))
    return HeardState.HELD, "对方告知反映人撤回：这件事项是在本平台反映的，请与反映人核对。"


def _ground(words: str, now: datetime) -> str:
    """The code of a permitted ground, named by code or by its words; "" for none."""
    words = words.strip()
    for code, name in return_grounds(now).items():
        if words == code or words.startswith(name):
            return code
    return ""


def keep(
    source: Source, forward: Forward | None, matter: Matter, their: TheirState, text: str, mark: str,
    said_at: datetime, state: HeardState, why: str, now: datetime,
) -> Heard:  # fmt: skip
    """Write a message down; what waits for a person is told to who settles it."""
    unit = forward.unit_id if forward is not None else matter.host_unit_id
    heard = Heard(
        source=source, forward=forward, matter=matter, area_id=matter.area_id, unit_id=unit, their_state=their,
        text=text, digest=mark, said_at=said_at, at=now, state=state, why=why[:300],
    )  # fmt: skip
    by = Viewer.system_account(source.voice)
    if state == HeardState.HELD:
        HEARD.begin(heard, by, now, "{actor}来了一条需要人工处理的消息")
    else:
        heard.save()
    if state == HeardState.NOTED:
        audit.record(
            by=by, event=ExchangeEvent.HEARD, obj=matter, now=now, note=text[:TEXT_MOST],
            sentence=f"{{actor}}告知：{their.label}", data={"heard": heard.pk},
        )  # fmt: skip
    if state == HeardState.HELD:
        people = set(on_duty(Role.FRONT_DESK, area=matter.area).values_list("pk", flat=True))
        if unit is not None and forward is not None:
            people |= set(on_duty(Role.UNIT_HANDLER, Role.UNIT_LEAD, body_id=unit).values_list("pk", flat=True))
        notify(sorted(people), f"{source.name}来的消息要您处理：{matter}", heard.get_absolute_url(), now)
    return heard
