"""Mutual help: who sees what, who fits whom, nothing shown before both agree, hours, reports, blocks, floods."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from docx import Document

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible
from sanshe.kernel.flow import agenda
from sanshe.kernel.notices import Notice
from sanshe.neighbours import actions, documents, queries
from sanshe.neighbours.access import CLOCK, PairAccess, PostAccess
from sanshe.neighbours.flow import PAIR, POST
from sanshe.neighbours.models import Pair, Post
from sanshe.people.public import person_of
from sanshe.workforce.models import Worker
from tests import matters_cast, mutual_cast

PEOPLE = ["public", "resident", "neighbour", "other", "far_resident", "desk", "worker", "lead", "desk_far", "street",
          "district", "handler", "mediator_far", "auditor"]  # fmt: skip


@pytest.fixture
def cast(now: datetime, db: None):
    with clock.frozen(now):
        yield mutual_cast.make_cast(now)


def asked(cast, now, who: str = "resident", side: str = "request", **more) -> Post:
    given = {"kind": "carry", "text": "想请人帮忙把旧沙发搬到楼下。", "times": ["weekend"], **more}
    return actions.post(side=side, by=cast.viewer(who), now=now, **given)


def agreed(cast, now) -> Pair:
    pair = actions.propose(post_id=asked(cast, now).pk, words="周六上午有空", by=cast.neighbour, now=now)
    return actions.agree(pair_id=pair.pk, by=cast.resident, now=now)


def test_seen_by_neighbours_of_the_community_and_its_posts(cast, now) -> None:
    made = asked(cast, now)
    seen = {n for n in PEOPLE if PostAccess.may(cast.viewer(n), "see", made)}
    assert seen == {"resident", "neighbour", "other", "desk", "worker", "lead"}
    actions.withdraw(post_id=made.pk, by=cast.resident, now=now)
    assert {n for n in PEOPLE if PostAccess.may(cast.viewer(n), "see", made)} == {"resident", "desk", "worker", "lead"}


#: State → steps offered to the seeker, the helper, the lead; nobody else is offered one.
TABLE = {
    "proposed": ({"agree", "decline"}, {"take_back"}, set()),
    "agreed": ({"cancel", "report_hours"}, {"cancel", "report_hours"}, set()),
    "reported": ({"confirm", "differ"}, set(), set()),
    "differ": (set(), set(), {"settle"}),
    "confirmed": (set(), set(), {"correct"}),
    "declined": (set(), set(), set()),
    "cancelled": (set(), set(), set()),
}


@pytest.mark.parametrize("state", list(TABLE))
def test_state_by_person(cast, now, state) -> None:
    pair = actions.propose(post_id=asked(cast, now).pk, by=cast.neighbour, now=now)
    Pair.objects.filter(pk=pair.pk).update(
        state=state, minutes=60, done_on=now.date(), confirmed_at=now, reported_by="offer"
    )
    pair.refresh_from_db()
    seeker, helper, lead = TABLE[state]
    expected = {n: set() for n in PEOPLE} | {"resident": seeker, "neighbour": helper, "lead": lead}
    assert {n: {o.step.name for o in PAIR.offers(pair, cast.viewer(n), now)} for n in PEOPLE} == expected
    assert {n for n in PEOPLE if PairAccess.may(cast.viewer(n), "see", pair)} == {
        "resident", "neighbour", "desk", "worker", "lead",
    }  # fmt: skip


def test_nobodys_phone_before_both_agree(cast, now) -> None:
    pair = actions.propose(post_id=asked(cast, now).pk, by=cast.neighbour, now=now)
    with pytest.raises(NotVisible):
        actions.see_contact(pair_id=pair.pk, by=cast.neighbour, now=now)
    actions.agree(pair_id=pair.pk, by=cast.resident, now=now)
    helper, seeker = actions.see_contact(pair_id=pair.pk, by=cast.neighbour, now=now)
    assert seeker == (cast.users["resident"].name, cast.users["resident"].phone)
    assert helper[1] == cast.users["neighbour"].phone
    # The lead watches over it and still has no phones.
    with pytest.raises(Exception, match="不由您"):
        actions.see_contact(pair_id=pair.pk, by=cast.lead, now=now)


def test_who_fits_whom(cast, now) -> None:
    wanted = asked(cast, now)
    fits = asked(cast, now, "neighbour", "offer", text="周末可以搭把手", times=["weekend", "evening"])
    asked(cast, now, "other", "offer", text="只有工作日", times=["workday"])
    asked(cast, now, "other", "offer", kind="clinic", text="可以陪着去医院", times=["weekend"])
    asked(cast, now, "far_resident", "offer", text="别的社区的", times=["weekend"])
    anytime = asked(cast, now, "third", "offer", text="随时都行", times=[])
    assert [p.pk for p in queries.fitting(cast.resident, wanted)] == [fits.pk, anytime.pk]
    assert [p.pk for p in queries.fitting(cast.neighbour, fits)] == [wanted.pk]
    actions.block(post_id=wanted.pk, by=cast.third, now=now)
    assert [p.pk for p in queries.fitting(cast.resident, wanted)] == [fits.pk]
    with pytest.raises(NotVisible):
        actions.propose(post_id=wanted.pk, by=cast.third, now=now)
    pair = actions.propose(post_id=wanted.pk, counter_id=fits.pk, by=cast.neighbour, now=now)
    assert queries.fitting(cast.resident, wanted) == [] and (pair.offer_id, pair.request_id) == (fits.pk, wanted.pk)
    with pytest.raises(Invalid, match="已经在联系"):
        actions.propose(post_id=wanted.pk, by=cast.neighbour, now=now)


def test_one_helper_the_others_are_thanked(cast, now) -> None:
    wanted = asked(cast, now)
    first = actions.propose(post_id=wanted.pk, by=cast.neighbour, now=now)
    second = actions.propose(post_id=wanted.pk, by=cast.other, now=now)
    assert [t.label for t in agenda(cast.resident).items] == ["答复邻居", "答复邻居"]
    actions.agree(pair_id=first.pk, by=cast.resident, now=now)
    assert Pair.objects.get(pk=second.pk).state == "declined" and Post.objects.get(pk=wanted.pk).state == "taken"
    actions.cancel(pair_id=first.pk, by=cast.neighbour, now=now)
    assert Post.objects.get(pk=wanted.pk).state == "open"


@pytest.mark.parametrize(
    "text",
    ["打我电话 138 0000 0001", "我住3栋2单元", "急用借钱三千", "帮我看孩子到晚上", "来家里打 针", "旧家具低价出售"],
)
def test_what_may_not_be_posted_is_said(cast, now, text) -> None:
    with pytest.raises(Invalid) as refused:
        asked(cast, now, text=text)
    assert len(refused.value.sentence) > 15 and not Post.objects.exists()


def test_hours_count_when_both_confirm(cast, now) -> None:
    user = cast.users["neighbour"]
    worker = Worker.objects.create(
        name=user.name, person=person_of(user.pk), kind="volunteer", area=cast.areas["home"],
        valid_from=now.date() - timedelta(days=9),
    )  # fmt: skip
    pair, today = agreed(cast, now), now.date()
    for wrong in ("0.7", "0", "99"):
        with pytest.raises(Invalid):
            actions.report_hours(pair_id=pair.pk, done_on=today, hours=Decimal(wrong), by=cast.neighbour, now=now)
    actions.report_hours(pair_id=pair.pk, done_on=today, hours=Decimal("1.5"), by=cast.neighbour, now=now)
    assert queries.minutes_of(user.pk) == 0
    actions.confirm(pair_id=pair.pk, by=cast.resident, now=now)
    pair.refresh_from_db()
    assert queries.minutes_of(user.pk) == 90 and pair.worker == worker and pair.request.state == "ended"
    actions.correct(pair_id=pair.pk, hours=Decimal("1"), reason="与门卫登记不符", by=cast.lead, now=now)
    assert queries.minutes_of(user.pk) == 60
    content, number = documents.certificate(cast.neighbour, now)
    text = "\n".join(p.text for p in Document(io.BytesIO(content)).paragraphs)
    assert "1 小时" in text and user.name in text and number in text and user.phone not in text
    with pytest.raises(Invalid, match="确认过"):
        documents.certificate(cast.resident, now)
    found = queries.figures(cast.street, today.replace(month=1, day=1), today + timedelta(days=1))
    assert found["total"] == {"request": 1, "offer": 0, "pairs": 1, "hours": 1.0}
    assert [name for name, _ in found["months"]] == [f"{today.year}年{today.month}月"]


def test_the_lead_settles_when_they_differ(cast, now) -> None:
    pair = agreed(cast, now)
    actions.report_hours(pair_id=pair.pk, done_on=now.date(), hours=Decimal("4"), by=cast.neighbour, now=now)
    actions.differ(pair_id=pair.pk, hours=Decimal("2"), by=cast.resident, now=now)
    assert "核定互助时间" in [t.label for t in agenda(cast.lead).items]
    actions.settle(pair_id=pair.pk, hours=Decimal("2"), reason="问过双方，以两小时为准", by=cast.lead, now=now)
    assert queries.minutes_of(cast.users["neighbour"].pk) == 120


def test_the_desk_stands_for_who_has_no_account(cast, now) -> None:
    home = cast.areas["home"].pk
    elder = {"name": "阮奶奶", "phone": "13800009999", "on_behalf": True, "area_id": home}
    with pytest.raises(NotAllowed):
        asked(cast, now, "resident", **elder)
    with pytest.raises(Invalid, match="您服务的社区"):
        asked(cast, now, "desk_far", **elder)
    made = asked(cast, now, "desk", **elder)
    pair = actions.propose(post_id=made.pk, by=cast.neighbour, now=now)
    assert [t.label for t in agenda(cast.desk).items] == ["答复邻居"]
    actions.agree(pair_id=pair.pk, by=cast.desk, now=now)
    assert actions.see_contact(pair_id=pair.pk, by=cast.neighbour, now=now)[1] == ("阮奶奶", "13800009999")
    actions.report_hours(pair_id=pair.pk, done_on=now.date(), hours=Decimal("1"), by=cast.neighbour, now=now)
    with pytest.raises(NotAllowed):
        actions.confirm(pair_id=pair.pk, by=cast.neighbour, now=now)
    actions.confirm(pair_id=pair.pk, by=cast.desk, now=now)
    # An offer is answered for the elder from the elder's own request.
    offer = asked(cast, now, "other", "offer", text="周末可以搭把手")
    again = asked(cast, now, "desk", **elder)
    assert [p.pk for p in queries.counters(cast.desk, offer)] == [again.pk]
    pair = actions.propose(post_id=offer.pk, counter_id=again.pk, by=cast.desk, now=now)
    assert pair.seeker_id is None and pair.helper_id == cast.users["other"].pk


def test_reports_are_decided_by_those_not_concerned(cast, now) -> None:
    made = asked(cast, now)
    report = actions.report(why="rude", text="骂人", post_id=made.pk, by=cast.other, now=now)
    assert {"处理举报"} == {t.label for t in agenda(cast.lead).items} == {t.label for t in agenda(cast.desk).items}
    with pytest.raises(NotVisible):
        actions.dismiss(report_id=report.pk, answer="没有", by=cast.resident, now=now)
    with pytest.raises(NotAllowed):
        actions.bar(report_id=report.pk, answer="多次辱骂邻居", by=cast.desk, now=now)
    actions.bar(report_id=report.pk, answer="多次辱骂邻居", by=cast.lead, now=now)
    assert Post.objects.get(pk=made.pk).state == "hidden"
    with pytest.raises(NotAllowed, match="多次辱骂邻居"):
        asked(cast, now)
    told = " ".join(Notice.objects.filter(user=cast.users["resident"]).values_list("text", flat=True))
    assert "多次辱骂邻居" in told and cast.users["other"].name not in told
    actions.lift(bar_id=queries.bars_here(cast.lead, now)[0].pk, by=cast.lead, now=now)
    asked(cast, now)


def test_limits_against_floods(cast, now) -> None:
    for _ in range(6):
        asked(cast, now)
    with pytest.raises(Invalid, match="同时最多 6"):
        asked(cast, now)
    assert actions.lapse(by=Viewer.system_account(CLOCK), now=now + timedelta(days=31)) == 6
    for nr in range(10):
        made = asked(cast, now, "other", text=f"第{nr}件事想请人帮忙")
        actions.propose(post_id=made.pk, by=cast.neighbour, now=now)
        actions.withdraw(post_id=made.pk, by=cast.other, now=now)
    with pytest.raises(Invalid, match="一天最多提出"):
        actions.propose(post_id=asked(cast, now, "other").pk, by=cast.neighbour, now=now)


def test_out_of_a_matter_of_ones_own(cast, now) -> None:
    from sanshe.matters.actions import triage_self
    from sanshe.matters.beside import beside

    matter = matters_cast.report(cast, now, text="家里的旧柜子太重，一个人搬不下楼。")
    tap = cast.criteria["tap"].pk
    triage_self(
        matter_id=matter.pk, criterion=tap, reason="属于自己的事。", guidance="可以请邻居。", by=cast.desk, now=now
    )
    matter.refresh_from_db()
    assert [b.label for b in beside(cast.resident, matter)] == ["发到邻里互助"]
    assert "发到邻里互助" in [b.label for b in beside(cast.desk, matter)]
    assert not list(beside(cast.neighbour, matter))
    made = asked(cast, now, matter_id=matter.pk)
    assert made.matter == matter and [b.label for b in beside(cast.resident, matter)] == ["看有没有邻居响应"]
    with pytest.raises(Invalid, match="已经发到"):
        asked(cast, now, matter_id=matter.pk)


def test_forgotten_with_the_file(cast, now) -> None:
    pair = agreed(cast, now)
    person = person_of(cast.users["resident"].pk)
    assert list(queries.against_erasure(person, now.date())) == ["还有 1 次邻里互助没有办完。"]
    actions.cancel(pair_id=pair.pk, by=cast.resident, now=now)
    assert not list(queries.against_erasure(person, now.date()))
    actions.forget_neighbour(person, Viewer.system_account("留存规则"), now)
    made = Post.objects.get(pk=pair.request_id)
    assert made.name == "（已删除）" and made.phone is None and "沙发" not in made.text
    assert not POST.offers(made, cast.neighbour)


def test_the_history_of_two_names_nobody_before_both_agree(cast, now) -> None:
    from sanshe.kernel import audit

    pair = actions.propose(post_id=asked(cast, now).pk, by=cast.neighbour, now=now)
    actions.take_back(pair_id=pair.pk, by=cast.neighbour, now=now)
    told = " ".join(e.told() for e in audit.history(pair))
    assert told and not any(user.name in told for user in cast.users.values())
