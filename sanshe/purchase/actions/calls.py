"""Verbs of a comparison selection: write, publish, hand in sealed, open, draw, score, conclude, award."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from sanshe.accounts.public import Role, on_duty
from sanshe.areas.public import Body
from sanshe.kernel import audit, clock, params, thread
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.notices import notify
from sanshe.orgs.public import organisation_of_body

from .. import sealing
from ..access.calls import CallAccess
from ..flow.calls import CALL_FLOW as FLOW
from ..flow.calls import judging_stage, least_suppliers
from ..flow.projects import PROJECT_FLOW
from ..models import Bid, Call, Criterion, Project
from ..words import BidState, CallState, SealWay
from .numbers import new_number


def _set_criteria(call: Call, criteria: Sequence[Mapping[str, Any]]) -> None:
    """Replace a draft's criteria. Raises Invalid when one is empty or they do not sum to 100."""
    if any(not str(c["name"]).strip() or int(c["weight"]) < 1 for c in criteria):
        raise Invalid({"criteria": "每个评审项都要有名称和不小于 1 的分值。"})
    if sum(int(c["weight"]) for c in criteria) != 100:
        raise Invalid({"criteria": "评审项分值之和应为 100，请核对。"})
    call.criteria.all().delete()
    Criterion.objects.bulk_create(
        Criterion(
            call=call, order=nr, name=str(c["name"]), detail=str(c.get("detail", "")), weight=int(c["weight"]),
            is_price=bool(c.get("is_price", "报价" in str(c["name"]) or "价格" in str(c["name"]))),
        )
        for nr, c in enumerate(criteria)
    )  # fmt: skip


@transaction.atomic
def buy(
    *,
    project_id: int,
    requirements: str,
    ceiling: int,
    criteria: Sequence[Mapping[str, Any]],
    by: Viewer,
    now: datetime,
    qualification: str = "",
    buyer: Body | None = None,
) -> Project:
    """Start a comparison selection for an approved project: its call as a draft. `ceiling` in fen.

    Raises Invalid for weights that do not sum to 100, or a ceiling above the project's budget.
    """
    project = PROJECT_FLOW.take(project_id, "buy", by)
    if not requirements.strip():
        raise Invalid({"requirements": "请写明服务要求。"})
    if not 0 < ceiling <= project.budget:
        raise Invalid({"ceiling": f"最高限价应大于 0，且不超过项目预算 {project.budget / 100:,.2f} 元。"})
    call = Call(
        number=new_number(Call, "BX", now), project=project, area=project.area,
        buyer=buyer or _street_office(project), requirements=requirements.strip(),
        qualification=qualification.strip(), ceiling=ceiling, made_at=now,
    )  # fmt: skip
    FLOW.begin(call, by, now, sentence="{actor}编制了比选文件")
    _set_criteria(call, criteria)
    thread.link(project, call)
    project.due_at = None
    return PROJECT_FLOW.move(project, "buy", by, now)


def _street_office(project: Project) -> Body:
    """The street office that buys for a community. Raises Invalid where none is kept."""
    street = project.area.parent
    office = Body.objects.filter(area=street, kind="street_office").first() if street else None
    if office is None:
        raise Invalid(f"{street or project.area}还没有登记街道办事处，请先在机构中登记。")
    return office


@transaction.atomic
def edit(
    *, call_id: int, requirements: str, ceiling: int, criteria: Sequence[Mapping[str, Any]], by: Viewer, now: datetime,
    qualification: str = "",
) -> Call:  # fmt: skip
    """Change a draft call. Raises Invalid as `buy` does."""
    call = FLOW.take(call_id, "edit", by)
    if not requirements.strip():
        raise Invalid({"requirements": "请写明服务要求。"})
    if not 0 < ceiling <= call.project.budget:
        raise Invalid({"ceiling": f"最高限价应大于 0，且不超过项目预算 {call.project.budget / 100:,.2f} 元。"})
    call.requirements, call.qualification, call.ceiling = requirements.strip(), qualification.strip(), ceiling
    _set_criteria(call, criteria)
    return FLOW.move(call, "edit", by, now)


