"""What every page's frame needs: site name, elder mode, places to go, who is signed in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, cached_property

from . import navigation

ELDER_COOKIE = "elder"


class Shell:
    """Computed on demand, so that a fragment pays for nothing it does not show. Works without a request too."""

    def __init__(self, request: HttpRequest | None) -> None:
        self.request = request

    site = getattr(settings, "SANSHE_SITE_NAME", "三社联动平台")

    @property
    def demo(self) -> bool:
        """True on a demonstration installation."""
        return bool(getattr(settings, "SANSHE_DEMO", False))

    @cached_property
    def user(self) -> Any:
        """The signed-in user, or None."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def viewer(self) -> Any:
        """The signed-in viewer, or None: for `{% if shell.viewer %}`."""
        return getattr(self.request, "viewer", True) if self.user else None

    @property
    def frame(self) -> str:
        """The base template for pages that residents and staff share: `{% extends shell.frame %}`."""
        return "web/workbench.html" if self.role_names else "web/portal.html"

    @property
    def name(self) -> str:
        """How the signed-in user is called."""
        return str(getattr(self.user, "name", "") or getattr(self.user, "username", ""))

    @cached_property
    def role_names(self) -> set[str]:
        """Values of the roles held now."""
        return navigation.roles_of(self.request)

    @cached_property
    def roles(self) -> list[str]:
        """The posts held, in words, for the account menu."""
        return navigation.role_labels(self.request)

    @property
    def elder(self) -> bool:
        """True when the large-type mode is chosen (kept in a cookie)."""
        return self.request is not None and self.request.COOKIES.get(ELDER_COOKIE) == "1"

    @property
    def elder_url(self) -> str:
        """The address that turns large type on or off and comes back here."""
        back = self.request.get_full_path() if self.request else "/"
        return f"{_url('web:elder', '/')}?{urlencode({'on': '0' if self.elder else '1', 'next': back})}"

    @cached_property
    def portal(self) -> list[navigation.Link]:
        """Places of the portal, at most five."""
        return navigation.links(navigation.PORTAL, self.request, self.role_names)

    @cached_property
    def workbench(self) -> list[navigation.Link]:
        """Places of the workbench that the viewer's posts open, at most eight."""
        return navigation.links(navigation.WORKBENCH, self.request, self.role_names)

    @cached_property
    def account(self) -> list[navigation.Link]:
        """Entries of the account menu."""
        return navigation.links(navigation.ACCOUNT, self.request, self.role_names)

    @cached_property
    def unread(self) -> int:
        """Unread notices of the signed-in user; 0 when nobody is signed in."""
        return navigation.unread(self.request) if self.user else 0

    home = property(lambda self: _url("web:home", "/"))
    workbench_url = property(lambda self: _url("web:workbench", "/"))
    login_url = property(lambda self: _login_url(self.request))
    logout_url = property(lambda self: _url("account_logout", "/accounts/logout/"))

    @property
    def search_url(self) -> str:
        """Where the search box leads."""
        return _url("web:search", "/")


def _url(name: str, default: str) -> str:
    return navigation.first_url((name,)) or default


def _login_url(request: HttpRequest | None) -> str:
    path = request.get_full_path() if request else "/"
    base = _url("account_login", "/accounts/login/")
    return base if path == "/" or path.startswith(base) else f"{base}?{urlencode({'next': path})}"


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor: `shell` in every template."""
    return {
        "shell": SimpleLazyObject(lambda: Shell(request)),
        "links": SimpleLazyObject(lambda: navigation.common(navigation.roles_of(request))),
    }
