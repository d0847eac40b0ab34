"""What goes back to where a matter came from: kept first, then sent by the worker, retried, or fetched as a sheet."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotAllowed
from sanshe.matters.public import Matter, MatterState

from ..access import AnswerAccess, SourceAccess
from ..models import Answer, Source
from ..signing import SIGN, TIME, sign
from ..words import AnswerState, ExchangeEvent, SourceKind

SECONDS = 10
#: Answers that one export or one pressing of the button takes.
AT_ONCE = 5000


def queue_answer(matter: Any, by: Viewer, now: datetime) -> None:
    """After a step of a matter that came from elsewhere: keep what is to be told, in the same transaction."""
    if not matter.source_key or not matter.source:
        return
    source = Source.objects.filter(name=matter.source).exclude(kind=SourceKind.OPEN311).first()
    if source is None:
        return
    answer = Answer.objects.create(
        source=source, matter=matter, area_id=matter.area_id, matter_state=matter.state, created_at=now
    )
    if source.answers_to:
        transaction.on_commit(lambda: _defer(answer.pk, source.pk))


def _defer(answer_id: int, source_id: int) -> None:
    from ..jobs import send

    # One at a time to one system, in the order in which things happened.
    send.configure(lock=f"exchange.source.{source_id}").defer(answer_id=answer_id)


def told(answer: Answer, matter: Matter) -> dict[str, Any]:
    """What the other system reads: its own number, ours, the state then, the result once there is one."""
    state = MatterState(answer.matter_state)
    done = state in (MatterState.DONE, MatterState.DECLINED, MatterState.ENDED)
    return {
        "key": matter.source_key, "number": matter.number, "state": str(state), "state_label": str(state.label),
        "result": (matter.result or matter.other_way) if done else "",
        "unit": matter.host_unit.name if matter.host_unit else "",
        "promised_at": matter.promised_at.isoformat() if matter.promised_at and not done else None,
        "at": answer.created_at.isoformat(), "progress_url": f"{settings.SANSHE_BASE_URL}{matter.progress_url}",
    }  # fmt: skip


class _Straight(urllib.request.HTTPRedirectHandler):
    """A signed answer goes where the administrator said, not where that place sends it on."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class NotDelivered(Exception):
    """The other system did not take it; the worker tries again."""


def send_answer(answer_id: int, now: datetime) -> AnswerState | None:
    """Send one answer. Raises NotDelivered while it should be tried again; None when there was nothing to do.

    Sent twice it does no harm: it says how the matter stood at that moment.
    """
    answer = Answer.objects.select_related("source", "matter__host_unit").filter(pk=answer_id).first()
    if answer is None or answer.state != AnswerState.WAITING or not answer.source.answers_to:
        return None
    why = _post(answer.source, json.dumps(told(answer, answer.matter), ensure_ascii=False).encode(), now)
    answer.tries, answer.tried_at, answer.why = answer.tries + 1, now, why
    if not why:
        answer.state, answer.done_at = AnswerState.SENT, now
    elif answer.tries >= int(params.get("intake.answer_tries", on=clock.local(now).date()).value):
        answer.state = AnswerState.FAILED
    answer.save(update_fields=["tries", "tried_at", "why", "state", "done_at"])
    if answer.state == AnswerState.WAITING:
        raise NotDelivered(why)
    return AnswerState(answer.state)


def _post(source: Source, body: bytes, now: datetime) -> str:
    """Send it, signed; returns why it did not arrive, "" when it did."""
    moment = int(now.timestamp())
    request = urllib.request.Request(source.answers_to, data=body, method="POST")
    request.add_header("Content-Type", "application/json; charset=utf-8")
    request.add_header(TIME, str(moment))
    request.add_header(SIGN, sign(source.key, moment, body))
    opener = urllib.request.build_opener(_Straight, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return "" if 200 <= answer.status < 300 else f"对方回答了 {answer.status}。"
    except urllib.error.HTTPError as error:
        return f"对方没有收下（回答 {error.code}）。"
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        late = isinstance(reason, TimeoutError)
        return f"对方 {SECONDS} 秒内没有回答。" if late else "连不上对方的地址，请核对地址、网络和证书。"


@transaction.atomic
def retry_answers(*, code: str, by: Viewer, now: datetime) -> int:
    """Send again what had failed; returns how many."""
    source: Source = SourceAccess.get(by, Source.objects.filter(code=code).values_list("pk", flat=True).first(), "keep")
    found = list(
        AnswerAccess.rows(by, "retry").filter(source=source, state=AnswerState.FAILED).order_by("pk")[:AT_ONCE]
    )
    for answer in found:
        transaction.on_commit(lambda pk=answer.pk: _defer(pk, source.pk))  # type: ignore[misc]
    Answer.objects.filter(pk__in=[a.pk for a in found]).update(state=AnswerState.WAITING, tries=0)
    if found:
        audit.record(by=by, event=ExchangeEvent.ANSWER_RETRIED, obj=source, now=now, data={"answers": len(found)},
                     sentence=f"{{actor}}重新送出 {len(found)} 条办理结果")  # fmt: skip
    return len(found)


def send_waiting() -> int:
    """Have what waits sent: what a crash left, what a restored system missed. Returns how many."""
    left = Answer.objects.filter(state=AnswerState.WAITING, source__active=True).exclude(source__answers_to="")
    left = left.filter(tried_at=None, created_at__lt=clock.now() - timedelta(minutes=5))
    pairs = list(left.order_by("pk").values_list("pk", "source_id")[:200])
    for pk, source_id in pairs:
        _defer(pk, source_id)
    return len(pairs)


HEAD = ("来源编号", "本平台编号", "状态", "办理结果", "承办单位", "答应答复的日期", "更新时间")


@transaction.atomic
def export_answers(*, code: str, by: Viewer, now: datetime) -> list[list[str]]:
    """The rows of a sheet for a system that takes none by itself: of each matter how it stands, once."""
    source: Source = SourceAccess.get(by, Source.objects.filter(code=code).values_list("pk", flat=True).first(), "take")
    if source.answers_to:
        raise NotAllowed("这个系统的办理结果由平台自动送出，不用导出。")
    rows = AnswerAccess.rows(by, "export").filter(source=source, state=AnswerState.WAITING)
    found = list(rows.select_related("matter__host_unit").order_by("pk")[:AT_ONCE])
    latest = {answer.matter_id: answer for answer in found}
    out = []
    for answer in latest.values():
        said = told(answer, answer.matter)
        promised = clock.local(answer.matter.promised_at).date().isoformat() if said["promised_at"] else ""  # type: ignore[arg-type]
        out.append([said["key"], said["number"], said["state_label"], said["result"], said["unit"], promised,
                    f"{clock.local(answer.created_at):%Y-%m-%d %H:%M}"])  # fmt: skip
    Answer.objects.filter(pk__in=[a.pk for a in found]).update(state=AnswerState.EXPORTED, done_at=now)
    if found:
        audit.record(by=by, event=ExchangeEvent.ANSWERS_EXPORTED, obj=source, now=now, data={"matters": len(out)},
                     sentence=f"{{actor}}导出了 {len(out)} 件事项的办理结果")  # fmt: skip
    return out
