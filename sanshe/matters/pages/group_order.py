"""The order for a whole topic, for the unit that answers it: what stands under it, one answer, one result for all."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors

from .. import orders
from ..access import OversightAccess
from ..actions import grouped
from ..forms.grouped import GroupAnswerForm
from ..models import OversightOrder
from ..words import OversightState


@once
@posts_only
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The matters under the order with what would become of each, and the answer."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    rows = OversightOrder.objects.select_related("matter", "unit", "area")
    order = OversightAccess.get(viewer, pk, rows=rows)
    topic = orders.topic_of_order(order)
    if topic is None:
        raise NotVisible()
    if not OversightAccess.may(viewer, "answer", order):
        raise NotAllowed("督办由被督办单位的经办人、负责人回复。")
    members, hidden = orders.members_of(viewer, order)
    waits = order.state == OversightState.ISSUED
    form = GroupAnswerForm(request.POST or None, members=members)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = {"result": "", "public_result": "", "chosen": [], **form.cleaned_data}
            try:
                done = grouped.answer_group(order_id=pk, **given, by=viewer, now=clock.now())
            except Invalid as error:
                put_errors(form, error)
            else:
                said = f"督办已回复，{len(done)} 件一并办结。" if done else "督办已回复。"
                messages.success(request, said)
                return HttpResponseRedirect(order.get_absolute_url())
    context = {"order": order, "members": members, "hidden": hidden, "form": form, "waits": waits,
               "able": sum(bool(m.does) for m in members)}  # fmt: skip
    return render(request, "matters/group_order.html", context, status=status)
