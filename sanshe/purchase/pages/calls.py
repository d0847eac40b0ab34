"""Pages of comparison selections: the call, handing in, keys, envelopes, objections."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sanshe.kernel import clock, params
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.http import once, put_errors, sign_in_first
from sanshe.kernel.steps import StepPage, step_view

from .. import sealing
from ..access.calls import CallAccess
from ..actions import calls as actions
from ..actions import judging
from ..flow.calls import CALL_FLOW, OBJECTION_FLOW
from ..forms import calls as forms
from ..forms.contracts import DraftContractForm, ReasonForm
from ..forms.filters import Filters
from ..models import Bid, Call
from ..paging import page_by
from ..queries import calls as queries
from ..words import BidState, CallState, SealWay

CALL_PAGE = "purchase/call_form.html"
MEGABYTE = 1024 * 1024

call_step = step_view(
    CALL_FLOW,
    key="call_id",
    pages={
        "edit": StepPage(actions.edit, forms.CallForm, "比选文件已修改。", CALL_PAGE, "发布之前都可以改。"),
        "publish": StepPage(actions.publish, forms.PublishForm, "比选公告已发布。"),
        "receive_envelope": StepPage(actions.receive_envelope, forms.ReceiveEnvelopeForm,
                                     "信封已登记，请给投标单位出具回执。",
                                     intro="当面登记：信封是谁的，外面写的校验值是多少。信封不拆，存入保险柜。"),
        "start_opening": StepPage(actions.start_opening, done="已启动，请另一位工作人员确认。"),
        "confirm_opening": StepPage(actions.confirm_opening, done="已开始收取密钥，参选单位已收到通知。"),
        "unseal": StepPage(actions.unseal, done="已开封。"),
        "draw": StepPage(judging.draw, done="专家已抽取，并已通知本人先作声明。"),
        "declare": StepPage(judging.declare, forms.DeclareForm, "已记下您的声明。", "purchase/declare.html"),
        "score": StepPage(judging.score, forms.ScoreForm, "评分已提交，谢谢您。", "purchase/score.html",
                          "看完各家的方案再打分；报价分由系统按公式计算。提交后不能修改。"),
        "conclude": StepPage(judging.conclude, forms.ConcludeForm, "结果已公示。", "purchase/conclude.html"),
        "object": StepPage(judging.object_to, forms.ObjectForm, "异议已送街道，答复后会通知您。"),
        "award": StepPage(judging.award, done="承接单位已确定，各参选单位已收到通知。"),
        "draft_contract": StepPage(judging.draft_contract, DraftContractForm, "合同已拟好，等待承接单位确认。",
                                   intro="双方和金额取自比选结果。"),
        "give_up": StepPage(judging.give_up, ReasonForm, "已宣布比选未成，项目回到「待比选」。"),
    },
)  # fmt: skip

objection_step = step_view(
    OBJECTION_FLOW,
    key="objection_id",
    pages={"answer": StepPage(judging.answer_objection, forms.AnswerObjectionForm, "已答复，提出人会收到通知。",
                              "purchase/answer_objection.html")},
)  # fmt: skip


def calls(request: HttpRequest) -> HttpResponse:
    """Comparison selections."""
    hidden = () if request.viewer.is_staff else (CallState.DRAFT,)
    filters = Filters(request.GET, CallState, leave_out=hidden)
    page = page_by(queries.calls(request.viewer, **filters.given), "made_at", request.GET)
    return render(request, "purchase/calls.html", {"page": page, "filters": filters, "now": clock.now()})


def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One selection, as much of it as this viewer may know at this moment."""
    viewer, now = request.viewer, clock.now()
    found = queries.call(viewer, pk)
    verbs = CallAccess.verbs(viewer, found, {"inside", "bid", "receive_envelope", "give_key"})
    mine = queries.my_bid(viewer, found)
    raised, answered = queries.objection_sum(found)
    inside = "inside" in verbs
    context = {
        "call": found,
        "now": now,
        "criteria": queries.criteria_of(found),
        "bids": queries.bids_of(viewer, found),
        "bid_count": queries.bid_count(found),
        "least": params.get("purchase.suppliers_least"),
        "mine": mine,
        "taking_bids": queries.taking_bids(found, now),
        "taking_keys": queries.taking_keys(found, now),
        "may_bid": "bid" in verbs and queries.taking_bids(found, now),
        "owes_key": bool(
            mine and mine.way == SealWay.BROWSER and mine.state in (BidState.SEALED, BidState.KEY_GIVEN)
            and queries.taking_keys(found, now)
        ),
        "may_enter": "receive_envelope" in verbs and queries.taking_keys(found, now),
        "minutes_left": _minutes(found.keys_until, now),
        "drawn": list(queries.drawn_of(viewer, found)),
        "award": queries.award_of(viewer, found),
        "objections": list(queries.objections_of(viewer, found)),
        "raised": raised,
        "answered": answered,
        "contracts": list(queries.contracts_of(viewer, found)),
        "inside": inside,
    }  # fmt: skip
    return render(request, "purchase/call.html", context)


