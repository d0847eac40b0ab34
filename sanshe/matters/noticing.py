"""What staff should notice about a text before they publish or answer: said neutrally, never acted upon by itself."""

from __future__ import annotations

import re
from datetime import date

from sanshe.kernel import clock, floods, params

from .actions.receiving import AGAIN
from .imports import without_numbers
from .models import Matter

_DIGITS = re.compile(r"\d{17}[\dXx]")


def noticed(text: str, on: date) -> list[str]:
    """The sentences about one text."""
    said = []
    masked = without_numbers(text)
    if masked != text:
        what = "公民身份号码" if _DIGITS.search(text) and not _DIGITS.search(masked) else "电话号码"
        said.append(f"文字里有{what}，可能是别人的：只在办理需要时使用，公开时会自动遮住。")
    if any(word in text for word in params.get("intake.harsh_words", on=on).value):
        said.append("言辞比较激烈，照常受理，就事论事答复即可。")
    return said


def notes_of(matter: Matter) -> list[str]:
    """The sentences about a matter: its text, what came again, where it is from."""
    said = noticed(f"{matter.title}\n{matter.text}", clock.today())
    again, last = floods.followed(AGAIN, matter.pk)
    if again and last is not None:
        said.append(f"同一来源又发来同样的内容 {again} 次（最近一次 {clock.say_moment(last)}），都记在这一件上。")
    if matter.source_key:
        said.append(f"来自「{matter.source}」，对方编号 {matter.source_key}。")
    return said
