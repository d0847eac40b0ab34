"""The procedure of a matter, step by step, by the people whose steps they are."""

from __future__ import annotations

import pytest

from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.matters import actions
from sanshe.matters.access import Bearer
from sanshe.matters.models import CallBack, Handling, HelpOffer, Objection, OversightOrder, Rating, Triage
from sanshe.matters.words import MatterState as S
from tests.matters_cast import assigned, done, guided, handled, joint, make_cast, report


@pytest.fixture
def cast():
    return make_cast()


def test_a_matter_gets_number_receipt_and_promise(cast, now):
    matter = report(cast, now)
    assert matter.state == S.RECEIVED
    assert matter.number.startswith("20260610-") and len(matter.token) == 22
    assert matter.title == "小区门口的路灯不亮，晚上看不清路"
    assert matter.reporter_id == cast.users["resident"].pk


def test_all_the_way_to_done(cast, now):
    matter = done(cast, now)
    assert matter.state == S.DONE and matter.handler_id == cast.users["handler"].pk
    handling = Handling.objects.get(matter=matter)
    assert (handling.round, handling.unit_id) == (0, cast.bodies["unit"].pk)
    triage = Triage.objects.get(matter=matter)
    assert triage.criterion_version == "t1" and triage.followed is True
    assert triage.proposal == [{"code": "D-1", "route": "government", "words": ["路灯不亮"]}]


def test_triage_needs_criterion_or_a_full_reason(cast, now):
    matter = report(cast, now)
    with pytest.raises(Invalid) as wrong:
        assigned(cast, now, matter=matter, criterion=None, reason="太短")
    assert "至少 10 个字" in wrong.value.errors["reason"]
    with pytest.raises(Invalid) as wrong:
        assigned(cast, now, matter=matter, criterion=cast.criteria["parking"].pk)
    assert "属于小事" in wrong.value.errors["criterion"]
    assert assigned(cast, now, matter=matter, criterion=None, reason="标准没有这一类，按职责交办").state == S.ASSIGNED


def test_a_unit_from_elsewhere_can_not_be_host(cast, now):
    with pytest.raises(Invalid):
        assigned(cast, now, host_unit=cast.bodies["far_unit"].pk)


def test_returned_once_then_designated_then_never_again(cast, now):
    matter = assigned(cast, now)
    given = {"matter_id": matter.pk, "ground": "other_unit", "by": cast.handler, "now": now}
    actions.return_matter(**given, reason="路灯归市政，不归我们。")
    matter.refresh_from_db()
    assert (matter.state, matter.returned, matter.host_unit_id) == (S.RECEIVED, 1, None)
    actions.designate(
        matter_id=matter.pk, host_unit=cast.bodies["unit"].pk, reason="按三定方案。", by=cast.street, now=now
    )
    with pytest.raises(Invalid) as wrong:
        actions.return_matter(**given, reason="还是不归我们。")
    assert "街道已经指定" in wrong.value.sentence
    matter.refresh_from_db()
    assert matter.state == S.ASSIGNED and matter.designated


def test_designation_only_after_a_return(cast, now):
    matter = report(cast, now)
    with pytest.raises(Invalid):
        actions.designate(matter_id=matter.pk, host_unit=cast.bodies["unit"].pk, reason="指定", by=cast.street, now=now)


def test_objection_once_upheld_goes_back_and_is_counted(cast, now):
    matter = assigned(cast, now)
    actions.raise_objection(matter_id=matter.pk, reason="应当大家商量。", by=cast.resident, now=now)
    with pytest.raises(Invalid) as wrong:
        actions.raise_objection(matter_id=matter.pk, reason="再提一次。", by=cast.resident, now=now)
    assert "只能对分流提出一次异议" in wrong.value.sentence
    objection = Objection.objects.get(matter=matter)
    with pytest.raises(NotAllowed):
        actions.uphold_objection(objection_id=objection.pk, answer="我来定。", by=cast.desk, now=now)
    actions.uphold_objection(objection_id=objection.pk, answer="确应协商。", by=cast.street, now=now)
    matter.refresh_from_db()
    assert (matter.state, matter.retriaged, matter.host_unit_id) == (S.RECEIVED, 1, None)


def test_objection_dismissed_leaves_the_matter_where_it_is(cast, now):
    matter = handled(cast, now)
    actions.raise_objection(matter_id=matter.pk, reason="应当大家商量。", by=cast.resident, now=now)
    objection = Objection.objects.get(matter=matter)
    actions.dismiss_objection(objection_id=objection.pk, answer="属市政设施。", by=cast.street, now=now)
    matter.refresh_from_db()
    assert matter.state == S.HANDLING


