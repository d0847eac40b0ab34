"""Who calls the API: by a token in the header, else by the session; a session that acts shows its CSRF token."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from sanshe.exchange.public import NotProven, Scope, Token, TooOften, note_call, of_token
from sanshe.kernel import clock

Say = Callable[..., HttpResponse]


def as_caller(request: HttpRequest, view: Callable[[], HttpResponse], problem: Say) -> HttpResponse:
    """Answer as the token's owner, or as who has signed in. What a token called is written down."""
    given = request.headers.get("Authorization", "")
    if not given:
        if request.method == "POST":
            refused = CsrfViewMiddleware(lambda r: HttpResponse()).process_view(request, _acts, (), {})
            if refused is not None:
                return refused
        return view()
    kind, _, secret = given.partition(" ")
    try:
        if kind.lower() != "bearer":
            raise NotProven("请求头应写成 Authorization: Bearer 加令牌。")
        token, viewer = of_token(secret.strip(), clock.now())
    except (NotProven, TooOften) as error:
        return problem(error.status, error.sentence, error.code)
    request.viewer = viewer  # type: ignore[attr-defined]
    if request.method == "POST" and token.scope != Scope.WRITE:
        answer = problem(403, "这个令牌只能读取，不能办理；需要办理请另生成一个“读取和办理”的令牌。")
    else:
        answer = view()
    _note(request, token, answer)
    return answer


def _acts(request: HttpRequest) -> None:
    """Stands for a view that is not exempt from the CSRF check."""


def _note(request: HttpRequest, token: Token, answer: HttpResponse) -> None:
    said = ""
    if answer.status_code >= 400:
        with suppress(ValueError, KeyError, TypeError):
            said = str(json.loads(answer.content)["error"]["sentence"])
    note_call(
        method=str(request.method),
        path=request.path,
        status=answer.status_code,
        said=said,
        now=clock.now(),
        token=token,
    )
