"""Masked forms of personal data: enough to recognise one's own, not enough to use another's."""

from __future__ import annotations

import re

STARS = "****"
_HOUSE = re.compile(r"[0-9０-９]|[一二三四五六七八九十百零〇]+(?=[号栋幢座单楼层室组])")


def mask_citizen(number: str) -> str:
    """`500112199001011234` → `500112********1234`; a number of another length keeps its last two only."""
    if len(number) == 18:
        return number[:6] + "*" * 8 + number[-4:]
    return _tail(number, 2)


def mask_phone(number: str) -> str:
    """`13800000001` → `138****0001`; a landline keeps its area code and last four."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + STARS + number[-4:]


def mask_name(name: str) -> str:
    """`王小明` → `王**`, whatever the length: the length of a name narrows it down."""
    return f"{name[0]}**" if name else ""


def mask_address(address: str) -> str:
    """Keep road and compound, hide everything from the first house number: `礼嘉路12号3栋` → `礼嘉路****`."""
    if not address:
        return ""
    found = _HOUSE.search(address)
    kept = address[: found.start()] if found else address[: min(6, len(address) // 2)]
    return kept + STARS


def mask_code(code: str) -> str:
    """Any other number that stands for someone: the last four stay when there are at least eight."""
    return _tail(code, 4 if len(code) >= 8 else 0)


def _tail(text: str, keep: int) -> str:
    kept = text[-keep:] if 0 < keep < len(text) else ""
    return "*" * (len(text) - len(kept)) + kept
