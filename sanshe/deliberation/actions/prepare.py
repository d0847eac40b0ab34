"""Preparing: proposed, written, opened for views, guided."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from sanshe.areas.public import Area, AreaLevel, Body, BodyKind, in_force
from sanshe.kernel import clock, params, thread
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.matters.public import joint_begun

from .. import rules
from ..access import COMMUNITY, DeliberationAccess
from ..flow import FLOW, TOPIC_FLOW
from ..models import Deliberation, Participant, Topic
from ..words import ENDED, Answer, Capacity, Form, Scope, Seat
from .telling import tell_community, tell_participants, words


def _next_number(now: datetime) -> tuple[int, str]:
    """A primary key and the number made from it: 协商2026-000123."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('deliberation_deliberation', 'id'))")
        key = int(cursor.fetchone()[0])
    return key, f"协商{clock.local(now).year}-{key:06d}"


def _body(kind: BodyKind, area: Area) -> Body | None:
    return Body.objects.filter(in_force(), area=area, kind=kind).order_by("id").first()


def _plan(
    title: str, question: str, background: str, scope: str, group_text: str, form: str, now: datetime
) -> dict[str, str]:
    """The checked plan. Raises Invalid with a sentence at each field that is wrong."""
    errors: dict[str, str] = {}
    plan = {"scope": scope, "form": form}
    for field, text, label, most, needed in (
        ("title", title, "题目", 80, True),
        ("question", question, "要商量的问题", 500, True),
        ("background", background, "背景", 5000, False),
        ("group_text", group_text, "居民小组或部分居民的范围", 120, scope != Scope.COMMUNITY),
    ):
        try:
            plan[field] = words(field, text, label, most, needed)
        except Invalid as wrong:
            errors |= wrong.errors
    if scope == Scope.COMMUNITY:
        plan["group_text"] = ""
    if scope not in Scope.values:
        errors["scope"] = "请选择范围。"
    elif form not in Form.values:
        errors["form"] = "请选择协商形式。"
    elif form not in rules.forms_allowed(scope, now.date()):
        errors["form"] = f"这个范围不能用「{Form(form).label}」。{rules.forms_said(scope, now.date())}"
    if errors:
        raise Invalid(errors)
    return plan


def _may_start(by: Viewer, area: Area) -> None:
    """Only the posts of the community begin a deliberation there. Asked of an area, before there is a row."""
    if not any(scope.covers(area.pk, area.lo) for role in COMMUNITY if (scope := by.grants.areas.get(str(role)))):
        raise NotAllowed("协商由本社区的党组织、居委会牵头，请由社区工作人员发起。")


@transaction.atomic
def start(
    *,
    area: Area,
    title: str,
    question: str,
    scope: str,
    form: str,
    by: Viewer,
    now: datetime,
    background: str = "",
    group_text: str = "",
    public: bool = True,
    party_body: Body | None = None,
    committee_body: Body | None = None,
) -> Deliberation:
    """Begin a deliberation in a community, as a draft. The leading bodies are the community's own unless named.

    Raises NotAllowed for anyone but the community's posts, Invalid for a plan that does not hold.
    """
    _may_start(by, area)
    if area.level != AreaLevel.COMMUNITY:
        raise Invalid({"area": "协商在社区开展，请选择一个社区。"})
    plan = _plan(title, question, background, scope, group_text, form, now)
    key, number = _next_number(now)
    deliberation = Deliberation(
        pk=key,
        number=number,
        area=area,
        public=public,
        party_body=party_body or _body(BodyKind.PARTY_ORGANISATION, area),
        committee_body=committee_body or _body(BodyKind.RESIDENTS_COMMITTEE, area),
        opened_by_id=by.user_id,
        created_at=now,
        **plan,
    )
    return FLOW.begin(deliberation, by, now, sentence="{actor}起草了协商方案", data={"number": number})


@transaction.atomic
def edit(
    *,
    deliberation_id: int,
    title: str,
    question: str,
    scope: str,
    form: str,
    by: Viewer,
    now: datetime,
    background: str = "",
    group_text: str = "",
    public: bool = True,
    party_body: Body | None = None,
    committee_body: Body | None = None,
) -> Deliberation:
    """Change a draft."""
    deliberation = FLOW.take(deliberation_id, "edit", by)
    for field, value in _plan(title, question, background, scope, group_text, form, now).items():
        setattr(deliberation, field, value)
    for name, body in (("party_body", party_body), ("committee_body", committee_body)):
        if body is not None and body.area_id != deliberation.area_id:
            raise Invalid({name: "牵头单位应是本社区的党组织、居委会。"})
    deliberation.public = public
    deliberation.party_body = party_body or deliberation.party_body
    deliberation.committee_body = committee_body or deliberation.committee_body
    return FLOW.move(deliberation, "edit", by, now)


