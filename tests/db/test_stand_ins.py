"""Stand-ins and leaving: the posts of the absent, never what is theirs; a leaver's work goes to a named person."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sanshe.accounts import actions as accounts
from sanshe.accounts import queries
from sanshe.accounts.public import Post, Role
from sanshe.kernel import audit, clock
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible
from sanshe.kernel.flow import agenda
from sanshe.matters import actions
from sanshe.matters.access import MatterAccess
from sanshe.matters.models import Matter
from tests.matters_cast import BEGAN, assigned, handled, make_cast, report

CN = ZoneInfo("Asia/Shanghai")
TODAY = datetime(2026, 6, 10, 10, tzinfo=CN)


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def cast():
    found = make_cast()
    Post.objects.create(
        user=found.users["neighbour"], role=Role.SECURITY_ADMIN, area=found.areas["district"], valid_from=BEGAN
    )
    return found


def post_of(cast, who: str) -> Post:
    return Post.objects.get(user=cast.users[who])


def lend(cast, absent: str, substitute: str, by: str = "", days: int = 5, **more):
    given = {"absent_id": cast.users[absent].pk, "substitute_id": cast.users[substitute].pk,
             "posts": [post_of(cast, absent).pk], "first_day": TODAY.date(),
             "last_day": TODAY.date() + timedelta(days=days), "reason": "休假", **more}  # fmt: skip
    return accounts.stand_in(**given, by=cast.viewer(by or absent), now=TODAY)


def test_a_stand_in_does_the_work_and_is_recorded_as_such(cast):
    matter = report(cast, TODAY)
    assert "triage" not in MatterAccess.verbs(cast.worker, matter)
    lend(cast, "desk", "worker")
    entry = next(t for t in agenda(cast.worker).items if t.label == "分流")
    assert entry.on_behalf == "测试3号" and entry.on_behalf_says == "代 测试3号"
    assert "社区综合窗口（梧桐社区）（代测试3号）" in cast.worker.grants.posts
    assigned(cast, TODAY, matter=matter, by="worker")
    last = audit.last_step(matter)
    assert last.who == "测试6号（代测试3号）" and last.post == "社区综合窗口（梧桐社区）"
    assert last.data["for"] == cast.users["desk"].pk and last.actor == cast.users["worker"].pk
    assert "测试6号（代测试3号）把此事项分流为大事" in last.told()
    # What the own post allows is done in the own name.
    actions.add_information(matter_id=matter.pk, note="居民来电话补充。", by=cast.worker, now=TODAY)
    assert audit.last_step(matter).who == "测试6号"


def test_it_ends_by_itself_and_can_be_ended(cast):
    row = lend(cast, "desk", "worker", days=2)
    with clock.frozen(TODAY + timedelta(days=2)):
        assert cast.worker.holds(Role.FRONT_DESK)
    with clock.frozen(TODAY + timedelta(days=3)):
        assert not cast.worker.holds(Role.FRONT_DESK) and cast.worker.holds(Role.COMMUNITY_WORKER)
    with pytest.raises(NotVisible):
        accounts.end_stand_in(stand_in_id=row.pk, by=cast.handler, now=TODAY)
    accounts.end_stand_in(stand_in_id=row.pk, by=cast.desk, now=TODAY)
    assert not cast.worker.holds(Role.FRONT_DESK)


def test_what_is_the_absent_ones_own_stays_closed(cast):
    own = report(cast, TODAY, who="desk")  # brought up by the one who is away, at the own desk
    mine = report(cast, TODAY, who="worker")
    other = report(cast, TODAY)
    lend(cast, "desk", "worker")
    may = {m.pk for m in (own, mine, other) if MatterAccess.may(cast.worker, "triage", m)}
    assert may == {other.pk}
    assert set(MatterAccess.rows(cast.worker, "triage").values_list("pk", flat=True)) == may
    # To act as the reporter is not lent with a post.
    assert not MatterAccess.may(cast.worker, "report", own) and MatterAccess.may(cast.worker, "report", mine)


def test_who_stands_in_for_a_handler_does_not_rate(cast):
    from sanshe.matters.public import FLOW

    matter = handled(cast, TODAY, who="worker")
    lend(cast, "handler", "worker")
    actions.finish(matter_id=matter.pk, result="已经修好了。", by=cast.handler, now=TODAY)
    assert "rate" not in {o.step.name for o in FLOW.offers(Matter.objects.get(pk=matter.pk), cast.worker, TODAY)}


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ({"substitute": "desk"}, "另一个人"),
        ({"substitute": "auditor"}, "三员分立"),
        ({"substitute": "resident"}, "没有工作人员的岗位"),
        ({"days": -1}, "不能早于开始日"),
        ({"days": 90}, "最长 90 天"),
        ({"reason": ""}, "写明原因"),
        ({"posts": []}, "选择要代理的岗位"),
    ],
)
def test_what_can_not_be_lent_says_why(cast, given, about):
    with pytest.raises(Invalid) as wrong:
        lend(cast, "desk", **{"substitute": "worker", **given})
    assert about in wrong.value.sentence


def test_posts_that_nobody_holds_for_another(cast):
    with pytest.raises(Invalid, match="三员"):
        lend(cast, "auditor", "worker")


def test_the_lead_of_the_place_may_arrange_it_others_may_not(cast):
    with pytest.raises(NotAllowed):
        lend(cast, "desk", "worker", by="handler")
    lend(cast, "handler", "assistant", by="unit_lead")
    assert {t.on_behalf for t in agenda(cast.assistant).items} <= {"测试12号"}
    with pytest.raises(Invalid, match="已经有人代理"):
        lend(cast, "handler", "unit_lead", by="unit_lead")


# -- leaving -----------------------------------------------------------------------------------------------------------


def leave(cast, who: str, to: str | None, **more):
    return accounts.hand_over(
        leaver_id=cast.users[who].pk, successor_id=cast.users[to].pk if to else None, reason="调离",
        by=cast.viewer("neighbour"), now=TODAY, **more,
    )  # fmt: skip


def test_nobody_leaves_with_something_open_and_nobody_named(cast):
    matter = handled(cast, TODAY)
    with pytest.raises(Invalid, match="经办的事项 1 件，请指定一位接手人"):
        leave(cast, "handler", None)
    with pytest.raises(Invalid, match="请先办理离岗移交"):
        accounts.end_post(post_id=post_of(cast, "handler").pk, by=cast.neighbour, now=TODAY)
    done = leave(cast, "handler", "unit_lead")
    matter.refresh_from_db()
    assert matter.handler == cast.users["unit_lead"] and done.moved == {"经办的事项": 1}
    assert not cast.handler.is_staff and len(done.posts) == 1
    taken = audit.history(matter).filter(event="taken_over").get()
    assert taken.told() == "测试2号把它由测试12号移交给测试13号"


def test_a_post_that_ends_by_its_date_is_handed_over_in_time(cast):
    """From two weeks before until somebody is named; not for those who keep a post or hold nothing."""

    def shown(who: str = "neighbour") -> list[tuple[str, str]]:
        return [(t.title, t.url) for t in agenda(cast.viewer(who)).items if t.kind == "离岗移交"]

    handled(cast, TODAY)
    for who in ("handler", "worker"):
        Post.objects.filter(user=cast.users[who]).update(valid_to=TODAY.date() + timedelta(days=20))
    assert shown() == []
    with clock.frozen(TODAY + timedelta(days=7)):
        page = f"/account/users/{cast.users['handler'].pk}/leave/"
        assert shown() == [("测试12号岗位到6月29日为止，名下还有未办结的事", page)]
        assert shown("lead") == []
    with clock.frozen(TODAY + timedelta(days=30)):
        assert shown() == [("测试12号岗位已到期，名下还有未办结的事", page)]
        leave(cast, "handler", "unit_lead")
        assert shown() == []


def test_the_successor_may_get_the_posts_and_the_last_holder_is_named(cast):
    lend(cast, "worker", "desk")
    assert [str(p) for p in queries.last_in_post(cast.users["worker"])] == ["社区工作者（梧桐社区）"]
    assert queries.last_in_post(cast.users["desk"]) == []
    leave(cast, "worker", "desk2", with_posts=True)
    assert cast.desk2.holds(Role.COMMUNITY_WORKER) and not cast.desk.holds(Role.COMMUNITY_WORKER)


def test_only_the_security_administrator_hands_over(cast):
    with pytest.raises((NotAllowed, NotVisible)):
        accounts.hand_over(
            leaver_id=cast.users["handler"].pk, successor_id=None, reason="调离", by=cast.unit_lead, now=TODAY
        )


def test_keys_are_revoked_and_tasks_go_on_with_the_leaver(cast):
    """What goes to nobody is dealt with as well, and needs no successor; a street's task goes on with the street."""
    from sanshe.exchange.models import Token

    key = {"name": "报表", "ending": "abcd", "scope": "read", "created_at": TODAY}
    token = Token.objects.create(
        user=cast.users["handler"], digest="a" * 64, expires_at=TODAY + timedelta(days=9), **key
    )  # fmt: skip
    done = leave(cast, "handler", None)
    token.refresh_from_db()
    assert token.revoked_at == TODAY and done.moved == {"接口令牌（办理移交时撤销）": 1}


