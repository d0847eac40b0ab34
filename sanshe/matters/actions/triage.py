"""Triage (三事分流): every decision keeps who, by which criterion and version, why, and what had been proposed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from sanshe.accounts.public import Role
from sanshe.areas.public import Body, handling_units_for
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from .. import deadlines
from ..flow import FLOW
from ..flow_parts import ASSIST
from ..imports import without_numbers
from ..models import Assist, Criterion, Extension, Matter, Triage
from ..proposal import criteria_in_force
from ..words import AssistState, ExtensionState, MatterState, Route
from .suggesting import suggestion_of
from .telling import clean, ring, tell_reporter, tell_unit

#: Without a criterion that fits, the reason must carry the decision alone: at least so many characters.
REASON_ALONE = 10


def _criterion(criterion_id: int | None, route: Route, now: datetime) -> Criterion | None:
    """The criterion, when it is in force and goes this way; None when none was named."""
    if criterion_id is None:
        return None
    found = Criterion.objects.select_related("set").filter(pk=criterion_id).first()
    day = clock.local(now).date()
    if found is None:
        raise Invalid({"criterion": "请选择依据的分流标准。"})
    if not criteria_in_force(day).filter(pk=found.pk).exists():
        raise Invalid({"criterion": "这一版分流标准现在不在有效期内，请重新选择。"})
    if found.route != route:
        way = Route(found.route).label
        raise Invalid({"criterion": f"「{found.name}」按标准属于{way}，请改用“分流为{way}”，或换一条标准。"})
    return found


def a_unit(matter: Matter, unit_id: int | None, field: str, now: datetime) -> Body:
    """One of the units that may take the matter. Raises Invalid at `field` for any other."""
    unit = handling_units_for(matter.area, clock.local(now).date()).filter(pk=unit_id or 0).first()
    if unit is None:
        raise Invalid({field: "请从列出的承办单位中选择。"})
    return unit


def _decide(
    matter: Matter,
    route: Route,
    criterion_id: int | None,
    reason: str,
    public: bool,
    public_title: str,
    public_text: str,
    by: Viewer,
    now: datetime,
) -> Criterion | None:
    """What all three ways have in common: criterion, reason, the released wording."""
    criterion = _criterion(criterion_id, route, now)
    matter.criterion, matter.criterion_version = criterion, criterion.set.version if criterion else ""
    if criterion is None:
        sentence = f"没有引用标准时，请把理由写详细（至少 {REASON_ALONE} 个字）。"
        matter.triage_reason = clean(reason, "reason", 500, sentence, REASON_ALONE)
    else:
        matter.triage_reason = clean(reason, "reason", 500, "请写明分流的理由，一句话即可。", 2)
    matter.route, matter.triaged_at = route, now
    matter.public = public
    # Whoever's number it is, it is none of the public's business.
    matter.public_title = without_numbers(clean(public_title, "public_title", 80)) if public else ""
    matter.public_text = without_numbers(clean(public_text, "public_text", 500)) if public else ""
    matter.host_unit, matter.designated, matter.handler = None, False, None
    matter.guidance, matter.help_wanted, matter.other_way = "", False, ""
    return criterion


def _log(matter: Matter, criterion: Criterion | None, by: Viewer, now: datetime) -> None:
    """Keep the decision beside what had been suggested. The words of the text stay with the suggestion alone."""
    shown = suggestion_of(matter, now)
    words = [] if shown.learned else shown.words
    first = [{"code": shown.criterion.code, "route": shown.route, "words": words}] if shown.criterion else []
    Triage.objects.create(
        matter=matter,
        area_id=matter.area_id,
        by_id=by.user_id,
        at=now,
        route=matter.route,
        criterion=criterion,
        criterion_version=matter.criterion_version,
        reason=matter.triage_reason,
        unit=matter.host_unit,
        proposal=[*first, *shown.others],
        suggestion=shown,
        followed=_same(shown.criterion, criterion) if shown.certain else None,
    )


def _same(suggested: Criterion | None, decided: Criterion | None) -> bool:
    """Whether both are the same criterion, be it of another version."""
    return suggested is not None and decided is not None and suggested.code == decided.code


def _basis(criterion: Criterion | None) -> str:
    return f"依据「{criterion.name}」，" if criterion is not None else ""


def _data(matter: Matter, criterion: Criterion | None) -> dict[str, object]:
    return {
        "criterion": criterion.code if criterion else None,
        "version": matter.criterion_version,
        "route": str(matter.route),
        "unit": matter.host_unit_id,
        "due": matter.due_at.isoformat() if matter.due_at else None,
    }


@transaction.atomic
def triage_government(
    *,
    matter_id: int,
    criterion: int | None,
    reason: str,
    host_unit: int | None,
    by: Viewer,
    now: datetime,
    assisting: Iterable[int] = (),
    assist_part: str = "",
    urgent: bool = False,
    public: bool = True,
    public_title: str = "",
    public_text: str = "",
) -> Matter:
    """大事: give the matter to a host unit, with assisting units, by a deadline in working days, or hours if urgent."""
    matter = FLOW.take(matter_id, "triage_government", by)
    rule = _decide(matter, Route.GOVERNMENT, criterion, reason, public, public_title, public_text, by, now)
    unit = a_unit(matter, host_unit, "host_unit", now)
    matter.host_unit, matter.given_at = unit, now
    matter.urgent = urgent or (rule is not None and rule.urgent)
    deadlines.begin_handling(matter, now)
    FLOW.move(
        matter, "triage_government", by, now, note=matter.triage_reason,
        sentence=f"{{actor}}把此事项分流为大事，{_basis(rule)}交{unit.name}办理", data=_data(matter, rule),
    )  # fmt: skip
    _log(matter, rule, by, now)
    _ask_assistance(matter, assisting, assist_part, by, now)
    if matter.urgent:
        said = f"紧急，{matter.hours} 小时内办结（{clock.say_moment(matter.due_at)}前）：{matter}"  # type: ignore[arg-type]
        ring(matter, (Role.STREET_OFFICER,), said, now, unit.pk)
    else:
        tell_unit(matter, unit.pk, f"新交办事项：{matter}", now)
    tell_reporter(matter, f"您反映的「{matter}」已交{unit.name}办理，{clock.say_day(matter.due_at)}前答复。", now)  # type: ignore[arg-type]
    return matter


def _ask_assistance(matter: Matter, units: Iterable[int], part: str, by: Viewer, now: datetime) -> None:
    wanted = [pk for pk in dict.fromkeys(units) if pk != matter.host_unit_id]
    if not wanted:
        return
    part = clean(part, "assist_part", 500)
    due = deadlines.assist_due(matter, now, matter.calendar_version)
    for pk in wanted:
        unit = a_unit(matter, pk, "assisting", now)
        assist = Assist(
            matter=matter, area_id=matter.area_id, unit=unit, part=part, state=AssistState.ASKED, asked_at=now,
            due_at=due, calendar_version=matter.calendar_version,
        )  # fmt: skip
        ASSIST.begin(assist, by, now, f"{{actor}}请{unit.name}协办")
        tell_unit(matter, unit.pk, f"请协办：{matter}", now)


@transaction.atomic
def triage_joint(
    *,
    matter_id: int,
    criterion: int | None,
    reason: str,
    by: Viewer,
    now: datetime,
    public: bool = True,
    public_title: str = "",
    public_text: str = "",
) -> Matter:
    """小事: to be settled together. Deliberation hooks on this step, or takes it from the list of joint matters."""
    matter = FLOW.take(matter_id, "triage_joint", by)
    rule = _decide(matter, Route.JOINT, criterion, reason, public, public_title, public_text, by, now)
    matter.urgent = False
    deadlines.set_working_days(matter, deadlines.days("deadline_joint", now), now)
    FLOW.move(
        matter, "triage_joint", by, now, note=matter.triage_reason,
        sentence=f"{{actor}}把此事项分流为小事，{_basis(rule)}由社区组织协商", data=_data(matter, rule),
    )  # fmt: skip
    _log(matter, rule, by, now)
    tell_reporter(matter, f"您反映的「{matter}」将由社区组织大家协商，请留意参加的通知。", now)
    return matter


@transaction.atomic
def triage_self(
    *,
    matter_id: int,
    criterion: int | None,
    reason: str,
    guidance: str,
    by: Viewer,
    now: datetime,
    help_wanted: bool = False,
    public_title: str = "",
    public_text: str = "",
) -> Matter:
    """私事: say how to do it oneself. With `help_wanted` neighbours may offer help; then a wording must be released."""
    matter = FLOW.take(matter_id, "triage_self", by)
    rule = _decide(
        matter, Route.SELF, criterion, reason, help_wanted, public_title, public_text, by, now
    )  # fmt: skip
    matter.guidance = clean(guidance, "guidance", 1000, "请写明居民可以怎样自己办。", 2)
    if help_wanted and not matter.public_title:
        raise Invalid({"public_title": "征集邻里帮助要写一个公开标题，不写姓名、门牌和电话。"})
    matter.help_wanted, matter.urgent = help_wanted, False
    deadlines.set_working_days(matter, deadlines.days("deadline_self", now), now)
    FLOW.move(
        matter, "triage_self", by, now, note=matter.triage_reason,
        sentence=f"{{actor}}把此事项分流为私事，{_basis(rule)}给出自办指引", data=_data(matter, rule),
    )  # fmt: skip
    _log(matter, rule, by, now)
    tell_reporter(matter, f"关于您反映的「{matter}」，社区给出了办法，请查看。", now)
    return matter


@transaction.atomic
def decline(*, matter_id: int, reason: str, other_way: str, by: Viewer, now: datetime) -> Matter:
    """Refuse a matter that is not the platform's, with the reason and the way that is right for it."""
    matter = FLOW.take(matter_id, "decline", by)
    matter.triage_reason = clean(reason, "reason", 500, "请写明不予受理的理由。", 2)
    matter.other_way = clean(other_way, "other_way", 500, "请告诉反映人可以走的其他途径。", 2)
    matter.triaged_at, matter.due_at, matter.promised_at = now, None, None
    matter.route, matter.public = "", False
    FLOW.move(matter, "decline", by, now, note=f"{matter.triage_reason}\n其他途径：{matter.other_way}")
    tell_reporter(matter, f"您反映的「{matter}」不在受理范围，请查看理由和其他途径。", now, reach=True)
    return matter


