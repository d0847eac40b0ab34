"""The ledgers of social organisations: themselves, where they serve, what they do, and the incubators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sanshe.areas.public import AreaLevel, area_reference
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.identifiers import clean_credit_code
from sanshe.kernel.register import Column, Register, check_end, declare

from . import actions
from .access import (
    IncubatorAccess,
    OrganisationAccess,
    OrganisationActivityAccess,
    OrganisationServesAccess,
    ResidencyAccess,
)
from .codes import clean_organisation_code
from .models import Incubator, Organisation, OrganisationActivity, OrganisationServes, Residency
from .queries import double_of, incubator_summary
from .references import INCUBATORS, organisation_reference
from .words import Outcome, Standing

GROUP = "社会组织"
AREAS = area_reference(AreaLevel.COMMUNITY, AreaLevel.STREET, AreaLevel.DISTRICT)
ORGANISATIONS = organisation_reference()
TOLD = organisation_reference("tell")
GRADES = [(1, "1A"), (2, "2A"), (3, "3A"), (4, "4A"), (5, "5A")]


def _of(name: str) -> list[tuple[str, str]]:
    return [(str(item), str(item)) for item in params.get(name).value]


@declare
class OrganisationRegister(Register):
    """Social organisations."""

    name = "organisations"
    title = "社会组织台账"
    lead = "记每家社会组织的身份、类别、人数和等级；“1+X”和社区社会组织数从这里算出。"
    group = GROUP
    access = OrganisationAccess
    side_effects = True
    columns = [
        Column("name", example="悦来邻里互助会", synonyms=("组织名称", "社会组织名称", "单位名称")),
        Column(
            "area", reference=AREAS, hint="组织的常驻社区；服务整个街道的写街道",
            synonyms=("社区", "所属社区", "所在社区"),
        ),
        Column("standing", synonyms=("登记情况", "登记状态", "登记或备案")),
        Column("kind", choices=lambda: _of("orgs.kinds"), synonyms=("组织类别", "分类")),
        Column(
            "x_kind", choices=lambda: _of("orgs.x_kinds"), required=False, synonyms=("X类型", "1+X类型", "“X”类型"),
            hint="“1+X”格局里的“X”",
        ),
        Column(
            "credit_code", clean=clean_credit_code, shown=False, synonyms=("信用代码", "社会信用代码", "证照号"),
            hint="18 位；法人登记的都有",
        ),
        Column(
            "organisation_code", clean=clean_organisation_code, shown=False, hint="9 位，没有信用代码的老证照才需要填",
            synonyms=("机构代码",),
        ),
        Column("own_number", edit=False, shown=False, sort="id", label="台账编号"),
        Column("is_agency", synonyms=("社工机构", "是否社工机构")),
        Column("is_loose", shown=False, synonyms=("松散",)),
        Column("members", unit="人", hint="个人会员或参加的人数", synonyms=("会员数", "成员人数", "个人会员数")),
        Column("unit_members", unit="个", shown=False, synonyms=("单位会员",)),
        Column("grade", choices=lambda: GRADES, synonyms=("等级", "评估等级（1A—5A）")),
        Column("graded_on", shown=False),
        Column("graded_until", shown=False, hint="不填就按有效期推算"),
        Column("party_organisation", shown=False, synonyms=("党组织名称", "党建")),
        Column("brand", shown=False, synonyms=("品牌",)),
        Column("contact", shown=False, synonyms=("负责人", "负责人姓名")),
        Column("phone", shown=False, synonyms=("电话", "联系方式"), hint="对外公开的电话"),
        Column("profile", shown=False, wide=True, synonyms=("业务范围", "简介（业务范围）")),
        Column("valid_from", synonyms=("成立时间", "登记时间")),
        Column("valid_to", shown=False, synonyms=("注销时间",)),
    ]  # fmt: skip
    filters = ["area", "standing", "kind", "x_kind", "is_agency", "is_loose", "grade"]
    search = ["name", "brand", "credit_code", "own_number"]
    sort = "name"
    key = [("credit_code",), ("organisation_code",), ("area", "name")]
    validity = ("valid_from", "valid_to")
    related = ("area__parent",)
    thing = "社会组织"
    pages = (("查看“1+X”格局", "orgs:picture"), ("测算登记去向", "orgs:triage"))

    def derive(self, columns: dict[str, list[Any]]) -> None:
        """A grade's last day, when it was not told: the term of grades after the day of publication."""
        if "graded_on" not in columns:
            return
        until = columns.get("graded_until") or [None] * len(columns["graded_on"])
        columns["graded_until"] = [
            given or (grade_end(since) if since else None)
            for given, since in zip(until, columns["graded_on"], strict=True)
        ]

    def clean(self, row: Organisation, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_end(row, "注销日期不能早于成立日期。")
        wrong: dict[str, str] = {}
        if row.is_loose and row.standing == Standing.REGISTERED:
            wrong["is_loose"] = "已法人登记的组织不算规模较小、组织松散的，请核对身份或这一项。"
        if row.standing == Standing.REGISTERED and not (row.credit_code or row.organisation_code):
            wrong["credit_code"] = "法人登记的组织请填写统一社会信用代码，旧证照填组织机构代码。"
        if row.credit_code and row.organisation_code and row.credit_code[8:17] != row.organisation_code:
            wrong["organisation_code"] = "与统一社会信用代码的第 9 至 17 位不一致，请核对是哪一个写错了。"
        for name, number in (("members", row.members), ("unit_members", row.unit_members)):
            if number is not None and number < 0:
                wrong[name] = "人数不能是负数。"
        if bool(row.grade) != bool(row.graded_on):
            wrong["graded_on" if row.grade else "grade"] = "评估等级和公布日期要一起填写。"
        elif row.graded_on and row.graded_until and row.graded_until <= row.graded_on:
            wrong["graded_until"] = "等级到期日应晚于公布日期。"
        found = double_of(row)
        if found is not None:
            wrong[found[0]] = found[1]
        if wrong:
            raise Invalid(wrong)

    def save(self, row: Organisation, *, by: Viewer, now: datetime) -> None:
        """With the body by which other modules know a legal person or an agency."""
        actions.save_with_body(row, by=by, now=now)

    def url(self, row: Organisation) -> str:
        """The one file of the organisation."""
        return row.get_absolute_url()


def grade_end(since: date) -> date:
    """The day on which a grade published on `since` lapses (`orgs.grade_years`)."""
    years = int(params.get("orgs.grade_years", on=max(since, date(2011, 3, 1))).value)
    return date(since.year + years, since.month, min(since.day, 28) if since.month == 2 else since.day)


@declare
class ServesRegister(Register):
    """Where organisations serve."""

    name = "organisation-areas"
    title = "社会组织服务区域台账"
    lead = "记每家组织在哪些社区提供服务、从哪天起；社工机构覆盖社区的比例从这里算出。"
    group = GROUP
    access = OrganisationServesAccess
    columns = [
        Column("organisation", reference=TOLD, synonyms=("组织名称", "机构名称")),
        Column("area", reference=AREAS, synonyms=("服务社区", "社区")),
        Column("valid_from", label="开始服务", synonyms=("起始日期",)),
        Column("valid_to", label="结束服务", synonyms=("截止日期",)),
    ]
    filters = ["area", "organisation"]
    sort = "organisation"
    key = [("organisation", "area", "valid_from")]
    validity = ("valid_from", "valid_to")

    def clean(self, row: OrganisationServes, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_end(row)
        if row.valid_from < row.organisation.valid_from:
            raise Invalid({"valid_from": f"不能早于该组织的成立日期（{row.organisation.valid_from}）。"})
        other = OrganisationServes.objects.filter(organisation=row.organisation, area=row.area).exclude(pk=row.pk)
        for one in other:
            if one.valid_from < (row.valid_to or date.max) and row.valid_from < (one.valid_to or date.max):
                raise Invalid(
                    {"area": f"这家组织在{row.area}的服务已登记（{one.valid_from}起），时间重叠，请改那一条。"}
                )


@declare
class ActivityRegister(Register):
    """What organisations did."""

    name = "organisation-activities"
    title = "社会组织活动台账"
    lead = "记社会组织做过的服务和活动；近一年有记录的才算活跃。"
    group = GROUP
    access = OrganisationActivityAccess
    columns = [
        Column("title", example="重阳节理发义剪", synonyms=("活动名称", "活动内容")),
        Column("organisation", reference=TOLD, synonyms=("组织名称", "主办组织")),
        Column("area", reference=AREAS, label="在哪里", synonyms=("社区", "活动地点所在社区")),
        Column("on", synonyms=("活动日期", "时间")),
        Column("kind", synonyms=("活动形式",)),
        Column("people", unit="人次", synonyms=("参加人数", "服务人次")),
    ]
    filters = ["area", "organisation", "kind", "on"]
    search = ["title"]
    sort = "-on"
    key = [("organisation", "on", "area", "title")]

    def clean(self, row: OrganisationActivity, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        if row.on > now.date():
            raise Invalid({"on": "活动日期不能晚于今天；还没有办的，办完再登记。"})
        end = row.organisation.valid_to
        if row.on < row.organisation.valid_from or (end is not None and row.on >= end):
            raise Invalid({"on": f"这一天{row.organisation}还没有成立或已经注销，请核对日期。"})


@declare
class IncubatorRegister(Register):
    """Incubators."""

    name = "incubators"
    title = "社会组织孵化基地台账"
    lead = "记各级孵化基地的规模、运营机构和起止；区级基地数对照目标“1”和“新增 1—2 个”。"
    group = GROUP
    access = IncubatorAccess
    columns = [
        Column("name", example="礼嘉社会组织孵化基地", synonyms=("基地名称",)),
        Column("area", reference=AREAS, synonyms=("所在地", "社区")),
        Column("level", synonyms=("基地级别",)),
        Column("operator", reference=ORGANISATIONS, required=False, synonyms=("运营方", "运营单位")),
        Column("places", unit="家", hint="同时能容纳多少家组织", synonyms=("可容纳组织数", "工位数")),
        Column("floor_area", unit="平方米", synonyms=("面积", "建筑面积")),
        Column("address", shown=False, synonyms=("详细地址",)),
        Column("phone", shown=False, synonyms=("电话",)),
        Column("note", shown=False, wide=True, hint="改造提档的情况也写在这里；每次修改前后的值都会留在历史里"),
        Column("valid_from", synonyms=("启用时间",)),
        Column("valid_to", shown=False, synonyms=("停用时间",)),
    ]
    filters = ["area", "level"]
    search = ["name"]
    sort = "name"
    key = [("area", "name")]
    validity = ("valid_from", "valid_to")

    def clean(self, row: Incubator, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_end(row, "停用日期不能早于启用日期。")

    def beside(self, row: Incubator, viewer: Viewer) -> tuple[str, dict[str, Any]]:
        """Who stays there and what was given."""
        return "orgs/_incubator.html", {"incubator": incubator_summary(row, clock.today())}


@declare
class ResidencyRegister(Register):
    """Stays in incubators."""

    name = "residencies"
    title = "孵化入驻台账"
    lead = "记谁在哪个孵化基地入驻、得到哪些支持、何时出壳。"
    group = GROUP
    access = ResidencyAccess
    columns = [
        Column("organisation", reference=ORGANISATIONS, synonyms=("入驻组织", "组织名称")),
        Column("incubator", reference=INCUBATORS, synonyms=("基地", "基地名称")),
        Column("room", example="201 室", synonyms=("房间", "工位")),
        Column("venture_grant", unit="元", synonyms=("公益创投资金",)),
        Column("subsidy", unit="元", synonyms=("补贴", "奖励")),
        Column("fees_waived", unit="元", synonyms=("费用减免",)),
        Column("trained", unit="人", shown=False, synonyms=("培养人才数",)),
        Column("outcome", synonyms=("状态", "入驻结果")),
        Column("valid_from", synonyms=("入驻时间",)),
        Column("valid_to", synonyms=("离开时间", "出壳时间")),
    ]
    filters = ["incubator", "outcome", "valid_from"]
    sort = "-valid_from"
    key = [("incubator", "organisation", "valid_from")]

    def clean(self, row: Residency, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_end(row, "离开日期不能早于入驻日期。")
        if (row.outcome == Outcome.IN) != (row.valid_to is None):
            raise Invalid({"valid_to": "在驻的不填离开日期；毕业或退出的请填写。"})
        if row.valid_to is None:
            check_room_left(row)


def check_room_left(row: Residency) -> None:
    """An organisation stays in one incubator at a time, and an incubator houses no more than it has places for."""
    now_in = Residency.objects.filter(valid_to=None).exclude(pk=row.pk)
    elsewhere = now_in.filter(organisation=row.organisation).select_related("incubator").first()
    if elsewhere is not None:
        raise Invalid({"organisation": f"这家组织正在{elsewhere.incubator}入驻，请先办理离开。"})
    places, taken = row.incubator.places, now_in.filter(incubator=row.incubator).count()
    if places is not None and taken >= places:
        raise Invalid({"incubator": f"{row.incubator}可入驻 {places} 家，已有 {taken} 家，没有空位。"})
