"""Typed text as it is kept: without control characters, which no one types on purpose."""

from __future__ import annotations

import re

#: Control characters but line feed and tab (PostgreSQL can not store NUL), direction and format marks that could make
#: a text read otherwise than it is, lone surrogates. A pattern, because asking each character costs seconds a file.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def plain(text: str) -> str:
    """The text with plain line ends, nothing unseen, no space around it."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
