"""Plans that close a gap, and developers' duties. When they are done a facility is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from sanshe.areas.public import Area, AreaLevel, Body
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed

from .. import norms
from ..access import DeveloperDutyAccess, FacilityAccess, FacilityPlanAccess
from ..flow import DUTY_FLOW, PLAN_FLOW
from ..models import CandidateSite, DeveloperDuty, Facility, FacilityPlan, Room
from ..words import FacilitySource, FacilityState, Means, SiteState


def _community(area: Area) -> None:
    if area.level != AreaLevel.COMMUNITY:
        raise Invalid({"area": f"请选择社区；{area}不是社区。"})


def _check_plan(*, kind: str, floor_area: Decimal, due: date, now: datetime) -> None:
    wrong = {}
    if kind not in norms.kinds(now.date()):
        wrong["kind"] = "请选择设施类型。"
    if floor_area <= 0:
        wrong["floor_area"] = "面积应大于 0。"
    if due < now.date():
        wrong["due"] = "计划完成日期不能早于今天。"
    if wrong:
        raise Invalid(wrong)


@transaction.atomic
def make_plan(
    *,
    area: Area,
    means: str,
    kind: str,
    floor_area: Decimal,
    due: date,
    by: Viewer,
    now: datetime,
    body: Body | None = None,
    site: CandidateSite | None = None,
    note: str = "",
) -> FacilityPlan:
    """Plan a facility by one of the five means (notice 二(一)2). Raises Invalid, NotAllowed."""
    _community(area)
    if means not in Means.values:
        raise Invalid({"means": "请选择一种补齐方式。"})
    _check_plan(kind=kind, floor_area=floor_area, due=due, now=now)
    if site is not None and site.state != SiteState.OPEN:
        raise Invalid({"site": f"候选地点“{site}”已不可选，请换一个。"})
    plan = FacilityPlan(
        area=area, means=means, kind=kind, floor_area=floor_area, due=due, body=body, site=site, note=note.strip()
    )
    plan.state = ""
    PLAN_FLOW.begin(
        plan,
        by,
        now,
        f"{{actor}}制定了补齐计划：{plan.get_means_display()}{norms.kind_label(kind)}",  # type: ignore[attr-defined]
        data={"floor_area": str(floor_area), "due": str(due)},
    )
    if not FacilityPlanAccess.may(by, "add", plan):
        raise NotAllowed(f"{area}不在您可以制定计划的范围内。")
    if site is not None:
        site.state = SiteState.TAKEN
        site.save()
    return plan


@transaction.atomic
def start_plan(*, plan_id: int, by: Viewer, now: datetime) -> FacilityPlan:
    """Say that the work has begun."""
    return PLAN_FLOW.move(PLAN_FLOW.take(plan_id, "start", by), "start", by, now)


@transaction.atomic
def change_plan(
    *, plan_id: int, floor_area: Decimal, due: date, note: str, reason: str, by: Viewer, now: datetime
) -> FacilityPlan:
    """Change size or day of an open plan; the reason is kept. Raises Invalid."""
    plan = PLAN_FLOW.take(plan_id, "change", by)
    if due != plan.due or floor_area != plan.floor_area:
        day = max(due, now.date()) if due == plan.due else due  # an overdue day may stay while the size is put right
        _check_plan(kind=plan.kind, floor_area=floor_area, due=day, now=now)
    if not reason.strip():
        raise Invalid({"reason": "请写明为什么调整。"})
    before = {"floor_area": str(plan.floor_area), "due": str(plan.due)}
    plan.floor_area, plan.due, plan.note = floor_area, due, note.strip()
    after = {"floor_area": str(floor_area), "due": str(due)}
    return PLAN_FLOW.move(plan, "change", by, now, note=reason.strip(), data={"before": before, "after": after})


@transaction.atomic
def drop_plan(*, plan_id: int, reason: str, by: Viewer, now: datetime) -> FacilityPlan:
    """Give a plan up; its site becomes free again. Raises Invalid without a reason."""
    plan = PLAN_FLOW.take(plan_id, "drop", by)
    if not reason.strip():
        raise Invalid({"reason": "请写明为什么取消。"})
    if plan.site is not None:
        plan.site.state = SiteState.OPEN
        plan.site.save()
    return PLAN_FLOW.move(plan, "drop", by, now, note=reason.strip())


@transaction.atomic
def finish_plan(
    *,
    plan_id: int,
    name: str,
    floor_area: Decimal,
    on: date,
    by: Viewer,
    now: datetime,
    existing: Facility | None = None,
    address: str = "",
    owner: str = "",
) -> FacilityPlan:
    """Say that a plan is done: a facility comes of it, or an idle one of the community is taken into use (`existing`).

    Raises Invalid.
    """
    plan = PLAN_FLOW.take(plan_id, "finish", by)
    if on > now.date():
        raise Invalid({"on": "建成日期不能晚于今天。"})
    if floor_area <= 0:
        raise Invalid({"floor_area": "面积应大于 0。"})
    if existing is not None:
        if existing.area_id != plan.area_id or existing.state != FacilityState.IDLE:
            raise Invalid({"existing": f"只能选{plan.area}的闲置设施。"})
        facility = existing
    else:
        if not name.strip():
            raise Invalid({"name": "请填写设施名称。"})
        if Facility.objects.filter(area=plan.area, name=name.strip(), valid_to=None).exists():
            raise Invalid({"name": f"{plan.area}已有同名的设施，请换一个名称，或选择原有的闲置设施。"})
        site = plan.site
        facility = Facility(
            area=plan.area,
            name=name.strip(),
            valid_from=on,
            owner=owner.strip(),
            address=address.strip() or (site.address if site else ""),
            lat=site.lat if site else None,
            lng=site.lng if site else None,
        )
    facility.kind, facility.floor_area = plan.kind, floor_area
    facility.state, facility.source = FacilityState.IN_USE, FacilitySource(plan.means)
    facility.save()
    audit.record(
        by=by, event="facilities.made", obj=facility, sentence="{actor}按补齐计划登记了这处设施", now=now,
        data={"plan": plan.pk, "floor_area": str(floor_area)},
    )  # fmt: skip
    plan.facility, plan.done_on = facility, on
    return PLAN_FLOW.move(plan, "finish", by, now, data={"facility": facility.pk})


@transaction.atomic
def register_duty(
    *,
    area: Area,
    project: str,
    developer: str,
    floor_area: Decimal,
    parts: Sequence[str],
    due: date,
    by: Viewer,
    now: datetime,
    note: str = "",
) -> DeveloperDuty:
    """Enter what a developer has agreed to build and hand over. Raises Invalid below the norm of the notice."""
    _community(area)
    limit = norms.centre_limit(now.date())
    wrong = {}
    if floor_area < Decimal(limit.value):
        wrong["floor_area"] = f"配建社区综合服务中心不得低于 {limit}。"
    absent = [name for code, name in norms.parts(now.date()).items() if code not in parts]
    if absent:
        wrong["parts"] = f"还缺{'、'.join(absent)}；配建的综合服务中心应含六项设施（二(一)2）。"
    if DeveloperDuty.objects.filter(area=area, project=project.strip()).exists():
        wrong["project"] = f"{area}已登记过这个开发项目的配建义务。"
    if wrong:
        raise Invalid(wrong)
    duty = DeveloperDuty(
        area=area,
        project=project.strip(),
        developer=developer.strip(),
        floor_area=floor_area,
        parts=list(parts),
        due=due,
        note=note.strip(),
    )
    duty.state = ""
    DUTY_FLOW.begin(duty, by, now, "{actor}登记了这项配建义务", data={"floor_area": str(floor_area), "due": str(due)})
    if not DeveloperDutyAccess.may(by, "add", duty):
        raise NotAllowed(f"{area}不在您可以登记的范围内。")
    return duty


@transaction.atomic
def begin_building(*, duty_id: int, by: Viewer, now: datetime) -> DeveloperDuty:
    """Say that the building has begun."""
    return DUTY_FLOW.move(DUTY_FLOW.take(duty_id, "build", by), "build", by, now)


@transaction.atomic
def check_duty(
    *, duty_id: int, measured_area: Decimal, measured_parts: Sequence[str], by: Viewer, now: datetime, note: str = ""
) -> DeveloperDuty:
    """Enter the result of the check: as large as agreed and as the norm asks, with all six parts. Raises Invalid."""
    duty = DUTY_FLOW.take(duty_id, "check", by)
    duty.measured_area, duty.measured_parts = measured_area, list(measured_parts)
    said = f"实测 {measured_area.normalize():f} 平方米，六项设施齐全。{note.strip()}"
    return DUTY_FLOW.move(duty, "check", by, now, note=said)


@transaction.atomic
def hand_over(
    *, duty_id: int, name: str, on: date, by: Viewer, now: datetime, address: str = "", owner: str = ""
) -> DeveloperDuty:
    """Take the centre over: a facility with a room for each of its parts. Raises Invalid."""
    duty = DUTY_FLOW.take(duty_id, "hand_over", by)
    if on > now.date():
        raise Invalid({"on": "移交日期不能晚于今天。"})
    if not name.strip():
        raise Invalid({"name": "请填写设施名称。"})
    if Facility.objects.filter(area=duty.area, name=name.strip(), valid_to=None).exists():
        raise Invalid({"name": f"{duty.area}已有同名的设施，请换一个名称。"})
    facility = Facility.objects.create(
        area=duty.area,
        name=name.strip(),
        kind=norms.CENTRE,
        floor_area=duty.measured_area,
        state=FacilityState.HANDED_OVER,
        source=FacilitySource.PROJECT,
        owner=owner.strip(),
        address=address.strip(),
        valid_from=on,
    )
    six = norms.parts(now.date())
    for use, part in norms.part_of_use(now.date()).items():
        if part in duty.measured_parts:
            Room.objects.create(facility=facility, name=six[part], use=use, valid_from=on)
    audit.record(by=by, event="facilities.made", obj=facility, sentence="{actor}接收了移交的综合服务中心", now=now)
    duty.facility = facility
    return DUTY_FLOW.move(duty, "hand_over", by, now, data={"facility": facility.pk})


@transaction.atomic
def cancel_duty(*, duty_id: int, reason: str, by: Viewer, now: datetime) -> DeveloperDuty:
    """Cancel a duty, with the reason."""
    duty = DUTY_FLOW.take(duty_id, "cancel", by)
    if not reason.strip():
        raise Invalid({"reason": "请写明为什么撤销。"})
    return DUTY_FLOW.move(duty, "cancel", by, now, note=reason.strip())


def idle_of(plan: FacilityPlan, by: Viewer) -> list[Facility]:
    """Idle facilities of the plan's community that could be taken into use."""
    return list(FacilityAccess.rows(by).filter(area=plan.area_id, state=FacilityState.IDLE, valid_to=None))
