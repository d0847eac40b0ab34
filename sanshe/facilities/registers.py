"""The ledgers of facilities."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from sanshe.areas.public import Area, AreaLevel, Place, area_reference, in_force
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.register import Column, Reference, Register, check_end, declare

from . import norms, queries
from .access import (
    AreaPointAccess,
    CandidateSiteAccess,
    CommunityBaseAccess,
    FacilityAccess,
    RoomAccess,
)
from .models import AreaPoint, CandidateSite, CommunityBase, Facility, Room

COMMUNITIES = area_reference(AreaLevel.COMMUNITY)
GROUP = "设施"


def _kinds() -> list[tuple[str, str]]:
    return list(norms.kinds().items())


def _uses() -> list[tuple[str, str]]:
    return list(norms.room_uses().items())


def _offered_places(viewer: Viewer) -> QuerySet[Place]:
    return Place.objects.select_related("area").order_by("area__lo", "name")


def _found_places(texts: Collection[str], viewer: Viewer) -> dict[str, int]:
    """A place by its name; a name that several communities have is not taken for any of them."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for pk, name in Place.objects.filter(name__in=list(texts)).values_list("pk", "name"):
        twice.add(name) if name in found else found.update({name: pk})
    return {name: pk for name, pk in found.items() if name not in twice}


PLACES = Reference(offer=_offered_places, find=_found_places, text=lambda place: str(place.name))


def _offered_facilities(viewer: Viewer) -> QuerySet[Facility]:
    return FacilityAccess.rows(viewer, "keep").filter(in_force()).select_related("area").order_by("area__lo", "name")


def _found_facilities(texts: Collection[str], viewer: Viewer) -> dict[str, int]:
    """A facility by 「community name」 or by its name alone where only one has it."""
    rows = FacilityAccess.rows(viewer, "keep").filter(in_force()).select_related("area")
    by_text: dict[str, list[int]] = {}
    for row in rows.filter(name__in={part for text in texts for part in (text, text.split(" ", 1)[-1])}):
        for text in (row.name, queries.facility_text(row)):
            by_text.setdefault(text, []).append(row.pk)
    return {text: by_text[text][0] for text in texts if len(by_text.get(text, ())) == 1}


FACILITIES = Reference(offer=_offered_facilities, find=_found_facilities, text=queries.facility_text)


def check_position(row: Any) -> None:
    """Latitude and longitude are given together. Raises Invalid."""
    lat, lng = row.lat, row.lng
    if (lat is None) != (lng is None):
        raise Invalid({"lng" if lng is None else "lat": "经度和纬度要一起填写。"})
    if lat is not None and not (-90 <= lat <= 90 and -180 <= lng <= 180):
        raise Invalid({"lat": "坐标超出范围：纬度在 -90 到 90 之间，经度在 -180 到 180 之间；请看是否填反了。"})


def check_size(row: Any) -> None:
    """A floor area is above zero; an unknown one stays empty. Raises Invalid."""
    if row.floor_area is not None and row.floor_area <= 0:
        raise Invalid({"floor_area": "面积应大于 0；还不知道的请留空。"})


def check_community(row: Any) -> None:
    """These things belong to communities. Raises Invalid."""
    area: Area = row.area
    if area.level != AreaLevel.COMMUNITY:
        raise Invalid({"area": f"请选择社区；{area}不是社区。"})