def _take_up(topic: Topic, deliberation: Deliberation) -> None:
    topic.deliberation = deliberation
    if topic.matter_id is not None:
        thread.link(topic.matter, deliberation)  # type: ignore[arg-type]
        joint_begun(matter_id=topic.matter_id)
        _call_reporter(topic, deliberation)


def _call_reporter(topic: Topic, deliberation: Deliberation) -> None:
    """Who reported the matter is concerned: may take part online; a seat at the meeting is the community's to give."""
    reporter = topic.matter.reporter_id if topic.matter is not None else None
    if reporter is None:
        return
    Participant.objects.get_or_create(
        deliberation=deliberation,
        user_id=reporter,
        defaults={
            "name": topic.matter.reporter.name,  # type: ignore[union-attr]
            "capacity": Capacity.RESIDENT,
            "seat": Seat.ONLINE,
            "answer": Answer.INVITED,
        },
    )


@transaction.atomic
def begin_topic(*, topic_id: int, by: Viewer, now: datetime, **plan: Any) -> Deliberation:
    """Begin a deliberation for a topic that waits. Takes the plan of `start`. Raises WrongState when it is taken."""
    topic = TOPIC_FLOW.take(topic_id, "begin", by)
    deliberation = start(area=topic.area, by=by, now=now, **plan)
    _take_up(topic, deliberation)
    TOPIC_FLOW.move(topic, "begin", by, now, data={"deliberation": deliberation.pk})
    return deliberation


@transaction.atomic
def join_topic(*, topic_id: int, deliberation: Deliberation, by: Viewer, now: datetime) -> Topic:
    """Let a topic join a deliberation of the same community that has not ended."""
    topic = TOPIC_FLOW.take(topic_id, "join", by)
    found = DeliberationAccess.get(by, deliberation.pk, "prepare")
    found = Deliberation.objects.select_for_update().get(pk=found.pk)
    if found.area_id != topic.area_id:
        raise Invalid({"deliberation": "只能并入本社区的协商。"})
    if found.state in ENDED:
        raise Invalid({"deliberation": f"这次协商「{found.get_state_display()}」，不能再并入。"})  # type: ignore[attr-defined]
    _take_up(topic, found)
    return TOPIC_FLOW.move(topic, "join", by, now, data={"deliberation": found.pk})


@transaction.atomic
def open_collecting(*, deliberation_id: int, deadline: datetime, by: Viewer, now: datetime) -> Deliberation:
    """Publish the question and collect views until `deadline`. Those who are invited are told.

    Raises Invalid when the time for views is shorter than the parameter says, or something is missing.
    """
    deliberation = FLOW.take(deliberation_id, "open", by)
    least = params.get("deliberation.statement_days", on=now.date())
    if deadline < now + timedelta(days=int(least.value)):
        raise Invalid({"deadline": f"征集意见至少开放 {least.value} 天（来源：{least.source}）。"})
    if deadline > now + timedelta(days=366):
        raise Invalid({"deadline": "征集意见的截止日太远，请在一年以内。"})
    deliberation.statement_deadline = deliberation.due_at = deadline
    deliberation.opened_at = now
    FLOW.move(deliberation, "open", by, now, data={"deadline": deadline.isoformat()})
    Participant.objects.filter(deliberation=deliberation, invited_at__isnull=True).update(invited_at=now)
    text = f"邀请您参加协商「{deliberation.title}」，{clock.say_moment(deadline)}前可以提意见、表态。"
    tell_participants(deliberation, text, now, but=by.user_id)
    return deliberation


@transaction.atomic
def guide(*, deliberation_id: int, note: str, by: Viewer, now: datetime) -> Deliberation:
    """The street's officer or the service centre writes guidance to the community (二(四)2)."""
    deliberation = FLOW.take(deliberation_id, "guide", by)
    text = words("note", note, "指导意见", 1000)
    FLOW.move(deliberation, "guide", by, now, note=text)
    tell_community(deliberation, f"街道对协商「{deliberation.title}」提出了指导意见，请查看。", now, but=by.user_id)
    return deliberation
