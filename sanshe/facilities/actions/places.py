"""Where things lie: coordinates and borders, entered by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from sanshe.areas.public import Area, Place
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed

from ..access import AreaBorderAccess, AreaPointAccess, CandidateSiteAccess, FacilityAccess
from ..geometry import clean_border
from ..models import AreaBorder, AreaPoint, CandidateSite, Facility


def _position(lat: Decimal, lng: Decimal) -> None:
    if not (-90 <= lat <= 90):
        raise Invalid({"lat": "纬度在 -90 到 90 之间，请看经纬度是否填反了。"})
    if not (-180 <= lng <= 180):
        raise Invalid({"lng": "经度在 -180 到 180 之间。"})


@transaction.atomic
def put_point(
    *,
    area: Area,
    what: str,
    lat: Decimal,
    lng: Decimal,
    source: str,
    by: Viewer,
    now: datetime,
    households: int | None = None,
) -> AreaPoint | Facility | CandidateSite:
    """Say where something of a community lies.

    `what`: "area", "place:<id>", "facility:<id>" or "site:<id>". Raises Invalid, NotAllowed, NotVisible.
    """
    _position(lat, lng)
    kind, _, key = what.partition(":")
    if kind in ("facility", "site"):
        access: Any = FacilityAccess if kind == "facility" else CandidateSiteAccess
        row = access.get(by, int(key) if key.isdigit() else 0, "keep")
        if row.area_id != area.pk:
            raise Invalid({"what": f"这一处不在{area}。"})
        before = f"{row.lat},{row.lng}" if row.lat is not None else ""
        row.lat, row.lng = lat, lng
        row.save()
        _record(row, before, by, now)
        return row  # type: ignore[no-any-return]
    place = None
    if kind == "place":
        place = Place.objects.filter(pk=int(key) if key.isdigit() else 0, area=area).first()
        if place is None:
            raise Invalid({"what": f"这个地点不在{area}。"})
    elif kind != "area":
        raise Invalid({"what": "请选择要定位的是什么。"})
    if not source.strip():
        raise Invalid({"source": "请写明坐标从哪里来，例如“现场定位”。"})
    point = AreaPoint.objects.select_for_update().filter(area=area, place=place).first() or AreaPoint(
        area=area, place=place
    )
    before = f"{point.lat},{point.lng}" if point.pk else ""
    point.lat, point.lng, point.source = lat, lng, source.strip()
    if place is not None:
        point.households = households
    point.save()
    if not AreaPointAccess.may(by, "keep", point):
        raise NotAllowed(f"{area}不在您可以维护的范围内。")
    _record(point, before, by, now)
    return point


def _record(row: Any, before: str, by: Viewer, now: datetime) -> None:
    data = {"changes": [{"title": "坐标", "from": before, "to": f"{row.lat},{row.lng}"}]}
    audit.record(by=by, event="facilities.positioned", obj=row, sentence="{actor}填写了坐标", data=data, now=now)


@transaction.atomic
def draw_border(*, area: Area, geojson: Any, source: str, by: Viewer, now: datetime) -> AreaBorder:
    """Enter or replace the border of an area. Raises Invalid, NotAllowed."""
    border = AreaBorder.objects.select_for_update().filter(area=area).first() or AreaBorder(area=area)
    border.geojson = clean_border(geojson)
    if not source.strip():
        raise Invalid({"source": "请写明边界从哪里来。"})
    border.source = source.strip()
    border.save()
    if not AreaBorderAccess.may(by, "keep", border):
        raise NotAllowed(f"{area}不在您可以维护的范围内。")
    audit.record(by=by, event="facilities.border", obj=border, sentence="{actor}填写了区域边界", now=now)
    return border
