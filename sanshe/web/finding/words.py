"""What is typed into the box, and what must not stand in an address."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

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


def period(word: str, today: date) -> tuple[date, date] | None:
    """The days that a word names, first and last: 「上周」 is the week before, from Monday to Sunday."""
    monday, month = today - timedelta(days=today.weekday()), today.replace(day=1)
    before = month - timedelta(days=1)
    days = {
        ("今天", "今日"): (today, today),
        ("昨天", "昨日"): (today - timedelta(days=1),) * 2,
        ("前天",): (today - timedelta(days=2),) * 2,
        ("本周", "这周", "这个星期"): (monday, today),
        ("上周", "上星期", "上个星期"): (monday - timedelta(days=7), monday - timedelta(days=1)),
        ("本月", "这个月"): (month, today),
        ("上月", "上个月"): (before.replace(day=1), before),
        ("今年",): (today.replace(month=1, day=1), today),
        ("去年",): (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }
    return next((given for names, given in days.items() if word in names), None)