@transaction.atomic
def publish(*, call_id: int, closes_at: datetime, by: Viewer, now: datetime) -> Call:
    """Publish the call with its closing time, no sooner than the parameter `purchase.call_days` allows."""
    call = FLOW.take(call_id, "publish", by)
    rule = params.get("purchase.call_days", on=clock.local(now).date())
    earliest = clock.add_working_days(now, int(rule.value))
    if clock.local(closes_at).date() < clock.local(earliest).date():
        said = f"公告至少 {rule.value} 个工作日，最早可定在{clock.say_day(earliest)}（依据：{rule.source}）。"
        raise Invalid({"closes_at": said})
    call.published_at, call.closes_at = now, closes_at
    within = params.get("purchase.opening_within", on=clock.local(now).date())
    call.due_at = clock.add_working_days(closes_at, int(within.value))
    FLOW.move(call, "publish", by, now)
    notify(
        on_duty(Role.ORG_MANAGER), f"新比选公告：{call.project.title}，{clock.say_moment(closes_at)}截止。",
        call.get_absolute_url(), now, kind="比选",
    )  # fmt: skip
    return call


def _bidder(call: Call, body_id: int) -> Body:
    """The bidding body, if it may bid. Raises Invalid with the reason."""
    organisation = organisation_of_body(body_id)
    if organisation is None or organisation.body is None or organisation.standing != "registered":
        raise Invalid("参加比选的应是依法登记的社会组织（政府购买服务管理办法第六条）。请先完成登记。")
    if call.buyer_id == body_id:
        raise Invalid("采购人不能参加自己的比选。")
    return organisation.body


def _lock(call_id: int, verb: str, by: Viewer) -> Call:
    """The call, locked, for a verb that takes no step of its own flow."""
    CallAccess.get(by, call_id, verb)
    return Call.objects.select_for_update().get(pk=call_id)


@transaction.atomic
def hand_in(*, call_id: int, body_id: int, blob: bytes, by: Viewer, now: datetime) -> Bid:
    """Take a sealed bid: ciphertext only. A newer one replaces the older, which is kept, sealed.

    The digest goes into the audit chain and on the receipt. Raises WrongState before or after the time, Invalid for
    bytes that are not a sealed bid of this call and bidder.
    """
    call = _lock(call_id, "bid", by)
    if body_id not in by.bodies(Role.ORG_MANAGER):
        raise NotAllowed("只能代表自己的单位递交投标文件。")
    if call.state != CallState.OPEN or call.closes_at is None or now >= call.closes_at:
        raise WrongState("这次比选现在不收投标文件：还没有发布，或已过截止时间。")
    bidder = _bidder(call, body_id)
    try:
        sealing.inspect(blob, call=call.number, bidder=str(body_id))
    except sealing.SealError as error:
        raise Invalid({"sealed": str(error)}) from error
    digests = sealing.digest(blob)
    _replace_earlier(call, bidder)
    bid = Bid(
        call=call, bidder=bidder, way=SealWay.BROWSER, handed_in_by_id=by.account_id, handed_in_at=now, size=len(blob),
        sha256=digests.sha256, sm3=digests.sm3,
    )  # fmt: skip
    bid.sealed.save(f"{call.number}-{body_id}-{secrets.token_hex(4)}.sealed", ContentFile(blob), save=False)
    bid.save()
    audit.record(
        by=by, event="purchase.hand_in", obj=call, sentence="{actor}代表{bidder}递交了密封的投标文件", now=now,
        data={"bid": bid.pk, "size": bid.size, "sha256": bid.sha256, "sm3": bid.sm3},
        personal={"bidder": bidder.name}, public=False,
    )  # fmt: skip
    return bid


def _replace_earlier(call: Call, bidder: Body) -> None:
    Bid.objects.filter(call=call, bidder=bidder).exclude(state=BidState.REPLACED).update(state=BidState.REPLACED)


@transaction.atomic
def receive_envelope(*, call_id: int, body_id: int, digest: str, by: Viewer, now: datetime) -> Call:
    """Take an envelope at the desk: its digest is typed in; the content comes at the opening."""
    call = FLOW.take(call_id, "receive_envelope", by)
    bidder = _bidder(call, body_id)
    try:
        typed = sealing.envelope_digest(digest)
    except sealing.SealError as error:
        raise Invalid({"digest": str(error)}) from error
    _replace_earlier(call, bidder)
    Bid.objects.create(
        call=call, bidder=bidder, way=SealWay.ENVELOPE, handed_in_by_id=by.account_id, handed_in_at=now,
        **{typed.algorithm: typed.hexadecimal},
    )  # fmt: skip
    return FLOW.move(
        call, "receive_envelope", by, now, data={"digest": str(typed)}, personal={"bidder": bidder.name},
        sentence="{actor}在窗口登记了{bidder}的信封",
    )  # fmt: skip


