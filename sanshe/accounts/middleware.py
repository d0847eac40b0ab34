"""Sessions of people who hold a post of the administration: they end in time, and need a second factor.

Outsiders' posts (organisations, experts) and residents keep the ordinary session.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sanshe.kernel import clock, params
from sanshe.kernel.http import error_response

from .queries import holds_staff_post

#: Sign-in, sign-out and the setting-up of a second factor must be reachable before it stands.
OPEN = ("/accounts/", "/healthz", "/static/")
#: Seconds between two writings of the last activity, so that reading pages does not write a row each time.
STEP = 60
BEGAN, SEEN, FACTOR = "session_began", "session_seen", "session_factor"


class StaffSessionMiddleware:
    """Ends staff sessions after idle and total time, and leads to password change and second factor.

    The demo's accounts are excepted from the second factor on a demonstration installation; the pages say so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Look at the session before any page. Costs no query beyond the viewer's grants."""
        user = request.user
        if not user.is_authenticated:
            return None
        open_page = request.path.startswith(OPEN)
        if user.must_change_password and not open_page:
            return self._lead_to(request, "account_change_password", "您用的是临时密码，请先换成自己的密码。")
        if not holds_staff_post(request.viewer):  # type: ignore[attr-defined]
            return None
        ended = self._ended(request)
        if ended:
            return self._end(request, ended)
        if open_page or (settings.SANSHE_DEMO and user.demo) or self._has_factor(request):
            return None
        return self._lead_to(request, "mfa_activate_totp", "工作人员登录须启用两步验证，请先按本页说明设置。")

    def _ended(self, request: HttpRequest) -> str:
        """Return why the session is over, "" while it is not."""
        now = clock.now()
        moment, session = int(now.timestamp()), request.session
        began, seen = session.setdefault(BEGAN, moment), session.setdefault(SEEN, moment)
        idle = params.get("session.idle_minutes", on=now.date())
        longest = params.get("session.max_hours", on=now.date())
        if moment - seen > int(idle.value) * 60:
            return f"您已 {idle.shown}没有操作，为了安全已自动退出，请重新登录。"
        if moment - began > int(longest.value) * 3600:
            return f"本次登录已满 {longest.shown}，为了安全已自动退出，请重新登录。"
        if moment - seen >= STEP:
            session[SEEN] = moment
        return ""

    def _end(self, request: HttpRequest, why: str) -> HttpResponse:
        back = request.get_full_path() if request.method == "GET" else request.path
        logout(request)
        if request.path.startswith("/api/"):
            return error_response(request, 403, why)
        messages.warning(request, why)
        return redirect_to_login("/" if back.startswith("/accounts/") else back)

    def _has_factor(self, request: HttpRequest) -> bool:
        if not request.session.get(FACTOR):
            kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
            if not Authenticator.objects.filter(user_id=request.user.pk, type__in=kinds).exists():
                return False
            # Clearing a second factor ends all sessions, so this mark can not outlive it.
            request.session[FACTOR] = True
        return True

    def _lead_to(self, request: HttpRequest, name: str, why: str) -> HttpResponse:
        if request.path.startswith("/api/"):
            return error_response(request, 403, why)
        messages.warning(request, why)
        return HttpResponseRedirect(reverse(name))
