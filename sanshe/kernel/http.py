"""The edge to HTTP: the viewer of a request, errors to pages once, a double click as one effect."""

from __future__ import annotations

import functools
import json
import logging
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import connection, models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from sanshe.kernel import clock, readings
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, SansheError

log = logging.getLogger("sanshe")
View = Callable[..., HttpResponse]
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
KEY = re.compile(r"^[0-9a-zA-Z-]{16,64}$")


class Submission(models.Model):
    """A form that was taken once. The key is made with the form; the second post of it is led to the first's result."""

    key = models.CharField(max_length=80, unique=True)
    user = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    location = models.CharField(max_length=500, blank=True)

    privacy = {"internal": "key user at location"}

    class Meta:
        db_table = "kernel_submission"
        verbose_name = "已提交的表单"
        indexes = [models.Index(fields=["at"], name="submission_at")]


class HeadersMiddleware:
    """Security headers, and errors that users cause turned into their pages."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), camera=()")
        response.headers.setdefault(
            "Cache-Control", "no-store" if request.path.startswith("/accounts/") else "no-cache"
        )
        return response


class ViewerMiddleware:
    """Puts the viewer on the request and maps errors to statuses."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(lambda: Viewer.of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, SansheError):
            return error_response(request, error.status, error.sentence)
        if isinstance(error, Http404):
            return error_response(request, 404)
        if isinstance(error, PermissionDenied):
            return error_response(request, 403)
        if isinstance(error, RequestDataTooBig):
            return error_response(request, 413, "上传的内容太大，请减少图片数量或换成较小的文件后再提交。")
        if isinstance(error, (BadRequest, SuspiciousOperation)):
            return error_response(request, 400, "浏览器送来的内容不完整，请返回上一页刷新后再试。")
        return None


SENTENCES = {
    400: "送来的内容不完整，请返回上一页刷新后再试。",
    403: "这一步不由您办理。如确需办理，请联系本单位负责人调整岗位。",
    404: "没有找到这个页面，或者它不在您可以查看的范围内。",
    405: "这个地址不支持这样访问，请从页面上的按钮进入。",
    409: "情况已有变化，请刷新页面后再看。",
    422: "填写的内容还需要改一改。",
    500: "这一步没有办成，是我们这边的问题，已记录下来。您填写的内容请先不要关闭，稍后再试一次。",
}

#: What programs read in the place of the sentence.
CODES = {
    400: "bad_request", 401: "sign_in", 403: "not_allowed", 404: "not_found", 405: "method", 409: "wrong_state",
    413: "too_large", 422: "invalid", 500: "server",
}  # fmt: skip


def error_response(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """The page, the fragment (htmx) or the JSON of an error, with its sentence."""
    sentence = sentence or SENTENCES.get(status, SENTENCES[400])
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"error": {"status": status, "code": CODES.get(status, "error"), "sentence": sentence}},
            status=status,
            json_dumps_params={"ensure_ascii": False},
        )
    name = status if status in (403, 404, 409, 422, 500) else 400
    context = {"sentence": sentence, "status": status}
    return render(request, [f"web/errors/{name}.html", "kernel/error.html"], context, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, 404)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, 403)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_response(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_response(request, 403, "页面停留太久，安全凭证已过期。请返回上一页刷新，您填写的内容会自动找回。")


def new_key() -> str:
    """A fresh form key."""
    return uuid.uuid4().hex


def once(view: View) -> View:
    """A POST view whose form has one effect, however often it is sent.

    The key is stored in the transaction of the effect: a second post waits for the first, then is led to its result.
    A view that shows its form again (anything but a redirect) gives the key back, and what it wrote is taken back;
    what it let somebody read stays written down (`kernel.readings`).
    """

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = request.POST.get("form_key", "")
        if not KEY.match(key):
            return view(request, *args, **kwargs) if not key else error_response(request, 400)
        user = request.viewer.user_id  # type: ignore[attr-defined]
        full = f"{user or 0}:{key}"
        with readings.noting() as noted, transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    'INSERT INTO kernel_submission (key, "user", at, location) VALUES (%s, %s, %s, %s) '
                    "ON CONFLICT (key) DO NOTHING",
                    [full, user, clock.now(), ""],
                )
                first = cursor.rowcount == 1
            if not first:
                earlier = Submission.objects.get(key=full)
                return HttpResponseRedirect(earlier.location or request.path)
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400:
                Submission.objects.filter(key=full).update(location=response.headers["Location"][:500])
                noted.clear()
            else:
                transaction.set_rollback(True)
        readings.write_again(noted)
        return response

    wrapper.once = True  # type: ignore[attr-defined]
    return wrapper


def once_by_key(key: str, user_id: int | None, digest: str, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The same for programs: the answer of `act`, or of the first request with the same key (`Idempotency-Key`).

    `digest` tells the request apart: the key used for another one is refused. What fails gives its key back. Raises
    Invalid.
    """
    if not KEY.match(key):
        raise Invalid("Idempotency-Key 应是 16 至 64 个字母、数字或短横线。")
    full = f"api:{user_id or 0}:{key}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO kernel_submission (key, "user", at, location) VALUES (%s, %s, %s, %s) '
                "ON CONFLICT (key) DO NOTHING",
                [full, user_id, clock.now(), ""],
            )
            first = cursor.rowcount == 1
        if not first:
            kept, _, answer = Submission.objects.get(key=full).location.partition("|")
            if kept != digest:
                raise Invalid("这个 Idempotency-Key 已经用在另一次请求上，请为每次办理生成一个新的。")
            return dict(json.loads(answer))
        done = act()
        said = json.dumps(done, default=str, ensure_ascii=False)
        Submission.objects.filter(key=full).update(location=f"{digest}|{said}")
    return done


def sign_in_first(view: View) -> View:
    """A page that only makes sense for someone who has signed in: the public is led to the sign-in page."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.viewer.signed_in:  # type: ignore[attr-defined]
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    wrapper.sign_in = True  # type: ignore[attr-defined]
    return wrapper


def posts_only(view: View) -> View:
    """A page for people who hold a post; for everybody else it does not exist."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        if not viewer.signed_in:
            return redirect_to_login(request.get_full_path())
        if not viewer.is_staff:
            return error_response(request, 404)
        return view(request, *args, **kwargs)

    wrapper.sign_in = True  # type: ignore[attr-defined]
    return wrapper


def put_errors(form: Any, error: Invalid) -> None:
    """Show an action's refusal at the fields of the form it came from; what is not a field's goes on top."""
    for name, sentence in error.errors.items():
        form.add_error(name if name in form.fields else None, sentence)


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the web process reaches its database. For supervisors and load balancers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(json.dumps({"ok": True, "demo": settings.SANSHE_DEMO}), content_type="application/json")
