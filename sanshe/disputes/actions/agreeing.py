"""The agreement: written, signed, confirmed; or none reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.texts import checked

from ..flow import FLOW, TERM
from ..models import Dispute, Party, Term
from ..words import Confirmation, Form
from .telling import due_in, long_text, tell_all

#: One thing agreed as typed: the party who does it, what, by when.
Line = tuple[int, str, date]


def _lines(one: Dispute, lines: Sequence[Line], now: datetime) -> list[Term]:
    parties = set(Party.objects.filter(dispute=one).values_list("pk", flat=True))
    found, today = [], clock.local(now).date()
    for nr, (who, what, due_on) in enumerate(lines, 1):
        if who not in parties:
            raise Invalid({f"who{nr}": "请选择由哪一方履行。"})
        if due_on < today:
            raise Invalid({f"due{nr}": "履行期限已经过去，请改成今天或以后的日期。"})
        found.append(
            Term(
                dispute=one,
                place=nr,
                who_id=who,
                what=checked(f"what{nr}", what, "约定", 300),
                due_at=clock.at(due_on.year, due_on.month, due_on.day, 18),
            )
        )
    return found


@transaction.atomic
def draft(
    *, dispute_id: int, form: str, facts: str, terms_text: str, lines: Sequence[Line], by: Viewer, now: datetime
) -> Dispute:
    """Write the agreement (人民调解法 art. 28, 29). `lines`: what is to be done by when, each visited when due."""
    one = FLOW.take(dispute_id, "draft", by)
    if form not in Form.values:
        raise Invalid({"form": "请选择协议的形式。"})
    one.form = form
    one.facts = long_text("facts", facts, "纠纷的主要事实", now)
    one.terms_text = long_text("terms_text", terms_text, "协议内容", now)
    rows = _lines(one, lines, now)
    one.terms.all().delete()
    for row in rows:
        TERM.begin(row, by, now, sentence="{actor}写入一项约定")
    one.open_terms = len(rows)
    due_in(one, "sign_days", now)
    FLOW.move(one, "draft", by, now, data={"terms": len(rows)})
    tell_all(one, "调解协议已写好，请登录查看，确认后签名。", now, by)
    return one


@transaction.atomic
def draw_back(*, dispute_id: int, by: Viewer, now: datetime) -> Dispute:
    """The text is not right yet: back to mediating. What was written stays until it is written anew."""
    one = FLOW.take(dispute_id, "redraft", by)
    Party.objects.filter(dispute=one).update(signed_on=None)
    return FLOW.move(one, "redraft", by, now)


@transaction.atomic
def sign(
    *, dispute_id: int, effect_on: date, signed: Sequence[int] = (), sealed: bool = False, by: Viewer, now: datetime
) -> Dispute:
    """Note that all have signed and the committee has set its seal (art. 29), or that all agreed by word (art. 30)."""
    one = FLOW.take(dispute_id, "sign", by)
    today = clock.local(now).date()
    if effect_on > today or effect_on < clock.local(one.created_at).date():
        raise Invalid({"effect_on": "生效日期应在登记之后、今天或以前，请核对。"})
    if one.form == Form.WRITTEN and not sealed:
        raise Invalid({"sealed": "书面协议须有调解员签名并加盖人民调解委员会印章后生效，办好后请勾选。"})
    one.effect_on = effect_on
    Party.objects.filter(dispute=one, pk__in=signed).update(signed_on=effect_on)
    one.due_at = None
    FLOW.move(one, "sign", by, now, data={"form": one.form, "effect_on": effect_on.isoformat()})
    last = confirm_until(one)
    tell_all(one, f"调解协议已生效。需要司法确认的，双方请在{clock.say_day(last)}前共同向人民法院申请。", now, by)
    return one


def confirm_until(one: Dispute) -> date:
    """The last day on which both may apply for judicial confirmation (art. 33: 30 days from the day of effect)."""
    assert one.effect_on is not None
    return one.effect_on + timedelta(days=int(params.get("mediation.confirm_days", on=one.effect_on).value))


@transaction.atomic
def confirm(
    *, dispute_id: int, confirmation: str, confirmation_on: date, court: str, by: Viewer, now: datetime
) -> Dispute:
    """Note that both applied to the court, and later what it answered. Raises Invalid outside the window."""
    one = FLOW.take(dispute_id, "confirm", by)
    if confirmation not in Confirmation.values:
        raise Invalid({"confirmation": "请选择司法确认的情况。"})
    if confirmation_on > clock.local(now).date() or (one.effect_on and confirmation_on < one.effect_on):
        raise Invalid({"confirmation_on": "申请日期应在协议生效之后、今天或以前。"})
    if not one.confirmation and confirmation_on > confirm_until(one):
        raise Invalid({"confirmation_on": f"已超过共同申请司法确认的期限（{clock.say_day(confirm_until(one))}）。"})
    one.court = checked("court", court, "人民法院的名称", 80)
    if not one.confirmation:
        one.confirmation_on = confirmation_on
    one.confirmation = confirmation
    return FLOW.move(one, "confirm", by, now, data={"confirmation": confirmation})


@transaction.atomic
def fail(*, dispute_id: int, reason: str, other_way: str, by: Viewer, now: datetime) -> Dispute:
    """No agreement: it ends, and the parties are told the other ways (人民调解法 art. 26)."""
    one = FLOW.take(dispute_id, "fail", by)
    one.end_reason = long_text("reason", reason, "没有达成协议的原因", now)
    one.other_way = long_text("other_way", other_way, "其他途径", now)
    one.ended_at, one.due_at = now, None
    one.terms.all().delete()
    one.open_terms = 0
    FLOW.move(one, "fail", by, now)
    tell_all(one, "没有达成协议，调解终止。可以走其他途径，请登录查看。", now, by)
    return one
