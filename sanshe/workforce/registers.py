"""The ledgers of the workforce: workers, certificates, hours, posts, social work rooms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from sanshe.areas.public import AreaLevel, area_reference, body_reference
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.register import Column, Register, check_end, declare
from sanshe.people.public import person_reference

from . import queries
from .access import (
    CertificateAccess,
    ContinuingEducationAccess,
    RoomLogAccess,
    RoomStaffAccess,
    SocialWorkRoomAccess,
    StaffPostAccess,
    WorkerAccess,
)
from .models import Certificate, ContinuingEducation, RoomLog, RoomStaff, SocialWorkRoom, StaffPost, Worker
from .references import POSTS, ROOMS, ROOMS_TOLD, WORKERS
from .words import WorkerKind

GROUP = "社工队伍"
AREAS = area_reference(AreaLevel.COMMUNITY, AreaLevel.STREET, AreaLevel.DISTRICT)
COMMUNITIES = area_reference(AreaLevel.COMMUNITY)
BODIES = body_reference()


@declare
class WorkerRegister(Register):
    """Community workers, social workers of agencies, volunteers."""

    name = "workers"
    title = "社工队伍台账"
    lead = "记社区工作者、社工机构的社会工作者和志愿者；持证比例和专业人才数从这里算出。"
    group = GROUP
    access = WorkerAccess
    columns = [
        Column("name", example="苏晓禾"),
        Column("kind", synonyms=("人员类别", "身份")),
        Column("area", reference=AREAS, synonyms=("社区", "所在社区", "工作社区")),
        Column("body", reference=BODIES, shown=False, hint="社工机构的人员要填", synonyms=("单位", "机构", "所属机构")),
        Column("post", reference=POSTS, required=False, shown=False, synonyms=("岗位名称", "职务")),
        Column("held", label="证书", value=lambda row: queries.held_text(row, clock.today()), synonyms=()),
        Column("education", synonyms=("最高学历", "文化程度")),
        Column("social_work_degree", synonyms=("社工专业", "是否社工专业")),
        Column("team", shown=False, synonyms=("队伍",)),
        Column("person", reference=person_reference(), shown=False, required=False, hint="填公民身份号码，找到人员档案",
               synonyms=("公民身份号码", "身份证号", "身份证号码")),
        Column("valid_from", synonyms=("到岗时间", "入职日期", "入职时间")),
        Column("valid_to", shown=False, synonyms=("离岗时间", "离职日期")),
    ]  # fmt: skip
    filters = ["area", "kind", "education", "social_work_degree", "team"]
    search = ["name"]
    sort = "name"
    key = [("person", "area", "kind"), ("area", "name", "kind")]
    validity = ("valid_from", "valid_to")
    related = ("area__parent",)
    thing = "人员"
    pages = (("查看队伍概况", "workforce:index"), ("查看岗位与人才缺口", "workforce:staffing"))

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        """With the certificates, which a computed column shows."""
        return super().rows(viewer).prefetch_related("certificates")

    def clean(self, row: Worker, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_end(row, "离岗日期不能早于到岗日期。")
        if row.kind == WorkerKind.AGENCY_SOCIAL_WORKER and row.body_id is None:
            raise Invalid({"body": "社工机构的社会工作者请填写所在机构。"})
        if row.person is not None and row.person.name != row.name:
            raise Invalid({"person": f"这个号码的人员档案上是「{row.person.name}」，与填写的姓名不同，请核对。"})
        if row.valid_to is None:
            queries.check_double(row)
        if row.post is not None:
            queries.check_post(row)

    def url(self, row: Worker) -> str:
        """The page with certificates and hours."""
        return row.get_absolute_url()


@declare
class CertificateRegister(Register):
    """Professional certificates and their registration."""

    name = "certificates"
    title = "职业水平证书台账"
    lead = "记证书级别、编号和登记起止；登记到期前提醒，津贴月表按这里计算。"
    group = GROUP
    access = CertificateAccess
    columns = [
        Column("worker", reference=WORKERS, hint="姓名，同名时加社区或编号", synonyms=("姓名", "持证人姓名")),
        Column("level", synonyms=("证书级别", "等级")),
        Column("number", example="2023050050000000", synonyms=("编号", "证书号", "证书号码", "管理号")),
        Column("issued_on", synonyms=("发证日期", "取得时间", "批准日期")),
        Column("registered_on", hint="还没有登记的留空", synonyms=("登记时间", "注册日期")),
        Column("registered_until", hint="不填就按有效期推算；到期日当天起失效", synonyms=("有效期至", "登记有效期至")),
    ]
    filters = ["level", "registered_until", "issued_on"]
    search = ["worker__name", "number"]
    sort = "registered_until"
    key = [("number", "registered_on"), ("worker", "level", "issued_on")]
    related = ("worker__area__parent",)
    thing = "证书"
    pages = (("查看到期名单", "workforce:lapsing"),)

    def derive(self, columns: dict[str, list[Any]]) -> None:
        """The day on which a registration lapses, when it was not told."""
        since = columns.get("registered_on")
        if since is None:
            return
        until = columns.get("registered_until") or [None] * len(since)
        columns["registered_until"] = [
            given or (queries.lapses_on(start) if start else None) for given, start in zip(until, since, strict=True)
        ]

    def clean(self, row: Certificate, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        if row.issued_on > now.date():
            raise Invalid({"issued_on": "取得日期不能晚于今天。"})
        if row.registered_until is not None and row.registered_on is None:
            raise Invalid({"registered_on": "填了到期日，也要填登记日期。"})
        if row.registered_on is None or row.registered_until is None:
            return
        if row.registered_on < row.issued_on:
            raise Invalid({"registered_on": "登记日期不能早于取得日期。"})
        if row.registered_until <= row.registered_on:
            raise Invalid({"registered_until": "登记到期日应晚于登记日期。"})
        last = queries.lapses_on(max(row.registered_on, now.date()))
        if row.registered_until > last:
            term = params.get("workforce.registration_years")
            raise Invalid({"registered_until": f"登记有效期最长 {term.shown}，最晚到 {last}（{term.source}）。"})

    def url(self, row: Certificate) -> str:
        """With whom it belongs to."""
        return row.get_absolute_url()


@declare
class EducationRegister(Register):
    """Hours of continuing education."""

    name = "continuing-education"
    title = "继续教育学时台账"
    lead = "记每次继续教育的学时；登记期内够不够，在证书到期名单里看。"
    group = GROUP
    access = ContinuingEducationAccess
    columns = [
        Column("title", example="个案工作实务", synonyms=("课程名称", "培训内容")),
        Column("worker", reference=WORKERS, synonyms=("姓名", "学员姓名")),
        Column("on", synonyms=("培训日期", "时间")),
        Column("hours", unit="学时", synonyms=("课时",)),
        Column("organiser", synonyms=("主办单位",)),
    ]
    filters = ["on", "worker"]
    search = ["title", "worker__name", "organiser"]
    sort = "-on"
    key = [("worker", "on", "title")]
    related = ("worker__area__parent",)

    def clean(self, row: ContinuingEducation, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        if row.on > now.date():
            raise Invalid({"on": "培训日期不能晚于今天；还没有参加的，结束后再登记。"})
        if not 1 <= row.hours <= 200:
            raise Invalid({"hours": "一次培训的学时应在 1 到 200 之间，请核对。"})


@declare
class StaffPostRegister(Register):
    """Posts that were set up."""

    name = "staff-posts"
    title = "岗位设置台账"
    lead = "记各社区、各单位设了哪些岗位、核定几人；到岗情况和缺口从这里算出。"
    group = GROUP
    access = StaffPostAccess
    columns = [
        Column("title", example="专职社区工作者", synonyms=("岗位",)),
        Column("area", reference=AREAS, synonyms=("社区", "所在社区")),
        Column("body", reference=BODIES, required=False, shown=False, synonyms=("单位",)),
        Column("places", unit="人", synonyms=("核定数", "编制数", "定员")),
        Column("filled", label="在岗", unit="人", value=lambda row: queries.filled(row, clock.today())),
        Column("social_work", synonyms=("是否社工岗", "专业岗位")),
        Column("basis", shown=False, synonyms=("依据", "批准文号")),
        Column("valid_from", synonyms=("设岗时间",)),
        Column("valid_to", shown=False, synonyms=("撤岗时间",)),
    ]
    filters = ["area", "social_work"]
    search = ["title"]
    sort = "title"
    key = [("area", "body", "title", "valid_from")]
    validity = ("valid_from", "valid_to")
    related = ("area__parent",)
    thing = "岗位"
    pages = (("查看岗位缺口", "workforce:staffing"),)

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        """With those who hold them, which a computed column counts."""
        return super().rows(viewer).prefetch_related("workers")

    def clean(self, row: StaffPost, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_end(row, "撤岗日期不能早于设岗日期。")
        if row.places < 1:
            raise Invalid({"places": "核定人数至少 1 人；撤销岗位请填撤岗日期。"})
        if row.pk:
            now_in = queries.filled(row, now.date())
            if row.places < now_in:
                raise Invalid({"places": f"现在有 {now_in} 人在岗，核定人数不能少于在岗人数。"})


@declare
class RoomRegister(Register):
    """Social work rooms."""

    name = "social-work-rooms"
    title = "社会工作室台账"
    lead = "记每个社区的社会工作室在哪里、何时开放；目标“每个社区均设有”从这里算出。"
    group = GROUP
    access = SocialWorkRoomAccess
    columns = [
        Column("name", example="桥头一间", synonyms=("工作室名称",)),
        Column("area", reference=COMMUNITIES, synonyms=("所在社区",)),
        Column("hours", example="周一至周五 9:00—17:00", synonyms=("开放日", "服务时间")),
        Column("floor_area", unit="平方米", synonyms=("面积", "建筑面积")),
        Column("staffed", label="负责人", value=lambda row: "、".join(queries.keepers(row, clock.today()))),
        Column("valid_from", synonyms=("启用时间", "挂牌时间")),
        Column("valid_to", shown=False, synonyms=("停用时间",)),
    ]
    filters = ["area", "valid_from"]
    search = ["name"]
    sort = "name"
    key = [("area", "name")]
    validity = ("valid_from", "valid_to")
    related = ("area__parent",)
    pages = (("查看各社区情况", "workforce:rooms"),)

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        """With those in charge, whom a computed column names."""
        return super().rows(viewer).prefetch_related("staff__worker")

    def clean(self, row: SocialWorkRoom, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_end(row, "停用日期不能早于启用日期。")
        if row.floor_area is not None and row.floor_area <= 0:
            raise Invalid({"floor_area": "面积应大于 0；还不知道的请留空。"})
        if row.valid_to is None and (other := queries.other_room(row)) is not None:
            raise Invalid({"area": f"{row.area}已有正在使用的社会工作室「{other}」，请修改那一条。"})

    def url(self, row: SocialWorkRoom) -> str:
        """The page that everybody sees."""
        return row.get_absolute_url()


@declare
class RoomStaffRegister(Register):
    """Who is in charge of a room."""

    name = "room-staff"
    title = "社会工作室负责人台账"
    lead = "记每个社会工作室由哪两名本社区的专业人员负责。"
    group = GROUP
    access = RoomStaffAccess
    columns = [
        Column("worker", reference=WORKERS, synonyms=("姓名",)),
        Column("room", reference=ROOMS, synonyms=("工作室",)),
        Column("valid_from", label="开始负责", synonyms=("起",)),
        Column("valid_to", label="不再负责", synonyms=("止",)),
    ]
    filters = ["room", "valid_from"]
    search = ["worker__name"]
    sort = "-valid_from"
    key = [("room", "worker", "valid_from")]
    validity = ("valid_from", "valid_to")
    related = ("worker__area__parent", "room__area")

    def clean(self, row: RoomStaff, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        check_end(row, "不再负责的日期不能早于开始日期。")
        queries.check_in_charge(row)

    def url(self, row: RoomStaff) -> str:
        """The room."""
        return row.room.get_absolute_url()


@declare
class RoomLogRegister(Register):
    """What rooms did."""

    name = "room-log"
    title = "社会工作室服务记录"
    lead = "记社会工作室做了什么；只写事和人次，不写服务对象的姓名和情况。"
    group = GROUP
    access = RoomLogAccess
    columns = [
        Column("title", example="独居老人中秋走访", synonyms=("服务内容",)),
        Column("room", reference=ROOMS_TOLD, synonyms=("工作室",)),
        Column("on", synonyms=("服务日期", "时间")),
        Column("kind", synonyms=("服务形式", "类型")),
        Column("people", unit="人次", synonyms=("人次", "服务人数")),
    ]
    filters = ["room", "kind", "on"]
    search = ["title"]
    sort = "-on"
    key = [("room", "on", "title")]
    related = ("room__area",)

    def clean(self, row: RoomLog, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules across columns. Raises Invalid."""
        end: date | None = row.room.valid_to
        if row.on > now.date():
            raise Invalid({"on": "服务日期不能晚于今天。"})
        if row.on < row.room.valid_from or (end is not None and row.on >= end):
            raise Invalid({"on": f"这一天{row.room}没有开放（{row.room.valid_from}启用），请核对日期。"})

    def url(self, row: RoomLog) -> str:
        """The room."""
        return row.room.get_absolute_url()
