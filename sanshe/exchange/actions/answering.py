"""What goes back to where a matter came from: kept first, then sent by the worker, retried, or fetched as a sheet."""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotAllowed
from sanshe.matters.public import Matter, MatterState

from ..access import AnswerAccess, SourceAccess
from ..models import Answer, Forward, Source
from ..signing import SIGN, TIME, sign
from ..words import AnswerKind, AnswerState, ExchangeEvent, SourceKind
from .handing import arrived, handed, ready

SECONDS = 10
#: As much of an answer is read.
READ_MOST = 65_536
#: Answers that one export or one pressing of the button takes.
AT_ONCE = 5000


def queue_answer(matter: Any, by: Viewer, now: datetime) -> None:
    """After a step of a matter that came from elsewhere: keep what is to be told, in the same transaction."""
    if not matter.source_key or not matter.source:
        return
    source = Source.objects.filter(name=matter.source).exclude(kind=SourceKind.OPEN311).first()
    if source is not None:
        queue(source, matter, AnswerKind.ANSWER, now)


def queue(
    source: Source, matter: Any, kind: AnswerKind, now: datetime, *, forward: Forward | None = None, words: str = ""
) -> Answer:
    """Keep a message to a system, and have it sent when the transaction is committed."""
    answer = Answer.objects.create(
        source=source, matter=matter, area_id=matter.area_id, matter_state=matter.state, created_at=now, kind=kind,
        forward=forward, words=words,
    )  # fmt: skip
    if address_of(answer):
        transaction.on_commit(lambda: _defer(answer.pk, source.pk))
    return answer


def address_of(answer: Answer) -> str:
    """Where a message goes; "" when the system fetches a sheet."""
    return answer.source.answers_to if answer.kind == AnswerKind.ANSWER else answer.source.forwards_to


def _defer(answer_id: int, source_id: int) -> None:
    from ..jobs import send

    # One at a time to one system, in the order in which things happened.
    send.configure(lock=f"exchange.source.{source_id}").defer(answer_id=answer_id)


def told(answer: Answer, matter: Matter) -> dict[str, Any]:
    """What the other system reads: its own number, ours, the state then, the result once there is one."""
    state = MatterState(answer.matter_state)
    done = state in (MatterState.DONE, MatterState.DECLINED, MatterState.ENDED)
    return {
        "key": their_key(matter), "number": matter.number, "state": str(state), "state_label": str(state.label),
        "result": (matter.result or matter.other_way) if done else "",
        "unit": matter.host_unit.name if matter.host_unit else "",
        "promised_at": matter.promised_at.isoformat() if matter.promised_at and not done else None,
        "at": answer.created_at.isoformat(), "progress_url": f"{settings.SANSHE_BASE_URL}{matter.progress_url}",
    }  # fmt: skip


#: A matter that goes on with one of the same system has its number and this behind it.
NEXT = re.compile(r"（续\d+）$")


def their_key(matter: Matter) -> str:
    """The number that the system gave, also of a matter that goes on with another."""
    return NEXT.sub("", matter.source_key)


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
    related = ("source", "matter__host_unit", "matter__area", "matter__criterion", "forward__assist", "forward__unit")
    answer = Answer.objects.select_related(*related).filter(pk=answer_id).first()
    if answer is None or answer.state != AnswerState.WAITING or not address_of(answer) or not ready(answer):
        return None
    forward = answer.forward
    body = handed(answer, forward) if forward is not None else told(answer, answer.matter)
    once = "" if forward is None else forward.key if answer.kind == AnswerKind.HANDED else f"{forward.key}/{answer.pk}"
    why, said = _post(answer, json.dumps(body, ensure_ascii=False).encode(), now, once)
    if not why and forward is not None and answer.kind == AnswerKind.HANDED:
        why = arrived(forward, said, now)
    answer.tries, answer.tried_at, answer.why = answer.tries + 1, now, why[:300]
    if not why:
        answer.state, answer.done_at = AnswerState.SENT, now
    elif answer.tries >= int(params.get("intake.answer_tries", on=clock.local(now).date()).value):
        answer.state = AnswerState.FAILED
    answer.save(update_fields=["tries", "tried_at", "why", "state", "done_at"])
    if answer.state == AnswerState.WAITING:
        raise NotDelivered(why)
    if answer.state == AnswerState.SENT and answer.kind == AnswerKind.HANDED:
        waiting = Answer.objects.filter(forward=forward, state=AnswerState.WAITING).order_by("pk")
        for pk in waiting.values_list("pk", flat=True):
            _defer(pk, answer.source_id)
    return AnswerState(answer.state)


def _post(answer: Answer, body: bytes, now: datetime, once: str) -> tuple[str, bytes]:
    """Send it, signed; returns why it did not arrive ("" when it did) and the beginning of what was answered.

    `once` is the same in every try: the other system must take what has it only one time.
    """
    moment, source = int(now.timestamp()), answer.source
    request = urllib.request.Request(address_of(answer), data=body, method="POST")
    if once:
        request.add_header("Idempotency-Key", once)
    request.add_header("Content-Type", "application/json; charset=utf-8")
    request.add_header(TIME, str(moment))
    request.add_header(SIGN, sign(source.key, moment, body))
    opener = urllib.request.build_opener(_Straight, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=SECONDS) as reply:
            return ("" if 200 <= reply.status < 300 else f"对方回答了 {reply.status}。"), reply.read(READ_MOST)
    except urllib.error.HTTPError as error:
        return f"对方没有收下（回答 {error.code}）。", b""
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        late = isinstance(reason, TimeoutError)
        return (f"对方 {SECONDS} 秒内没有回答。" if late else "连不上对方的地址，请核对地址、网络和证书。"), b""


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
    back = Q(kind=AnswerKind.ANSWER) & ~Q(source__answers_to="")
    over = Q(kind=AnswerKind.HANDED) | ~Q(forward__foreign="")
    left = Answer.objects.filter(back | over & ~Q(kind=AnswerKind.ANSWER) & ~Q(source__forwards_to=""))
    left = left.filter(state=AnswerState.WAITING, source__active=True)
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
    rows = AnswerAccess.rows(by, "export").filter(source=source, state=AnswerState.WAITING, kind=AnswerKind.ANSWER)
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
