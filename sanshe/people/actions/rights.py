"""Requests of the person: asked, granted and carried out, refused with the reason, withdrawn; the copy."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.notices import notify
from sanshe.kernel.readings import reading

from ..access import MAY_LOOK, PersonAccess, RightsAccess
from ..copying import Copy, copy_of
from ..flow import FLOW
from ..models import FormerNumber, Person, RightsRequest
from ..queries import by_number
from ..words import CorrectedField, NumberKind, PeopleEvent, ReadKind, RightsChannel, RightsKind, RightsState
from .index import _fill, _name, log_read
from .retention import anonymise


@transaction.atomic
def ask(
    *, person_id: int, kind: str, by: Viewer, now: datetime, field: str = "", new_value: str = "", words: str = ""
) -> RightsRequest:
    """Take a request: the person's own, or at the desk for someone whose papers were seen.

    Raises Invalid for what is missing or a like request that is still open, NotAllowed for those who may do neither.
    """
    person = PersonAccess.get(by, person_id)
    own = person.user_id is not None and person.user_id == by.user_id
    if not own and MAY_LOOK.q(by) is not True:
        raise NotAllowed("请求由本人提出，或由社区窗口核对证件后代为登记。")
    if kind not in RightsKind.values:
        raise Invalid({"kind": "请选择要求。"})
    words, new_value = words.strip(), new_value.strip()
    errors: dict[str, str] = {}
    if kind == RightsKind.CORRECT:
        errors = _wrong_correction(person, field, new_value)
    elif kind == RightsKind.EXPLAIN and not words:
        errors = {"words": "请写明想了解的问题。"}
    if len(words) > 500:
        errors["words"] = "说明最多 500 个字。"
    if errors:
        raise Invalid(errors)
    correct = kind == RightsKind.CORRECT
    if RightsRequest.objects.filter(
        person=person, kind=kind, field=field if correct else "", state=RightsState.RECEIVED
    ).exists():
        raise Invalid("同样的请求正在办理，请等待答复。")
    days = params.get("people.answer_days", on=clock.local(now).date()).value
    request = RightsRequest(
        person=person,
        area=person.area,
        kind=kind,
        channel=RightsChannel.ONLINE if own else RightsChannel.DESK,
        field=field if correct else "",
        new_value=new_value if correct else None,
        words=words or None,
        asked_at=now,
        due_at=now + timedelta(days=days),
    )
    what = "{actor}提出个人信息请求" if own else "{actor}核对证件后代本人登记个人信息请求"
    return FLOW.begin(request, by, now, f"{what}（{request.get_kind_display()}）")


def _wrong_correction(person: Person, field: str, value: str) -> dict[str, str]:
    if field not in CorrectedField.values:
        return {"field": "请选择要更正的项目。"}
    if not value:
        return {"new_value": "请填写正确的内容。"}
    try:
        _try(person, field, value)
    except Invalid as wrong:
        return {"new_value": wrong.sentence}
    return {}


def _try(person: Person, field: str, value: str) -> None:
    """Whether the value could be taken. Raises Invalid."""
    if field == CorrectedField.NAME:
        _name(value)
        return
    details = dict.fromkeys(("citizen_number", "paper_kind", "paper_number", "phone", "address"), "")
    details[field] = value
    if field == CorrectedField.PAPER:
        if not person.paper_kind:
            raise Invalid("档案里没有登记其他证件，请带证件到社区窗口登记。")
        details["paper_kind"] = person.paper_kind
    _fill(Person(), **details)
    if field in (CorrectedField.CITIZEN, CorrectedField.PAPER):
        holder = by_number(value, value)
        if holder is not None and holder.pk != person.pk:
            raise Invalid("这个号码已有另一份档案，请到社区窗口核对；确是同一人的，由负责人合并档案。")


@transaction.atomic
def grant(*, request_id: int, answer: str, by: Viewer, now: datetime) -> RightsRequest:
    """Grant and carry out. Raises Invalid when it can not be carried out, with the reasons, to be refused with them."""
    request = FLOW.take(request_id, "grant", by)
    answer = answer.strip()
    if request.kind == RightsKind.EXPLAIN and not answer:
        raise Invalid({"answer": "请写明解释。"})
    if len(answer) > 1000:
        raise Invalid({"answer": "答复最多 1000 个字。"})
    person = Person.objects.select_for_update().get(pk=request.person_id)
    user = person.user_id
    request.answer, request.decided_at = answer or None, now
    FLOW.move(request, "grant", by, now)
    if request.kind == RightsKind.CORRECT:
        _correct(person, request.field, request.new_value or "", by, now)
    elif request.kind == RightsKind.ERASE:
        anonymise(person=person, by=by, now=now, why="应本人要求")
    _tell(request, user, "您的个人信息请求已办理", now)
    return request


def _correct(person: Person, field: str, value: str, by: Viewer, now: datetime) -> None:
    _try(person, field, value)
    if field == CorrectedField.NAME:
        person.name = _name(value)
    else:
        old = (person.citizen_number, person.citizen_masked, person.paper_number, person.paper_masked)
        details = dict.fromkeys(("citizen_number", "paper_kind", "paper_number", "phone", "address"), "")
        details[field] = value
        if field == CorrectedField.PAPER:
            details["paper_kind"] = person.paper_kind
        _fill(person, **details)
        for kind, number, masked, fresh in (
            (NumberKind.CITIZEN, old[0], old[1], person.citizen_number),
            (NumberKind.PAPER, old[2], old[3], person.paper_number),
        ):
            if number and number != fresh:
                FormerNumber.objects.create(person=person, kind=kind, number=number, masked=masked, until=now)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise Invalid("这个号码刚刚已有另一份档案，请核对。") from None
    audit.record(
        by=by,
        event=PeopleEvent.CORRECTED,
        obj=person,
        sentence=f"{{actor}}应本人要求更正了{{name}}的{CorrectedField(field).label}",
        personal={"name": person.name},
        now=now,
        public=False,
    )


@transaction.atomic
def refuse(*, request_id: int, answer: str, by: Viewer, now: datetime) -> RightsRequest:
    """Refuse, with the reason that the law demands (art. 50). Raises Invalid without one."""
    request = FLOW.take(request_id, "refuse", by)
    answer = answer.strip()
    if len(answer) < 8:
        raise Invalid({"answer": "拒绝的应当说明理由，请写清依据和事实（至少 8 个字）。"})
    if len(answer) > 1000:
        raise Invalid({"answer": "答复最多 1000 个字。"})
    request.answer, request.decided_at = answer, now
    FLOW.move(request, "refuse", by, now)
    _tell(request, request.person.user_id, "您的个人信息请求已有答复", now)
    return request


@transaction.atomic
def withdraw(*, request_id: int, by: Viewer, now: datetime) -> RightsRequest:
    """Take a request back."""
    request = FLOW.take(request_id, "withdraw", by)
    request.decided_at = now
    return FLOW.move(request, "withdraw", by, now)


def _tell(request: RightsRequest, user: int | None, what: str, now: datetime) -> None:
    if user is not None:
        # After an erasure the account has no file any more, so there is nothing to open.
        erased = request.kind == RightsKind.ERASE and request.state == RightsState.GRANTED
        url = "" if erased else request.get_absolute_url()
        notify([user], f"{what}：{request.get_kind_display()}。", url, now, "个人信息")


@reading
@transaction.atomic
def deliver_copy(*, request_id: int, by: Viewer, now: datetime) -> Copy:
    """Return everything the platform holds on the person, to the person or at the desk for handing over.

    Raises NotAllowed, and Invalid when the request was not granted or its time for fetching has passed.
    """
    request = RightsAccess.get(by, request_id)
    if not (RightsAccess.may(by, "fetch", request) or RightsAccess.may(by, "hand_over", request)):
        raise NotAllowed("副本由本人下载，或由社区窗口交给本人。")
    if request.kind != RightsKind.COPY or request.state != RightsState.GRANTED or request.decided_at is None:
        raise Invalid("这项请求没有可以下载的副本。")
    limit = params.get("people.copy_days", on=clock.local(request.decided_at).date())
    if now > request.decided_at + timedelta(days=limit.value):
        raise Invalid(f"副本的下载时间（{limit.shown}）已过，请重新提出请求。")
    person = request.person
    log_read(person=person, kind=ReadKind.UNMASKED, by=by, now=now, reason="为本人提供个人信息副本")
    audit.record(
        by=by,
        event=PeopleEvent.COPIED,
        obj=person,
        sentence="{actor}取得了{name}的个人信息副本",
        personal={"name": person.name},
        now=now,
        public=False,
    )
    return copy_of(by, person, now)
