"""What Open311 reads: services are the triage criteria in force, requests are the rows of the public board."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from sanshe.areas.public import Area, home_area
from sanshe.kernel import clock, crypto
from sanshe.kernel.access import Viewer
from sanshe.matters.public import (
    CLOSED,
    OPEN,
    Criterion,
    PublicMatter,
    PublicMatterAccess,
    Route,
    criteria_in_force,
    without_numbers,
)

from .writing import Refused

#: «Default query limit is a span of 90 days or first 1000 requests returned, whichever is smallest.»
SPAN, MOST = timedelta(days=90), 1000
#: The service for what fits none of the criteria.
OTHER = "other"
#: Urgent services ask one thing more.
TRAPPED = {
    "variable": True, "code": "trapped", "datatype": "singlevaluelist", "required": False, "order": 1,
    "datatype_description": "请从列出的值中选择一个。", "description": "现在有没有人被困或受伤？",
    "values": [{"key": "yes", "name": "有"}, {"key": "no", "name": "没有"}, {"key": "unknown", "name": "不清楚"}],
}  # fmt: skip
_FIELDS = (
    "number", "state", "route", "urgent", "promised_at", "created_at", "done_at", "public_title", "public_text",
    "public_result", "area__code", "area__short_name", "host_unit__name", "criterion__code", "criterion__name",
)  # fmt: skip


def jurisdiction(given: Mapping[str, str]) -> None:
    """Raise Refused for a jurisdiction that is not ours. Without one, ours is meant."""
    asked = given.get("jurisdiction_id", "").strip()
    if asked and asked != our_jurisdiction():
        raise Refused(404, f"没有代码为「{asked[:40]}」的辖区，本平台的辖区代码是 {our_jurisdiction()}，也可以不写。")


def our_jurisdiction() -> str:
    """The code of the area that this installation serves."""
    try:
        return str(home_area().code)
    except Area.DoesNotExist:
        return ""


def services() -> list[dict[str, Any]]:
    """The services, those of the criteria in force and the one for all else."""
    rows = criteria_in_force(clock.today()).order_by("code")
    found = [_service(row) for row in rows]
    return [*found, {
        "service_code": OTHER, "service_name": "其他事项", "description": "说不清属于哪一类的，都可以报在这里。",
        "metadata": False, "type": "batch", "keywords": "其他", "group": "其他",
    }]  # fmt: skip


def _service(row: Criterion) -> dict[str, Any]:
    return {
        "service_code": row.code, "service_name": row.name, "description": "、".join(row.covers),
        "metadata": bool(row.urgent), "type": "batch", "keywords": ",".join(row.covers),
        "group": str(Route(row.route).label),
    }  # fmt: skip


def service(code: str) -> dict[str, Any]:
    """The definition of one service. Raises Refused."""
    if code == OTHER:
        return {"service_code": OTHER, "attributes": []}
    row = criteria_in_force(clock.today()).filter(code=code).first()
    if row is None:
        raise Refused(404, f"没有代码为「{code[:40]}」的服务，请先读取 services。")
    return {"service_code": row.code, "attributes": [TRAPPED] if row.urgent else []}


def _rows() -> QuerySet[PublicMatter]:
    rows = PublicMatterAccess.rows(Viewer.public()).select_related("area", "host_unit", "criterion")
    return rows.only(*_FIELDS)  # type: ignore[return-value]


def request_of(number: str, more: bool = False) -> dict[str, Any]:
    """One request. Raises Refused."""
    found = _rows().filter(number=number).first()
    if found is None:
        raise Refused(404, "没有这个编号的事项，或者它没有公开。")
    return told(found, more)


def requests(given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The requests asked for, newest first. Raises Refused with what is wrong."""
    rows = _rows().order_by("-created_at", "-pk")
    more = given.get("extensions", "").strip().lower() == "true"
    numbers = _listed(given, "service_request_id")
    if numbers:
        if len(numbers) > MOST:
            raise Refused(400, f"service_request_id 一次最多 {MOST} 个。")
        return [told(m, more) for m in rows.filter(number__in=numbers)]
    page, size = _whole(given, "page", 1, 1_000_000), _whole(given, "page_size", MOST, MOST)
    first, last = _span(given)
    rows = rows.filter(created_at__gte=first, created_at__lte=last)
    codes = _listed(given, "service_code")
    if codes:
        # The same code of an earlier version of the criteria is the same service.
        wanted = Q(criterion__code__in=codes)
        rows = rows.filter(wanted | Q(criterion=None) if OTHER in codes else wanted)
    states = _listed(given, "status")
    if set(states) - {"open", "closed"}:
        raise Refused(400, "status 只能是 open 或 closed，多个用逗号隔开。")
    if set(states) == {"open"}:
        rows = rows.filter(state__in=OPEN)
    elif set(states) == {"closed"}:
        rows = rows.filter(state__in=CLOSED)
    begin = (page - 1) * size
    return [told(m, more) for m in rows[begin : begin + size]]


