"""Whether both want it, and who mediates."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime
from typing import Any

from django.db import transaction

from sanshe.accounts.public import Role, User, holders
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.people.public import HouseholdMember, person_of

from ..flow import FLOW
from ..models import Dispute, MediatorTie, Party
from ..words import Answer, DisputeState, How
from .telling import days, due_in, heads, long_text, party_users, tell, tell_all


def _other_ways(now: datetime) -> str:
    return str(params.get("mediation.other_ways", on=clock.local(now).date()).value)


def _mine(one: Dispute, by: Viewer) -> list[Party]:
    me = by.user_id
    rows = Party.objects.filter(dispute=one).select_related("person")
    return [p for p in rows if me is not None and me in (p.user_id, p.person.user_id if p.person else None)]


def _end(one: Dispute, now: datetime, reason: str = "") -> None:
    one.ended_at, one.due_at = now, None
    one.end_reason = reason or one.end_reason
    one.other_way = one.other_way or _other_ways(now)


def _after_answer(one: Dispute, by: Viewer, now: datetime) -> Dispute:
    """When all have answered: on to the mediator, or to the end."""
    answers = set(Party.objects.filter(dispute=one).values_list("answer", flat=True))
    if Answer.REFUSED in answers:
        _end(one, now)
        FLOW.move(one, "unwilling", by, now)
        tell_all(one, "有一方不愿调解，调解不进行。可以走其他途径，请登录查看。", now, by)
    elif answers == {Answer.AGREED}:
        due_in(one, "appoint_days", now)
        FLOW.move(one, "ready", by, now)
        tell(one, [u.pk for u in heads(one)], "双方都同意调解，请指定调解员。", now, by)
    return one


def _answer(party: Party, answer: Answer, how: How, now: datetime) -> None:
    party.answer, party.how, party.answered_at = answer, how, now
    party.save(update_fields=["answer", "how", "answered_at"])


@transaction.atomic
def agree_to(*, dispute_id: int, by: Viewer, now: datetime) -> Dispute:
    """A party wants mediation."""
    one = FLOW.take(dispute_id, "agree_to", by)
    for party in _mine(one, by):
        _answer(party, Answer.AGREED, How.ONLINE, now)
    FLOW.move(one, "agree_to", by, now)
    return _after_answer(one, by, now)


@transaction.atomic
def refuse(*, dispute_id: int, by: Viewer, now: datetime) -> Dispute:
    """A party does not; no reason is asked (人民调解法 art. 17, 23)."""
    one = FLOW.take(dispute_id, "refuse", by)
    for party in _mine(one, by):
        _answer(party, Answer.REFUSED, How.ONLINE, now)
    _end(one, now)
    FLOW.move(one, "refuse", by, now)
    tell_all(one, "有一方不愿调解，调解不进行。可以走其他途径，请登录查看。", now, by)
    return one


@transaction.atomic
def record_answer(*, dispute_id: int, party: int, answer: str, how: str, by: Viewer, now: datetime) -> Dispute:
    """The head writes down what a party said. A party with an account who has answered is not overruled."""
    one = FLOW.take(dispute_id, "record_answer", by)
    found = Party.objects.filter(dispute=one, pk=party, answer=Answer.ASKED).first()
    if found is None:
        raise Invalid({"party": "请选择还没有答复的当事人。"})
    if answer not in (Answer.AGREED, Answer.REFUSED):
        raise Invalid({"answer": "请选择当事人的答复。"})
    if how not in How.values:
        raise Invalid({"how": "请选择当事人怎样答复的。"})
    _answer(found, Answer(answer), How(how), now)
    FLOW.move(one, "record_answer", by, now)
    return _after_answer(one, by, now)


@transaction.atomic
def decline(*, dispute_id: int, reason: str, other_way: str, by: Viewer, now: datetime) -> Dispute:
    """Not a matter for mediation (already at court, a crime): reason and other ways are told."""
    one = FLOW.take(dispute_id, "decline", by)
    one.end_reason = long_text("reason", reason, "理由", now)
    one.other_way = long_text("other_way", other_way, "其他途径", now)
    _end(one, now)
    FLOW.move(one, "decline", by, now)
    tell_all(one, "这件纠纷不能由人民调解委员会受理，请登录查看理由和其他途径。", now, by)
    return one


def in_the_way(one: Dispute, mediator: User) -> str:
    """Why a mediator may not mediate this dispute: a sentence, empty when nothing stands against it.

    A party; of the same household as a party; related to a party as declared. It does not say how.
    """
    if mediator.pk in party_users(one):
        return "调解员不能是当事人，请另选一位。"
    persons = list(Party.objects.filter(dispute=one, person__isnull=False).values_list("person_id", flat=True))
    if MediatorTie.objects.filter(mediator=mediator, person__in=persons, ended_at__isnull=True).exists():
        return "这位调解员声明过与当事人有关系，应当回避，请另选一位。"
    own = person_of(mediator.pk)
    if own is not None:
        homes = HouseholdMember.objects.filter(person=own, valid_to__isnull=True).values("household")
        near = HouseholdMember.objects.filter(household__in=homes, person__in=persons, valid_to__isnull=True)
        if near.exists():
            return "这位调解员与当事人是同一户，应当回避，请另选一位。"
    return ""


def mediators_for(one: Dispute) -> list[User]:
    """The mediators who serve in the dispute's community, as the posts have it."""
    return list(holders(Role.MEDIATOR, area=one.area))


