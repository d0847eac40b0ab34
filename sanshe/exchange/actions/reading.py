"""Reading a message about a matter that a system has: which, what, since when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid
from sanshe.matters.public import plain

from ..words import TheirState, their_state
from .arriving import pictures
from .hearing import TEXT_MOST, Said

FIELDS = {
    "key": "转交编号", "number": "本平台编号", "foreign": "对方编号", "state": "状态", "text": "说明或结果",
    "at": "时间", "ground": "退回情形", "days": "延长的工作日", "photos": "照片",
}  # fmt: skip


def read_state(message: Mapping[str, Any], now: datetime) -> Said:
    """The message, checked. Raises Invalid with a sentence at each field; a misspelt name is not lost quietly."""
    errors: dict[str, str] = {}
    unknown = sorted(str(name) for name in set(message) - set(FIELDS))
    if unknown:
        errors[unknown[0][:40]] = f"没有这一项，可用的有：{'、'.join(FIELDS)}。"
    given: dict[str, str] = {}
    for name in ("key", "number", "foreign", "state", "text", "at", "ground"):
        value = message.get(name)
        value = "" if value is None else str(value) if type(value) is int else value
        if not isinstance(value, str):
            errors[name], value = f"{FIELDS[name]}应是文字。", ""
        given[name] = plain(value)
    if not any(given[name] for name in ("key", "number", "foreign")):
        errors["key"] = "请写明是哪一件：转交时的编号（key）、本平台编号（number）或您系统的编号（foreign）。"
    state = their_state(given["state"])
    if state is None:
        known = "、".join(f"{s.value}（{s.label}）" for s in TheirState if s != TheirState.MORE)
        errors["state"] = f"状态应是以下之一：{known}。"
    if len(given["text"]) > TEXT_MOST:
        errors["text"] = f"最多 {TEXT_MOST} 个字，现在有 {len(given['text'])} 个字。"
    if len(given["foreign"]) > 60:
        errors["foreign"] = "对方编号最多 60 个字。"
    days = message.get("days") or 0
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= 999:
        errors["days"], days = "延长的工作日应是整数。", 0
    said_at = _moment(given["at"], errors) or now
    if errors or state is None:
        raise Invalid(errors)
    return Said(
        ref=given["key"] or given["number"] or given["foreign"], state=state, text=given["text"], said_at=said_at,
        foreign=given["foreign"], ground=given["ground"], days=days, photos=pictures(message.get("photos")),
    )  # fmt: skip


def _moment(text: str, errors: dict[str, str]) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        found = (found if found.tzinfo else found.replace(tzinfo=clock.TZ)).astimezone(UTC)
        if not 2000 <= found.year <= 2200:
            raise ValueError
    except (ValueError, OverflowError):
        errors["at"] = "时间应写成 2026-11-23T09:00:00+08:00 的样子。"
        return None
    return found