def _minutes(until: Any, now: Any) -> int:
    return max(int((until - now).total_seconds() // 60) + 1, 0) if until and until > now else 0


def _bidder(request: HttpRequest) -> Any:
    """The body that bids: the one asked for, else the first that the viewer heads."""
    bodies = list(queries.my_bodies(request.viewer))
    asked = request.GET.get("body") or request.POST.get("body") or ""
    chosen = next((b for b in bodies if str(b.pk) == asked), bodies[0] if bodies else None)
    if chosen is None:
        raise NotAllowed("投标由社会组织负责人办理。")
    return chosen, bodies


@sign_in_first
@once
def bid(request: HttpRequest, pk: int) -> HttpResponse:
    """The form that seals a bid in the browser, and what takes the sealed bytes."""
    viewer, now = request.viewer, clock.now()
    found = CallAccess.get(viewer, pk, "bid", rows=Call.objects.select_related("project", "area", "buyer"))
    body, bodies = _bidder(request)
    if not queries.taking_bids(found, now):
        raise WrongState("这次比选现在不收投标文件：还没有发布，或已过截止时间。")
    most = int(params.get("purchase.bid_most").value) * MEGABYTE
    refused, status = [], 200
    if request.method == "POST":
        try:
            made = actions.hand_in(
                call_id=found.pk, body_id=body.pk, blob=_sealed_bytes(request, most), by=viewer, now=now
            )
            return HttpResponseRedirect(reverse("purchase:call_receipt", args=[found.pk, made.pk]))
        except Invalid as error:
            refused, status = list(error.errors.values()), 422
    context = {
        "call": found,
        "body": body,
        "bodies": bodies,
        "mine": queries.my_bid(viewer, found),
        "refused": refused,
        "seal_url": f"{request.path}?body={body.pk}",
        "call_number": found.number,
        "call_title": str(found),
        "bidder_number": str(body.pk),
        "bidder_name": body.name,
        "max_bytes": most,
    }
    return render(request, "purchase/bid.html", context, status=status)


def _sealed_bytes(request: HttpRequest, most: int) -> bytes:
    """The uploaded bytes. Raises Invalid: none, too many, or not those whose digest the browser computed."""
    upload = request.FILES.get("sealed")
    if upload is None:
        raise Invalid({"sealed": "请选择密封好的投标文件。"})
    # Padding and list add less than two megabytes to the files inside.
    if upload.size > most + 2 * MEGABYTE:
        raise Invalid({"sealed": f"密封文件超过 {most // MEGABYTE} 兆字节，请压缩或减少附件。"})
    blob = bytes(upload.read())
    told = request.POST.get("sealed_sha256", "")
    if told and told != sealing.digest(blob).sha256:
        raise Invalid({"sealed": "上传途中文件有损坏，没有收下，请再提交一次。"})
    return blob


@sign_in_first
def receipt(request: HttpRequest, pk: int, bid: int) -> HttpResponse:
    """What was taken, when, with its digests."""
    found = queries.bid(request.viewer, pk, bid)
    context = {
        "bid": found,
        "call": found.call,
        "sha256": sealing.grouped(found.sha256) if found.sha256 else "",
        "sm3": sealing.grouped(found.sm3) if found.sm3 else "",
    }
    return render(request, "purchase/receipt.html", context)


@sign_in_first
@once
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """A bidder types in the key."""
    viewer, now = request.viewer, clock.now()
    found = CallAccess.get(viewer, pk, "give_key", rows=Call.objects.select_related("project"))
    mine = queries.my_bid(viewer, found)
    if mine is None or not queries.taking_keys(found, now):
        raise WrongState("现在不在收取密钥的时间内。")
    errors, status = [], 200
    if request.method == "POST":
        try:
            actions.give_key(
                call_id=found.pk, body_id=mine.bidder_id, key_code=request.POST.get("key_code", "")[:200], by=viewer,
                now=now,
            )  # fmt: skip
            messages.success(request, "密钥已收到，与投标文件相符。时间到后全部文件同时开封。")
            return HttpResponseRedirect(found.get_absolute_url())
        except Invalid as error:
            errors, status = list(error.errors.values()), 422
    context = {"call": found, "bid": mine, "key_errors": errors, "minutes_left": _minutes(found.keys_until, now)}
    return render(request, "purchase/key.html", context, status=status)


@sign_in_first
@once
def envelope(request: HttpRequest, pk: int, bid: int) -> HttpResponse:
    """Enter what was in an envelope, while keys are taken."""
    viewer, now = request.viewer, clock.now()
    found = CallAccess.get(viewer, pk, "receive_envelope", rows=Call.objects.select_related("project"))
    held: Bid = queries.bid(viewer, pk, bid)
    if held.way != SealWay.ENVELOPE or held.state == BidState.REPLACED:
        raise NotVisible("没有找到这份信封。")
    if not queries.taking_keys(found, now):
        raise WrongState("信封在收取密钥的时间内录入，现在不是时候。")
    form, status = forms.EnvelopeForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                blob = _small(given.pop("file"))
                actions.open_envelope(call_id=pk, body_id=held.bidder_id, blob=blob, **given, by=viewer, now=now)
                messages.success(request, f"{held.bidder}的信封已录入。")
                return HttpResponseRedirect(found.get_absolute_url())
            except Invalid as error:
                put_errors(form, error)
    return render(request, "purchase/envelope.html", {"call": found, "bid": held, "form": form}, status=status)


def _small(upload: Any) -> bytes:
    most = int(params.get("purchase.bid_most").value) * MEGABYTE
    if upload.size > most:
        raise Invalid({"file": f"文件超过 {most // MEGABYTE} 兆字节。"})
    return bytes(upload.read())


@sign_in_first
def bid_file(request: HttpRequest, pk: int, bid: int, nr: int) -> HttpResponse:
    """One file out of an opened bid, for those who may read the bid. It is saved, never shown in the page."""
    found = queries.bid(request.viewer, pk, bid, "read")
    files = queries.attachments(found)
    if not 1 <= nr <= len(files):
        raise NotVisible("没有找到这个附件。")
    one = files[nr - 1]
    answer = HttpResponse(one.data, content_type="application/octet-stream")
    answer["Content-Disposition"] = f"attachment; filename=\"file\"; filename*=UTF-8''{quote(one.name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@sign_in_first
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """One objection and its answer."""
    return render(request, "purchase/objection.html", {"objection": queries.objection(request.viewer, pk)})
