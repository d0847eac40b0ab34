"""Verbs of needs and projects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from sanshe.accounts.public import Role, on_duty
from sanshe.areas.public import Area
from sanshe.kernel import clock, params, thread
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.notices import notify

from ..access.projects import covers, may_propose
from ..flow.projects import NEED_FLOW, PROJECT_FLOW
from ..models import Need, Project
from ..words import NeedState
from .numbers import new_number

#: What a project is made of, as forms and the demo give it.
FIELDS = (
    "title", "aims", "beneficiaries", "expected_people", "field", "catalogue_item", "plan", "budget_lines",
    "budget_source", "planned_with",
)  # fmt: skip


@transaction.atomic
def state_need(
    *,
    title: str,
    area: Area,
    source: str,
    by: Viewer,
    now: datetime,
    detail: str = "",
    beneficiaries: str = "",
    field: str = "",
    came_from: Model | None = None,
    source_key: str = "",
) -> Need:
    """Put a need into the pool, once for each `source_key`; `came_from` is what stated it (a deliberation).

    Raises Invalid for an empty title.
    """
    if source_key:
        known = Need.objects.filter(source_key=source_key).first()
        if known:
            return known
    if not title.strip():
        raise Invalid({"title": "请用一句话写明需求。"})
    need = Need(
        title=title.strip(), detail=detail.strip(), beneficiaries=beneficiaries.strip(), field=field, area=area,
        source=source, stated_at=now, source_key=source_key,
    )  # fmt: skip
    NEED_FLOW.begin(need, by, now, sentence="这项需求由{origin}提出", personal={"origin": source})
    if came_from is not None:
        thread.link(came_from, need)
    notify(
        on_duty(Role.COMMUNITY_LEAD, Role.STREET_OFFICER, area=area),
        f"{area}提出一项治理需求：{need.title}", need.get_absolute_url(), now, kind="需求",
    )  # fmt: skip
    return need


def _days(name: str, now: datetime) -> int:
    """A span of working days from the parameters of buying."""
    return int(params.get(f"purchase.{name}", on=clock.local(now).date()).value)


def service_fields() -> list[str]:
    """Names of the fields a project may lie in: the twelve of notice 三(二) and the list of 二(二)3."""
    names = [f["name"] for f in params.get("purchase.service_fields").value]
    names += [f["name"] for f in params.get("purchase.participation_fields").value]
    return list(dict.fromkeys(names))


def _fill(project: Project, given: Mapping[str, Any]) -> None:
    """Take the given fields over. Raises Invalid with a sentence for each wrong one."""
    errors: dict[str, str] = {}
    for name in FIELDS:
        if name in given:
            value = given[name]
            setattr(project, name, value.strip() if isinstance(value, str) else value)
    if not project.title:
        errors["title"] = "请填写项目名称。"
    if not project.aims:
        errors["aims"] = "请写明要达到什么目标。"
    if not project.beneficiaries:
        errors["beneficiaries"] = "请写明为谁服务。"
    if project.field not in service_fields():
        errors["field"] = "请从清单中选择服务领域。"
    if len(project.title) > 120:
        errors["title"] = "项目名称最多 120 个字，请缩短。"
    if not 0 <= int(project.expected_people or 0) <= 10_000_000:
        errors["expected_people"] = "请填写预计服务的人数。"
    if any(int(line["fen"]) <= 0 or not str(line["item"]).strip() for line in project.budget_lines):
        errors["budget_lines"] = "每一行预算都要有用途和大于 0 的金额。"
    if errors:
        raise Invalid(errors)
    project.budget = sum(int(line["fen"]) for line in project.budget_lines)


@transaction.atomic
def take(*, need_id: int, by: Viewer, now: datetime, **given: Any) -> Need:
    """Make a project of a need. Returns the need (the project hangs below it on the thread)."""
    need = NEED_FLOW.take(need_id, "take", by)
    NEED_FLOW.move(need, "take", by, now)
    _begin(need.area, need, by, now, given)
    return need


@transaction.atomic
def propose(*, area: Area, by: Viewer, now: datetime, **given: Any) -> Project:
    """Propose a project that no stated need stands behind. Raises NotAllowed outside one's own area."""
    if not covers(may_propose, by, area.pk):
        raise NotAllowed("项目由本社区、街道的工作人员或社会组织负责人提出。")
    return _begin(area, None, by, now, given)


