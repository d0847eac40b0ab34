"""Needs and projects: stated once, planned near, approved by the street."""

from __future__ import annotations

import pytest

from sanshe.accounts.public import Role
from sanshe.kernel import thread
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.flow import agenda
from sanshe.purchase.access.projects import NeedAccess, ProjectAccess
from sanshe.purchase.actions import projects
from sanshe.purchase.flow.projects import NEED_FLOW, PROJECT_FLOW
from sanshe.purchase.models import Need, Project
from tests import deliberation_cast
from tests.purchase_cast import PROJECT, approved, draft, need, user, v, world


@pytest.fixture
def w(now):
    return world(now)


def test_a_need_is_stated_once_for_each_source(w):
    first, again, other = need(w, "outcome-7"), need(w, "outcome-7"), need(w, "outcome-8")
    assert first == again and first != other
    assert need(w) != need(w)  # without a key each is its own


def test_an_outcome_that_is_published_puts_its_needs_into_the_pool_on_the_thread(now):
    cast = deliberation_cast.world(now)
    one, _ = deliberation_cast.published(cast, need=True, title="很" * 80)
    found = Need.objects.get()
    assert found.title == "楼栋议事员培训" and found.source.startswith("协商「很很")
    assert thread.down_of(one, Need) == [found.pk]


def test_a_project_takes_a_need_and_gives_it_back_when_it_is_cancelled(w):
    one = need(w)
    projects.take(need_id=one.pk, by=v(w.heads[0]), now=w.now, **PROJECT)
    project = Project.objects.get(need=one)
    assert Need.objects.get().state == "taken" and project.number == "XM202606100001"
    assert project.pk in thread.members(one)["purchase.Project"]
    with pytest.raises(WrongState):
        projects.take(need_id=one.pk, by=v(w.lead), now=w.now, **PROJECT)
    projects.cancel(project_id=project.pk, reason="改由街道自办", by=v(w.officer), now=w.now)
    assert Need.objects.get().state == "stated"


def test_only_those_near_and_organisations_propose(w):
    for who in (None, w.residents[0], w.other_buyer, w.experts[0]):
        with pytest.raises(NotAllowed):
            projects.propose(area=w.home, by=v(who), now=w.now, **PROJECT)
    assert projects.propose(area=w.home, by=v(w.heads[1]), now=w.now, **PROJECT).state == "draft"


