"""What the system reads that a matter is handed to, and what its answer must hold."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.matters.public import Matter, MatterState, plain

from ..models import Answer, Forward
from ..words import AnswerKind, ExchangeEvent


def ready(answer: Answer) -> bool:
    """Whether it is this message's turn: what happened later is told after the matter itself has arrived."""
    forward = answer.forward
    return forward is None or answer.kind == AnswerKind.HANDED or bool(forward.arrived_at)


def handed(answer: Answer, forward: Forward) -> dict[str, Any]:
    """The message: the matter itself, or what happened to it here."""
    matter = answer.matter
    state = MatterState(answer.matter_state)
    said: dict[str, Any] = {
        "kind": answer.kind, "key": forward.key, "number": matter.number, "foreign": forward.foreign,
        "state": str(state), "state_label": str(state.label), "at": answer.created_at.isoformat(),
    }  # fmt: skip
    if answer.kind != AnswerKind.HANDED:
        return said | {"text": answer.words}
    return said | whole(matter, forward)


def whole(matter: Matter, forward: Forward) -> dict[str, Any]:
    """What a matter is about; the reporter's name and phone only where the connection says so."""
    due = matter.due_at if forward.assist is None else forward.assist.due_at
    said: dict[str, Any] = {
        "title": matter.title, "text": matter.text, "place": matter.place_text,
        "area": matter.area.code, "area_name": matter.area.short_name,
        "class": matter.criterion.name if matter.criterion else "", "urgent": matter.urgent,
        "unit": forward.unit.name, "part": forward.assist.part if forward.assist is not None else "",
        "due_at": due.isoformat() if due else None, "created_at": matter.created_at.isoformat(),
        "answers_to": settings.SANSHE_BASE_URL + reverse("door_states", kwargs={"code": forward.source.code}),
    }  # fmt: skip
    if forward.source.gives_contact:
        said |= {"name": matter.contact_name, "phone": matter.contact_phone}
    return said


def arrived(forward: Forward, answered: bytes, now: datetime) -> str:
    """Keep the number that the system gave. Returns why it does not count as taken, "" when it does."""
    try:
        said = json.loads(answered.decode("utf-8"))
        number = said.get("number") if isinstance(said, dict) else None
    except (UnicodeDecodeError, ValueError, RecursionError):
        number = None
    number = plain(str(number)) if isinstance(number, (str, int)) and not isinstance(number, bool) else ""
    if not 1 <= len(number) <= 60:
        return "对方回答了收下，但没有按约定给出它的编号（number），不能算收下。"
    return took(forward, number, now)


def took(forward: Forward, number: str, now: datetime) -> str:
    """The system has the matter under this number. Returns a sentence when the number can not be right."""
    kept = Forward.objects.get(pk=forward.pk)
    if kept.foreign and kept.foreign != number:
        return f"对方先后给了两个编号（{kept.foreign}、{number}），请与对方核对。"
    first = kept.arrived_at is None
    kept.foreign, kept.arrived_at = number, kept.arrived_at or now
    try:
        with transaction.atomic():
            kept.save(update_fields=["foreign", "arrived_at"])
    except IntegrityError:
        return f"对方给的编号{number}已经用在另一件事项上，请与对方核对。"
    forward.foreign, forward.arrived_at = kept.foreign, kept.arrived_at
    if first:
        audit.record(
            by=Viewer.system_account(forward.source.voice), event=ExchangeEvent.FORWARD_ARRIVED, obj=forward.matter,
            now=now, sentence="{actor}收下了这件事项", data={"forward": forward.pk, "foreign": number}, public=False,
        )  # fmt: skip
    return ""
