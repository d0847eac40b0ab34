"""Readers of exchange: the viewer first."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible

from .access import AnswerAccess, CallAccess, SourceAccess, TokenAccess
from .models import Answer, Call, Source, Token
from .words import AnswerState


def sources(viewer: Viewer) -> list[Source]:
    """The connected systems, each with `waiting` and `failed` answers."""
    rows = SourceAccess.rows(viewer).select_related("area").order_by("name")
    counts = {
        row["source"]: row
        for row in AnswerAccess.rows(viewer)
        .filter(source__in=[s.pk for s in rows], state__in=[AnswerState.WAITING, AnswerState.FAILED])
        .order_by()
        .values("source")
        .annotate(
            waiting=Count("pk", filter=Q(state=AnswerState.WAITING)),
            failed=Count("pk", filter=Q(state=AnswerState.FAILED)),
        )
    }
    for source in rows:
        found: Any = counts.get(source.pk, {})
        source.waiting, source.failed = found.get("waiting", 0), found.get("failed", 0)  # type: ignore[attr-defined]
    return list(rows)


def source_of(viewer: Viewer, code: str) -> Source:
    """One system by its code. Raises NotVisible."""
    found = SourceAccess.rows(viewer).select_related("area").filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found


def answers_of(viewer: Viewer, source: Source, state: str = "") -> QuerySet[Answer]:
    """The answers to a system, newest first."""
    rows = AnswerAccess.rows(viewer).filter(source=source).select_related("matter", "area")
    if state in AnswerState.values:
        rows = rows.filter(state=state)
    return rows.only(
        "matter__number", "matter__source_key", "matter_state", "state", "created_at", "tries", "tried_at", "done_at",
        "why", "area__short_name", "source",
    ).order_by("-id")  # fmt: skip


def calls_of(viewer: Viewer, limit: int = 30, **chosen: Any) -> list[Call]:
    """The last calls of a system or of a token."""
    return list(CallAccess.rows(viewer).filter(**chosen).order_by("-id")[:limit])


def tokens(viewer: Viewer) -> list[Token]:
    """One's own tokens, newest first."""
    return list(TokenAccess.rows(viewer).order_by("-id")[:200])
