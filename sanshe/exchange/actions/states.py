"""Matters of ours that a system takes and answers by sheets: what goes there; what it says of them, looked at first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, SansheError
from sanshe.kernel.files import MEGABYTE, refuse_harmful
from sanshe.matters.public import AssistState, MatterAccess, MatterState

from ..access import AnswerAccess, SourceAccess
from ..models import Answer, Forward, Heard, Source
from ..statesheet import Line, StateSheet, read_states
from ..words import AnswerKind, AnswerState, ExchangeEvent, HeardState, TheirState
from .answering import AT_ONCE
from .handing import whole
from .hearing import GOES_ON, Said, digest, find, hear

#: How long a look may be taken for what it was.
SECONDS = 3600
_SALT = "exchange.states"


@dataclass
class Plan:
    """What a sheet would do: `rows` are (line, number, title, what it says, what will happen, is it done by itself)."""

    sheet: StateSheet
    rows: list[dict[str, Any]]
    sealed: str = ""

    @property
    def acting(self) -> int:
        """Rows that change something."""
        return sum(row["tone"] != "off" for row in self.rows)


def _source(code: str, by: Viewer) -> Source:
    pk = Source.objects.filter(code=code).values_list("pk", flat=True).first()
    found: Source = SourceAccess.get(by, pk, "take")
    return found


def look_at_states(*, code: str, upload: UploadedFile[Any] | None, by: Viewer, now: datetime) -> Plan:
    """Read a sheet and say of each row what it would do. Nothing is written."""
    source = _source(code, by)
    limit = int(params.get("files.document_most").value)
    if upload is None:
        raise Invalid({"file": "请选择要导入的表格。"})
    data = upload.read(limit * MEGABYTE + 1)
    if len(data) > limit * MEGABYTE:
        raise Invalid({"file": f"文件太大了，最大 {limit} 兆字节，请拆成几个文件。"})
    if not data:
        raise Invalid({"file": "文件是空的，请重新选择。"})
    try:
        refuse_harmful(data)
        sheet = read_states(data, upload.name or "", now)
    except Invalid as wrong:
        raise Invalid({"file": wrong.sentence}) from None
    kept, rows = [], []
    for line in sheet.lines:
        try:
            row = _foresee(source, line, by)
        except SansheError as refused:
            sheet.bad.append((line.line, refused.sentence.rstrip("。")))
        else:
            rows.append(row)
            kept.append(line)
    sheet.lines = kept
    sheet.bad.sort()
    plan = Plan(sheet, rows)
    if kept:
        plan.sealed = signing.dumps([source.pk, by.user_id, sheet.packed()], salt=_SALT, compress=True)
    return plan


def _foresee(source: Source, line: Line, by: Viewer) -> dict[str, Any]:
    forward, matter = find(source, line.ref)
    if not MatterAccess.may(by, "see", matter):
        raise NotVisible("没有这个编号的事项，或者它不在您可以查看的范围内。")
    said = _said(line)
    if Heard.objects.filter(source=source, digest=digest(forward.pk if forward else 0, matter.pk, said)).exists():
        will, tone = "以前导入过，不再办理", "off"
    else:
        will, tone = _will(forward, matter, said)
    return {
        "line": line.line, "ref": line.ref, "number": matter.number, "url": matter.get_absolute_url(),
        "title": str(matter), "says": line.state_label, "text": line.text, "will": will, "tone": tone,
    }  # fmt: skip


def _will(forward: Forward | None, matter: Any, said: Said) -> tuple[str, str]:
    """What a row will do, as far as it can be told beforehand."""
    state, their = MatterState(matter.state), said.state
    if forward is None:
        return ("撤回这件事项", "now") if their == TheirState.WITHDRAWN else ("由本平台办理，转为待人工处理", "todo")
    if forward.assist is not None:
        if their in GOES_ON:
            return "记入进展", "off"
        fits = their == TheirState.ANSWERED and forward.assist.state == AssistState.ASKED
        return ("答复协办", "now") if fits else ("转为待人工处理", "todo")
    open_now = state in (MatterState.ASSIGNED, MatterState.HANDLING, MatterState.WAITING) and not forward.ended_at
    if their in GOES_ON:
        return ("接收此事项", "now") if open_now and state == MatterState.ASSIGNED else ("记入进展", "off")
    if not open_now:
        return f"事项现在是「{state.label}」，转为待人工处理", "todo"
    does = {
        TheirState.ANSWERED: "办结此事项", TheirState.RETURNED: "按规则退回，不合规则的转为待人工处理",
        TheirState.REFUSED: "按规则退回，不合规则的转为待人工处理", TheirState.NEED_MORE: "请反映人补充",
        TheirState.EXTEND: "申请延期",
    }  # fmt: skip
    return (does[their], "now") if their in does else ("转为待人工处理", "todo")


def _said(line: Line) -> Said:
    return Said(
        ref=line.ref, state=TheirState(line.state), text=line.text, said_at=datetime.fromisoformat(line.at),
        foreign=line.foreign, ground=line.ground, days=line.days,
    )  # fmt: skip


def take_states(*, code: str, sealed: str, by: Viewer, now: datetime) -> list[tuple[Line, str, str]]:
    """Take what was looked at; returns each row with what became of it and its tone."""
    source = _source(code, by)
    try:
        pk, user, packed = signing.loads(sealed, salt=_SALT, max_age=SECONDS)
    except signing.BadSignature:
        raise Invalid("核对的结果已经过期，请重新上传表格。") from None
    if pk != source.pk or user != by.user_id:
        raise Invalid("核对的结果不是这个系统的，请重新上传表格。")
    if not source.active:
        raise NotAllowed("这个系统已停用，不再导入。")
    out: list[tuple[Line, str, str]] = []
    for one in packed:
        line = Line(**one)
        try:
            # Asked again: between the look and the taking a post may have ended, or a matter gone elsewhere.
            _, matter = find(source, line.ref)
            if not MatterAccess.may(by, "see", matter):
                raise NotVisible()
            outcome = hear(source=source, said=_said(line), now=now)
        except SansheError as refused:
            out.append((line, f"没有导入：{refused.sentence}", "bad"))
            continue
        out.append((line, *_became(outcome.heard, outcome.again)))
    Source.objects.filter(pk=source.pk).update(last_at=now)
    audit.record(
        by=by, event=ExchangeEvent.STATES_TAKEN, obj=source, now=now, sentence="{actor}导入了对方的办理状态",
        data={"rows": len(packed), "applied": sum(tone == "done" for _, _, tone in out)},
    )  # fmt: skip
    return out


def _became(heard: Heard, again: bool) -> tuple[str, str]:
    if again:
        return "以前导入过，没有重复办理", "off"
    if heard.state == HeardState.HELD:
        return f"转为待人工处理：{heard.why}", "todo"
    return str(HeardState(heard.state).label), "done"


HEAD = ("种类", "转交编号", "本平台编号", "标题", "内容", "地点", "社区", "类别", "承办单位", "紧急", "答复期限",
        "称呼", "电话")  # fmt: skip


@transaction.atomic
def export_forwards(*, code: str, by: Viewer, now: datetime) -> list[list[str]]:
    """The rows of a sheet for a system that takes none by itself: what is handed to it, and what happened since."""
    source = _source(code, by)
    if source.forwards_to:
        raise NotAllowed("转交给这个系统的事项由平台自动送出，不用导出。")
    rows = AnswerAccess.rows(by, "export").filter(source=source, state=AnswerState.WAITING)
    rows = rows.exclude(kind=AnswerKind.ANSWER).select_related(
        "matter__area", "matter__criterion", "forward__unit", "forward__assist", "forward__source"
    )  # fmt: skip
    found = list(rows.order_by("pk")[:AT_ONCE])
    out: list[list[str]] = []
    for answer in found:
        assert answer.forward is not None
        out.append(_row(answer, answer.forward))
    Answer.objects.filter(pk__in=[a.pk for a in found]).update(state=AnswerState.EXPORTED, done_at=now)
    if found:
        audit.record(by=by, event=ExchangeEvent.FORWARDS_EXPORTED, obj=source, now=now, data={"rows": len(out)},
                     sentence=f"{{actor}}导出了 {len(out)} 条转交的事项")  # fmt: skip
    return out


def _row(answer: Answer, forward: Forward) -> list[str]:
    kind = str(AnswerKind(answer.kind).label)
    said = whole(answer.matter, forward)
    if answer.kind != AnswerKind.HANDED:
        return [kind, forward.key, answer.matter.number, said["title"], answer.words, *[""] * 8]
    text = f"{said['text']}\n（需协办：{said['part']}）" if said["part"] else said["text"]
    due = f"{clock.local(datetime.fromisoformat(said['due_at'])):%Y-%m-%d %H:%M}" if said["due_at"] else ""
    return [kind, forward.key, answer.matter.number, said["title"], text, said["place"], said["area_name"],
            said["class"], said["unit"], "是" if said["urgent"] else "", due, said.get("name", ""),
            said.get("phone", "")]  # fmt: skip
