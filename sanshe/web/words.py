"""How numbers, days and hidden values read in Chinese: pure functions behind the template filters."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from django.utils import timezone

WEEKDAYS = "一二三四五六日"
NEAR = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}


def _now() -> datetime:
    from sanshe.kernel import clock

    return clock.now()


def local_day(value: date | datetime) -> date:
    """The calendar day in the platform's time zone."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def day(value: date | datetime | None, today: date | None = None) -> str:
    """「7月3日（周五）」; the nearest five days by name (「明天（周六）」); another year with its year."""
    if not value:
        return "未定"
    it, now = local_day(value), today or _now().date()
    week = f"（周{WEEKDAYS[it.weekday()]}）"
    near = NEAR.get((it - now).days)
    if near:
        return near + week
    if it.year == now.year:
        return f"{it.month}月{it.day}日{week}"
    return f"{it.year}年{it.month}月{it.day}日"


def short_day(value: date | datetime | None) -> str:
    """「7月3日」, with the year when it is not this one: for narrow places."""
    if not value:
        return ""
    it = local_day(value)
    return f"{it.month}月{it.day}日" if it.year == _now().year else f"{it.year}年{it.month}月{it.day}日"


def moment(value: datetime | None, today: date | None = None) -> str:
    """「7月3日 14:05」, 「今天 09:30」; another year with its year and without the hour."""
    if not value:
        return "未定"
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    now = today or _now().date()
    near = NEAR.get((local.date() - now).days)
    if near:
        return f"{near} {local:%H:%M}"
    if local.year == now.year:
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.year}年{local.month}月{local.day}日"


def until(value: date | datetime | None, now: datetime | None = None) -> str:
    """A deadline: within a week 「明天 17:00 前」/「周四 17:00 前」, else 「7月3日（周五）前」."""
    if not value:
        return "未定期限"
    now = now or _now()
    today, it = timezone.localtime(now).date(), local_day(value)
    gap = (it - today).days
    hour = ""
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        hour = f" {local:%H:%M}" if (local.hour, local.minute) not in {(0, 0), (23, 59)} else ""
    if gap in NEAR:
        return f"{NEAR[gap]}{hour} 前" if hour else f"{NEAR[gap]}内"
    if 0 < gap <= 7 and it - timedelta(days=it.weekday()) == today - timedelta(days=today.weekday()):
        return f"本周{WEEKDAYS[it.weekday()]}{hour} 前"
    if 0 < gap <= 7:
        return f"下周{WEEKDAYS[it.weekday()]}{hour} 前"
    return f"{day(it, today)}前"


def tone_of_due(value: date | datetime | None, now: datetime | None = None) -> str:
    """late (red), soon (amber: today or tomorrow), or calm."""
    if not value:
        return "calm"
    now = now or _now()
    if isinstance(value, datetime) and timezone.is_aware(value):
        if value < now:
            return "late"
    elif local_day(value) < timezone.localtime(now).date():
        return "late"
    return "soon" if (local_day(value) - timezone.localtime(now).date()).days <= 1 else "calm"


def masked(value: object) -> str:
    """Hides the middle by what the value looks like: citizen number, phone, name, any other number."""
    from sanshe.kernel import mask

    text = str(value or "").strip()
    if not text:
        return "未填"
    if re.fullmatch(r"\d{17}[\dXx]", text):
        return mask.mask_citizen(text)
    if re.fullmatch(r"[\d+ -]{8,15}", text):
        return mask.mask_phone(text)
    if re.fullmatch(r"[一-鿿·]{2,4}", text):
        return mask.mask_name(text)
    return mask.mask_code(text)


# Words that decide the colour of a state when its module does not say: the first match wins.
TONES = (
    ("bad", ("逾期", "不予", "未通过", "不合格", "废", "失败", "撤", "终止", "退回", "拒", "反对")),
    ("done", ("办结", "完成", "已通过", "合格", "成交", "归档", "已评价", "已续", "生效", "采纳", "结束", "已公布")),
    ("todo", ("待", "草稿", "暂停", "异议", "申请", "回访", "公示")),
)


def tone_of_state(label: str) -> str:
    """bad, done, todo or info for a state's word; only a default (see `{% state %}`)."""
    for tone, words in TONES:
        if any(word in label for word in words):
            return tone
    return "info"
