"""Contracts: one year each, three in all, accepted with those who used the service, renewed only after passing."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from sanshe.kernel import audit, clock, thread
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.flow import agenda
from sanshe.kernel.notices import Notice
from sanshe.purchase.access.contracts import AcceptanceAccess, ContractAccess
from sanshe.purchase.actions import contracts
from sanshe.purchase.flow.contracts import CONTRACT_FLOW, year_later
from sanshe.purchase.models import Acceptance, Contract, Delivery, Evaluation, Project
from sanshe.purchase.public import running_on
from sanshe.purchase.queries import contracts as queries
from tests import purchase_cast as cast
from tests.purchase_cast import v


@pytest.fixture
def w(now):
    return cast.world(now)


# -- drafting and signing ----------------------------------------------------------------------------------------------


def test_a_contract_comes_out_of_its_selection_and_is_public_once_signed(w):
    one = cast.contract_draft(w)
    assert (one.amount, one.supplier, one.ends_on) == (16_000_000, w.orgs[0], date(2027, 7, 31))
    assert not ContractAccess.may(v(None), "see", one) and not ContractAccess.may(v(w.heads[1]), "see", one)
    with pytest.raises(Invalid, match="还没有确认合同内容"):
        contracts.sign(contract_id=one.pk, by=v(w.buyer), now=w.free)
    contracts.agree(contract_id=one.pk, by=v(w.heads[0]), now=w.free)
    with pytest.raises(WrongState):
        contracts.agree(contract_id=one.pk, by=v(w.heads[0]), now=w.free)
    contracts.sign(contract_id=one.pk, by=v(w.buyer), now=w.free)
    assert ContractAccess.may(v(None), "see", one) and Project.objects.get().state == "delivering"
    assert set(thread.members(one)) == {"purchase.Project", "purchase.Call", "purchase.Contract"}


@pytest.mark.parametrize("ends", [date(2027, 8, 1), date(2028, 7, 31)])
def test_more_than_a_year_is_refused_with_the_rule(w, ends):
    with pytest.raises(Invalid, match=r"超过 12 个月.*渝两江党办发〔2020〕25号 三（二）"):
        cast.contract_draft(w, ends_on=ends)
    assert Contract.objects.count() == 0


def test_the_ends_of_months(w):
    assert year_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert year_later(date(2023, 2, 28), 12) == date(2024, 2, 28)
    assert year_later(date(2026, 12, 31), 2) == date(2027, 2, 28)
    with pytest.raises(Invalid, match="结束日期应在开始日期之后"):
        cast.contract_draft(w, ends_on=cast.BEGINS)


def test_years_used_before_a_takeover_count(w):
    project = cast.approved(w)
    given = {
        "project": project, "buyer": w.office, "supplier": w.orgs[0], "amount": 1_000_000, "begins_on": cast.BEGINS,
        "by": v(w.buyer), "now": w.now,
    }  # fmt: skip
    with pytest.raises(Invalid, match="这是第 4 年"):
        contracts.draft_contract(**given, years_before=3)
    one = contracts.draft_contract(**given, years_before=2)
    assert contracts.years_used(one) == 3
    with pytest.raises(NotAllowed):
        contracts.draft_contract(**{**given, "by": v(w.other_buyer)})
    with pytest.raises(Invalid, match="年度预算"):
        contracts.draft_contract(**{**given, "amount": project.budget + 1})


@pytest.mark.django_db(transaction=True)
def test_two_sign_at_the_same_moment(now):
    w = cast.world(now)
    one = cast.contract_draft(w)
    contracts.agree(contract_id=one.pk, by=v(w.heads[0]), now=w.free)
    both, said = threading.Barrier(2), []

    def sign():
        try:
            both.wait()
            contracts.sign(contract_id=one.pk, by=v(w.buyer), now=w.free)
            said.append("done")
        except WrongState as refused:
            said.append(refused.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said)[0] == "done" and "签订了合同" in sorted(said)[1]
    assert audit.history(one).filter(event="step:sign").count() == 1


# -- delivery ----------------------------------------------------------------------------------------------------------

RECORD = {"on": date(2026, 9, 9), "service": "上门探访", "minutes": 90, "people": 12, "spent": 500_000}


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"on": date(2026, 7, 31)}, "on"), ({"on": date(2027, 8, 1)}, "on"), ({"on": date(2026, 9, 11)}, "on"),
        ({"minutes": 0}, "minutes"), ({"people": -1}, ""), ({"spent": -1}, ""), ({"spent": 16_000_001}, "spent"),
        ({"service": " "}, "service"), ({"service": "长" * 121}, "service"),
    ],
)  # fmt: skip
def test_a_wrong_record_is_refused(w, wrong, field):
    one = cast.running(w)
    with pytest.raises(Invalid) as refused:
        contracts.record(contract_id=one.pk, by=v(w.social_worker), now=w.during, **{**RECORD, **wrong})
    assert set(refused.value.errors) == {field} and Delivery.objects.count() == 0


def test_spending_never_exceeds_the_amount(w):
    one = cast.running(w)
    for _ in range(2):
        contracts.record(contract_id=one.pk, by=v(w.social_worker), now=w.during, **{**RECORD, "spent": 7_900_000})
    with pytest.raises(Invalid, match=r"还可支出 2,000\.00 元"):
        contracts.record(contract_id=one.pk, by=v(w.social_worker), now=w.during, **{**RECORD, "spent": 200_001})
    contracts.record(contract_id=one.pk, by=v(w.social_worker), now=w.during, **{**RECORD, "spent": 200_000})
    assert queries.sums(one) == queries.Sums(3, 36, 270, 16_000_000)


def test_only_the_suppliers_people_record(w):
    one = cast.running(w)
    for who in (None, w.heads[1], w.buyer, w.lead, w.residents[0]):
        with pytest.raises(NotAllowed):
            contracts.record(contract_id=one.pk, by=v(who), now=w.during, **RECORD)


def test_the_public_sees_what_was_done_and_not_the_account_of_it(w):
    one = cast.delivered(w)
    assert not queries.deliveries(v(None), one)[0].may_detail
    assert not queries.deliveries(v(w.heads[1]), one)[0].may_detail
    assert queries.deliveries(v(w.lead), one)[0].may_detail


def test_near_its_end_a_contract_waits_for_its_acceptance(w):
    one = cast.delivered(w)
    assert contracts.remind_near_end(now=clock.at(2027, 6, 15, 6)) == 0
    assert contracts.remind_near_end(now=clock.at(2027, 6, 16, 6)) == 1
    assert contracts.remind_near_end(now=clock.at(2027, 6, 16, 6)) == 0
    assert [t.label for t in agenda(v(w.lead)).items] == ["临近到期，发起验收"]
    one.refresh_from_db()
    assert clock.local(one.due_at).date() == date(2027, 7, 31)


# -- acceptance --------------------------------------------------------------------------------------------------------


def test_no_acceptance_without_service_or_with_unknown_numbers(w):
    one = cast.running(w)
    with pytest.raises(Invalid, match="还没有服务记录"):
        contracts.begin_acceptance(contract_id=one.pk, phones=["13800000200"], by=v(w.lead), now=w.during)
    contracts.record(contract_id=one.pk, by=v(w.social_worker), now=w.during, **RECORD)
    with pytest.raises(Invalid, match="13999999999"):
        contracts.begin_acceptance(
            contract_id=one.pk, phones=["13800000200", "13999999999"], by=v(w.lead), now=w.during
        )
    assert Acceptance.objects.count() == 0 and Contract.objects.get().state == "running"


def test_acceptance_needs_three_residents_and_a_majority(w):
    one = cast.accepting(w, count=4)
    for nr in range(2):
        cast.answer(one, nr, w.during)
    with pytest.raises(Invalid, match="至少 3 人，现在有 2 人答复"):
        contracts.accept(contract_id=one.pk, by=v(w.lead), now=w.during)
    cast.answer(one, 2, w.during, agrees=False)
    cast.answer(one, 3, w.during, agrees=False)
    with pytest.raises(Invalid, match="没有过半"):
        contracts.accept(contract_id=one.pk, by=v(w.lead), now=w.during)
    with pytest.raises(NotAllowed):
        contracts.accept(contract_id=one.pk, by=v(w.heads[0]), now=w.during)


def test_what_was_sent_back_is_accepted_by_new_answers(w):
    one = cast.accepting(w)
    for nr in range(3):
        cast.answer(one, nr, w.during, agrees=False)
    old = one.acceptances.first()
    contracts.send_back(contract_id=one.pk, reason="送餐太晚", by=v(w.lead), now=w.during)
    phones = [f"1380000020{nr}" for nr in range(3)]
    one = contracts.begin_acceptance(contract_id=one.pk, phones=phones, by=v(w.lead), now=w.during)
    with pytest.raises(WrongState):
        contracts.answer_acceptance(token=old.token, agrees=True, grade=5, remark="", by=v(None), now=w.during)
    assert queries.acceptance_sum(one).answered == 0
    for nr in range(3):
        cast.answer(one, nr, w.during)
    assert contracts.accept(contract_id=one.pk, by=v(w.lead), now=w.during).state == "accepted"
    assert Acceptance.objects.count() == 6


def test_an_answer_is_given_once_by_the_link_and_never_by_the_supplier(w):
    one = cast.accepting(w)
    for who in (w.heads[0], w.social_worker):
        with pytest.raises(NotAllowed):
            cast.answer(one, 0, w.during, by=v(who))
    cast.answer(one, 0, w.during, by=v(w.residents[0]))
    with pytest.raises(WrongState, match="答复过"):
        cast.answer(one, 0, w.during)
    with pytest.raises(NotVisible):
        contracts.answer_acceptance(token="x", agrees=True, grade=5, remark="", by=v(None), now=w.during)
    row = one.acceptances.order_by("pk")[1]
    for grade in (0, 6):
        with pytest.raises(Invalid):
            contracts.answer_acceptance(token=row.token, agrees=True, grade=grade, remark="", by=v(None), now=w.during)
    told = [e.told() for e in audit.history(one) if e.event == "purchase.acceptance"]
    assert told == ["一位使用过服务的居民参加了验收"]


def test_people_of_the_supplier_are_not_invited(w):
    one = cast.delivered(w)
    w.social_worker.phone = "13800000299"
    w.social_worker.save()
    with pytest.raises(Invalid, match="承接单位的人员"):
        contracts.begin_acceptance(contract_id=one.pk, phones=["13800000299"], by=v(w.lead), now=w.during)


def test_the_supplier_sees_sums_only(w):
    one = cast.accepting(w)
    assert AcceptanceAccess.rows(v(w.lead)).count() == 3
    assert AcceptanceAccess.rows(v(w.heads[0])).count() == 0
    assert AcceptanceAccess.rows(v(None)).count() == 0
    assert AcceptanceAccess.rows(v(w.residents[0])).count() == 1
    assert queries.acceptance_sum(one).invited == 3
    told = Notice.objects.get(user=w.residents[0], kind="验收")
    assert told.url == f"/purchase/acceptance/{one.acceptances.get(user=w.residents[0]).token}/"


# -- evaluation and renewal --------------------------------------------------------------------------------------------


def test_a_failed_evaluation_refuses_renewal_with_the_rule(w):
    one = cast.evaluated(w, share=59)
    assert one.state == "failed" and Evaluation.objects.get().total == 5900
    offer = next(o for o in CONTRACT_FLOW.offers(one, v(w.buyer), w.during) if o.step.name == "renew")
    assert not offer.allowed
    with pytest.raises(Invalid, match=r"考评 59 分，低于合格线 60 分.*考评合格予以续签"):
        contracts.renew(contract_id=one.pk, amount=16_000_000, by=v(w.buyer), now=w.during)
    contracts.finish(contract_id=one.pk, reason="考评不合格", by=v(w.buyer), now=w.during)
    assert Contract.objects.get().state == "ended" and Project.objects.get().state == "ended"


def test_exactly_the_pass_mark_passes(w):
    assert cast.evaluated(w, share=60).state == "passed"


@pytest.mark.parametrize(
    "wrong", [[], [{"name": "服务量完成", "points": 2501}], [{"name": "服务量完成", "points": -1}]]
)
def test_an_evaluation_is_whole_and_in_range(w, wrong):
    one = cast.accepted(w)
    with pytest.raises(Invalid) as refused:
        contracts.evaluate(contract_id=one.pk, items=wrong, opinion="", by=v(w.centre), now=w.during)
    assert set(refused.value.errors) == {"points_0"}
    for who in (w.heads[0], w.buyer, w.lead, None):
        with pytest.raises(NotAllowed):
            contracts.evaluate(contract_id=one.pk, items=[], opinion="", by=v(who), now=w.during)


def _next_year(w, one):
    """Renew and walk the new year to its evaluation."""
    later = contracts.renew(contract_id=one.pk, amount=16_000_000, by=v(w.buyer), now=w.during)
    contracts.agree(contract_id=later.pk, by=v(w.heads[0]), now=w.during)
    contracts.sign(contract_id=later.pk, by=v(w.buyer), now=w.during)
    w.during = clock.local(w.during).replace(year=w.during.year + 1)
    day = clock.local(w.during).date()
    contracts.record(contract_id=later.pk, by=v(w.social_worker), now=w.during, **{**RECORD, "on": day})
    phones = [f"1380000020{nr}" for nr in range(3)]
    contracts.begin_acceptance(contract_id=later.pk, phones=phones, by=v(w.lead), now=w.during)
    later.refresh_from_db()
    for nr in range(3):
        cast.answer(later, nr, w.during)
    contracts.accept(contract_id=later.pk, by=v(w.lead), now=w.during)
    items = [{"name": name, "points": full * 90} for name, full in cast.SCHEME.items()]
    return contracts.evaluate(contract_id=later.pk, items=items, opinion="好", by=v(w.centre), now=w.during)


def test_three_years_and_no_fourth(w):
    one = cast.evaluated(w)
    second = _next_year(w, one)
    assert (second.begins_on, second.ends_on, second.year_number) == (date(2027, 8, 1), date(2028, 7, 31), 2)
    third = _next_year(w, second)
    with pytest.raises(Invalid, match=r"已满 3 年.*重新立项、重新比选.*渝两江党办发〔2020〕25号 三（二）"):
        contracts.renew(contract_id=third.pk, amount=16_000_000, by=v(w.buyer), now=w.during)
    assert Contract.objects.count() == 3
    assert [s.station for s in thread.of(third, v(None)) if len(s.entries) == 3] == ["service", "evaluation"]
    with pytest.raises(WrongState):
        contracts.renew(contract_id=one.pk, amount=16_000_000, by=v(w.buyer), now=w.during)


def test_a_renewal_over_the_budget_leaves_nothing_behind(w):
    one = cast.evaluated(w)
    for amount in (0, 18_000_001):
        with pytest.raises(Invalid):
            contracts.renew(contract_id=one.pk, amount=amount, by=v(w.buyer), now=w.during)
    assert Contract.objects.get().state == "passed"


def test_in_force_from_its_first_day_to_its_last_or_to_its_early_end(w):
    one = cast.running(w)
    day = timedelta(days=1)
    for when, counted in (
        (one.begins_on - day, 0), (one.begins_on, 1), (one.ends_on, 1), (one.ends_on + day, 0),
    ):  # fmt: skip
        assert running_on(when).count() == counted, when
    contracts.terminate(contract_id=one.pk, reason="人员离开", by=v(w.buyer), now=w.during)
    assert running_on(date(2026, 9, 9)).count() == 1 and running_on(date(2026, 9, 10)).count() == 0


TABLE = """
待签订   | 公众: | 负责人: agree  | 社工:        | 书记:                    | 中心:          | 采购: sign             | 专干:          | 外街道:
履行中   | 公众: | 负责人: record | 社工: record | 书记: begin_acceptance   | 中心:          | 采购: terminate        | 专干:          | 外街道:
验收中   | 公众: | 负责人:        | 社工:        | 书记: invite accept send_back | 中心:     | 采购:                  | 专干:          | 外街道:
待考评   | 公众: | 负责人:        | 社工:        | 书记:                    | 中心: evaluate | 采购:                  | 专干: evaluate | 外街道:
合格     | 公众: | 负责人:        | 社工:        | 书记:                    | 中心:          | 采购: renew finish     | 专干:          | 外街道:
不合格   | 公众: | 负责人:        | 社工:        | 书记:                    | 中心:          | 采购: renew finish     | 专干:          | 外街道:
"""  # noqa: E501


@pytest.mark.parametrize("line", TABLE.strip().splitlines(), ids=lambda line: line.split()[0])
def test_who_may_do_what(w, line):
    """State × person → steps offered."""
    name, *cells = [c.strip() for c in line.split("|")]
    one = {
        "待签订": cast.contract_draft, "履行中": cast.running, "验收中": cast.accepting, "待考评": cast.accepted,
        "合格": cast.evaluated, "不合格": lambda w: cast.evaluated(w, share=10),
    }[name](w)  # fmt: skip
    one = Contract.objects.get(pk=one.pk)
    people = {
        "公众": None, "负责人": w.heads[0], "社工": w.social_worker, "书记": w.lead, "中心": w.centre, "采购": w.buyer,
        "专干": w.officer, "外街道": w.other_buyer,
    }  # fmt: skip
    for cell in cells:
        who, _, steps = cell.partition(":")
        assert {o.step.name for o in CONTRACT_FLOW.offers(one, v(people[who]), w.free)} == set(steps.split()), who


def test_every_state_has_an_owner():
    waiting = {s for step in CONTRACT_FLOW.steps if step.todo for s in step.sources}
    assert set(CONTRACT_FLOW.states) <= waiting | set(CONTRACT_FLOW.owners)
