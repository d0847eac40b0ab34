"""Where other systems knock: one signed message, one matter."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, SansheError
from sanshe.kernel.floods import address_of
from sanshe.matters.public import MatterState, Received

from ..actions import arrive, note_call
from ..actions.calls import refuse_often
from ..models import Source
from ..signing import SIGN, TIME, NotProven, check
from ..words import SourceKind


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
        "key": matter.source_key, "number": matter.number, "again": received.again, "count": received.count,
        "state": str(state), "state_label": str(state.label),
        "promised_at": matter.promised_at.isoformat() if matter.promised_at else None,
        "progress_url": f"{settings.SANSHE_BASE_URL}{matter.progress_url}",
    }  # fmt: skip


@csrf_exempt
def door(request: HttpRequest, code: str) -> JsonResponse:
    """Take a message. Who does not know the key learns nothing, not even which systems there are."""
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
            raise Invalid("消息太大，请减少照片后再发。") from None
        check(found.key, request.headers.get(TIME, ""), request.headers.get(SIGN, ""), body, now)
        source = found
        received = arrive(source=source, message=_message(body), now=now)
    except SansheError as error:
        # Only of who proved to be the system is written down under its name: others could fill its page.
        if source is not None:
            _note(request, source, error.status, error.sentence, now)
        return _answer(error.status, problem(error))
    _note(request, source, 200 if received.again else 201, received.matter.number, now)
    return _answer(200 if received.again else 201, told(received))


def _message(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Invalid("正文不是 UTF-8 编码的 JSON。") from None
    if not isinstance(message, dict):
        raise Invalid('正文应是一个 JSON 对象，例如 {"key": "1", "text": "…"}。')
    return message


def _note(request: HttpRequest, source: Source, status: int, said: str, now: datetime) -> None:
    note_call(method="POST", path=request.path, status=status, said=said, now=now, source=source)
