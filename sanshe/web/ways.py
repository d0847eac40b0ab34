"""By which ways one wants to be told, and, for the system administrator, whether messages get through."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sanshe.accounts.public import Role
from sanshe.kernel import clock, params
from sanshe.kernel.access import Access, Viewer, anywhere
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors, sign_in_first
from sanshe.kernel.notices.gateways import send_again
from sanshe.kernel.notices.ways import Delivery, DeliveryState, Way, choose, chosen, set_up

SHOWN = 50  # lines of what did not get through, on one page
HINTS = {
    Way.MAIL: "发到您账号里的邮箱。",
    Way.SMS: "发到您账号里的手机号；只写编号和链接，不写事情内容。",
    Way.CHAT: "发到您在聊天软件里的账号；只写编号和链接，不写事情内容。",
}


class DeliveryAccess(Access[Delivery]):
    """What is on its way, and what did not get through: the system administrator's."""

    model = Delivery
    see = anywhere(Role.SYSTEM_ADMIN)
    resend = anywhere(Role.SYSTEM_ADMIN)


class WaysForm(forms.Form):
    """A box a way, and the account in the chat application."""

    chat = forms.CharField(
        label="聊天软件里的账号", required=False, help_text="按新区统一使用的聊天软件填写，例如工作账号。"
    )

    def __init__(self, *args: Any, now_chosen: dict[Way, tuple[bool, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = list(now_chosen)
        for way, (on, address) in now_chosen.items():
            field = forms.BooleanField(label=f"用{way.label}告诉我", required=False, initial=on)
            field.help_text = HINTS.get(way, "")
            self.fields[f"way_{way}"] = field
            if way == Way.CHAT:
                self.fields["chat"].initial = address
        if Way.CHAT not in self.ways:
            del self.fields["chat"]
        else:
            self.order_fields([*(f"way_{way}" for way in self.ways), "chat"])

    def wanted(self) -> list[Way]:
        """The ways whose box is ticked."""
        return [way for way in self.ways if self.cleaned_data.get(f"way_{way}")]


@once
@sign_in_first
def ways(request: HttpRequest) -> HttpResponse:
    """Each chooses for oneself; the page in the application is always there."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = WaysForm(request.POST or None, now_chosen=chosen(viewer))
    if request.method == "POST" and not request.POST:
        form = WaysForm({}, now_chosen=chosen(viewer))
    if request.method == "POST" and form.is_valid():
        try:
            choose(wanted=form.wanted(), chat=form.cleaned_data.get("chat", ""), by=viewer, now=clock.now())
            messages.success(request, "已按您的选择接收通知。")
            return HttpResponseRedirect(reverse("web:notices"))
        except Invalid as error:
            put_errors(form, error)
    context = {
        "form": form,
        "outside": any(way in (Way.SMS, Way.CHAT) for way in form.ways),
        "quiet": (params.get("ways.quiet_from").value, params.get("ways.quiet_to").value),
    }
    return render(request, "web/notice_ways.html", context, status=422 if form.errors else 200)


@require_GET
@posts_only
def sending(request: HttpRequest) -> HttpResponse:
    """How many messages wait, went out, did not get through, by way; the newest of the last, with the reason."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if DeliveryAccess.q(viewer) is not True:
        raise NotVisible()
    rows = DeliveryAccess.rows(viewer)
    counted = {
        row["way"]: row
        for row in rows.order_by().values("way").annotate(
            waiting=Count("pk", filter=Q(state=DeliveryState.WAITING)),
            retried=Count("pk", filter=Q(state=DeliveryState.WAITING, tries__gt=0)),
            failed=Count("pk", filter=Q(state=DeliveryState.FAILED)),
            sent=Count("pk", filter=Q(state=DeliveryState.SENT)),
            last=Max("sent_at"),
        )
    }  # fmt: skip
    here = set_up()
    lines = [{"way": way, "label": way.label, "on": way in here, **counted.get(way.value, {})}
             for way in Way if way != Way.MAIL]  # fmt: skip
    trouble = rows.exclude(error="").exclude(state=DeliveryState.SENT).order_by("-pk")[:SHOWN]
    context = {
        "lines": lines, "trouble": trouble,
        "stuck": sum(line.get("retried", 0) + line.get("failed", 0) for line in lines),
    }  # fmt: skip
    return render(request, "web/sending.html", context)


@require_POST
@once
@posts_only
def sending_again(request: HttpRequest, way: str) -> HttpResponse:
    """What was given up is sent again."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if DeliveryAccess.q(viewer, "resend") is not True or way not in Way.values:
        raise NotVisible()
    count = send_again(way, clock.now())
    messages.success(request, f"{count} 条已重新排队，一分钟内开始发送。")
    return HttpResponseRedirect(reverse("web:sending"))