@transaction.atomic
def designate(*, matter_id: int, host_unit: int | None, reason: str, by: Viewer, now: datetime) -> Matter:
    """The street ends a dispute about who has it: the unit named may not return it any more."""
    matter = FLOW.take(matter_id, "designate", by)
    unit = a_unit(matter, host_unit, "host_unit", now)
    reason = clean(reason, "reason", 500, "请写明指定的理由。", 2)
    # Judged on the matter as it was: with a unit named it would always hold.
    for need in FLOW.step("designate").needs:
        if not need.check(matter, now):
            raise Invalid({need.field: need.sentence(matter)})
    # Left behind by a unit that was dissolved: what the resident was promised stands.
    left_behind = matter.state == MatterState.RECEIVED and matter.host_unit_id is not None
    matter.host_unit, matter.designated, matter.handler, matter.given_at = unit, True, None, now
    matter.route, matter.public = Route.GOVERNMENT, matter.public or bool(matter.criterion_id)
    matter.triage_reason = matter.triage_reason or reason
    matter.triaged_at = matter.triaged_at or now
    if not left_behind:
        deadlines.begin_handling(matter, now)
    lapse_requests(matter)
    FLOW.move(
        matter, "designate", by, now, note=reason, sentence=f"{{actor}}指定由{unit.name}承办，不得再退回",
        data={"unit": unit.pk},
    )  # fmt: skip
    tell_unit(matter, unit.pk, f"街道指定承办：{matter}", now)
    tell_reporter(matter, f"您反映的「{matter}」已由街道指定{unit.name}办理。", now)
    return matter


def lapse_requests(matter: Matter, assists: bool = False) -> None:
    """End what was asked for and is without an object now: a pending extension, and the assisting parts."""
    Extension.objects.filter(matter=matter, state=ExtensionState.ASKED).update(state=ExtensionState.LAPSED)
    if assists:
        Assist.objects.filter(matter=matter, state=AssistState.ASKED).update(state=AssistState.LAPSED)


def back_to_triage(matter: Matter, now: datetime) -> None:
    """Bring the fields of a matter back to where triage begins; the state is the step's business."""
    matter.host_unit, matter.handler, matter.designated, matter.given_at = None, None, False, None
    matter.paused_at, matter.question = None, ""
    matter.help_wanted = False
    deadlines.begin_triage(matter, now)
    lapse_requests(matter, assists=True)