def test_whom_a_notice_reaches_and_what_was_given_to_the_absent(cast):
    """Who stands in is told what the absent would be told, and goes on with what was given to them by name."""
    from sanshe.kernel.notices import Notice
    from sanshe.matters.models import TaskOrder
    from sanshe.matters.tasks import queries as tasks
    from sanshe.matters.tasks.access import TaskOrderAccess

    order = TaskOrder.objects.create(
        title="清点雨水口", text="数一遍", basis="文件", until=TODAY.date(), hours=1, area=cast.areas["street"],
        gate=cast.areas["street"], asked_by=cast.users["street"], asked_at=TODAY, state="waiting", verdict="none",
    )  # fmt: skip
    may = [TaskOrderAccess.may(cast.viewer(who), "withdraw", order) for who in ("street", "lead", "street_far")]
    assert may == [True, False, False]
    lend(cast, "street", "lead")
    assert TaskOrderAccess.may(cast.lead, "withdraw", order)
    assert [str(post) for post in tasks.asking_posts(cast.lead, TODAY.date())] == ["街道三社联动专干（甲街道）"]
    lend(cast, "handler", "assistant", by="unit_lead")
    assigned(cast, TODAY)
    told = Notice.objects.filter(text__startswith="新交办事项")
    assert set(told.values_list("user", flat=True)) == {
        cast.users[who].pk for who in ("handler", "handler_resident", "unit_lead", "assistant")
    }
