"""The pages of all steps, of the matter and of its parts; the same for who holds a receipt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState
from sanshe.kernel.flow import Flow
from sanshe.kernel.http import once, put_errors
from sanshe.kernel.steps import StepPage, step_view

from .. import actions
from ..flow import FLOW
from ..flow_parts import ASSIST, CALLBACK, EXTENSION, HELP, OBJECTION, OVERSIGHT
from ..forms import owed as o
from ..forms import rating as after
from ..forms import steps as f
from ..forms import watching as w
from ..forms.merging import MergeForm
from ..queries import by_token


def _accept_help(*, offer_id, by, now):  # type: ignore[no-untyped-def]
    return actions.answer_help(offer_id=offer_id, accept=True, by=by, now=now)


def _decline_help(*, offer_id, by, now):  # type: ignore[no-untyped-def]
    return actions.answer_help(offer_id=offer_id, accept=False, by=by, now=now)


TRIAGE = "matters/triage.html"
LACKING = "matters/lacking.html"
PAGES = {
    "triage_government": StepPage(actions.triage_government, f.TriageGovernmentForm, "已分流为大事，交承办单位办理。",
                                  TRIAGE, "由政府部门限时办理。"),
    "triage_joint": StepPage(actions.triage_joint, f.TriageJointForm, "已分流为小事，等社区发起协商。", TRIAGE,
                             "由社区牵头，大家商量着一起办。"),
    "triage_self": StepPage(actions.triage_self, f.TriageSelfForm, "已分流为私事，指引已告诉反映人。", TRIAGE,
                            "由居民自己办，社区指路，邻里搭把手。"),
    "decline": StepPage(actions.decline, f.DeclineForm, "已说明理由，不予受理。",
                        intro="不属于受理范围的，要说明理由，并告诉反映人可以走的其他途径。"),
    "designate": StepPage(actions.designate, f.DesignateForm, "已指定承办单位。",
                          intro="指定之后，该单位不得再退回。"),
    "accept": StepPage(actions.accept, done="已接收，请在期限内办结。"),
    "accept_owed": StepPage(actions.accept_owed, o.LackingForm, "已容缺受理，要补的材料和日期已告诉申请人。", LACKING,
                            "先办起来，缺的材料限期补齐；补齐、核对之前不能准予。办理期限照常计算。"),
    "tell_missing": StepPage(actions.tell_missing, o.LackingForm, "已一次性告知，办理期限暂停计算。", LACKING,
                             "把要补的一次说全：告知之后，不能再要求补别的材料。补齐之前，办理期限暂停。"),
    "owed_longer": StepPage(actions.owed_longer, o.LongerForm, "已放宽，新的日期已告诉申请人。",
                            intro="还没有交来的材料一起放宽；交来不合格的，请在“申请材料”里退回重交。"),
    "refuse": StepPage(actions.refuse, o.RefuseForm, "已告知不予受理的理由、依据和途径。",
                       intro="依法不需要办理、不属于本单位职责或明显不符合条件的，才不予受理；只是缺材料的，请容缺受理或一次性告知。"),
    "return": StepPage(actions.return_matter, w.ReturnForm, "已退回社区窗口重新分流。",
                       intro="只有明显不属本单位职责的才能退回。"),
    "ask_assist": StepPage(actions.ask_assist, w.AskAssistForm, "已请该单位协办。",
                           intro="可以先后请几个单位，各有各的部分和期限；结果由主办单位统一答复。"),
    "terminate": StepPage(actions.terminate, w.TerminateForm, "已终止办理，理由已告诉反映人。",
                          intro="确实无法继续办理的，经书面复核后由单位负责人决定；反映人可以提出异议。"),
    "end_waiting": StepPage(actions.end_waiting, w.EndWaitingForm, "已终止办理，理由已告诉反映人。",
                            intro="等候补充期满仍没有补充的，可以终止；也可以恢复办理，按现有情况办结。"),
    "object_ending": StepPage(actions.object_ending, f.ObjectEndingForm, "异议已送街道，请等待答复。",
                              intro="对终止办理只能提一次异议，由街道决定；异议成立的，将重新分流办理。"),
    "ask_resident": StepPage(actions.ask_resident, f.AskResidentForm, "已请反映人补充，期限暂停计算。",
                             intro="等待补充期间不计入办理期限。"),
    "answer_resident": StepPage(actions.answer_resident, f.AnswerForm, "已补充，谢谢您。", files=("photos",)),
    "answer_for": StepPage(actions.answer_for, f.AnswerForm, "已记下反映人补充的情况。", files=("photos",),
                           intro="反映人打电话或到窗口补充的，在这里代为记下。"),
    "resume": StepPage(actions.resume, f.ReasonForm, "已恢复计算期限。"),
    "extend": StepPage(actions.extend, f.ExtendForm, "延期申请已送出，等社区或街道答复。",
                       intro="答复之前，仍按原期限计算。"),
    "finish": StepPage(actions.finish, f.FinishForm, "已办结，反映人会收到结果。", files=("photos",)),
    "oversee": StepPage(actions.oversee, f.OverseeForm, "督办已发出。"),
    "merge": StepPage(actions.merge, MergeForm, "已并案，反映人会随这件事项得到答复。",
                      intro="并案后此事项不再单独计时，进度、结果告诉每一位反映人，各自评价；并错了可以取消。"),
    "unmerge": StepPage(actions.unmerge, f.ReasonForm, "已取消并案，恢复单独办理，期限顺延。"),
    "guide_done": StepPage(actions.guide_done, f.ResultForm, "已办结。"),
    "help_done": StepPage(actions.help_done, f.HelpDoneForm, "好的，已办结。"),
    "add": StepPage(actions.add_information, f.AnswerForm, "已补充，谢谢您。", files=("photos",)),
    "object": StepPage(actions.raise_objection, f.ObjectForm, "异议已送街道，请等待答复。",
                       intro="一件事项只能对分流提一次异议，由街道决定；期间照常办理。"),
    "withdraw": StepPage(actions.withdraw, f.WithdrawForm, "已撤回。"),
    "rate": StepPage(actions.rate, f.RateForm, "谢谢您的评价。", "matters/rate.html",
                     "每次办理评价一次，评与不评都由您。留言只有回访和复核的人能看到。"),
    "reopen": StepPage(actions.reopen, f.ReopenForm, "已重新打开，会有人继续办理。"),
    "inquire": StepPage(actions.inquire, after.InquireForm, "已记下。回访结果单独统计，不算居民的评价。",
                        intro="只问没有评价的。回访结果单独统计，不计入好评率；经办人不能回访自己办的事。"),
}  # fmt: skip

#: The steps that a receipt opens without an account.
BEARER_STEPS = ("answer_resident", "add", "object", "object_ending", "withdraw", "rate", "reopen", "help_done")

step = step_view(FLOW, key="matter_id", pages=PAGES)
#: The parts of a matter: kind → its procedure, the name of its key, its pages.
PARTS: dict[str, tuple[Flow[Any], str, dict[str, StepPage]]] = {
    "assist": (ASSIST, "assist_id", {
        "answer": StepPage(actions.answer_assist, f.TextForm, "协办答复已送主办单位。"),
    }),
    "objection": (OBJECTION, "objection_id", {
        "uphold": StepPage(actions.uphold_objection, f.DecideForm, "异议成立，已退回重新分流。"),
        "dismiss": StepPage(actions.dismiss_objection, f.DecideForm, "已答复反映人。"),
    }),
    "extension": (EXTENSION, "extension_id", {
        "grant": StepPage(actions.grant_extension, f.GrantForm, "已同意延期，新的期限已告诉反映人。"),
        "refuse": StepPage(actions.refuse_extension, f.DecideForm, "未同意延期，按原期限办理。"),
    }),
    "oversight": (OVERSIGHT, "order_id", {
        "answer": StepPage(actions.answer_oversight, f.TextForm, "督办已回复。"),
        "close": StepPage(actions.close_oversight, f.CloseForm, "督办已销号。"),
        "press": StepPage(actions.press_oversight, f.PressForm, "已要求再办。"),
    }),
    "help": (HELP, "offer_id", {
        "accept": StepPage(_accept_help, done="已接受，双方可以看到彼此的电话。"),
        "decline": StepPage(_decline_help, done="已婉谢。"),
        "take_back": StepPage(actions.take_back_help, done="已收回。"),
    }),
    "callback": (CALLBACK, "callback_id", {
        "fix": StepPage(actions.fix_callback, f.FixForm, "已记录，并答复反映人。"),
        "list": StepPage(actions.list_callback, f.ListForm, "已列入限期整改。"),
        "explain": StepPage(actions.explain_callback, f.FixForm, "已记录，并答复反映人。"),
        "appeal": StepPage(actions.appeal_callback, f.AppealForm, "申诉已送街道复核。"),
        "complete": StepPage(actions.complete_callback, f.TextForm, "整改已完成，并答复反映人。"),
        "uphold": StepPage(actions.uphold_appeal, f.ReviewForm, "已认定为误评，不计入统计。"),
        "reject": StepPage(actions.reject_appeal, f.ReviewForm, "申诉不成立，继续回访。"),
        "say": StepPage(actions.say_satisfied, after.SatisfiedForm, "谢谢您，已记下。", "matters/satisfied.html"),
    }),
}  # fmt: skip

assist_step = step_view(ASSIST, "assist_id", PARTS["assist"][2])
objection_step = step_view(OBJECTION, "objection_id", PARTS["objection"][2])
extension_step = step_view(EXTENSION, "extension_id", PARTS["extension"][2])
oversight_step = step_view(OVERSIGHT, "order_id", PARTS["oversight"][2])
help_step = step_view(HELP, "offer_id", PARTS["help"][2])
callback_step = step_view(CALLBACK, "callback_id", PARTS["callback"][2])


@once
def bearer_step(request: HttpRequest, token: str, step: str) -> HttpResponse:
    """A step by who holds the receipt. Opening the page changes nothing, so a mail scanner can not use it up."""
    matter, holder = by_token(request.viewer, token)  # type: ignore[attr-defined]
    found = FLOW.step(step)
    page = PAGES.get(step)
    if page is None or step not in BEARER_STEPS or not FLOW.access.may(holder, found.verb, matter):
        raise NotAllowed(f"「{found.label}」这一步不能凭回执办理。")
    back = matter.progress_url

    def show(form, status=200):  # type: ignore[no-untyped-def]
        context = {"obj": matter, "step": found, "form": form, "page": page, "flow": FLOW, "back": back}
        return render(request, page.template, context, status=status)

    if request.method != "POST":
        if FLOW.state(matter) not in found.sources:
            raise WrongState(FLOW._moved_on(matter, found))
        return show(page.form())
    form = page.form(request.POST, request.FILES)
    if not form.is_valid():
        return show(form, 422)
    given = {name: value for name, value in form.cleaned_data.items() if name not in page.files}
    given |= {name: request.FILES.getlist(name) for name in page.files}
    try:
        page.action(matter_id=matter.pk, **given, by=holder, now=clock.now())
    except Invalid as error:
        put_errors(form, error)
        return show(form, 422)
    except WrongState as error:
        form.add_error(None, error.sentence)
        return show(form, 409)
    messages.success(request, page.done)
    return HttpResponseRedirect(back)
