"""Comparison selection: sealed until the time, opened together, judged without an interest, open to objection."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from sanshe.accounts.public import Post, Role
from sanshe.kernel import audit
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.flow import agenda
from sanshe.kernel.notices import Notice
from sanshe.purchase.access.calls import BidAccess, CallAccess
from sanshe.purchase.actions import calls, judging
from sanshe.purchase.flow.calls import CALL_FLOW, OBJECTION_FLOW
from sanshe.purchase.models import Bid, Call, Drawn, Objection, Project, Score
from sanshe.purchase.queries import calls as queries
from sanshe.purchase.sealing import SealKey, digest, seal
from sanshe.workforce.public import Expert, tell_tie
from tests import purchase_cast as cast
from tests.purchase_cast import v


@pytest.fixture
def w(now):
    return cast.world(now)


# -- the call ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"criteria": [{"name": "方案", "weight": 99}]}, "criteria"),
        ({"criteria": [{"name": "方案", "weight": 110}, {"name": "报价", "weight": -10}]}, "criteria"),
        ({"ceiling": 18_000_001}, "ceiling"), ({"ceiling": 0}, "ceiling"), ({"requirements": " "}, "requirements"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_not_written(w, wrong, field):
    with pytest.raises(Invalid) as refused:
        cast.call_draft(w, **wrong)
    assert set(refused.value.errors) == {field}
    assert Call.objects.count() == 0 and Project.objects.get().state == "approved"


def test_a_call_stays_open_for_the_least_of_days(w):
    call = cast.call_draft(w)
    with pytest.raises(Invalid, match="至少 5 个工作日"):
        calls.publish(call_id=call.pk, closes_at=w.now + timedelta(days=4), by=v(w.buyer), now=w.now)


def test_a_draft_is_the_streets_and_a_published_call_is_everybodys(w):
    call = cast.call_draft(w)
    assert not CallAccess.may(v(None), "see", call) and not CallAccess.may(v(w.heads[0]), "see", call)
    calls.publish(call_id=call.pk, closes_at=w.now + timedelta(days=10), by=v(w.buyer), now=w.now)
    assert CallAccess.may(v(None), "see", call)
    with pytest.raises(WrongState):
        calls.edit(call_id=call.pk, requirements="改", ceiling=1, criteria=cast.CRITERIA, by=v(w.buyer), now=w.now)


# -- handing in --------------------------------------------------------------------------------------------------------


def test_a_bid_is_taken_sealed_with_its_digests_in_the_audit(w):
    call = cast.published(w)
    blob, _ = cast.sealed(call, w.orgs[0])
    bid = calls.hand_in(call_id=call.pk, body_id=w.orgs[0].pk, blob=blob, by=v(w.heads[0]), now=w.now)
    assert (bid.sha256, bid.sm3) == (digest(blob).sha256, digest(blob).sm3)
    entry = audit.history(call).get(event="purchase.hand_in")
    assert entry.data["sha256"] == bid.sha256 and not entry.public
    assert bid.price is None and bid.plan == "" and bid.sealed.open().read() == blob


def test_a_newer_bid_replaces_the_older_which_is_kept(w):
    call = cast.published(w)
    cast.hand_in(w, call, 0)
    cast.hand_in(w, call, 0, 15_000_000)
    first, second = Bid.objects.order_by("pk")
    assert (first.state, second.state) == ("replaced", "sealed") and first.sealed.open().read()
    assert queries.bid_count(call) == 1


def test_what_is_no_sealed_bid_of_this_call_and_bidder_is_refused(w):
    call = cast.published(w)
    blob, key = cast.sealed(call, w.orgs[0])
    other_bidder, _ = cast.sealed(call, w.orgs[1])
    other_call = seal({"price_fen": 1}, [], call="BX209901010001", bidder=str(w.orgs[0].pk), key=key)
    for wrong in (b"", b"x" * 70_000, blob[:-1], blob[:200] + b"!" + blob[201:], other_bidder, other_call):
        with pytest.raises(Invalid) as refused:
            calls.hand_in(call_id=call.pk, body_id=w.orgs[0].pk, blob=wrong, by=v(w.heads[0]), now=w.now)
        assert set(refused.value.errors) == {"sealed"}
    assert Bid.objects.count() == 0


def test_only_the_head_of_a_registered_organisation_bids_and_only_in_time(w):
    call = cast.published(w)
    blob, _ = cast.sealed(call, w.orgs[0])
    good = {"call_id": call.pk, "body_id": w.orgs[0].pk, "blob": blob, "now": w.now}
    for who in (w.heads[1], w.social_worker, w.buyer, w.residents[0], None):
        with pytest.raises(NotAllowed):
            calls.hand_in(**good, by=v(who))
    with pytest.raises(WrongState):
        calls.hand_in(**{**good, "now": call.closes_at}, by=v(w.heads[0]))
    w.orgs[0].organisation.__class__.objects.filter(body=w.orgs[0]).update(standing="guided")
    with pytest.raises(Invalid, match="依法登记"):
        calls.hand_in(**good, by=v(w.heads[0]))


# -- opening -----------------------------------------------------------------------------------------------------------


def test_opening_is_refused_before_its_time_and_with_too_few(w):
    call = cast.bidden(w, prices=(1_000, 2_000))
    for moment, said in ((w.closed - timedelta(seconds=1), "还没有到截止时间"), (w.closed, "只有 2 家递交，不足 3 家")):
        offer = next(o for o in CALL_FLOW.offers(call, v(w.buyer), moment) if o.step.name == "start_opening")
        assert not offer.allowed and said in offer.why
        with pytest.raises(Invalid, match=said):
            calls.start_opening(call_id=call.pk, by=v(w.buyer), now=moment)
    assert "参照政府采购法" in offer.why


def test_two_officers_open_and_never_one(w):
    call = cast.bidden(w)
    with pytest.raises(Invalid, match="请先由一位工作人员启动"):
        calls.confirm_opening(call_id=call.pk, by=v(w.officer), now=w.closed)
    calls.start_opening(call_id=call.pk, by=v(w.buyer), now=w.closed)
    with pytest.raises(NotAllowed, match="两位工作人员"):
        calls.confirm_opening(call_id=call.pk, by=v(w.buyer), now=w.closed)
    with pytest.raises(WrongState, match="已经启动"):
        calls.start_opening(call_id=call.pk, by=v(w.officer), now=w.closed)
    assert {t.label for t in agenda(v(w.officer)).items} == {"确认开封"}
    assert agenda(v(w.buyer)).items == []  # nothing waits for the one who started it
    call = calls.confirm_opening(call_id=call.pk, by=v(w.officer), now=w.closed)
    assert call.keys_until == w.closed + timedelta(minutes=60)
    assert Notice.objects.filter(user=w.heads[0], text__contains="请在").count() == 1
    assert [t.label for t in agenda(v(w.heads[0])).items] == ["交来密钥，逾时视为撤回"]
    assert agenda(v(w.heads[3])).items == []


def test_nothing_can_be_read_before_all_are_open(w):
    call = cast.opening(w)
    cast.give_keys(w, call)
    everybody = [None, *w.heads, w.buyer, w.officer, w.district_officer, w.lead, *w.experts, w.residents[0]]
    for who in everybody:
        for bid in queries.bids_of(v(who), call):
            assert not bid.readable and bid.price is None and bid.plan == "" and bid.team == ""
            assert not BidAccess.may(v(who), "read", bid)
    with connection.cursor() as cursor:
        cursor.execute("SELECT key_code FROM purchase_bid")
        stored = "".join(str(row[0]) for row in cursor.fetchall())
    assert not any(key.code in stored or key.code.replace("-", "") in stored for key in w.keys)
    with pytest.raises(WrongState, match="之前谁也看不到"):
        calls.unseal(call_id=call.pk, by=v(w.buyer), now=w.over - timedelta(seconds=1))


def test_keys_are_taken_inside_the_window_only_from_who_bid(w):
    call = cast.bidden(w)
    good = {"call_id": call.pk, "body_id": w.orgs[0].pk, "key_code": w.keys[0].code}
    with pytest.raises(WrongState):
        calls.give_key(**good, by=v(w.heads[0]), now=w.closed)
    calls.start_opening(call_id=call.pk, by=v(w.buyer), now=w.closed)
    call = calls.confirm_opening(call_id=call.pk, by=v(w.officer), now=w.closed)
    for who in (w.heads[1], w.heads[3], w.buyer, None):
        with pytest.raises(NotAllowed):
            calls.give_key(**good, by=v(who), now=w.closed)
    with pytest.raises(WrongState):
        calls.give_key(**good, by=v(w.heads[0]), now=call.keys_until)
    with pytest.raises(Invalid, match="还少 24 位"):
        calls.give_key(**{**good, "key_code": "7KQ2"}, by=v(w.heads[0]), now=w.closed)
    with pytest.raises(Invalid, match="这把钥匙打不开"):
        calls.give_key(**{**good, "key_code": w.keys[1].code}, by=v(w.heads[0]), now=w.closed)
    lower = w.keys[0].code.lower().replace("-", " ")
    assert calls.give_key(**{**good, "key_code": lower}, by=v(w.heads[0]), now=w.closed).state == "key_given"
    assert agenda(v(w.heads[0])).items == []


def test_without_key_withdrawn_with_a_wrong_one_or_above_the_ceiling_rejected(w):
    call = cast.opening(w, prices=(16_000_000, 17_000_000, 18_000_000, 18_000_001))
    cast.give_keys(w, call)
    wrong = Bid.objects.get(bidder=w.orgs[0])
    wrong.key_code = SealKey.new().code
    wrong.save()
    last = Bid.objects.get(bidder=w.orgs[1])
    last.key_code, last.state = None, "sealed"
    last.save()
    calls.unseal(call_id=call.pk, by=v(w.buyer), now=w.over)
    states = {b.bidder_id: b for b in Bid.objects.all()}
    assert states[w.orgs[0].pk].state == "rejected" and "钥匙不对" in states[w.orgs[0].pk].problem
    assert states[w.orgs[1].pk].state == "withdrawn"
    assert states[w.orgs[3].pk].state == "rejected" and "最高限价 180,000.00 元" in states[w.orgs[3].pk].problem
    assert states[w.orgs[2].pk].price == 18_000_000


def test_a_file_changed_after_it_came_does_not_open(w):
    call = cast.opening(w, prices=(1_000, 2_000, 3_000, 4_000))
    cast.give_keys(w, call)
    changed, gone = Bid.objects.order_by("pk")[:2]
    blob, _ = cast.sealed(call, w.orgs[0], 5)
    with changed.sealed.storage.open(changed.sealed.name, "wb") as file:
        file.write(blob)
    gone.sealed.storage.delete(gone.sealed.name)
    calls.unseal(call_id=call.pk, by=v(w.buyer), now=w.over)
    changed.refresh_from_db()
    gone.refresh_from_db()
    assert (changed.state, gone.state) == ("rejected", "rejected")
    assert "改动" in changed.problem and "读不出来" in gone.problem and "/" not in gone.problem


def test_fewer_than_three_opened_end_it_and_the_project_may_be_put_out_again(w):
    call = cast.opening(w)
    cast.give_keys(w, call, 2)
    call = calls.unseal(call_id=call.pk, by=v(w.buyer), now=w.over)
    assert call.state == "failed" and "只有 2 家" in call.result_reason
    project = Project.objects.get()
    assert project.state == "approved"
    assert not Bid.objects.exclude(state="opened").filter(key_code__isnull=False).exists()
    calls.buy(
        project_id=project.pk, requirements="再来", ceiling=1_000, criteria=cast.CRITERIA, by=v(w.buyer), now=w.over
    )
    assert Call.objects.count() == 2


def test_what_is_over_opens_by_itself_once(w):
    call = cast.opening(w)
    cast.give_keys(w, call)
    assert calls.unseal_when_over(now=w.over - timedelta(seconds=1)) == 0
    assert calls.unseal_when_over(now=w.over) == 1
    assert calls.unseal_when_over(now=w.over) == 0
    assert Call.objects.get().state == "scoring" and Call.objects.get().judging == "draw"
    entry = audit.history(call).get(event="step:unseal")
    assert entry.told() == "收取密钥的时间已到，全部投标文件同时开封"
    with pytest.raises(WrongState):
        calls.unseal(call_id=call.pk, by=v(w.buyer), now=w.over)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_the_same_moment(now):
    w = cast.world(now)
    call = cast.bidden(w)
    calls.start_opening(call_id=call.pk, by=v(w.buyer), now=w.closed)
    second = cast.user("周专干", Role.STREET_OFFICER, w.street)
    both, said = threading.Barrier(2), []

    def confirm(who):
        try:
            both.wait()
            calls.confirm_opening(call_id=call.pk, by=v(who), now=w.closed)
            said.append("done")
        except WrongState as refused:
            said.append(refused.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=(who,)) for who in (w.officer, second)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said)[0] == "done" and "现在是「收集密钥中」" in sorted(said)[1]
    assert audit.history(call).filter(event="step:confirm_opening").count() == 1


# -- the envelope ------------------------------------------------------------------------------------------------------


def test_an_envelope_counts_when_its_file_has_the_digest_of_the_desk(w):
    call = cast.published(w)
    paper = "信封里的方案".encode() * 50
    for nr in (0, 1):
        cast.hand_in(w, call, nr)
    with pytest.raises(Invalid, match="64 位"):
        calls.receive_envelope(call_id=call.pk, body_id=w.orgs[2].pk, digest="abc", by=v(w.officer), now=w.now)
    calls.receive_envelope(
        call_id=call.pk, body_id=w.orgs[2].pk, digest="sm3:" + digest(paper).sm3.upper(), by=v(w.officer), now=w.now
    )
    calls.start_opening(call_id=call.pk, by=v(w.buyer), now=call.closes_at)
    call = calls.confirm_opening(call_id=call.pk, by=v(w.officer), now=call.closes_at)
    given = {"call_id": call.pk, "body_id": w.orgs[2].pk, "price": 9_000_000, "plan": "方案", "team": ""}
    with pytest.raises(Invalid, match="校验值不一致"):
        calls.open_envelope(**given, blob=paper + b"!", by=v(w.officer), now=call.closes_at)
    with pytest.raises(WrongState):
        calls.open_envelope(**given, blob=paper, by=v(w.officer), now=call.keys_until)
    calls.open_envelope(**given, blob=paper, by=v(w.officer), now=call.closes_at)
    found = [b for b in queries.bids_of(v(w.buyer), call) if b.bidder_id == w.orgs[2].pk]
    assert not found[0].readable
    calls.unseal(call_id=call.pk, by=v(w.buyer), now=call.keys_until)
    assert Bid.objects.get(bidder=w.orgs[2]).state == "opened" and Call.objects.get().state == "failed"


# -- judging -----------------------------------------------------------------------------------------------------------


def test_who_is_or_was_tied_to_a_bidder_or_the_buyer_is_never_drawn(w):
    call = cast.scoring(w)
    experts = list(Expert.objects.order_by("pk"))
    # 1 works for a bidder, 2 left one two years ago, 3 left one four years ago (free), 4 and 5 have nothing.
    Post.objects.create(user=experts[0].user, role=Role.SOCIAL_WORKER, body=w.orgs[1], valid_from=date(2024, 1, 1))
    tell_tie(expert_id=experts[1].pk, body_id=w.orgs[2].pk, kind="任职", since=date(2020, 1, 1),
             until=date(2024, 6, 10), by=v(w.district_officer), now=w.now)  # fmt: skip
    tell_tie(expert_id=experts[2].pk, body_id=w.orgs[0].pk, kind="任职", since=date(2018, 1, 1),
             until=date(2022, 6, 10), by=v(w.district_officer), now=w.now)  # fmt: skip
    judging.draw(call_id=call.pk, by=v(w.buyer), now=w.over)
    assert set(Drawn.objects.values_list("expert", flat=True)) == {e.pk for e in experts[2:]}
    with pytest.raises(WrongState, match="专家已经抽够"):
        judging.draw(call_id=call.pk, by=v(w.buyer), now=w.over)


def test_too_small_a_pool_is_said(w):
    call = cast.scoring(w)
    Expert.objects.filter(user__in=w.experts[:3]).update(valid_to=date(2026, 1, 1))
    with pytest.raises(Invalid, match="只剩 2 人，还需 3 人"):
        judging.draw(call_id=call.pk, by=v(w.buyer), now=w.over)
    assert Drawn.objects.count() == 0


def test_an_expert_who_stands_down_is_replaced_and_judges_no_more(w):
    call = cast.scoring(w)
    judging.draw(call_id=call.pk, by=v(w.buyer), now=w.over)
    out, *rest = [d.user for d in Drawn.objects.order_by("pk")]
    assert not any(b.readable for b in queries.bids_of(v(out), call))  # not before the declaration
    with pytest.raises(Invalid):
        judging.declare(call_id=call.pk, free=False, reason=" ", by=v(out), now=w.over)
    judging.declare(call_id=call.pk, free=False, reason="亲属在参选单位任职", by=v(out), now=w.over)
    assert Call.objects.get().judging == "draw" and {t.label for t in agenda(v(w.buyer)).items} == {"抽取评审专家"}
    with pytest.raises(NotAllowed):
        cast.give_points(call, out, cast.POINTS, w.over)
    judging.draw(call_id=call.pk, by=v(w.buyer), now=w.over)
    assert Drawn.objects.filter(excluded="").count() == 3
    for who in rest:
        judging.declare(call_id=call.pk, free=True, by=v(who), now=w.over)
    assert all(b.readable for b in queries.bids_of(v(rest[0]), call))
    with pytest.raises(Invalid, match="还有 1 位没有声明"):
        judging.conclude(call_id=call.pk, result_reason="好", by=v(w.buyer), now=w.over)
    told = [e.told() for e in audit.history(call).filter(public=True)]
    assert not any("专家" in line and "抽取" not in line for line in told)  # names of experts are not public


def test_points_are_given_whole_in_range_and_once(w):
    call = cast.drawn(w)
    expert = Drawn.objects.first().user
    with pytest.raises(Invalid) as refused:
        cast.give_points(call, expert, {0: (51, 25), 1: (40, -1)}, w.over)
    assert len(refused.value.errors) == 4 and all("打 0 到" in s for s in refused.value.errors.values())
    assert Score.objects.count() == 0
    cast.give_points(call, expert, cast.POINTS, w.over)
    with pytest.raises(NotAllowed):
        cast.give_points(call, expert, cast.POINTS, w.over)
    with pytest.raises(NotAllowed):
        cast.give_points(call, w.buyer, cast.POINTS, w.over)


def test_ranking_by_hand(w):
    call = cast.drawn(w)
    first, second, third = [d.user for d in Drawn.objects.order_by("pk")]
    cast.give_points(call, first, {0: (45, 25), 1: (40, 28), 2: (30, 20)}, w.over)
    cast.give_points(call, second, {0: (44, 25), 1: (41, 28), 2: (30, 20)}, w.over)
    with pytest.raises(Invalid, match="没有评完"):
        judging.conclude(call_id=call.pk, result_reason="好", by=v(w.buyer), now=w.over)
    cast.give_points(call, third, {0: (44, 26), 1: (40, 28), 2: (30, 20)}, w.over)
    rows = judging.ranking_of(call)
    # 0: (45+44+44)/3 = 44.33, (25+25+26)/3 = 25.33, price 160000/160000×20 = 20 → 89.66
    # 1: 40.33 + 28 + 160000/170000×20 = 18.82 → 87.15 ; 2: 30 + 20 + 160000/180000×20 = 17.78 → 67.78
    assert [(r["bidder"], r["total"]) for r in rows] == [
        (cast.NAMES[0], 8966), (cast.NAMES[1], 8715), (cast.NAMES[2], 6778),
    ]  # fmt: skip
    assert rows[1]["lines"][0]["how"] == "（40 + 41 + 40）÷ 3"
    assert rows[1]["lines"][2]["how"] == "最低报价 160,000 元 ÷ 本报价 170,000 元 × 20"


def test_equal_totals_the_cheaper_is_first(w):
    # 0 and 2: 50+30+… ; price points differ, so the others make up for it: 20 − 10 = 10 points.
    call = cast.scored(w, points={0: (40, 20), 1: (30, 20), 2: (50, 20)}, prices=(8_000_000, 9_000_000, 16_000_000))
    rows = judging.ranking_of(call)
    assert [(r["bidder"], r["total"], r["place"]) for r in rows][:2] == [
        (cast.NAMES[0], 8000, 1), (cast.NAMES[2], 8000, 2),
    ]  # fmt: skip


# -- result ------------------------------------------------------------------------------------------------------------


def test_a_winner_that_is_no_social_organisation_needs_a_reason(w):
    call = cast.scored(w)
    w.orgs[0].organisation.delete()
    with pytest.raises(Invalid) as refused:
        judging.conclude(call_id=call.pk, result_reason="好", by=v(w.buyer), now=w.over)
    assert set(refused.value.errors) == {"departure_reason"} and Call.objects.get().state == "scoring"
    judging.conclude(call_id=call.pk, result_reason="好", departure_reason="无人能做", by=v(w.buyer), now=w.over)
    assert Call.objects.get().award.supplier == w.orgs[0]


def test_the_award_waits_for_the_end_of_publicity_and_for_every_answer(w):
    call = cast.publicity(w)
    with pytest.raises(Invalid, match="期满后才能确定"):
        judging.award(call_id=call.pk, by=v(w.buyer), now=call.publicity_until)
    judging.object_to(call_id=call.pk, text="评分有误", by=v(w.heads[1]), now=call.publicity_until)
    with pytest.raises(Invalid, match="还有没答复的异议"):
        judging.award(call_id=call.pk, by=v(w.buyer), now=w.free)
    one = Objection.objects.get()
    assert {t.label for t in agenda(v(w.officer)).items} >= {"答复异议"}
    with pytest.raises(NotAllowed):
        judging.answer_objection(objection_id=one.pk, upheld=False, answer="无误", by=v(w.buyer), now=w.free)
    with pytest.raises(Invalid):
        judging.answer_objection(objection_id=one.pk, upheld=False, answer=" ", by=v(w.officer), now=w.free)
    judging.answer_objection(objection_id=one.pk, upheld=False, answer="经复核无误", by=v(w.officer), now=w.free)
    assert judging.award(call_id=call.pk, by=v(w.buyer), now=w.free).state == "awarded"
    assert Notice.objects.filter(text__contains=f"由{cast.NAMES[0]}承接").count() == 3


def test_an_objection_is_raised_once_in_time_by_who_may(w):
    call = cast.publicity(w)
    for who in (None, w.buyer, w.officer, Drawn.objects.first().user):
        with pytest.raises(NotAllowed):
            judging.object_to(call_id=call.pk, text="有误", by=v(who), now=w.over)
    with pytest.raises(Invalid, match="公示期已过"):
        judging.object_to(call_id=call.pk, text="有误", by=v(w.residents[0]), now=w.free)
    judging.object_to(call_id=call.pk, text="有误", by=v(w.residents[0]), now=w.over)
    with pytest.raises(WrongState):
        judging.object_to(call_id=call.pk, text="还是有误", by=v(w.residents[0]), now=w.over)
    one = Objection.objects.get()
    for who in (None, w.residents[1], w.heads[0], w.other_buyer):
        with pytest.raises(NotVisible):
            queries.objection(v(who), one.pk)


def test_an_objection_that_is_upheld_ends_the_selection(w):
    call = cast.publicity(w)
    judging.object_to(call_id=call.pk, text="有误", by=v(w.heads[1]), now=w.over)
    judging.answer_objection(
        objection_id=Objection.objects.get().pk, upheld=True, answer="专家漏算", by=v(w.officer), now=w.over
    )
    call.refresh_from_db()
    assert call.state == "failed" and call.result_reason == "异议成立：专家漏算"
    assert Project.objects.get().state == "approved"


def test_giving_up_says_why(w):
    call = cast.bidden(w)
    with pytest.raises(Invalid):
        judging.give_up(call_id=call.pk, reason="", by=v(w.buyer), now=w.now)
    judging.give_up(call_id=call.pk, reason="需求有变", by=v(w.buyer), now=w.now)
    assert Project.objects.get().state == "approved"
    assert Notice.objects.filter(text__contains="比选未成：需求有变").count() == 3


# -- who may do what ---------------------------------------------------------------------------------------------------

TABLE = """
编制中   | 公众:       | 居民:        | 参选:        | 采购: edit publish give_up           | 专干:                         | 专家:        | 外街道:
征集中   | 公众:       | 居民:        | 参选:        | 采购: receive_envelope start_opening confirm_opening give_up | 专干: receive_envelope start_opening confirm_opening | 专家: | 外街道:
已启动   | 公众:       | 居民:        | 参选:        | 采购: receive_envelope start_opening give_up | 专干: receive_envelope start_opening confirm_opening | 专家: | 外街道:
收集密钥 | 公众:       | 居民:        | 参选:        | 采购: unseal give_up                 | 专干: unseal                  | 专家:        | 外街道:
评审中   | 公众:       | 居民:        | 参选:        | 采购: draw conclude give_up          | 专干:                         | 专家: declare | 外街道:
已声明   | 公众:       | 居民:        | 参选:        | 采购: draw conclude give_up          | 专干:                         | 专家: score  | 外街道:
公示中   | 公众:       | 居民: object | 参选: object | 采购: award give_up                  | 专干:                         | 专家:        | 外街道: object
已确定   | 公众:       | 居民:        | 参选:        | 采购: draft_contract                 | 专干:                         | 专家:        | 外街道:
"""  # noqa: E501


def _to(w, name):
    call = {
        "编制中": cast.call_draft, "征集中": cast.bidden, "已启动": cast.bidden, "收集密钥": cast.opening,
        "评审中": cast.scoring, "已声明": cast.drawn, "公示中": cast.publicity, "已确定": cast.awarded,
    }[name](w)  # fmt: skip
    if name == "已启动":
        calls.start_opening(call_id=call.pk, by=v(w.buyer), now=w.closed)
    if name == "评审中":
        judging.draw(call_id=call.pk, by=v(w.buyer), now=w.over)
    return Call.objects.get(pk=call.pk)


@pytest.mark.parametrize("line", TABLE.strip().splitlines(), ids=lambda line: line.split()[0])
def test_who_may_do_what(w, line):
    """State × person → steps offered."""
    name, *cells = [c.strip() for c in line.split("|")]
    call = _to(w, name)
    one = Drawn.objects.filter(call=call).first()
    people = {
        "公众": None, "居民": w.residents[0], "参选": w.heads[0], "采购": w.buyer, "专干": w.officer,
        "专家": one.user if one else w.experts[0], "外街道": w.other_buyer,
    }  # fmt: skip
    for cell in cells:
        who, _, steps = cell.partition(":")
        assert {o.step.name for o in CALL_FLOW.offers(call, v(people[who]), w.now)} == set(steps.split()), who


def test_every_state_has_an_owner():
    for flow in (CALL_FLOW, OBJECTION_FLOW):
        waiting = {s for step in flow.steps if step.todo for s in step.sources}
        assert set(flow.states) <= waiting | set(flow.owners), flow.title