@pytest.mark.parametrize(
    "field, value",
    [
        ("title", " "), ("title", "长" * 121), ("aims", ""), ("beneficiaries", ""), ("field", "航天"),
        ("budget_lines", [{"item": "", "fen": 100}]), ("budget_lines", [{"item": "人员", "fen": 0}]),
        ("expected_people", -1),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(w, field, value):
    with pytest.raises(Invalid) as refused:
        draft(w, **{field: value})
    assert set(refused.value.errors) == {field} and Project.objects.count() == 0


def test_the_budget_is_the_sum_of_its_lines(w):
    one = draft(w)
    assert one.budget == 18_000_000
    projects.edit(project_id=one.pk, budget_lines=[{"item": "人员", "fen": 1}], by=v(w.worker), now=w.now)
    assert Project.objects.get().budget == 1
    Project.objects.update(budget=5)
    with pytest.raises(Invalid, match="预算明细之和"):
        projects.submit(project_id=one.pk, by=v(w.lead), now=w.now)


def test_a_project_without_plan_or_budget_is_not_handed_in(w):
    one = draft(w, plan=[], budget_lines=[])
    offer = next(o for o in PROJECT_FLOW.offers(one, v(w.lead), w.now) if o.step.name == "submit")
    assert not offer.allowed and offer.why == "还没有实施计划，请先补上。"
    with pytest.raises(Invalid):
        projects.submit(project_id=one.pk, by=v(w.lead), now=w.now)


def test_the_maker_does_not_approve_and_a_stranger_sees_no_draft(w):
    both = user("兼任的专干", Role.STREET_OFFICER, w.street)
    mine = projects.propose(area=w.home, by=v(both), now=w.now, **PROJECT)
    projects.submit(project_id=mine.pk, by=v(both), now=w.now)
    with pytest.raises(NotAllowed):
        projects.approve(project_id=mine.pk, opinion="", budget_source="预算", by=v(both), now=w.now)
    for who in (None, w.residents[0], w.other_buyer, w.heads[0]):
        with pytest.raises(NotVisible):
            projects.approve(project_id=mine.pk, opinion="", budget_source="预算", by=v(who), now=w.now)


def test_approval_names_the_money_and_makes_it_public(w):
    one = draft(w)
    projects.submit(project_id=one.pk, by=v(w.lead), now=w.now)
    with pytest.raises(Invalid, match="资金来源"):
        projects.approve(project_id=one.pk, opinion="", budget_source=" ", by=v(w.officer), now=w.now)
    projects.give_back(project_id=one.pk, reason="请补充目标", by=v(w.officer), now=w.now)
    projects.submit(project_id=one.pk, by=v(w.lead), now=w.now)
    assert not ProjectAccess.may(v(None), "see", one)
    projects.approve(project_id=one.pk, opinion="同意", budget_source="年度预算", by=v(w.officer), now=w.now)
    assert ProjectAccess.may(v(None), "see", one)


def test_todos_are_for_those_whose_step_it_is(w):
    need(w)
    one = draft(w)
    projects.submit(project_id=one.pk, by=v(w.lead), now=w.now)
    assert {t.label for t in agenda(v(w.officer)).items} == {"据此编制项目", "审核项目"}
    assert agenda(v(w.residents[0])).items == []


def test_a_need_set_aside_says_why(w):
    one = need(w)
    with pytest.raises(NotAllowed):
        projects.set_aside(need_id=one.pk, reason="无", by=v(w.lead), now=w.now)
    with pytest.raises(Invalid):
        projects.set_aside(need_id=one.pk, reason=" ", by=v(w.officer), now=w.now)
    projects.set_aside(need_id=one.pk, reason="已有同类服务", by=v(w.officer), now=w.now)
    assert Need.objects.get().reason == "已有同类服务"


TABLE = """
需求 待立项      | 公众:                | 居民:                | 书记: take                  | 专干: set_aside take          | 采购: take           | 组织: take         | 外街道:
项目 编制中      | 公众:                | 居民:                | 书记: edit submit           | 专干: cancel                  | 采购:                | 组织:              | 外街道:
项目 待街道审核  | 公众:                | 居民:                | 书记:                       | 专干: approve cancel give_back | 采购:               | 组织:              | 外街道:
项目 已批准      | 公众:                | 居民:                | 书记:                       | 专干: cancel                  | 采购: buy            | 组织:              | 外街道:
"""  # noqa: E501


def test_who_may_do_what(w):
    """State × person → steps offered."""
    people = {
        "公众": None, "居民": w.residents[0], "书记": w.lead, "专干": w.officer, "采购": w.buyer, "组织": w.heads[0],
        "外街道": w.other_buyer,
    }  # fmt: skip
    first = draft(w)
    second = draft(w)
    projects.submit(project_id=second.pk, by=v(w.lead), now=w.now)
    rows = {
        "需求 待立项": (NEED_FLOW, need(w)), "项目 编制中": (PROJECT_FLOW, first),
        "项目 待街道审核": (PROJECT_FLOW, Project.objects.get(pk=second.pk)),
        "项目 已批准": (PROJECT_FLOW, approved(w)),
    }  # fmt: skip
    for line in TABLE.strip().splitlines():
        name, *cells = [c.strip() for c in line.split("|")]
        flow, obj = rows[name]
        for cell in cells:
            who, _, steps = cell.partition(":")
            found = {o.step.name for o in flow.offers(obj, v(people[who]), w.now)} if flow.access.may(
                v(people[who]), "see", obj
            ) else set()  # fmt: skip
            if who == "外街道" and flow is NEED_FLOW:
                assert not found
            assert found == set(steps.split()), (name, who)


def test_every_state_has_an_owner():
    for flow in (NEED_FLOW, PROJECT_FLOW):
        waiting = {s for step in flow.steps if step.todo for s in step.sources}
        assert set(flow.states) <= waiting | set(flow.owners), flow.title
    assert NeedAccess.rows(v(None)).count() == 0
