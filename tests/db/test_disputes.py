"""Disputes: who reads them, in which state who may do what, recusal, the agreement and its window, counts."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from docx import Document

from sanshe.deliberation.models import Topic
from sanshe.disputes import actions, documents, queries
from sanshe.disputes.access import CLOCK, DisputeAccess, FiledDisputeAccess
from sanshe.disputes.flow import FLOW, TERM
from sanshe.disputes.models import Dispute, Party
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotVisible
from sanshe.kernel.flow import agenda
from sanshe.kernel.notices import Notice
from sanshe.people.models import ReadLog
from sanshe.people.public import person_of
from tests import matters_cast, mutual_cast

PEOPLE = [
    "public", "resident", "other", "third", "desk", "worker", "lead", "lead_party", "mediator", "mediator2",
    "mediator_far", "street", "centre", "district", "handler", "auditor", "system_admin",
]  # fmt: skip


@pytest.fixture
def cast(now: datetime, db: None):
    with clock.frozen(now):
        yield mutual_cast.make_cast(now)


def seers(cast, one: Dispute) -> set[str]:
    return {n for n in PEOPLE if DisputeAccess.may(cast.viewer(n), "see", one)}


def test_read_by_parties_mediator_and_head_alone(cast, now) -> None:
    one = mutual_cast.filed(cast, now)
    assert seers(cast, one) == {"resident", "other", "lead", "lead_party"}
    one = mutual_cast.mediating(cast, now, one)
    assert seers(cast, one) == {"resident", "other", "lead", "lead_party", "mediator"}
    # One who heads the committee and is a party is a party only.
    own = mutual_cast.filed(cast, now, against="lead_party")
    assert DisputeAccess.may(cast.lead_party, "party", own) and not DisputeAccess.may(cast.lead_party, "head", own)
    # The desk keeps the number of what it entered, and nothing else.
    third = mutual_cast.at_desk(cast, now)
    assert "desk" not in seers(cast, third)
    with pytest.raises(NotVisible):
        actions.open_dispute(dispute_id=third.pk, by=cast.desk, now=now)
    assert [d.number for d in queries.filed_by_me(cast.desk)] == [third.number]
    assert not FiledDisputeAccess.rows(cast.desk2).exists()


#: State → steps offered to the applicant, the other party, the head, the mediator.
TABLE = {
    "received": (set(), {"agree_to", "refuse"}, {"record_answer", "decline"}, set()),
    "ready": ({"stop"}, {"stop"}, {"appoint"}, set()),
    "mediating": ({"ask_other", "stop"}, {"ask_other", "stop"}, {"replace"}, {"recuse", "sit", "draft", "fail"}),
    "signing": ({"stop"}, {"stop"}, {"replace"}, {"recuse", "redraft", "sign", "fail"}),
    "agreed": (set(), set(), {"replace", "confirm", "close"}, {"confirm", "close"}),
    "closed": (set(), set(), set(), set()),
    "failed": (set(), set(), set(), set()),
    "not_begun": (set(), set(), set(), set()),
    "stopped": (set(), set(), set(), set()),
}  # fmt: skip


@pytest.mark.parametrize("state", list(TABLE))
def test_state_by_person(cast, now, state) -> None:
    one = mutual_cast.filed(cast, now)
    mediator = cast.users["mediator"].pk if state not in ("received", "ready") else None
    Dispute.objects.filter(pk=one.pk).update(state=state, mediator=mediator, effect_on=now.date())
    one.refresh_from_db()
    expected = {n: set() for n in PEOPLE}
    expected |= dict(zip(("resident", "other", "lead", "mediator"), TABLE[state], strict=True))
    expected["lead_party"] = expected["lead"]
    assert {n: {o.step.name for o in FLOW.offers(one, cast.viewer(n), now)} for n in PEOPLE} == expected


def test_nobody_is_made_to_mediate(cast, now) -> None:
    one = mutual_cast.filed(cast, now)
    actions.refuse(dispute_id=one.pk, by=cast.other, now=now)
    one.refresh_from_db()
    assert one.state == "not_begun" and one.other_way and one.due_at is None
    # Without accounts the head writes down the answers; one refusal ends it.
    two = mutual_cast.at_desk(cast, now)
    first, second = Party.objects.filter(dispute=two).order_by("pk")
    actions.record_answer(dispute_id=two.pk, party=first.pk, answer="agreed", how="phone", by=cast.lead, now=now)
    assert Dispute.objects.get(pk=two.pk).state == "received"
    actions.record_answer(dispute_id=two.pk, party=second.pk, answer="refused", how="phone", by=cast.lead, now=now)
    assert Dispute.objects.get(pk=two.pk).state == "not_begun"
    three = mutual_cast.mediating(cast, now)
    actions.stop(dispute_id=three.pk, by=cast.resident, now=now)
    assert Dispute.objects.get(pk=three.pk).state == "stopped"


def test_recusal(cast, now) -> None:
    one = mutual_cast.filed(cast, now)
    actions.agree_to(dispute_id=one.pk, by=cast.other, now=now)
    user = cast.users["other"]
    actions.declare_tie(name=user.name, phone=user.phone, relation="侄子", by=cast.mediator, now=now)
    with pytest.raises(Invalid, match="应当回避") as refused:
        actions.appoint(dispute_id=one.pk, mediator=cast.users["mediator"], by=cast.lead, now=now)
    assert "侄子" not in refused.value.sentence
    with pytest.raises(Invalid, match="本社区、本街道"):
        actions.appoint(dispute_id=one.pk, mediator=cast.users["mediator_far"], by=cast.lead, now=now)
    actions.appoint(dispute_id=one.pk, mediator=cast.users["mediator2"], by=cast.lead, now=now)
    actions.end_tie(tie_id=queries.ties_of(cast.mediator)[0].pk, by=cast.mediator, now=now)
    # Each party may ask for another once; the same one can not be named again.
    actions.ask_other(dispute_id=one.pk, by=cast.resident, now=now)
    with pytest.raises(Invalid, match="另选一位"):
        actions.appoint(dispute_id=one.pk, mediator=cast.users["mediator2"], by=cast.lead, now=now)
    actions.appoint(dispute_id=one.pk, mediator=cast.users["mediator"], by=cast.lead, now=now)
    with pytest.raises(Invalid, match="已经要求过"):
        actions.ask_other(dispute_id=one.pk, by=cast.resident, now=now)
    actions.ask_other(dispute_id=one.pk, by=cast.other, now=now)


def test_from_agreement_to_the_end(cast, now) -> None:
    one = mutual_cast.signing(cast, now)
    parties = list(one.parties.values_list("pk", flat=True))
    with pytest.raises(Invalid, match="没有签名"):
        actions.sign(
            dispute_id=one.pk, effect_on=now.date(), signed=parties[:1], sealed=True, by=cast.mediator, now=now
        )
    actions.sign(dispute_id=one.pk, effect_on=now.date(), signed=parties, sealed=True, by=cast.mediator, now=now)
    one.refresh_from_db()
    text = "\n".join([p.text for p in Document(io.BytesIO(documents.agreement(cast.mediator, one))).paragraphs])
    assert "修好水管，赔吊顶" in text and "人民调解委员会" in text and "第三十三条" in text
    assert actions.confirm_until(one) == now.date() + timedelta(days=30)
    with pytest.raises(Invalid, match="回访"):
        actions.close(dispute_id=one.pk, by=cast.mediator, now=now)
    later = now + timedelta(days=31)
    with pytest.raises(Invalid, match="已超过"):
        actions.confirm(dispute_id=one.pk, confirmation="applied", confirmation_on=later.date(), court="某某法院",
                        by=cast.mediator, now=later)  # fmt: skip
    term = one.terms.get()
    assert [(t.label, t.title) for t in agenda(cast.mediator).items] == [("到期回访", f"{one.number} 第 1 项约定")]
    actions.keep(term_id=term.pk, note="上门看过，修好了。", by=cast.mediator, now=later)
    assert [t.label for t in agenda(cast.mediator).items] == ["结案"]
    actions.close(dispute_id=one.pk, by=cast.mediator, now=later)
    assert Dispute.objects.get(pk=one.pk).state == "closed"
    assert not [o for o in TERM.offers(term, cast.other)]


def test_nothing_of_the_content_leaves_it(cast, now) -> None:
    one = mutual_cast.agreed(cast, now)
    told = " ".join(Notice.objects.values_list("text", flat=True))
    written = " ".join(f"{e.told()} {e.data}" for e in audit.history(one))
    raw = Dispute.objects.raw("SELECT id, about AS plain FROM disputes_dispute WHERE id = %s", [one.pk])[0].plain
    for word in ("漏水", "吊顶", "水管"):
        assert word not in told and word not in written and word not in raw
    assert one.number in told
    # To a person's file it belongs for those who may read it, and for nobody else.
    person = person_of(cast.users["other"].pk)
    assert [r.title for r in queries.file_rows(cast.other, person)] == [one.number]
    for name in ("desk", "worker", "street", "third"):
        assert not list(queries.file_rows(cast.viewer(name), person))
    assert list(queries.against_erasure(person, now.date())) == ["还有 1 件人民调解没有结束。"]


def test_every_reading_is_written_down(cast, now) -> None:
    one = mutual_cast.mediating(cast, now)
    before = ReadLog.objects.count()
    actions.open_dispute(dispute_id=one.pk, by=cast.mediator, now=now)
    actions.open_dispute(dispute_id=one.pk, by=cast.other, now=now)
    assert [e.actor for e in queries.readings_of(one)] == [cast.users["other"].pk, cast.users["mediator"].pk]
    # The mediator's in the lists of both parties, a party's own in the other's.
    assert ReadLog.objects.count() == before + 3


def test_counts_tell_nothing_of_anybody(cast, now) -> None:
    assert queries.hide_small([1, 5, 4, 0], 3) == [None, 5, None, 0]
    assert queries.hide_small([2, 2, 9, 0], 3) == [None, None, 9, 0]
    mutual_cast.filed(cast, now)
    since, until = now.date().replace(month=1, day=1), now.date() + timedelta(days=1)
    found = queries.figures(cast.street, since, until)
    assert found["total"] is None and found["kinds"][0].total is None
    for _ in range(3):
        mutual_cast.at_desk(cast, now)
    found = queries.figures(cast.street, since, until)
    assert found["total"] == 4
    assert queries.figures(cast.street_far, since, until)["total"] == 0
    with pytest.raises(NotVisible):
        queries.figures(cast.desk, since, until)


def test_out_of_a_matter_which_shows_no_more_than_that(cast, now) -> None:
    from sanshe.matters.beside import beside

    matter = matters_cast.report(cast, now, text="邻居装修把我家墙震裂了，找了几次都不理。")
    assert [b.label for b in beside(cast.desk, matter)][:1] == ["转人民调解"]
    one = mutual_cast.at_desk(cast, now, matter_id=matter.pk)
    lines = [b.text for b in beside(cast.desk, matter)]
    assert "已转调解" in lines[0] and one.number not in " ".join(lines)
    with pytest.raises(Invalid, match="已经转过"):
        mutual_cast.at_desk(cast, now, matter_id=matter.pk)
    assert not Topic.objects.exists()


def test_a_committee_without_another_head_refuses(cast, now) -> None:
    from sanshe.accounts.public import Post

    Post.objects.filter(user=cast.users["lead"]).update(valid_to=now.date())
    with pytest.raises(Invalid, match="应当回避"):
        mutual_cast.filed(cast, now, against="lead_party")
    assert not Dispute.objects.exists()


def test_the_clock_reminds_once(cast, now) -> None:
    one = mutual_cast.filed(cast, now)
    late, by = now + timedelta(days=9), Viewer.system_account(CLOCK)
    assert actions.remind(by=by, now=late) > 0 and actions.remind(by=by, now=late) == 0
    assert Dispute.objects.get(pk=one.pk).reminded_at == late


def test_a_mediator_who_leaves_is_replaced_by_the_head(cast, now) -> None:
    """Nobody is handed a dispute on the administrator's page; it stands on the head's list until another is named."""
    from sanshe.accounts.public import Post, Role, hand_over

    one = mutual_cast.mediating(cast, now)
    Post.objects.create(
        user=cast.users["third"], role=Role.SECURITY_ADMIN, area=cast.areas["district"], valid_from=now.date()
    )
    done = hand_over(leaver_id=cast.users["mediator"].pk, successor_id=None, reason="退休", by=cast.third, now=now)
    assert done.moved == {"主持的人民调解（由社区负责人更换调解员）": 1}
    assert "更换离岗的调解员" in [todo.label for todo in agenda(cast.lead).items]
    actions.replace(dispute_id=one.pk, mediator=cast.users["mediator2"], by=cast.lead, now=now)
    assert "更换离岗的调解员" not in [todo.label for todo in agenda(cast.lead).items]
    one.refresh_from_db()
    assert one.mediator == cast.users["mediator2"] and one.vacated_at is None