@transaction.atomic
def start_opening(*, call_id: int, by: Viewer, now: datetime) -> Call:
    """The first of two officers starts the opening, after the closing time and with enough bids."""
    call = FLOW.take(call_id, "start_opening", by)
    # Whoever is second is told that it was started, not that a field is missing.
    if call.started_by_id is not None:
        raise WrongState("已经启动，请由另一位工作人员确认。")
    FLOW.move(call, "start_opening", by, now)
    call.started_by_id = by.user_id
    call.save(update_fields=["started_by"])
    return call


@transaction.atomic
def confirm_opening(*, call_id: int, by: Viewer, now: datetime) -> Call:
    """Another officer confirms: bidders may now send their keys, inside the window."""
    if Call.objects.filter(pk=call_id, started_by=by.user_id).exists():
        raise NotAllowed("启动和确认须由两位工作人员分别办理，请换一位同事确认。")
    call = FLOW.take(call_id, "confirm_opening", by)
    window = params.get("purchase.key_window", on=clock.local(now).date())
    call.opened_at = now
    call.keys_until = now + timedelta(minutes=int(window.value))
    call.due_at = call.keys_until
    FLOW.move(call, "confirm_opening", by, now)
    for bid in call.bids.exclude(state=BidState.REPLACED):
        notify(
            on_duty(Role.ORG_MANAGER, body_id=bid.bidder_id),
            f"「{call.project.title}」已启动开封，请在{clock.say_moment(call.keys_until)}前交来密钥，逾时视为撤回。",
            call.get_absolute_url(), now, kind="比选",
        )  # fmt: skip
    return call


@transaction.atomic
def give_key(*, call_id: int, body_id: int, key_code: str, by: Viewer, now: datetime) -> Bid:
    """A bidder sends the key of its bid inside the window. It is kept encrypted and shown to nobody.

    Raises WrongState outside the window, Invalid for a mistyped key or one of another file: that can be told without
    opening the bid, while there is still time to find the right one.
    """
    call = _lock(call_id, "give_key", by)
    if body_id not in by.bodies(Role.ORG_MANAGER):
        raise NotAllowed("只能代表自己的单位交密钥。")
    if call.state != CallState.OPENING or call.keys_until is None or now >= call.keys_until:
        raise WrongState("现在不在收取密钥的时间内。")
    bid = Bid.objects.select_for_update().filter(call=call, bidder=body_id).exclude(state=BidState.REPLACED).first()
    if bid is None:
        raise NotVisible("没有找到本单位的投标文件。")
    if bid.way != SealWay.BROWSER:
        raise Invalid({"key_code": "本单位交的是信封，请带电子文件到窗口录入，不用交密钥。"})
    try:
        key = sealing.SealKey.from_code(key_code)
        sealing.check_key(_stored(bid), key)
    except sealing.SealError as error:
        raise Invalid({"key_code": str(error)}) from error
    bid.key_code, bid.key_at, bid.state = key.code, now, BidState.KEY_GIVEN
    bid.save()
    audit.record(
        by=by, event="purchase.key", obj=call, sentence="{actor}代表{bidder}交来了密钥", now=now,
        data={"bid": bid.pk}, personal={"bidder": bid.bidder.name}, public=False,
    )  # fmt: skip
    return bid


@transaction.atomic
def open_envelope(
    *, call_id: int, body_id: int, blob: bytes, price: int, plan: str, team: str, by: Viewer, now: datetime
) -> Bid:
    """Enter what a bidder brought for its envelope; the file must have the digest that was typed in when it came."""
    call = _lock(call_id, "receive_envelope", by)
    if call.state != CallState.OPENING or call.keys_until is None or now >= call.keys_until:
        raise WrongState("信封在收取密钥的时间内录入，现在不是时候。")
    bid = Bid.objects.select_for_update().filter(call=call, bidder=body_id, way=SealWay.ENVELOPE).exclude(
        state=BidState.REPLACED
    ).first()  # fmt: skip
    if bid is None:
        raise NotVisible("没有找到这份信封。")
    if price <= 0 or not plan.strip():
        raise Invalid({"price": "请填写大于 0 的报价。"} if price <= 0 else {"plan": "请填写服务方案要点。"})
    digests = sealing.digest(blob)
    if (bid.sha256 and bid.sha256 != digests.sha256) or (bid.sm3 and bid.sm3 != digests.sm3):
        raise Invalid({"file": "文件与递交信封时登记的校验值不一致，不能录入。请核对是不是同一份文件。"})
    bid.price, bid.plan, bid.team = price, plan.strip(), team.strip()
    bid.key_at, bid.state, bid.size = now, BidState.KEY_GIVEN, len(blob)
    bid.sealed.save(f"{call.number}-{body_id}-envelope", ContentFile(blob), save=False)
    bid.save()
    audit.record(
        by=by, event="purchase.envelope", obj=call, sentence="{actor}录入了{bidder}信封里的文件", now=now,
        data={"bid": bid.pk}, personal={"bidder": bid.bidder.name}, public=False,
    )  # fmt: skip
    return bid


