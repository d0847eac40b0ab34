"""What the watching of deadlines says on the pages of a matter."""

from __future__ import annotations

from typing import Any

from django import template

from .. import deadlines
from ..actions.handling import return_grounds
from ..models import Matter

register = template.Library()


@register.simple_tag
def unknown_holidays(matter: Matter) -> str:
    """The sentence about a deadline in a year whose holidays are not published yet; "" for any other."""
    return deadlines.unknown_holidays(matter) if matter.is_open else ""


@register.simple_tag
def reported_to(matter: Matter) -> str:
    """How far up a delay has been reported, in brackets; "" while it is not."""
    if not matter.is_open or not matter.escalations:
        return ""
    first = "承办单位负责人" if matter.host_unit_id else "社区负责人"
    return f"（已上报{(first, '街道', '社区事务服务中心和新区')[min(matter.escalations, 3) - 1]}）"


@register.simple_tag
def returns_of(matter: Matter) -> list[dict[str, Any]]:
    """Which units returned it and why, newest first; no query for one that was never returned."""
    if not matter.returned:
        return []
    rows = matter.returns.select_related("unit").order_by("-pk")
    return [{"row": row, "ground": return_grounds(row.at).get(row.ground, "")} for row in rows]


@register.simple_tag
def endings_of(matter: Matter) -> list[Any]:
    """How it ended without a result, newest first; no query for one that is open or done in the usual way."""
    if matter.state != "ended" and not matter.retriaged:
        return []
    return list(matter.endings.select_related("unit", "by").order_by("-pk"))


@register.simple_tag
def task_reported_to(part: Any) -> str:
    """How far up the delay of a community's task has been reported, in brackets; "" while it is not."""
    if part.state not in ("sent", "accepted") or not part.escalations:
        return ""
    return f"（已上报{('社区负责人', '街道', '社区事务服务中心和新区')[min(part.escalations, 3) - 1]}）"
