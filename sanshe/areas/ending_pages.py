"""The page on which a body is dissolved: what it holds, who goes on with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors

from . import actions, holdings
from .access import BodyAccess
from .models import Body


class EndBodyForm(forms.Form):
    """From when, why, and who goes on."""

    on = forms.DateField(
        label="撤销日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="从这一天起撤销；可以填以后的日期，到那天自动移交。",
        error_messages={"required": "请填写撤销日期。", "invalid": "日期写法不对，例如：2026-07-01。"},
    )  # fmt: skip
    successor = forms.TypedChoiceField(
        label="承接机构", required=False, coerce=int, empty_value=None,
        help_text="未办结的全部转给它，期限不变。没有承接机构的，转到街道，由街道指定。",
        error_messages={"invalid_choice": "请从列出的机构中选择承接的机构。"},
    )  # fmt: skip
    reason = forms.CharField(
        label="撤销的依据", max_length=200, help_text="例如：机构改革方案的名称和文号。",
        error_messages={"required": "请写明撤销的依据。", "max_length": "最多 200 个字。"},
    )  # fmt: skip

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = actions.successors_for(body, clock.today())
        self.fields["successor"].choices = [  # type: ignore[attr-defined]
            ("", "没有承接机构"),
            *((str(one.pk), f"{one.name}（{one.area}）") for one in rows),
        ]


@posts_only
@once
def end_body(request: HttpRequest, pk: int) -> HttpResponse:
    """Dissolve a body: first what it holds open is shown."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    body = BodyAccess.get(viewer, pk)
    if not BodyAccess.may(viewer, "keep", body):
        raise NotVisible()
    back = reverse("registers:detail", kwargs={"name": "bodies", "pk": body.pk})
    form = EndBodyForm(request.POST or None, body=body, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.end_body(
                body_id=pk, on=given["on"], successor=given["successor"], reason=given["reason"], by=viewer,
                now=clock.now(),
            )  # fmt: skip
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, "已登记撤销，未办结的都有了去处。")
            return HttpResponseRedirect(back)
    context = {"form": form, "body": body, "held": holdings.held_open(pk), "back": back}
    return render(request, "areas/end_body.html", context, status=422 if form.errors else 200)
