"""Readers of exchange: the viewer first."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible
from sanshe.matters.public import Beside, Matter, MatterAccess, criteria_in_force

from .access import AnswerAccess, CallAccess, ForwardAccess, HeardAccess, RuleAccess, SourceAccess, TokenAccess
from .models import Answer, Call, Forward, ForwardRule, Heard, Source, Token
from .words import AnswerState, HeardState


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
    rows = AnswerAccess.rows(viewer).filter(source=source).select_related("matter", "area", "forward")
    if state in AnswerState.values:
        rows = rows.filter(state=state)
    return rows.only(
        "matter__number", "matter__source_key", "matter_state", "state", "created_at", "tries", "tried_at", "done_at",
        "why", "area__short_name", "source", "kind", "forward__key",
    ).order_by("-id")  # fmt: skip


def calls_of(viewer: Viewer, limit: int = 30, **chosen: Any) -> list[Call]:
    """The last calls of a system or of a token."""
    return list(CallAccess.rows(viewer).filter(**chosen).order_by("-id")[:limit])


def tokens(viewer: Viewer) -> list[Token]:
    """One's own tokens, newest first."""
    return list(TokenAccess.rows(viewer).order_by("-id")[:200])


# -- what was handed to other systems ----------------------------------------------------------------------------------


def rules_of(viewer: Viewer, source: Source) -> list[ForwardRule]:
    """The rules in force of a system, each with the name of its class and whether the viewer may end it."""
    rows = list(
        RuleAccess.rows(viewer).filter(source=source, ended_at=None).select_related("area", "unit").order_by("area__lo")
    )
    names = dict(criteria_in_force(clock.today()).values_list("code", "name"))
    for rule in rows:
        rule.class_name = names.get(rule.criterion, "") if rule.criterion else "任何一类"  # type: ignore[attr-defined]
        rule.mine = RuleAccess.may(viewer, "keep", rule)  # type: ignore[attr-defined]
    return rows


def forwards_of(viewer: Viewer, source: Source, limit: int = 30) -> list[Forward]:
    """What was handed to a system, newest first."""
    rows = ForwardAccess.rows(viewer).filter(source=source).select_related("matter", "unit", "area")
    return list(rows.order_by("-pk")[:limit])


def forward_of(viewer: Viewer, pk: int) -> Forward:
    """One handing over. Raises NotVisible."""
    rows = Forward.objects.select_related("source", "matter__area", "matter__host_unit", "unit", "rule", "by", "assist")
    return ForwardAccess.get(viewer, pk, rows=rows)


def heard_of(viewer: Viewer, pk: int) -> Heard:
    """One message. Raises NotVisible."""
    rows = Heard.objects.select_related("source", "matter__area", "forward__unit", "area")
    return HeardAccess.get(viewer, pk, rows=rows)


def matter_of(viewer: Viewer, pk: int) -> Matter:
    """A matter that is to be handed over. Raises NotVisible."""
    return MatterAccess.get(viewer, pk, rows=Matter.objects.select_related("area", "host_unit"))


def sent_of(forward: Forward, limit: int = 50) -> list[Answer]:
    """What was sent about one handing over (which the viewer sees), newest first."""
    return list(Answer.objects.filter(forward=forward).order_by("-pk")[:limit])


def heard_about(viewer: Viewer, forward: Forward, limit: int = 50) -> list[Heard]:
    """What was heard about it, newest first."""
    return list(HeardAccess.rows(viewer).filter(forward=forward).order_by("-pk")[:limit])


def held_count(viewer: Viewer, source: Source) -> int:
    """How many messages of a system wait for a person."""
    return HeardAccess.rows(viewer).filter(source=source, state=HeardState.HELD).count()


def beside_a_matter(viewer: Viewer, matter: Matter) -> list[Beside]:
    """For the page of a matter: with which system it is and how it stands there, or the button that hands it over."""
    from .actions.forwarding import may_forward, systems_for

    lines = []
    there = ForwardAccess.rows(viewer).filter(matter=matter).select_related("source", "unit").order_by("pk")
    for one in there:
        lines.append(Beside(forward_says(one), one.get_absolute_url(), "看往来的消息"))
    if lines or matter.source:  # nobody else writes about it
        rows = HeardAccess.rows(viewer).filter(matter=matter, state=HeardState.HELD).select_related("source")
        held = rows.order_by("pk").first()
        if held is not None:
            lines.append(Beside(f"{held.source}来的消息要您处理。", held.get_absolute_url(), "去处理"))
    if not may_forward(viewer, matter) or not MatterAccess.may(viewer, "work", matter):
        return lines
    systems = systems_for(matter)
    if systems and not any(one.ended_at is None for one in Forward.objects.filter(matter=matter, assist=None)):
        name = systems[0].name if len(systems) == 1 else "其他系统"
        url = reverse("exchange:hand_over", kwargs={"pk": matter.pk})
        lines.append(Beside("在其他系统里办理的，不用重复登记。", url, f"转交{name}"))
    return lines


def forward_says(one: Forward) -> str:
    """How a handed matter stands, in a sentence."""
    number = f"，对方编号 {one.foreign}" if one.foreign else ""
    if one.ended_at is not None:
        return f"{clock.say_moment(one.ended_at)}已从{one.source}收回{number}。"
    part = "协办部分" if one.assist_id is not None else ""
    if not one.arrived_at and not one.their_state:
        return f"{part}已转交{one.source}，等对方收下。"
    if one.their_at is None:
        return f"{part}{one.source}已收下{number}，还没有来消息。"
    return f"{part}在{one.source}办理{number}：{one.get_their_state_display()}（{clock.say_moment(one.their_at)}）。"