def test_declined_says_the_other_way_and_can_be_objected_to(cast, now):
    matter = report(cast, now)
    with pytest.raises(Invalid):
        actions.decline(matter_id=matter.pk, reason="已在诉讼中。", other_way="", by=cast.desk, now=now)
    actions.decline(matter_id=matter.pk, reason="已在诉讼中。", other_way="请向承办法官反映。", by=cast.desk, now=now)
    actions.raise_objection(matter_id=matter.pk, reason="并没有起诉。", by=cast.resident, now=now)
    actions.uphold_objection(objection_id=Objection.objects.get().pk, answer="确未起诉。", by=cast.street, now=now)
    matter.refresh_from_db()
    assert matter.state == S.RECEIVED


def test_oversight_must_be_answered_before_finishing(cast, now):
    matter = handled(cast, now)
    actions.oversee(matter_id=matter.pk, requirement="三日内修复。", until=now.date(), by=cast.street, now=now)
    with pytest.raises(Invalid) as wrong:
        actions.finish(matter_id=matter.pk, result="修好了，请验收。", by=cast.handler, now=now)
    assert "督办" in wrong.value.sentence
    order = OversightOrder.objects.get()
    actions.answer_oversight(order_id=order.pk, answer="已派人。", by=cast.handler, now=now)
    actions.press_oversight(order_id=order.pk, closing="请附照片。", by=cast.district, now=now)
    actions.answer_oversight(order_id=order.pk, answer="已附。", by=cast.unit_lead, now=now)
    actions.close_oversight(order_id=order.pk, by=cast.street, now=now)
    assert actions.finish(matter_id=matter.pk, result="修好了，请验收。", by=cast.handler, now=now).state == S.DONE


def test_assisting_unit_answers_its_part_and_sees_the_matter(cast, now):
    matter = assigned(cast, now, assisting=[cast.bodies["helper_unit"].pk], assist_part="提供图纸")
    assist = matter.assists.get()
    actions.answer_assist(assist_id=assist.pk, answer="图纸已送。", by=cast.assistant, now=now)
    with pytest.raises(NotVisible):
        actions.answer_assist(assist_id=assist.pk, answer="我也答。", by=cast.handler_far, now=now)


# -- rating ------------------------------------------------------------------------------------------------------------


def test_rated_once_a_handling(cast, now):
    matter = done(cast, now)
    actions.rate(matter_id=matter.pk, grade=5, by=cast.resident, now=now)
    with pytest.raises(Invalid) as wrong:
        actions.rate(matter_id=matter.pk, grade=1, by=cast.resident, now=now)
    assert "只评价一次" in wrong.value.sentence
    assert Rating.objects.get().grade == 5 and not CallBack.objects.exists()
    actions.reopen(matter_id=matter.pk, reason="又坏了。", by=cast.resident, now=now)
    actions.finish(matter_id=matter.pk, result="再次修好了。", by=cast.handler, now=now)
    actions.rate(matter_id=matter.pk, grade=4, by=cast.resident, now=now)
    assert list(Rating.objects.order_by("id").values_list("grade", flat=True)) == [5, 4]


def test_rating_by_receipt_without_an_account(cast, now):
    matter = done(cast, now, who="public")
    actions.rate(matter_id=matter.pk, grade=3, by=Bearer(cast.public, matter.pk), now=now)
    assert Rating.objects.get().by_id is None


@pytest.mark.parametrize("name", ["desk", "worker", "lead", "street", "handler", "unit_lead", "assistant"])
def test_nobody_with_a_post_on_it_rates_even_with_the_receipt(cast, now, name):
    matter = done(cast, now, assisting=[cast.bodies["helper_unit"].pk])
    with pytest.raises(NotAllowed):
        actions.rate(matter_id=matter.pk, grade=5, by=Bearer(cast.viewer(name), matter.pk), now=now)


def test_the_handler_who_reported_it_neither_handles_nor_rates(cast, now):
    matter = assigned(cast, now, who="handler_resident")
    with pytest.raises(NotAllowed):
        actions.accept(matter_id=matter.pk, by=cast.handler_resident, now=now)
    actions.accept(matter_id=matter.pk, by=cast.handler, now=now)
    actions.finish(matter_id=matter.pk, result="修好了，请验收。", by=cast.handler, now=now)
    with pytest.raises(NotAllowed):
        actions.rate(matter_id=matter.pk, grade=5, by=cast.handler_resident, now=now)


def test_the_desk_worker_who_reported_it_does_not_triage_it(cast, now):
    matter = report(cast, now, who="desk_resident")
    with pytest.raises(NotAllowed):
        assigned(cast, now, matter=matter, by="desk_resident")


@pytest.mark.parametrize("grade", [1, 2])
def test_a_poor_rating_opens_a_call_back(cast, now, grade):
    matter = done(cast, now)
    actions.rate(matter_id=matter.pk, grade=grade, comment="没修好", by=cast.resident, now=now)
    callback = CallBack.objects.get()
    assert callback.unit_id == cast.bodies["unit"].pk and callback.state == "open"
    actions.appeal_callback(callback_id=callback.pk, appeal="评错了对象。", by=cast.handler, now=now)
    with pytest.raises(NotAllowed):
        actions.uphold_appeal(callback_id=callback.pk, review="同意", by=cast.handler, now=now)
    actions.reject_appeal(callback_id=callback.pk, review="确有不满。", by=cast.street, now=now)
    actions.fix_callback(callback_id=callback.pk, found="已上门。", answer="当场修好。", by=cast.handler, now=now)
    callback.refresh_from_db()
    assert (callback.state, callback.outcome) == ("closed", "fixed")


