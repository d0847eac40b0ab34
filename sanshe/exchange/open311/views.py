"""The addresses of Open311. Each ends in `.xml` or `.json`; without an ending, XML, which every client must read."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sanshe.kernel import clock

from . import filing, reading
from .writing import Refused, answer, refusal

View = Callable[..., HttpResponse]
#: How a request may be sent.
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def _open311(*methods: str) -> Callable[[View], View]:
    """Errors in the specification's shape, and only the methods it has. No session counts here."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        def wrapper(request: HttpRequest, form: str = "", **named: Any) -> HttpResponse:
            form = form.lstrip(".") or "xml"
            try:
                if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
                    raise Refused(400, f"这个地址不支持 {request.method}，可用 {'、'.join(methods)}。")
                found = view(request, form=form, **named)
            except Refused as error:
                return refusal(error, form)
            except (RequestDataTooBig, TooManyFieldsSent):
                return refusal(Refused(400, "送来的内容太大。"), form)
            return found

        return wrapper

    return wrap


def _readable(request: HttpRequest) -> bool:
    """Whether the body is in the charset that it says, else UTF-8; another would be read as nonsense without a word."""
    try:
        request.body.decode(request.encoding or "utf-8")
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: str(request.GET.getlist(name)[-1]).replace("\x00", "") for name in request.GET}


@_open311("GET")
def services(request: HttpRequest, form: str) -> HttpResponse:
    """The services."""
    reading.jurisdiction(_given(request))
    return answer("services", reading.services(), form)


@_open311("GET")
def service(request: HttpRequest, form: str, code: str) -> HttpResponse:
    """The definition of one."""
    reading.jurisdiction(_given(request))
    return answer("service_definition", reading.service(code), form)


@_open311("GET", "POST")
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """The requests, or a new one."""
    if request.method == "POST":
        kind = str(request.content_type)
        if kind and kind not in FORMS:
            raise Refused(400, f"不认识「{kind[:40]}」这种正文，请用 {' 或 '.join(FORMS)}。")
        if kind == FORMS[0] and not _readable(request):
            raise Refused(400, "正文不是 UTF-8 编码，读出来是乱码；请用 UTF-8 重新发送。")
        given = {name: str(request.POST.getlist(name)[-1]).replace("\x00", "") for name in request.POST}
        given = {**_given(request), **given}
        uploads = request.FILES.getlist("media")
        return answer("service_requests", [filing.file(given, request.path, clock.now(), uploads)], form, 201)
    given = _given(request)
    reading.jurisdiction(given)
    return answer("service_requests", reading.requests(given), form)


@_open311("GET")
def one(request: HttpRequest, form: str, number: str) -> HttpResponse:
    """One request."""
    given = _given(request)
    reading.jurisdiction(given)
    return answer("service_requests", [reading.request_of(number, given.get("extensions") == "true")], form)


@_open311("GET")
def token(request: HttpRequest, form: str, token: str) -> HttpResponse:
    """What a token stands for."""
    reading.jurisdiction(_given(request))
    return answer("service_requests", [reading.number_of(token)], form)


@_open311("GET")
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Where the service is, in which forms, and how to get a key."""
    base = f"{settings.SANSHE_BASE_URL}/open311/v2"
    data = {
        "changeset": "2026-11-23T00:00:00+08:00",
        "contact": "请联系本平台的系统管理员。",
        "key_service": f"POST 需要 api_key，由系统管理员发放。说明见 {settings.SANSHE_BASE_URL}/exchange/connect/",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": base,
                "changeset": "2026-11-23T00:00:00+08:00",
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return answer("discovery", data, form)


@_open311("GET", "POST")
def nothing(request: HttpRequest, form: str = "", rest: str = "") -> HttpResponse:
    """Any other address below."""
    raise Refused(404, "没有这个地址。可用的有 services、services/代码、requests、requests/编号、tokens/凭据。")
