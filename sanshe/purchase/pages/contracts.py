"""Pages of contracts, and the acceptance link of residents."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sanshe.kernel import clock, files, params
from sanshe.kernel.errors import Invalid, NotVisible, WrongState
from sanshe.kernel.http import once, put_errors
from sanshe.kernel.steps import StepPage, step_view

from ..access.contracts import DeliveryAccess
from ..actions import contracts as actions
from ..flow.contracts import CONTRACT_FLOW, years_used
from ..forms import contracts as forms
from ..forms.filters import Filters
from ..paging import page_by
from ..queries import contracts as queries
from ..words import ContractState

step = step_view(
    CONTRACT_FLOW,
    key="contract_id",
    pages={
        "agree": StepPage(actions.agree, done="已确认，街道签订后即可开始服务。"),
        "sign": StepPage(actions.sign, done="合同已签订并公开。"),
        "record": StepPage(actions.record, forms.RecordForm, done="已记下这次服务。", files=("photo",)),
        "begin_acceptance": StepPage(actions.begin_acceptance, forms.InviteForm, done="邀请已发出。"),
        "invite": StepPage(actions.invite, forms.InviteForm, done="邀请已发出。"),
        "accept": StepPage(actions.accept, done="验收通过，结果已公布。"),
        "send_back": StepPage(actions.send_back, forms.ReasonForm, done="已退回改进，承接单位会收到通知。"),
        "evaluate": StepPage(actions.evaluate, forms.EvaluateForm, done="考评已完成并公布。"),
        "renew": StepPage(actions.renew, forms.RenewForm, done="新一年的合同已拟好，等待承接单位确认。"),
        "finish": StepPage(actions.finish, forms.ReasonForm, done="已办理到期终止。"),
        "terminate": StepPage(actions.terminate, forms.ReasonForm, done="已提前终止。"),
    },
)


def index(request: HttpRequest) -> HttpResponse:
    """All contracts that the viewer may see; for the public, every signed one."""
    hidden = () if request.viewer.is_staff else (ContractState.DRAFT,)
    filters = Filters(request.GET, ContractState, leave_out=hidden)
    page = page_by(queries.contracts(request.viewer, **filters.given), "begins_on", request.GET)
    return render(request, "purchase/contracts.html", {"page": page, "filters": filters})


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One contract: how it stands, what was delivered, what residents said, the evaluation."""
    contract = queries.contract(request.viewer, pk)
    sums = queries.sums(contract)
    day = clock.today()
    total = max((contract.ends_on - contract.begins_on).days + 1, 1)
    gone = min(max((day - contract.begins_on).days + 1, 0), total)
    context = {
        "contract": contract,
        "sums": sums,
        "deliveries": queries.deliveries(request.viewer, contract),
        "acceptance": queries.acceptance_sum(contract),
        "answers": queries.acceptances(request.viewer, contract),
        "evaluation": getattr(contract, "evaluation", None),
        "years": years_used(contract),
        "most_years": params.get("purchase.contract_years_most", on=contract.begins_on),
        "later": getattr(contract, "later", None),
        "time_share": round(gone * 100 / total),
        "money_share": round(sums.spent * 100 / contract.amount) if contract.amount else 0,
        "days_left": (contract.ends_on - day).days,
    }
    return render(request, "purchase/contract.html", context)


def delivery_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture of a service record, for those inside."""
    row = DeliveryAccess.get(request.viewer, pk, "detail")
    if row.photo is None:
        raise NotVisible()
    return files.response(row.photo)


@once
def acceptance(request: HttpRequest, token: str) -> HttpResponse:
    """A resident's answer by link. Reading changes nothing, so a mail scanner can not use it up."""
    row = queries.invitation(token)
    if request.method != "POST":
        return render(request, "purchase/acceptance.html", {"row": row, "form": forms.AnswerForm()})
    form = forms.AnswerForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.answer_acceptance(token=token, **form.cleaned_data, by=request.viewer, now=clock.now())
            return HttpResponseRedirect(request.path)
        except Invalid as error:
            put_errors(form, error)
        except WrongState as error:
            form.add_error(None, error.sentence)
            status = 409
    return render(request, "purchase/acceptance.html", {"row": row, "form": form}, status=status)
