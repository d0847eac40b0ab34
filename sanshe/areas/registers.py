"""The ledgers of areas, places, bodies and their members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.register import Column, Register, declare

from . import norms
from .access import AreaAccess, BodyAccess, BodyMemberAccess, PlaceAccess
from .models import Area, Body, BodyMember, BodySuccession, Place
from .references import area_reference, body_reference
from .timeline import history_of, in_force
from .words import AreaLevel, BodyKind

GROUP = "区域与机构"
COMMUNITIES = area_reference(AreaLevel.COMMUNITY, AreaLevel.GROUP)
ANYWHERE = area_reference(AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY, AreaLevel.GROUP)


@declare
class AreaRegister(Register):
    """The tree. It changes by dated decisions, not by typing over: the ledger is read-only."""

    name = "areas"
    title = "区域台账"
    lead = "新区、街道（镇）、社区（村）和筹建中的居民小组；名称、代码、隶属的变更按生效日留存沿革。"
    group = GROUP
    pages = (
        ("查新旧代码", "areas:codes"),
        ("办理社区设置", "areas:setups", "street_officer", "district_officer"),
    )
    access = AreaAccess
    columns = [
        Column("short_name", label="区域"),
        Column("code"),
        Column("name", shown=False),
        Column("level"),
        Column("parent", label="上级", reference=area_reference(AreaLevel.DISTRICT, AreaLevel.STREET), sort="lo"),
        Column("valid_from"),
        Column("valid_to"),
    ]
    filters = ["level", "parent"]
    search = ["short_name", "name", "code"]
    sort = "lo"
    key = [("code",)]
    validity = ("valid_from", "valid_to")

    def beside(self, row: Area, viewer: Viewer) -> tuple[str, dict[str, Any]]:
        """All forms that the area had."""
        return "areas/_forms.html", {"forms": history_of(row)}


@declare
class PlaceRegister(Register):
    """Kept places, by which people say where something is."""

    name = "places"
    title = "地点台账"
    lead = "小区、楼栋、公园等居民常说的地方和它们的别名；居民写下地点，就能找到所属社区和社区工作者。"
    group = GROUP
    access = PlaceAccess
    columns = [
        Column("name", synonyms=("地点", "地点名称", "小区名称"), example="悦澜苑"),
        Column("kind", required=False),
        Column("area", reference=COMMUNITIES, synonyms=("社区", "所属社区")),
        Column("aliases", hint="居民还会怎么叫它", synonyms=("又名", "俗称")),
        Column("address", synonyms=("详细地址",)),
        Column("contact", shown=False, hint="对外公开的电话"),
        Column("hours", shown=False),
    ]
    filters = ["kind", "area"]
    search = ["name", "address"]
    sort = "name"
    key = [("area", "name")]

    def clean(self, row: Place, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """A name is a name."""
        if len(row.name.strip()) < 2:
            raise Invalid({"name": "地点名称至少两个字。"})


@declare
class BodyRegister(Register):
    """Bodies: party organisations, committees, centres, companies."""

    name = "bodies"
    title = "机构台账"
    lead = "社区党组织、居委会、群团组织、监督委员会和下属委员会，以及“3+N”服务机构；由社区和街道维护，向居民公开。"
    group = GROUP
    pages = (("看各社区的组织", "areas:index"),)
    access = BodyAccess
    thing = "机构"
    columns = [
        Column("name", synonyms=("机构名称", "单位名称"), example="云岭社区人民调解委员会"),
        Column("kind", synonyms=("机构类别", "类型")),
        Column("area", reference=ANYWHERE, synonyms=("区域", "社区", "所属社区", "街道")),
        Column("phone", synonyms=("电话", "办公电话", "联系电话")),
        Column("office_hours", shown=False),
        Column("address", shown=False, synonyms=("地址",)),
        Column("handles_matters", shown=False),
        Column("valid_from", synonyms=("成立日期",)),
        Column("valid_to", shown=False, synonyms=("撤销日期",)),
    ]
    filters = ["kind", "area", "handles_matters"]
    search = ["name"]
    sort = "name"
    key = [("area", "name")]
    validity = ("valid_from", "valid_to")

    def beside(self, row: Body, viewer: Viewer) -> tuple[str, dict[str, Any]]:
        """Its members in office; for a residents' committee the checks of law."""
        today = clock.today()
        members = list(BodyMember.objects.filter(in_force(today), body=row).order_by("rank", "id"))
        checks = norms.committee_checks(members, today) if row.kind == BodyKind.RESIDENTS_COMMITTEE else []
        succession = BodySuccession.objects.filter(old=row).select_related("new").first()
        may_end = row.valid_to is None and BodyAccess.may(viewer, "keep", row)
        return "areas/_members.html", {
            "members": members, "checks": checks, "succession": succession, "may_end": may_end,
        }  # fmt: skip


@declare
class MemberRegister(Register):
    """Members of bodies with their duties and terms."""

    name = "body-members"
    title = "机构成员台账"
    lead = "各机构成员的姓名、职务、任期和负责的小区，向居民公开；不登记私人电话。"
    group = GROUP
    access = BodyMemberAccess
    thing = "机构成员"
    columns = [
        Column("name", example="周婉容", synonyms=("成员姓名",)),
        Column("duty", example="居委会主任", synonyms=("职务名称", "岗位")),
        Column("body", reference=body_reference(), synonyms=("单位", "机构名称", "所在机构")),
        Column("area", label="所在区域", value=lambda row: row.body.area.short_name, sort="body__area__lo"),
        Column("how", required=False),
        Column("office_phone", hint="公开的办公电话，请勿填私人号码", synonyms=("电话", "联系电话")),
        Column("covers", hint="小区、楼栋的名称，用顿号分开", shown=False),
        Column("rank", shown=False, required=False),
        Column("valid_from", synonyms=("任职日期", "起始日期")),
        Column("valid_to", shown=False, synonyms=("离任日期",)),
    ]
    filters = ["body", "how"]
    search = ["name", "duty"]
    sort = "rank"
    key = [("body", "name", "duty")]
    validity = ("valid_from", "valid_to")
    related = ("body__area",)
