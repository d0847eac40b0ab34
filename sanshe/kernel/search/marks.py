"""The passage around what was found, with the words marked; everything else escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .folding import folded, loose
from .words import Asked

#: Characters of a passage, and how many of them stand before the first word.
PASSAGE, BEFORE = 72, 18


def marked(text: str, asked: Asked) -> SafeString:
    """The text with the words marked, in whichever form they stand in it."""
    pattern = _pattern(asked)
    parts, done = [], 0
    for hit in pattern.finditer(folded(text)) if pattern is not None else ():
        parts += [format_html("{}", text[done : hit.start()]), format_html("<mark>{}</mark>", text[slice(*hit.span())])]
        done = hit.end()
    return format_html_join("", "{}", ((part,) for part in (*parts, text[done:])))


def passage(texts: Iterable[str], asked: Asked) -> SafeString:
    """The piece of the first text that has a word, around that word; empty where none has one."""
    pattern = _pattern(asked)
    for text in texts:
        plain = " ".join(str(text or "").split())
        hit = pattern.search(folded(plain)) if pattern is not None else None
        if hit is None:
            continue
        begin = max(0, min(hit.start() - BEFORE, len(plain) - PASSAGE))
        piece = plain[begin : begin + PASSAGE]
        return format_html(
            "{}{}{}", "…" if begin else "", marked(piece, asked), "…" if begin + PASSAGE < len(plain) else ""
        )
    return SafeString("")


def _pattern(asked: Asked) -> re.Pattern[str] | None:
    ways = sorted({way for word in asked.words for way in word.ways if way}, key=len, reverse=True)
    return re.compile("|".join(loose(list(map(re.escape, way)), way) for way in ways)) if ways else None