@declare
class FacilityRegister(Register):
    """Facilities."""

    name = "facilities"
    title = "社区服务设施台账"
    lead = "记每处设施的类型、面积、地点、产权和状态，由社区维护；面积缺口从这里算出。"
    group = GROUP
    pages = (
        ("查看设施缺口", "facilities:index"),
        ("查看补齐计划", "facilities:plans"),
        ("看地图", "facilities:map"),
    )
    access = FacilityAccess
    columns = [
        Column("name", example="礼洁路便民服务中心"),
        Column("area", reference=COMMUNITIES),
        Column("kind", choices=_kinds, synonyms=("设施类型", "类别", "设施类别")),
        Column("floor_area", unit="平方米", hint="建筑面积；还不知道的留空", synonyms=("面积", "建筑面积")),
        Column("state", synonyms=("使用状态", "使用情况")),
        Column("source", synonyms=("取得方式", "设施来源")),
        Column("owner", synonyms=("产权", "产权人", "权属单位")),
        Column("address", shown=False, synonyms=("位置", "详细地址")),
        Column("place", reference=PLACES, shown=False),
        Column("hours", shown=False, example="周一至周五 9:00—17:30", synonyms=("开放时间", "服务时间")),
        Column("phone", shown=False, synonyms=("电话", "联系电话")),
        Column("free_to_use", label="可无偿提供", shown=False, hint="国有或集体资产，闲置时可无偿提供给社会组织"),
        Column("lat", shown=False, hint="WGS84 坐标，小数度；手机地图多为偏移后的坐标，请先换算", example="29.612345"),
        Column("lng", shown=False, example="106.512345"),
        Column("valid_from", synonyms=("启用时间", "投用时间", "投入使用日期")),
        Column("valid_to", shown=False, synonyms=("停用时间",)),
    ]
    filters = ["area", "kind", "state", "source", "free_to_use"]
    search = ["name", "address", "owner"]
    sort = "name"
    key = [("area", "name")]
    validity = ("valid_from", "valid_to")

    def clean(self, row: Facility, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_community(row)
        check_end(row, "停用日期不能早于启用日期。")
        check_size(row)
        check_position(row)
        if row.place is not None and row.place.area_id != row.area_id:
            raise Invalid({"place": f"{row.place}不在{row.area}，请重新选择。"})

    def url(self, row: Facility) -> str:
        """The page that everybody sees."""
        return row.get_absolute_url()


@declare
class RoomRegister(Register):
    """Rooms of facilities."""

    name = "rooms"
    title = "设施房间台账"
    lead = "记每处设施里的房间、用途和座位；综合服务中心里有哪几项设施，从房间用途看出。"
    group = GROUP
    access = RoomAccess
    columns = [
        Column("name", example="二楼议事厅", synonyms=("房间", "房间名")),
        Column("facility", reference=FACILITIES, synonyms=("设施", "所在设施")),
        Column("use", choices=_uses, synonyms=("房间用途", "功能")),
        Column("floor_area", unit="平方米", synonyms=("面积",)),
        Column("seats", unit="个", synonyms=("座位", "容纳人数")),
        Column("valid_from", synonyms=("启用时间",)),
        Column("valid_to", shown=False, synonyms=("停用时间",)),
    ]
    filters = ["facility", "use"]
    search = ["name"]
    sort = "name"
    key = [("facility", "name")]
    validity = ("valid_from", "valid_to")

    def clean(self, row: Room, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_end(row, "停用日期不能早于启用日期。")
        check_size(row)
        whole = row.facility.floor_area
        if whole is not None and row.floor_area is not None and row.floor_area > whole:
            raise Invalid({"floor_area": f"房间面积不能大于所属设施的建筑面积（{whole.normalize():f} 平方米）。"})


@declare
class CommunityBaseRegister(Register):
    """What the norms are judged by."""

    name = "community-bases"
    title = "社区基本情况台账"
    lead = "每年填报一次：户数、规划总户数、是否建成、设施是否清点完毕；面积标准按这里的户数算。"
    group = GROUP
    access = CommunityBaseAccess
    columns = [
        Column("area", reference=COMMUNITIES),
        Column("on", label="截至日期", synonyms=("日期", "统计日期", "截至时间")),
        Column("households", unit="户", hint="户籍户数与居住在辖区的非户籍户数之和", synonyms=("总户数", "户数（户）")),
        Column("planned_households", unit="户", synonyms=("规划户数",)),
        Column("built_up", synonyms=("是否建成", "已建成")),
        Column("surveyed", hint="勾选后，没有登记设施的社区按 0 平方米算，而不是无数据", synonyms=("清点完毕",)),
        Column("source", example="2025 年社区年报", synonyms=("来源",)),
    ]
    filters = ["area", "built_up", "surveyed", "on"]
    search = ["source"]
    sort = "-on"
    key = [("area", "on")]

    def clean(self, row: CommunityBase, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_community(row)
        if row.on > now.date():
            raise Invalid({"on": "截至日期不能晚于今天。"})


@declare
class AreaPointRegister(Register):
    """Where communities and kept places lie."""

    name = "area-points"
    title = "地点坐标台账"
    lead = "社区和小区在哪里、住多少户：没有公开的坐标数据，由工作人员填写或成批导入。"
    group = GROUP
    access = AreaPointAccess
    columns = [
        Column("area", reference=COMMUNITIES),
        Column("place", reference=PLACES, hint="留空表示社区本身（居委会所在地）", synonyms=("小区", "地点")),
        Column("lat", hint="WGS84 坐标，小数度", example="29.612345", synonyms=("纬度（WGS84）",)),
        Column("lng", example="106.512345", synonyms=("经度（WGS84）",)),
        Column("households", unit="户", synonyms=("居住户数",)),
        Column("source", example="社区实地定位", synonyms=("来源", "数据来源")),
    ]
    filters = ["area"]
    search = ["source"]
    key = [("place",), ("area", "place")]

    def clean(self, row: AreaPoint, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_community(row)
        check_position(row)
        if row.place is not None and row.place.area_id != row.area_id:
            raise Invalid({"place": f"{row.place}不在{row.area}，请重新选择。"})
        double = AreaPoint.objects.filter(area_id=row.area_id, place=row.place).exclude(pk=row.pk)
        if double.exists():
            raise Invalid({"place": "这个地点已经有坐标，请直接修改原来的那一条。"})


@declare
class CandidateSiteRegister(Register):
    """Places that could be taken for a facility."""

    name = "candidate-sites"
    title = "候选地点台账"
    lead = "记可以用来设置设施的地块和房屋，选址测算从中挑选。"
    group = GROUP
    pages = (("测算新点选址", "facilities:sites"),)
    access = CandidateSiteAccess
    columns = [
        Column("name", example="原第三仓库一层"),
        Column("area", reference=COMMUNITIES),
        Column("means", synonyms=("取得方式",)),
        Column("floor_area", unit="平方米", synonyms=("面积",)),
        Column("cost", unit="元", synonyms=("费用", "估算费用")),
        Column("address", shown=False, synonyms=("位置",)),
        Column("lat", shown=False, hint="WGS84 坐标，小数度"),
        Column("lng", shown=False),
        Column("state"),
        Column("note", shown=False, wide=True),
    ]
    filters = ["area", "means", "state"]
    search = ["name", "address"]
    sort = "name"
    key = [("area", "name")]

    def clean(self, row: CandidateSite, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_community(row)
        check_size(row)
        check_position(row)