def told(m: PublicMatter, more: bool = False) -> dict[str, Any]:
    """A matter as a request: only what the public board shows, and no number of a person in it."""
    is_open = m.state in OPEN
    name = m.criterion.name if m.criterion else "其他事项"
    title = without_numbers(m.public_title or name)
    text = without_numbers(m.public_text)
    result = without_numbers(m.public_result)
    state = str(m.get_state_display())
    said: dict[str, Any] = {
        "service_request_id": m.number, "status": "open" if is_open else "closed",
        "status_notes": f"{state}：{result}" if result else state, "service_name": name,
        "service_code": m.criterion.code if m.criterion else OTHER,
        "description": f"{title}\n{text}" if text else title,
        "agency_responsible": m.host_unit.name if m.host_unit else m.area.short_name,
        "service_notice": "", "requested_datetime": moment(m.created_at),
        "updated_datetime": moment(m.done_at or m.created_at),
        "expected_datetime": moment(m.promised_at) if is_open else "", "address": m.area.short_name,
        "address_id": m.area.code, "zipcode": "", "lat": None, "long": None, "media_url": "",
    }  # fmt: skip
    if more:
        said["extended_attributes"] = {
            "title": title, "state": state, "route": str(Route(m.route).label) if m.route else "", "urgent": m.urgent,
        }  # fmt: skip
    return said


def moment(at: datetime | None) -> str:
    """A moment as W3C has it, in the time of the place."""
    return clock.local(at).isoformat(timespec="seconds") if at else ""


# -- tokens ------------------------------------------------------------------------------------------------------------


def token_of(number: str) -> str:
    """A token that names a matter and gives no right to it: the receipt's own would."""
    return f"{number}.{crypto.lookup('open311', number)[:24]}"


def number_of(token: str) -> dict[str, str]:
    """What a token stands for; the number only once the matter is on the public board. Raises Refused."""
    number = token.partition(".")[0]
    if not hmac.compare_digest(token_of(number).encode(), token.encode("utf-8", "replace")):
        raise Refused(404, "没有这个凭据。")
    if not _rows().filter(number=number).exists():
        return {"token": token, "service_request_id": ""}
    return {"token": token, "service_request_id": number}


# -- parameters --------------------------------------------------------------------------------------------------------


def _listed(given: Mapping[str, str], name: str) -> list[str]:
    return [one.strip()[:60] for one in given.get(name, "").replace("\x00", "").split(",") if one.strip()]


def _whole(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
        raise Refused(400, f"{name} 应是 1 至 {most} 的整数。")
    return int(text)


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    # A plus sign that was not escaped arrives as a space.
    text = given.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=clock.TZ)
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(400, f"{name} 应写成 2026-06-30T09:00:00+08:00 的样子。") from None
    if not 1990 <= found.year <= 2200:
        raise Refused(400, f"{name} 的年份不对。")
    return found


def _span(given: Mapping[str, str]) -> tuple[datetime, datetime]:
    first, last, now = _moment(given, "start_date"), _moment(given, "end_date"), clock.now()
    if first is not None and last is not None:
        if last < first:
            raise Refused(400, "end_date 早于 start_date。")
        if last - first > SPAN + timedelta(days=1):
            raise Refused(400, "start_date 与 end_date 之间最多 90 天，请分几次读取。")
        return first, last
    if first is not None:
        return first, min(first + SPAN, now)
    last = last or now
    return last - SPAN, last
