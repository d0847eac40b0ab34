"""What is typed into the box, and what must not stand in an address."""

from __future__ import annotations

import re
import unicodedata

from django.db import models

#: So many digits in a row (spaces and dashes apart) may be a phone or a paper: never part of an address, which
#: browsers and servers keep.
DIGITS = 7
_GAPS = re.compile(r"(?<=\d)[\s\-‐-―·()（）]+(?=[\dXx])")
_RUN = re.compile(rf"\d{{{DIGITS},}}")


class Since(models.TextChoices):
    """How far back is looked."""

    ALWAYS = "", "不限时间"
    MONTH = "30", "最近 30 天"
    QUARTER = "90", "最近 90 天"
    YEAR = "365", "最近一年"


def secret(text: str) -> bool:
    """Whether a text holds a number that must not stand in an address."""
    return bool(_RUN.search(_GAPS.sub("", unicodedata.normalize("NFKC", text))))
