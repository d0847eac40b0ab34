"""Pages of accounts: one's own, the list for the administrators, posts. Parse, call, show."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sanshe.kernel import audit, clock, crypto, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.http import once, put_errors, sign_in_first

from . import actions, queries
from .access import PostAccess, UserAccess
from .forms import AccountForm, AppointForm, LockForm, ProfileForm
from .models import User
from .words import Role

PAGE = 30
_HANDOVER = "accounts_handover"


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def keyed(rows: Any, request: HttpRequest, size: int = PAGE) -> dict[str, Any]:
    """Return one page of rows that are ordered by falling id: `?after=` is the last id seen."""
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows[: size + 1])
    return {"rows": found[:size], "next": found[size - 1].pk if len(found) > size else None, "previous": None}


@sign_in_first
def index(request: HttpRequest) -> HttpResponse:
    """Lead each administrator to his own work, everybody else to his own account."""
    viewer = _viewer(request)
    if viewer.holds(Role.AUDITOR):
        return HttpResponseRedirect(reverse("accounts:audit"))
    if viewer.holds(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        return HttpResponseRedirect(reverse("accounts:users"))
    return HttpResponseRedirect(reverse("accounts:mine"))


# -- one's own ---------------------------------------------------------------------------------------------------------


@sign_in_first
@once
def mine(request: HttpRequest) -> HttpResponse:
    """Show and change one's own contact data; posts, second factor and sessions beside them."""
    viewer = _viewer(request)
    user = UserAccess.get(viewer, viewer.user_id, "mine")
    form = ProfileForm(request.POST or None, initial={"phone": user.phone or "", "email": user.email})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_profile(**form.cleaned_data, by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            messages.success(request, "联系方式已更新。")
            return HttpResponseRedirect(reverse("accounts:mine"))
    today = clock.today()
    context = {
        "account": user,
        "form": form,
        "posts": queries.posts_of(viewer, user),
        "today": today,
        "factors": queries.second_factors(user),
        "idle": params.get("session.idle_minutes", on=today).shown,
        "longest": params.get("session.max_hours", on=today).shown,
        "staff": queries.holds_staff_post(viewer),
    }
    return render(request, "accounts/mine.html", context, status=422 if form.errors else 200)


@sign_in_first
@require_http_methods(["POST"])
@once
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one's sessions on all other devices."""
    user = actions.end_other_sessions(by=_viewer(request), now=clock.now())
    update_session_auth_hash(request, user)
    messages.success(request, "其他设备上的登录已全部退出，本设备不受影响。")
    return HttpResponseRedirect(reverse("accounts:mine"))


# -- the administrators ------------------------------------------------------------------------------------------------


def _administrators_only(viewer: Viewer) -> None:
    if not viewer.holds(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        raise NotVisible()


@sign_in_first
def users(request: HttpRequest) -> HttpResponse:
    """List the accounts."""
    viewer = _viewer(request)
    _administrators_only(viewer)
    text, state = request.GET.get("q", "")[:60], request.GET.get("state", "")
    page = keyed(queries.accounts_list(viewer, text, state), request)
    context = {"page": page, "q": text, "state": state, "may_make": viewer.holds(Role.SYSTEM_ADMIN)}
    return render(request, "accounts/users.html", context)


@sign_in_first
@once
def new(request: HttpRequest) -> HttpResponse:
    """Make an account; its temporary password is shown once on the next page."""
    viewer = _viewer(request)
    if not viewer.holds(Role.SYSTEM_ADMIN):
        raise NotVisible()
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = actions.make_account(**form.cleaned_data, by=viewer, now=clock.now())
        except Invalid as error:
            put_errors(form, error)
        else:
            return _hand_over(request, user, password)
    return render(request, "accounts/new.html", {"form": form}, status=422 if form.errors else 200)


def _hand_over(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """Keep the password for the next page only, encrypted: the session's row must not hold it in clear."""
    request.session[_HANDOVER] = [user.pk, crypto.encrypt(password, _HANDOVER)]
    return HttpResponseRedirect(reverse("accounts:user", args=[user.pk]))


@sign_in_first
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one account: state, posts, what may be done, history."""
    viewer = _viewer(request)
    account = UserAccess.get(viewer, pk)
    handed = request.session.get(_HANDOVER)
    password = ""
    if handed and handed[0] == account.pk:
        password = crypto.decrypt(request.session.pop(_HANDOVER)[1], _HANDOVER)
    verbs = UserAccess.verbs(viewer, account)
    administrator = viewer.holds(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    context = {
        "account": account,
        "password": password,
        "verbs": verbs,
        "posts": queries.posts_of(viewer, account) if administrator else [],
        "today": clock.today(),
        "factors": queries.second_factors(account) if "manage" in verbs else [],
        "history": audit.history(account)[:30] if administrator else [],
        "lock_form": LockForm(),
        "administrator": administrator,
    }
    return render(request, "accounts/user.html", context)


def _done(request: HttpRequest, pk: int, say: str) -> HttpResponse:
    messages.success(request, say)
    return HttpResponseRedirect(reverse("accounts:user", args=[pk]))


@sign_in_first
@require_http_methods(["POST"])
@once
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a temporary password, at the desk or by the system administrator."""
    account, password = actions.reset_password(user_id=pk, by=_viewer(request), now=clock.now())
    return _hand_over(request, account, password)


@sign_in_first
@require_http_methods(["POST"])
@once
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop an account."""
    try:
        actions.lock_account(user_id=pk, reason=request.POST.get("reason", ""), by=_viewer(request), now=clock.now())
    except Invalid as error:
        messages.error(request, error.sentence)
        return HttpResponseRedirect(reverse("accounts:user", args=[pk]))
    return _done(request, pk, "账号已停用，正在使用的登录已退出。")


@sign_in_first
@require_http_methods(["POST"])
@once
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an account sign in again."""
    actions.unlock_account(user_id=pk, by=_viewer(request), now=clock.now())
    return _done(request, pk, "账号已恢复，可以登录。")


@sign_in_first
@require_http_methods(["POST"])
@once
def clear_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove lost second factors."""
    actions.clear_second_factor(user_id=pk, by=_viewer(request), now=clock.now())
    return _done(request, pk, "动态口令和通行密钥已清除；工作人员下次登录时须重新设置。")


@sign_in_first
@once
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a post."""
    viewer = _viewer(request)
    account = UserAccess.get(viewer, pk, "appoint")
    form = AppointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            post = actions.appoint(
                user_id=pk,
                role=data["role"],
                area_id=data["area"].pk if data["area"] else None,
                body_id=data["body"].pk if data["body"] else None,
                valid_from=data["valid_from"],
                valid_to=data["valid_to"],
                by=viewer,
                now=clock.now(),
            )
        except Invalid as error:
            put_errors(form, error)
        else:
            return _done(request, pk, f"已授予{account.name}岗位：{post}。")
    context = {"form": form, "account": account}
    return render(request, "accounts/appoint.html", context, status=422 if form.errors else 200)


@sign_in_first
@require_http_methods(["POST"])
@once
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    """End a post from today."""
    viewer = _viewer(request)
    holder = PostAccess.get(viewer, pk).user_id
    try:
        post = actions.end_post(post_id=pk, by=viewer, now=clock.now())
    except Invalid as error:
        messages.error(request, error.sentence)
        return HttpResponseRedirect(reverse("accounts:user", args=[holder]))
    if not queries.others_in(post):
        messages.warning(request, f"{post}现在没有人担任，请及时授予别人。")
    return _done(request, post.user_id, f"岗位已结束：{post}。")
