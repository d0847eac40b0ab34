"""A text that somebody typed, checked once: trimmed, not too long, nothing in it that can not be read."""

from __future__ import annotations

from sanshe.kernel.errors import Invalid


def checked(field: str, text: str | None, label: str, most: int, *, required: bool = True, least: int = 1) -> str:
    """Return the text, trimmed. Raises Invalid at the field when it is missing, too short, too long, or unreadable."""
    given = (text or "").replace("\r\n", "\n").strip()
    if required and not given:
        raise Invalid({field: f"请填写{label}。"})
    if given and len(given) < least:
        raise Invalid({field: f"{label}至少 {least} 个字，请写清楚一些。"})
    if len(given) > most:
        raise Invalid({field: f"{label}最多 {most} 个字，现在有 {len(given)} 个字，请删减后再提交。"})
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in given):
        raise Invalid({field: f"{label}里有无法识别的符号，请删去后再提交。"})
    return given