def test_a_mistaken_rating_stays_on_record_and_counts_no_more(cast, now):
    from sanshe.matters.public import satisfaction_rows

    matter = done(cast, now)
    actions.rate(matter_id=matter.pk, grade=1, by=cast.resident, now=now)
    assert [h.grade for h in satisfaction_rows(now.date())] == [1]
    callback = CallBack.objects.get()
    actions.appeal_callback(callback_id=callback.pk, appeal="评错了对象。", by=cast.handler, now=now)
    actions.uphold_appeal(callback_id=callback.pk, review="与另一件混淆。", by=cast.street, now=now)
    assert [h.grade for h in satisfaction_rows(now.date())] == [None]
    assert Rating.objects.count() == 1


# -- together, by oneself ----------------------------------------------------------------------------------------------


def test_joint_matters_end_through_deliberation(cast, now):
    from sanshe.matters.public import joint_matters

    matter = joint(cast, now)
    assert list(joint_matters(cast.lead)) == [matter]
    actions.finish_joint(matter_id=matter.pk, result="划了车位，按约定执行。", by=cast.lead, now=now)
    matter.refresh_from_db()
    assert matter.state == S.DONE
    actions.reopen(matter_id=matter.pk, reason="约定没有执行。", by=cast.resident, now=now)
    matter.refresh_from_db()
    assert matter.state == S.RECEIVED


def test_neighbours_help_without_phones_before_both_agree(cast, now):
    matter = guided(cast, now)
    with pytest.raises(NotAllowed):
        actions.offer_help(matter_id=matter.pk, text="我会修。", by=cast.public, now=now)
    with pytest.raises(NotAllowed):
        actions.offer_help(matter_id=matter.pk, text="自己帮自己。", by=cast.resident, now=now)
    offer = actions.offer_help(matter_id=matter.pk, text="我会修，周末有空。", by=cast.neighbour, now=now)
    with pytest.raises(Invalid):
        actions.offer_help(matter_id=matter.pk, text="再说一遍。", by=cast.neighbour, now=now)
    with pytest.raises(NotVisible):
        actions.answer_help(offer_id=offer.pk, accept=True, by=cast.street_far, now=now)
    actions.answer_help(offer_id=offer.pk, accept=True, by=cast.resident, now=now)
    assert HelpOffer.objects.get().state == "accepted"
    actions.help_done(matter_id=matter.pk, by=cast.resident, now=now)
    matter.refresh_from_db()
    assert matter.state == S.DONE and matter.result


# -- withdrawing, wrong states, other people ---------------------------------------------------------------------------


def test_withdrawn_matters_are_over(cast, now):
    matter = handled(cast, now)
    actions.withdraw(matter_id=matter.pk, reason="", by=cast.resident, now=now)
    with pytest.raises(WrongState) as wrong:
        actions.finish(matter_id=matter.pk, result="修好了，请验收。", by=cast.handler, now=now)
    assert "已撤回" in wrong.value.sentence


@pytest.mark.parametrize(
    "name", ["desk_far", "street_far", "handler_far", "neighbour", "public", "auditor", "assistant"]
)
def test_for_people_from_elsewhere_it_does_not_exist(cast, now, name):
    matter = assigned(cast, now)
    with pytest.raises(NotVisible):
        actions.accept(matter_id=matter.pk, by=cast.viewer(name), now=now)


def test_the_caller_s_details_stay_the_caller_s(cast, now):
    before = (cast.users["desk"].name, cast.users["desk"].phone)
    matter = report(cast, now, who="desk", channel="phone", contact_name="李大爷", contact_phone="13900000077")
    user = type(cast.users["desk"]).objects.get(pk=cast.users["desk"].pk)
    assert (user.name, user.phone) == before
    assert (matter.contact_name, matter.contact_phone) == ("李大爷", "13900000077")
    assert (matter.reporter_id, matter.filed_by_id) == (None, user.pk)
    with pytest.raises(NotAllowed):
        report(cast, now, who="resident", channel="phone")


def test_the_contact_is_shown_for_a_reason_and_logged(cast, now):
    from sanshe.kernel import audit

    matter = handled(cast, now)
    with pytest.raises(Invalid):
        actions.show_contact(matter_id=matter.pk, reason=" ", by=cast.handler, now=now)
    assert actions.show_contact(matter_id=matter.pk, reason="约上门时间", by=cast.handler, now=now)[1] == "13900000001"
    assert audit.history(matter).first().event == "contact_shown"
    with pytest.raises(NotAllowed):
        actions.show_contact(matter_id=matter.pk, reason="看看", by=cast.district, now=now)