def _begin(area: Area, need: Need | None, by: Viewer, now: datetime, given: Mapping[str, Any]) -> Project:
    project = Project(number=new_number(Project, "XM", now), area=area, need=need, made_by_id=by.account_id)
    project.made_at = now
    _fill(project, given)
    PROJECT_FLOW.begin(project, by, now, sentence="{actor}编制了服务项目")
    if need is not None:
        thread.link(need, project)
    return project


@transaction.atomic
def edit(*, project_id: int, by: Viewer, now: datetime, **given: Any) -> Project:
    """Change a draft. Raises Invalid with a sentence for each wrong field."""
    project = PROJECT_FLOW.take(project_id, "edit", by)
    _fill(project, given)
    return PROJECT_FLOW.move(project, "edit", by, now)


@transaction.atomic
def submit(*, project_id: int, by: Viewer, now: datetime) -> Project:
    """Hand a draft to the street."""
    project = PROJECT_FLOW.take(project_id, "submit", by)
    project.submitted_at = now
    project.due_at = clock.add_working_days(now, _days("project_review", now))
    PROJECT_FLOW.move(project, "submit", by, now)
    notify(
        on_duty(Role.STREET_OFFICER, area=project.area), f"「{project.title}」待街道审核。",
        project.get_absolute_url(), now, kind="项目",
    )  # fmt: skip
    return project


@transaction.atomic
def approve(*, project_id: int, opinion: str, budget_source: str, by: Viewer, now: datetime) -> Project:
    """The street approves, naming where the money comes from (财政部令102号 第十四条: it must be in the budget)."""
    project = PROJECT_FLOW.take(project_id, "approve", by)
    if not budget_source.strip():
        raise Invalid({"budget_source": "请写明资金来源；未列入预算的项目不能采购。"})
    project.opinion, project.budget_source, project.approved_at = opinion.strip(), budget_source.strip(), now
    project.due_at = clock.add_working_days(now, _days("call_start", now))
    PROJECT_FLOW.move(project, "approve", by, now)
    notify(
        [project.made_by_id, *on_duty(Role.STREET_PURCHASE, area=project.area)],
        f"「{project.title}」已批准，可以发起比选。", project.get_absolute_url(), now, kind="项目",
    )  # fmt: skip
    return project


@transaction.atomic
def give_back(*, project_id: int, reason: str, by: Viewer, now: datetime) -> Project:
    """The street gives a project back, with what to change."""
    project = PROJECT_FLOW.take(project_id, "give_back", by)
    if not reason.strip():
        raise Invalid({"reason": "请写明需要修改什么。"})
    project.opinion, project.due_at = reason.strip(), None
    PROJECT_FLOW.move(project, "give_back", by, now, note=reason)
    notify(
        [project.made_by_id],
        f"「{project.title}」退回修改：{reason[:60]}",
        project.get_absolute_url(),
        now,
        kind="项目",
    )
    return project


@transaction.atomic
def cancel(*, project_id: int, reason: str, by: Viewer, now: datetime) -> Project:
    """Give a project up, with the reason."""
    project = PROJECT_FLOW.take(project_id, "cancel", by)
    if not reason.strip():
        raise Invalid({"reason": "请写明取消的原因。"})
    project.opinion, project.due_at = reason.strip(), None
    PROJECT_FLOW.move(project, "cancel", by, now, note=reason)
    need = Need.objects.select_for_update().filter(pk=project.need_id or 0, state=NeedState.TAKEN).first()
    if need is not None:
        NEED_FLOW.move(need, "free", by, now)
    return project


@transaction.atomic
def set_aside(*, need_id: int, reason: str, by: Viewer, now: datetime) -> Need:
    """The street does not take a need up now, and says why."""
    need = NEED_FLOW.take(need_id, "set_aside", by)
    if not reason.strip():
        raise Invalid({"reason": "请写明暂不立项的理由，会告诉提出需求的居民。"})
    need.reason = reason.strip()
    return NEED_FLOW.move(need, "set_aside", by, now, note=reason)