@transaction.atomic
def unseal(*, call_id: int, by: Viewer, now: datetime) -> Call:
    """Open all bids at once, after the window. No key = withdrawn; a key that does not fit = not opened, with why.

    Fewer opened bids than the least number of suppliers end the selection.
    """
    call = FLOW.take(call_id, "unseal", by)
    for need in FLOW.step("unseal").needs:
        if not need.check(call, now):
            raise WrongState(need.sentence(call))
    said = "收取密钥的时间已到，全部投标文件同时开封" if by.system else ""
    opened = 0
    for bid in Bid.objects.select_for_update().filter(call=call).exclude(state=BidState.REPLACED):
        opened += _open_one(call, bid, now)
        bid.save()
    call.due_at = clock.add_working_days(now, int(params.get("purchase.judging", on=clock.local(now).date()).value))
    if opened < least_suppliers():
        call.result_reason = f"能开封的投标文件只有 {opened} 家，不足 {least_suppliers()} 家。"
        FLOW.move(call, "too_few", by, now)
        return failed(call, by, now)
    call.judging = judging_stage(call)
    return FLOW.move(call, "unseal", by, now, data={"opened": opened}, sentence=said)


def unseal_when_over(*, now: datetime) -> int:
    """Scheduled: open the bids of every call whose time for keys is over. Twice is the same as once.

    Returns how many calls were opened.
    """
    system = Viewer.system_account("selection")
    over = CallAccess.rows(system, "unseal").filter(state=CallState.OPENING, keys_until__lte=now)
    count = 0
    for pk in list(over.values_list("pk", flat=True)):
        try:
            unseal(call_id=pk, by=system, now=now)
        except WrongState:
            continue  # an officer was quicker
        count += 1
    return count


def _stored(bid: Bid) -> bytes:
    """The sealed bytes as they were handed in. Raises SealError when they are gone or were changed."""
    try:
        with bid.sealed.open("rb") as file:
            blob = bytes(file.read())
    except OSError as error:
        raise sealing.Altered("密封文件读不出来，不能开封，请联系系统管理员核对存储。") from error
    if sealing.digest(blob).sha256 != bid.sha256:
        raise sealing.Altered()
    return blob


def _open_one(call: Call, bid: Bid, now: datetime) -> bool:
    """Open one bid; set its state and content."""
    if bid.state != BidState.KEY_GIVEN:
        bid.state = BidState.WITHDRAWN
        return False
    if bid.way == SealWay.BROWSER:
        try:
            key = sealing.SealKey.from_code(bid.key_code or "")
            content = sealing.open_sealed(_stored(bid), call=call.number, bidder=str(bid.bidder_id), key=key)
            bid.price = content.price_fen
            bid.plan, bid.team = str(content.fields.get("plan") or ""), str(content.fields.get("team") or "")
        except sealing.SealError as error:
            bid.state, bid.problem = BidState.REJECTED, str(error)
            return False
    if not bid.price or bid.price > call.ceiling:
        bid.state = BidState.REJECTED
        bid.problem = f"报价不在最高限价 {call.ceiling / 100:,.2f} 元以内。" if bid.price else "没有报价。"
        return False
    bid.state, bid.opened_at = BidState.OPENED, now
    return True


def failed(call: Call, by: Viewer, now: datetime) -> Call:
    """What follows when a selection ends without result. Keys of bids that were not opened are forgotten."""
    call.due_at = None
    call.bids.exclude(state=BidState.OPENED).update(key_code=None)
    call.save(update_fields=["due_at"])
    project = Project.objects.select_for_update().get(pk=call.project_id)
    if project.state in PROJECT_FLOW.step("buying_failed").sources:
        PROJECT_FLOW.move(project, "buying_failed", by, now)
    for bid in call.bids.exclude(state=BidState.REPLACED):
        notify(
            on_duty(Role.ORG_MANAGER, body_id=bid.bidder_id), f"「{call.project.title}」比选未成：{call.result_reason}",
            call.get_absolute_url(), now, kind="比选",
        )  # fmt: skip
    return call
