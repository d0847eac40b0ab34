"""The application: one renderer, one shape of error, one way of declaring an address."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.generic import RedirectView
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder

from sanshe.kernel.errors import Invalid, SansheError
from sanshe.kernel.http import CODES, SENTENCES

from . import acting, buying, figures, ground, matters, talks
from .callers import as_caller
from .reading import Problem, Read, SignInFirst

DESCRIPTION = """\
Access to what the platform shows, and to the steps of matters, through the same rules as its pages.

* **Who reads what.** Without signing in: what is public. With `Authorization: Bearer …` (a token that its owner made
  under 接口令牌) or the session cookie of someone who has signed in: what their posts let them read. What one may not
  see answers 404, as if it were not there.
* **Writing** (POST) takes a token with the scope `write`, or a session with its CSRF token. `GET …/steps` tells which
  steps may be taken and which fields they take, `GET …/parts` the same for what hangs on a matter. With `If-Match` and
  the `version` that was read, a step is refused (409) when somebody was quicker. With an `Idempotency-Key`
  (16 to 64 letters, digits, dashes) a request that is sent again has one effect and the first one's answer.
* **Personal data** (names, phones, the residents' own words) is never part of an answer, whoever asks.
* **Lists** come as `{"items": [...], "next": "..."}`. Pass `next` as `after` to read on; it is null at the end. A list
  never counts its rows and never skips any, however long it is. `limit` is at most 100.
* **Errors** have one shape: `{"error": {"status", "code", "sentence"}}`; the sentence is Chinese and fit to be shown. A
  form that is not filled in rightly (422) has `fields` beside it, a sentence each.
* **Money** is in fen (1/100 yuan), moments in UTC (RFC 3339), days as `YYYY-MM-DD` in China's time.
* A parameter that is not listed is refused with 422, so that a misspelt filter does not quietly return everything.
"""


class Chinese(BaseRenderer):
    """JSON in which Chinese stays readable."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        return json.dumps(data, cls=NinjaJSONEncoder, ensure_ascii=False)


def problem(status: int, sentence: str = "", code: str = "", fields: dict[str, str] | None = None) -> HttpResponse:
    """The one shape of an error."""
    said: dict[str, Any] = {
        "status": status, "code": code or CODES.get(status, "error"), "sentence": sentence or SENTENCES[status],
    }  # fmt: skip
    if fields:
        said["fields"] = fields
    body = json.dumps({"error": said}, ensure_ascii=False)
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")


class ReadAPI(NinjaAPI):
    """Ninja, with the answers that it gives past its own error handlers put into the same shape."""

    @property
    def urls(self) -> Any:
        """The addresses, with the page and the document that describe them."""
        from . import document

        patterns, app_name, namespace = super().urls
        kept = [p for p in patterns if isinstance(p, URLPattern) and p.name != "api-root"]
        methods: dict[str, set[str]] = {}
        for pattern in kept:
            methods.setdefault(str(pattern.pattern), set()).add("POST" if pattern.name in POSTS else "GET")
        for pattern in kept:
            pattern.callback = _shaped(pattern.callback, methods[str(pattern.pattern)])
        own = [
            path("", RedirectView.as_view(pattern_name="api:docs"), name="root"),
            path("docs", document.docs, name="docs"),
            path("openapi.json", document.openapi, name="openapi"),
        ]
        return [*own, *kept], app_name, namespace


#: Names of the addresses that act.
POSTS: set[str] = set()


def _shaped(view: Callable[..., HttpResponse], methods: set[str]) -> Callable[..., HttpResponse]:
    """Who calls, by token or session; HEAD answered as GET without its body; 405 in the shape of all errors."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        head = request.method == "HEAD" and "GET" in methods
        if head:
            request.method = "GET"
        elif request.method not in methods:
            answer = problem(405, "这个接口只能读取（GET）。" if methods == {"GET"} else "这个接口不支持这种请求方式。")
            answer.headers["Allow"] = ", ".join(["GET", "HEAD"] * ("GET" in methods) + ["POST"] * ("POST" in methods))
            return answer
        answer = as_caller(request, lambda: view(request, *args, **kwargs), problem)
        if head:
            answer.headers["Content-Length"] = str(len(answer.content))
            answer.content = b""
        return answer

    return wrapper


api = ReadAPI(
    title="三社联动平台 API",
    version="1.0",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    renderer=Chinese(),
)

#: What is wrong with a parameter, by pydantic's name for it.
_SAYS = {
    "int_parsing": "应是整数",
    "int_parsing_size": "太大",
    "greater_than_equal": "太小，最小是 {ge}",
    "less_than_equal": "太大，最大是 {le}",
    "string_pattern_mismatch": "写法不对",
    "extra_forbidden": "不认识，请核对名称",
    "string_too_long": "太长，最多 {max_length} 个字",
    "string_too_short": "不能是空的",
    "bool_parsing": "应是 true 或 false",
    "literal_error": "应是 {expected} 之一",
    "missing": "没有填写",
}


@api.exception_handler(ValidationError)
def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    said = []
    for one in error.errors:
        says = _SAYS.get(one["type"], "填写得不对")
        try:
            says = says.format(**{k: str(v).replace(" or ", "、") for k, v in one.get("ctx", {}).items()})
        except KeyError:
            says = "填写得不对"
        said.append(f"参数 {one['loc'][-1]} {says}")
    return problem(422, "；".join(dict.fromkeys(said)) + "。")


@api.exception_handler(SansheError)
def _on_purpose(request: HttpRequest, error: Any) -> HttpResponse:
    fields = {k: v for k, v in error.errors.items() if k} if isinstance(error, Invalid) else None
    return problem(error.status, error.sentence, error.code, fields)


@api.exception_handler(SignInFirst)
def _sign_in(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(401, "请先登录。")


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404)


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(413, "送来的内容太大，请减少照片后再试。")


@api.exception_handler(HttpError)
def _other(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code if error.status_code in SENTENCES else 400)


def _asked(view: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(view, eval_str=True)
    names = set(signature.parameters) - {"request", "body"}

    @functools.wraps(view)
    def wrapper(request: HttpRequest, **given: Any) -> Any:
        unknown = sorted(set(request.GET) - names)
        if unknown:
            raise Invalid(f"没有「{unknown[0][:40]}」这个参数。")
        return view(request, **given)

    # Written out, because ninja would look the annotations up among the names of this file.
    wrapper.__signature__ = signature  # type: ignore[attr-defined]
    return wrapper


def _read(router: Router, entry: Read) -> None:
    wrong = (401, 403, 404, 422, 429) if entry.signed_in else (401, 404, 422, 429)
    answers = {200: entry.answer, **dict.fromkeys(wrong, Problem)}
    router.get(
        entry.path,
        response=answers,
        summary=entry.summary,
        description=inspect.getdoc(entry.view),
        operation_id=entry.view.__name__,
        url_name=entry.view.__name__,
    )(_asked(entry.view))


def _writes(router: Router) -> None:
    for entry in acting.READS:
        _read(router, entry)
    for entry in acting.WRITES:
        POSTS.add(entry.view.__name__)
        router.post(
            entry.path,
            response={200: entry.answer, **dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), Problem)},
            summary=entry.summary,
            description=inspect.getdoc(entry.view),
            operation_id=entry.view.__name__,
            url_name=entry.view.__name__,
        )(_asked(entry.view))


for tag, module in (
    ("区域与资源", ground),
    ("事项", matters),
    ("协商", talks),
    ("购买服务", buying),
    ("指标", figures),
):
    router = Router(tags=[tag])
    for entry in module.READS:
        _read(router, entry)
    if module is matters:
        _writes(router)
    api.add_router("/v1", router)
