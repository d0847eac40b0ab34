"""Where other systems knock, signed: one message one matter, or what they say of a matter that we handed to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotAllowed, SansheError
from sanshe.kernel.floods import address_of
from sanshe.matters.public import MatterState, Received

from ..actions import arrive, hear, note_call
from ..actions.answering import their_key
from ..actions.calls import refuse_often
from ..actions.reading import read_state
from ..models import Source
from ..signing import SIGN, TIME, NotProven, TooLarge, check
from ..words import HeardState, SourceKind


def _answer(status: int, body: dict[str, Any]) -> JsonResponse:
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def problem(error: SansheError) -> dict[str, Any]:
    """The one shape of an error, with the fields where there are some."""
    said: dict[str, Any] = {"status": error.status, "code": error.code, "sentence": error.sentence}
    if isinstance(error, Invalid):
        said["fields"] = {name: sentence for name, sentence in error.errors.items() if name}
    return {"error": said}


def told(received: Received) -> dict[str, Any]:
    """What the other system learns of its message."""
    matter = received.matter
    state = MatterState(matter.state)
    return {
        "key": their_key(matter), "number": matter.number, "again": received.again, "count": received.count,
        "state": str(state), "state_label": str(state.label),
        "promised_at": matter.promised_at.isoformat() if matter.promised_at else None,
        "progress_url": f"{settings.SANSHE_BASE_URL}{matter.progress_url}",
    }  # fmt: skip


Take = Callable[[Source, dict[str, Any], datetime], tuple[int, dict[str, Any], str]]


def _knock(request: HttpRequest, code: str, take: Take) -> JsonResponse:
    """Who does not know the key learns nothing, not even which systems there are."""
    now = clock.now()
    if request.method != "POST":
        answer = _answer(405, {"error": {"status": 405, "code": "method", "sentence": "这个地址只收 POST。"}})
        answer.headers["Allow"] = "POST"
        return answer
    source: Source | None = None
    try:
        refuse_often(f"door:{address_of(request)}:{code[:30]}", now)
        found = Source.objects.select_related("area").filter(code=code).exclude(kind=SourceKind.OPEN311).first()
        if found is None:
            raise NotProven("没有这个接入代号，或签名不对。")
        try:
            body = request.body
        except RequestDataTooBig:
            raise TooLarge() from None
        check(found.key, request.headers.get(TIME, ""), request.headers.get(SIGN, ""), body, now)
        source = found
        if not source.active:
            raise NotAllowed("这个系统已停用，请联系系统管理员。")
        status, said, note = take(source, _message(body), now)
    except SansheError as error:
        # Only of who proved to be the system is written down under its name: others could fill its page.
        if source is not None:
            _note(request, source, error.status, error.sentence, now)
        answer = _answer(error.status, problem(error))
        if error.status == 429:
            answer.headers["Retry-After"] = "60"
        return answer
    _note(request, source, status, note, now)
    return _answer(status, said)


@csrf_exempt
def door(request: HttpRequest, code: str) -> JsonResponse:
    """Take a message: a new matter, or more words of one that we have."""
    return _knock(request, code, _matter)


@csrf_exempt
def states(request: HttpRequest, code: str) -> JsonResponse:
    """Take what the system says of a matter that we handed to it."""
    return _knock(request, code, _state)


def _matter(source: Source, message: dict[str, Any], now: datetime) -> tuple[int, dict[str, Any], str]:
    received, added = arrive(source=source, message=message, now=now)
    said = told(received) | {"added": str(added) if added is not None else None}
    note = received.matter.number
    if added is not None:
        note += "：已补充" if added == HeardState.APPLIED else "：补充的内容待人工处理"
    return (200 if received.again else 201), said, note


def _state(source: Source, message: dict[str, Any], now: datetime) -> tuple[int, dict[str, Any], str]:
    outcome = hear(source=source, said=read_state(message, now), now=now)
    heard, matter = outcome.heard, outcome.matter
    state, became = MatterState(matter.state), HeardState(heard.state)
    said = {
        "key": heard.forward.key if heard.forward is not None else their_key(matter), "number": matter.number,
        "outcome": str(became), "outcome_label": str(became.label), "again": outcome.again, "why": heard.why,
        "state": str(state), "state_label": str(state.label),
    }  # fmt: skip
    return 200, said, f"{matter.number}：{heard.get_their_state_display()}，{became.label}"


def _message(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(_wrong_charset(body)) from None
    try:
        message = json.loads(text)
    except json.JSONDecodeError as wrong:
        raise Invalid(f"正文不是 JSON：第 {wrong.lineno} 行第 {wrong.colno} 个字附近写错了。") from None
    except (ValueError, RecursionError):
        raise Invalid("正文不是可以读的 JSON。") from None
    if not isinstance(message, dict):
        raise Invalid('正文应是一个 JSON 对象，例如 {"key": "1", "text": "…"}。')
    return message


def _wrong_charset(body: bytes) -> str:
    try:
        body.decode("gb18030")
    except UnicodeDecodeError:
        return "正文不是 UTF-8 编码的 JSON。"
    return "正文不是 UTF-8 编码的 JSON，像是 GBK（GB18030）编码；请转成 UTF-8，并对转换后的字节重新签名。"


def _note(request: HttpRequest, source: Source, status: int, said: str, now: datetime) -> None:
    note_call(method="POST", path=request.path, status=status, said=said, now=now, source=source)
