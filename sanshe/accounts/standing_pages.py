"""Pages of stand-ins and of leaving: who does whose work, and to whom a leaver's work goes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, posts_only, put_errors, sign_in_first

from . import actions, holdings, queries
from .access import StandInAccess, UserAccess
from .models import User

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_WRONG_DATE = {"required": "请填写日期。", "invalid": "日期写法不对，例如：2026-07-01。"}


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _named(user: User) -> str:
    posts = "、".join(str(post) for post in getattr(user, "posts_now", [])[:2])
    return f"{user.name}（{posts}）" if posts else user.name


class StandInForm(forms.Form):
    """Who, with which posts, from when to when, why."""

    posts = forms.TypedMultipleChoiceField(
        label="代理哪些岗位", coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择要代理的岗位。", "invalid_choice": "请从列出的岗位中选择。"},
    )  # fmt: skip
    substitute = forms.TypedChoiceField(
        label="代理人", coerce=int, empty_value=None, help_text="同一单位或同一街道的同事。",
        error_messages={"required": "请选择代理人。", "invalid_choice": "请从列出的同事中选择。"},
    )  # fmt: skip
    first_day = forms.DateField(label="从哪一天", widget=_DATE, error_messages=_WRONG_DATE)
    last_day = forms.DateField(
        label="到哪一天", widget=_DATE, help_text="含当天，过后自动结束。", error_messages=_WRONG_DATE
    )
    reason = forms.CharField(
        label="原因", max_length=200, help_text="例如：休假、外出学习。",
        error_messages={"required": "请写明原因。", "max_length": "最多 200 个字。"},
    )  # fmt: skip

    def __init__(self, *args: Any, absent: User, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = [(str(post.pk), str(post)) for post in queries.lendable_posts(viewer, absent)]
        self.fields["posts"].choices = posts  # type: ignore[attr-defined]
        self.fields["posts"].initial = [pk for pk, _ in posts]
        self.fields["substitute"].choices = [  # type: ignore[attr-defined]
            ("", "请选择代理人"), *((str(one.pk), _named(one)) for one in queries.colleagues(absent)),
        ]  # fmt: skip


@posts_only
def stand_ins(request: HttpRequest) -> HttpResponse:
    """Who does whose work, as far as it concerns the viewer."""
    viewer, today = _viewer(request), clock.today()
    rows = list(queries.stand_ins_of(viewer)[:200])
    for row in rows:
        row.now = row.runs(today)  # type: ignore[attr-defined]
        row.to_come = row.ended_at is None and row.first_day > today  # type: ignore[attr-defined]
    context = {"rows": rows, "mine": [row for row in rows if row.runs(today) and row.substitute_id == viewer.user_id],
               "others": [user for user in queries.absent_for(viewer) if user.pk != viewer.user_id]}  # fmt: skip
    return render(request, "accounts/stand_ins.html", context)


@posts_only
@once
def new_stand_in(request: HttpRequest) -> HttpResponse:
    """Let somebody stand in for oneself, or for somebody whom one leads."""
    viewer = _viewer(request)
    wanted = request.GET.get("for", "") or str(viewer.user_id)
    absent = next((user for user in queries.absent_for(viewer) if str(user.pk) == wanted), None)
    if absent is None:
        raise NotVisible()
    form = StandInForm(
        request.POST or None, absent=absent, viewer=viewer, initial={"first_day": clock.today()}
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.stand_in(absent_id=absent.pk, substitute_id=form.cleaned_data.pop("substitute"),
                                    **form.cleaned_data, by=viewer, now=clock.now())  # fmt: skip
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, f"已安排{made.substitute.name}代理，到期自动结束。")
            return HttpResponseRedirect(reverse("accounts:stand_ins"))
    context = {"form": form, "absent": absent, "own": absent.pk == viewer.user_id}
    return render(request, "accounts/stand_in.html", context, status=422 if form.errors else 200)


@sign_in_first
@require_http_methods(["POST"])
@once
def end_stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The absent one is back."""
    StandInAccess.get(_viewer(request), pk)
    try:
        actions.end_stand_in(stand_in_id=pk, by=_viewer(request), now=clock.now())
    except Invalid as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, "代理已结束。")
    return HttpResponseRedirect(reverse("accounts:stand_ins"))


class LeaveForm(forms.Form):
    """To whom the work goes, and why."""

    successor = forms.TypedChoiceField(
        label="接手人", required=False, coerce=int, empty_value=None,
        help_text="下面列出的全部转给这一位；名下没有未办结的，可以不选。",
        error_messages={"invalid_choice": "请从列出的同事中选择。"},
    )  # fmt: skip
    with_posts = forms.BooleanField(
        label="把离岗人的岗位一并授予接手人", required=False, help_text="接手人没有这些岗位的，从今天起授予。"
    )
    reason = forms.CharField(
        label="离岗的原因", max_length=200, help_text="例如：调离、退休、合同到期。",
        error_messages={"required": "请写明离岗的原因。", "max_length": "最多 200 个字。"},
    )  # fmt: skip

    def __init__(self, *args: Any, leaver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].choices = [  # type: ignore[attr-defined]
            ("", "（不选）"), *((str(one.pk), _named(one)) for one in queries.colleagues(leaver)),
        ]  # fmt: skip


@sign_in_first
@once
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """What hangs on an account that will be left, and to whom all of it goes in one action."""
    viewer = _viewer(request)
    account = UserAccess.get(viewer, pk)
    if not UserAccess.may(viewer, "appoint", account):
        raise NotVisible()
    form = LeaveForm(request.POST or None, leaver=account)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            done = actions.hand_over(
                leaver_id=pk, successor_id=given["successor"], reason=given["reason"],
                with_posts=given["with_posts"], by=viewer, now=clock.now(),
            )  # fmt: skip
        except Invalid as error:
            put_errors(form, error)
        else:
            count = sum(done.moved.values())
            said = f"已处理名下 {count} 件，结束岗位 {len(done.posts)} 个。需要停用账号的，请系统管理员办理。"
            messages.success(request, said)
            return HttpResponseRedirect(reverse("accounts:leave", args=[pk]))
    context = {
        "form": form,
        "account": account,
        "held": holdings.to_hand_over(held := holdings.held_by(pk, viewer)),
        "instead": [one for one in held if one.holding.instead],
        "posts": [p for p in queries.posts_of(viewer, account) if p.valid_to is None or p.valid_to > clock.today()],
        "last": queries.last_in_post(account),
        "done": list(queries.handovers_of(viewer, account)),
    }  # fmt: skip
    return render(request, "accounts/leave.html", context, status=422 if form.errors else 200)
