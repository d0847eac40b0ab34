"""The passage around what was found, with the words marked; everything else escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .words import Asked

#: Characters of a passage, and how many of them stand before the first word.
PASSAGE, BEFORE = 72, 18


def marked(text: str, asked: Asked) -> SafeString:
    """The text with the words marked."""
    pattern = _pattern(asked)
    if pattern is None:
        return format_html("{}", text)
    parts = pattern.split(text)
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", part) if at % 2 else part,) for at, part in enumerate(parts))
    )


def passage(texts: Iterable[str], asked: Asked) -> SafeString:
    """The piece of the first text that has a word, around that word; empty where none has one."""
    pattern = _pattern(asked)
    for text in texts:
        plain = " ".join(str(text or "").split())
        hit = pattern.search(plain) if pattern is not None else None
        if hit is None:
            continue
        begin = max(0, min(hit.start() - BEFORE, len(plain) - PASSAGE))
        piece = plain[begin : begin + PASSAGE]
        return format_html(
            "{}{}{}", "…" if begin else "", marked(piece, asked), "…" if begin + PASSAGE < len(plain) else ""
        )
    return SafeString("")


def _pattern(asked: Asked) -> re.Pattern[str] | None:
    spellings = {one for word in asked.words for one in word.spellings}
    if not spellings:
        return None
    longest = sorted(spellings, key=len, reverse=True)
    return re.compile("(" + "|".join(map(re.escape, longest)) + ")", re.IGNORECASE)
