"""Our own matters that another system handles: handed over by rule or by hand, each once; what happens here is told.

A matter that came from a system is never handed back to it. The other system speaks for the unit that the matter was
given to (`listening`), so the matter takes its ordinary steps; when it goes to another unit, it is taken back there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from sanshe.areas.public import Area
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState
from sanshe.matters.public import Assist, AssistState, Matter, MatterAccess, MatterState

from ..access import ForwardAccess
from ..models import Answer, Forward, ForwardRule, Source
from ..words import AnswerKind, AnswerState, ExchangeEvent, SourceKind
from .answering import queue

#: While it is so, the unit has the matter and may let another system handle it.
WITH_UNIT = (MatterState.ASSIGNED, MatterState.HANDLING, MatterState.WAITING)
#: What the other system is told with the reporter's words.
SAID = {
    "add": AnswerKind.ADDED, "answer_resident": AnswerKind.ADDED, "answer_for": AnswerKind.ADDED,
    "reopen": AnswerKind.REOPENED, "reopen_desk": AnswerKind.REOPENED, "withdraw": AnswerKind.WITHDRAWN,
}  # fmt: skip


# -- by rule -----------------------------------------------------------------------------------------------------------


def by_rule(matter: Any, by: Viewer, now: datetime) -> None:
    """After a matter was given to a unit: hand it over when a rule says so."""
    if matter.state not in WITH_UNIT or matter.host_unit_id is None:
        return
    rule = _rule(matter, matter.host_unit_id)
    if rule is not None:
        _hand_over(rule.source, matter, None, matter.host_unit_id, Viewer.system_account("转交规则"), now, rule=rule)


def part_by_rule(assist: Any, by: Viewer, now: datetime) -> None:
    """The same for the part of an assisting unit: by a rule that names the unit, never by class alone."""
    if assist.state != AssistState.ASKED:
        return
    rule = _rule(assist.matter, assist.unit_id, part=True)
    if rule is not None:
        account = Viewer.system_account("转交规则")
        _hand_over(rule.source, assist.matter, assist, assist.unit_id, account, now, rule=rule)


def _rule(matter: Matter, unit_id: int, part: bool = False) -> ForwardRule | None:
    """The rule that fits best: one that names class and unit before one of them, the smaller area first."""
    code = matter.criterion.code if matter.criterion_id and matter.criterion is not None else ""
    area: Area = matter.area
    rows = ForwardRule.objects.filter(
        ended_at=None, source__active=True, source__kind__in=(SourceKind.MASS, SourceKind.OTHER),
        area__lo__lte=area.lo, area__hi__gte=area.hi, criterion__in=("", code), unit__in=[unit_id],
    ) | ForwardRule.objects.filter(
        ended_at=None, source__active=True, source__kind__in=(SourceKind.MASS, SourceKind.OTHER),
        area__lo__lte=area.lo, area__hi__gte=area.hi, criterion=code or "—", unit=None,
    )  # fmt: skip
    found = [
        rule
        for rule in rows.exclude(source__name=matter.source or "—").select_related("source", "area")
        if not (part and rule.unit_id is None)
    ]
    found.sort(key=lambda r: (r.unit_id is None, not r.criterion, r.area.hi - r.area.lo, r.pk))
    return found[0] if found else None


# -- by hand -----------------------------------------------------------------------------------------------------------


def may_forward(by: Viewer, matter: Matter) -> bool:
    """Whether the viewer's post lets the matter be handled elsewhere: its unit's people, or the street."""
    if matter.state not in WITH_UNIT or matter.host_unit_id is None:
        return False
    return bool(MatterAccess.verbs(by, matter, ("handle", "designate")))


def systems_for(matter: Matter) -> list[Source]:
    """The systems that the matter may be handed to: never the one it came from, never one that has it."""
    rows = Source.objects.filter(active=True, kind__in=(SourceKind.MASS, SourceKind.OTHER)).exclude(name=matter.source)
    held = Forward.objects.filter(matter=matter, assist=None, ended_at=None).values("source")
    return list(rows.exclude(pk__in=held).order_by("name"))


@transaction.atomic
def forward_matter(*, matter_id: int, code: str, reason: str, by: Viewer, now: datetime) -> Forward:
    """Hand a matter that a unit has to another system, which then speaks for the unit."""
    matter = MatterAccess.get(by, matter_id)
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    if matter.state not in WITH_UNIT or matter.host_unit_id is None:
        state = MatterState(matter.state).label
        raise WrongState(f"这件事项现在是「{state}」。交给承办单位之后、办结之前，才能转交其他系统。")
    if not may_forward(by, matter):
        raise NotAllowed("转交其他系统由承办单位或街道决定。")
    source = Source.objects.filter(code=code).first()
    if source is None or not source.takes_forwards:
        raise Invalid({"code": "请选择转交给哪个系统。"})
    if source.name == matter.source:
        raise Invalid({"code": f"这件事项就是{source}转来的，不能再转回去；结果会自动送回给它。"})
    if Forward.objects.filter(matter=matter, assist=None, source=source, ended_at=None).exists():
        raise Invalid({"code": f"这件事项已经转交{source}。"})
    reason = reason.strip()[:300]
    return _hand_over(source, matter, None, matter.host_unit_id, by, now, reason=reason)


@transaction.atomic
def recall(*, forward_id: int, by: Viewer, now: datetime) -> Forward:
    """Take it back: the unit goes on by itself, the other system is told, and what it still says goes to a person."""
    found: Forward = ForwardAccess.get(by, forward_id, "recall")
    forward = Forward.objects.select_for_update().get(pk=found.pk)
    if forward.ended_at is not None:
        raise WrongState("这次转交已经结束。")
    _end(forward, by, now)
    return forward


def _hand_over(
    source: Source, matter: Matter, assist: Assist | None, unit_id: int, by: Viewer, now: datetime, *,
    rule: ForwardRule | None = None, reason: str = "",
) -> Forward:  # fmt: skip
    before = Forward.objects.filter(matter=matter)
    held = before.filter(source=source, assist=assist, ended_at=None).first()
    if held is not None:
        return held
    count = before.count()
    forward = Forward.objects.create(
        source=source, matter=matter, assist=assist, area_id=matter.area_id, unit_id=unit_id, rule=rule,
        by_id=by.user_id, reason=reason, made_at=now,
        key=matter.number if not count else f"{matter.number}-{count + 1}",
    )  # fmt: skip
    what = "这一部分" if assist is not None else "此事项"
    audit.record(
        by=by, event=ExchangeEvent.FORWARDED, obj=matter, now=now, note=reason,
        sentence=f"{{actor}}把{what}转交「{_safe(source.name)}」办理",
        data={"source": source.pk, "forward": forward.pk, "contact": source.gives_contact},
    )  # fmt: skip
    queue(forward.source, matter, AnswerKind.HANDED, now, forward=forward)
    return forward


def _safe(name: str) -> str:
    """A name inside a sentence that is filled in later."""
    return name.replace("{", "（").replace("}", "）")


def _end(forward: Forward, by: Viewer, now: datetime) -> None:
    forward.ended_at = now
    forward.save(update_fields=["ended_at"])
    # What was never sent is not sent any more; what is there is told to stop.
    waiting = Answer.objects.filter(forward=forward, state__in=(AnswerState.WAITING, AnswerState.FAILED))
    unsent = waiting.filter(kind=AnswerKind.HANDED, tries=0).exists()
    waiting.exclude(kind=AnswerKind.HANDED, tries__gt=0).update(state=AnswerState.DROPPED, done_at=now)
    audit.record(
        by=by, event=ExchangeEvent.FORWARD_ENDED, obj=forward.matter, now=now, public=False,
        sentence=f"不再由「{_safe(forward.source.name)}」办理", data={"forward": forward.pk},
    )  # fmt: skip
    if not unsent:
        queue(forward.source, forward.matter, AnswerKind.RECALLED, now, forward=forward)


# -- what happens here -------------------------------------------------------------------------------------------------


def tell_forwarded(matter: Any, by: Viewer, now: datetime) -> None:
    """After a step that the other system did not take itself: tell it; when the matter went elsewhere, take it back."""
    for forward in Forward.objects.select_related("source").filter(matter=matter, ended_at=None):
        if by.system == forward.source.voice:
            continue
        gone = matter.state in (MatterState.RECEIVED, MatterState.DECLINED, MatterState.MERGED, MatterState.ENDED)
        moved = forward.assist_id is None and matter.host_unit_id not in (None, forward.unit_id)
        if matter.state == MatterState.WITHDRAWN:
            forward.ended_at = now
            forward.save(update_fields=["ended_at"])
            queue(forward.source, matter, AnswerKind.WITHDRAWN, now, forward=forward)
        elif gone or moved or (forward.assist_id is not None and matter.state == MatterState.DONE):
            _end(forward, by, now)
        else:
            last = audit.last_step(matter)
            step = last.event.partition(":")[2] if last is not None else ""
            kind = SAID.get(step, AnswerKind.MOVED)
            words = last.note if last is not None and step in SAID else ""
            queue(forward.source, matter, kind, now, forward=forward, words=words)