def _give(one: Dispute, mediator: User | None) -> None:
    if mediator is None or mediator not in mediators_for(one):
        raise Invalid({"mediator": "请从本社区、本街道的调解员中选择。"})
    if mediator.pk == one.mediator_id:
        raise Invalid({"mediator": "这件纠纷原来就由这位调解员办理，请另选一位。"})
    why = in_the_way(one, mediator)
    if why:
        raise Invalid({"mediator": why})
    one.mediator, one.vacated_at = mediator, None


def _months_on(moment: datetime, count: int) -> datetime:
    """The same day some months on, or the last day of a shorter month."""
    years, month = divmod(moment.month - 1 + count, 12)
    year = moment.year + years
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


@transaction.atomic
def appoint(*, dispute_id: int, mediator: User | None, by: Viewer, now: datetime) -> Dispute:
    """The head names the mediator. Raises Invalid for one who must stand aside."""
    one = FLOW.take(dispute_id, "appoint", by)
    _give(one, mediator)
    one.appointed_at = now
    one.calendar_version = clock.calendar_version()
    end = _months_on(clock.local(now), days("settle_months", now))
    one.due_at, one.reminded_at = clock.add_working_days(end, 0, one.calendar_version), None
    FLOW.move(one, "appoint", by, now, data={"mediator": one.mediator_id})
    tell_all(one, "已指定调解员，请登录查看。", now, by)
    return one


@transaction.atomic
def replace(*, dispute_id: int, mediator: User | None, by: Viewer, now: datetime) -> Dispute:
    """The head gives it to another mediator: one left, fell ill, or must stand aside."""
    one = FLOW.take(dispute_id, "replace", by)
    before = one.mediator_id
    _give(one, mediator)
    FLOW.move(one, "replace", by, now, data={"mediator": one.mediator_id, "before": before})
    tell(one, [before], "这件调解已改由其他调解员办理。", now, by)
    tell_all(one, "已更换调解员，请登录查看。", now, by)
    return one


def mediator_leaves(one: Dispute, successor: Any, by: Viewer, now: datetime) -> None:
    """The mediator has left: the head names another, for the parties and the ties decide who may; both are told."""
    one.vacated_at = now
    FLOW.move(one, "mediator_left", by, now, data={"mediator": one.mediator_id})
    tell(one, (u.pk for u in heads(one)), "调解员已离岗，请更换调解员。", now, by)
    tell(one, party_users(one), "调解员已离岗，将另行指定。", now, by)


@transaction.atomic
def recuse(*, dispute_id: int, reason: str, by: Viewer, now: datetime) -> Dispute:
    """The mediator stands aside; the reason stays with the head and in the encrypted record."""
    one = FLOW.take(dispute_id, "recuse", by)
    long_text("reason", reason, "回避的理由", now)
    due_in(one, "appoint_days", now)
    FLOW.move(one, "recuse", by, now, data={"mediator": one.mediator_id})
    tell_all(one, "调解员申请回避，将另行指定。", now, by)
    return one


@transaction.atomic
def ask_other(*, dispute_id: int, by: Viewer, now: datetime) -> Dispute:
    """A party asks for another mediator: so many times as the pack says, and no reason is needed."""
    one = FLOW.take(dispute_id, "ask_other", by)
    most = days("other_mediator_times", now)
    for party in _mine(one, by):
        if party.asked_other >= most:
            raise Invalid({"": f"您已经要求过另换调解员（每方 {most} 次）。仍不愿由这位调解员调解的，可以终止调解。"})
        party.asked_other += 1
        party.save(update_fields=["asked_other"])
    due_in(one, "appoint_days", now)
    FLOW.move(one, "ask_other", by, now, data={"mediator": one.mediator_id})
    tell_all(one, "当事人要求另换调解员，将另行指定。", now, by)
    return one


@transaction.atomic
def stop(*, dispute_id: int, reason: str = "", by: Viewer, now: datetime) -> Dispute:
    """A party ends it at any time; a reason may be given and is not asked (人民调解法 art. 23)."""
    one = FLOW.take(dispute_id, "stop", by)
    _end(one, now, long_text("reason", reason, "原因", now, required=False))
    if one.state == DisputeState.SIGNING:
        one.terms.all().delete()
        one.open_terms = 0
    FLOW.move(one, "stop", by, now)
    tell_all(one, "一方当事人终止了调解。可以走其他途径，请登录查看。", now, by)
    return one
