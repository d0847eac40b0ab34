"""A department's task to communities: checked against the lists before it reaches anyone, and who does what when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sanshe.accounts.public import SETUP
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.notices import Notice
from sanshe.matters.actions import run_clock
from sanshe.matters.actions.criteria import duty_files, load_duties
from sanshe.matters.models import DutyItem, TaskOrder, TaskPart
from sanshe.matters.tasks import actions, queries
from sanshe.matters.tasks.access import TaskOrderAccess, TaskPartAccess
from sanshe.matters.tasks.flow import ORDER, PART
from sanshe.matters.tasks.words import OrderState as S
from sanshe.matters.tasks.words import PartState as P
from tests.matters_cast import make_cast

REFUSED = {"title": "统一下载应用", "text": "请社区组织居民下载应用并完成注册量，每周报进度。"}
ASSIST = {"title": "家庭医生宣传周", "text": "协助家庭医生签约宣传，提供场地一次，张贴海报。"}
OWN = {"title": "举办邻里节", "text": "请各社区在九月举办邻里节，活动内容自定。"}
NONE = {"title": "清点楼栋雨水口", "text": "把每栋楼外墙的雨水口数一遍，记个数。"}


@pytest.fixture
def cast(now):
    cast = make_cast()
    with clock.frozen(now):
        load_duties(file=duty_files()[-1], by=Viewer.system_account(SETUP), now=now)
        yield cast


def ask(cast, now, who="handler", places=("home", "next"), **more):
    by = cast.viewer(who)
    post = queries.asking_posts(by, now.date())
    given = {
        "post": post[0].pk if post else 0, "basis": "某文件第三条", "until": now.date() + timedelta(days=20),
        "hours": 6, "communities": [cast.areas[key].pk for key in places],
        **ASSIST, **more,
    }  # fmt: skip
    return actions.ask(**given, by=by, now=now)


def test_what_the_lists_say_decides_where_a_task_goes(cast, now):
    refused, out, own, waiting = (ask(cast, now, **text) for text in (REFUSED, ASSIST, OWN, NONE))
    assert [o.state for o in (refused, out, own, waiting)] == [S.REFUSED, S.OUT, S.OWN, S.WAITING]
    assert refused.item.kind == "excluded" and refused.item.name == "应用软件和公众号推广指标"
    assert set(refused.words) == {"下载应用", "注册量"} and refused.list_version == "2026-1"
    assert out.item.name == "协助家庭医生签约" and out.parts.filter(state=P.SENT).count() == 2
    # What did not pass reached nobody: not seen, not told, no to-do.
    for order in (refused, waiting, own):
        assert set(order.parts.values_list("state", flat=True)) == {P.HELD}
        with pytest.raises(NotVisible):
            TaskOrderAccess.get(cast.lead, order.pk)
    # All of one moment, so their order is not promised.
    told = sorted(Notice.objects.filter(user=cast.users["lead"]).values_list("text", flat=True), key=len)
    assert len(told) == 2 and "家庭医生" in told[0] and "自治" in told[1]
    assert [t.label for t in PART.todos(cast.lead)] == ["接收下派任务"]
    assert [t.label for t in ORDER.todos(cast.centre)] == ["审核任务准入"] and not ORDER.todos(cast.handler)


def test_nobody_passes_by_naming_a_fitting_item(cast, now):
    fitting = DutyItem.objects.get(name="协助家庭医生签约")
    by_hand = ask(cast, now, **NONE, item=fitting.pk)
    assert by_hand.state == S.WAITING and by_hand.item == fitting and by_hand.by_hand
    assert ask(cast, now, **REFUSED, item=fitting.pk).state == S.REFUSED
    both = ask(cast, now, title="家庭医生签约服务慢病随访宣传", text="协助家庭医生签约服务，同时拍照留痕。")
    assert both.state == S.WAITING and "拍照留痕" in both.words, "wording that touches an excluded item is looked at"
    with pytest.raises(Invalid, match="现行的协助清单"):
        ask(cast, now, **NONE, item=DutyItem.objects.filter(kind="excluded").first().pk)


def test_what_an_item_demands_must_come_with_the_task(cast, now):
    text = {"title": "人口普查入户引导", "text": "协助人口普查，引导普查员入户登记。"}
    with pytest.raises(Invalid) as wrong:
        ask(cast, now, **text)
    assert set(wrong.value.errors) == {"funds", "people"} and "B-04" in wrong.value.errors["funds"]
    assert not TaskOrder.objects.exists()
    assert ask(cast, now, **text, funds="每小区 800 元，统计经费", people="普查指导员 2 人").state == S.OUT


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"until": timedelta(days=1)}, "until"), ({"hours": 0}, "hours"), ({"hours": 99999}, "hours"),
        ({"places": ()}, "communities"), ({"places": ("home", "far")}, "communities"), ({"title": "x"}, "title"),
        ({"text": "短"}, "text"), ({"basis": ""}, "basis"), ({"funds": "字" * 301}, "funds"),
    ],
)  # fmt: skip
def test_bad_input_is_said_and_nothing_is_kept(cast, now, given, field):
    if "until" in given:
        given = {"until": now.date() + given["until"]}
    with pytest.raises(Invalid) as wrong:
        ask(cast, now, **given)
    assert field in wrong.value.errors and not TaskOrder.objects.exists()


def test_who_may_ask_and_admit(cast, now):
    for who in ("desk", "lead", "worker", "resident", "centre", "auditor"):
        with pytest.raises(NotAllowed):
            ask(cast, now, who=who)
    assert ask(cast, now, who="street").asker == "甲街道（机关）"
    assert ask(cast, now, who="district", places=("home", "far")).gate == cast.areas["district"]
    order = ask(cast, now, **NONE)
    assert order.gate == cast.areas["street"]
    for who in ("handler", "lead", "street", "handler_far"):
        with pytest.raises((NotAllowed, NotVisible)):
            actions.admit(order_id=order.pk, decision="可以。一次。", by=cast.viewer(who), now=now)
    mine = ask(cast, now, who="district", places=("home", "far"), **NONE)
    with pytest.raises(NotAllowed):
        actions.admit(order_id=mine.pk, decision="自己批自己的。", by=cast.district, now=now)
    with pytest.raises(Invalid):
        actions.admit(order_id=order.pk, decision="", by=cast.centre, now=now)
    admitted = actions.admit(order_id=order.pk, decision="一次性，只数一遍。", by=cast.centre, now=now)
    assert admitted.state == S.OUT and admitted.parts.filter(state=P.SENT).count() == 2
    with pytest.raises(WrongState):
        actions.turn_away(order_id=order.pk, decision="又不同意了。", by=cast.centre, now=now)


def test_the_refused_asker_objects_once_and_the_district_decides(cast, now):
    order = ask(cast, now, **REFUSED)
    with pytest.raises((NotAllowed, NotVisible)):
        actions.raise_objection(order_id=order.pk, objection="替他提一个异议。", by=cast.handler_far, now=now)
    actions.raise_objection(order_id=order.pk, objection="只是告诉居民有这个应用。", by=cast.handler, now=now)
    assert [t.label for t in ORDER.todos(cast.district)] == ["答复下派任务的异议"] and not ORDER.todos(cast.centre)
    with pytest.raises(NotAllowed):
        actions.uphold(order_id=order.pk, decision="同意了吧。", by=cast.centre, now=now)
    actions.dismiss(order_id=order.pk, decision="要求的是注册量。", by=cast.district, now=now)
    with pytest.raises(Invalid, match="只能提一次"):
        actions.raise_objection(order_id=order.pk, objection="再提一次看看。", by=cast.handler, now=now)
    late = ask(cast, now, **REFUSED)
    with pytest.raises(Invalid, match="期限"):
        actions.raise_objection(
            order_id=late.pk, objection="过了很久才想起。", by=cast.handler, now=now + timedelta(days=30)
        )
    other = ask(cast, now, **REFUSED)
    actions.raise_objection(order_id=other.pk, objection="上级文件要求社区协助。", by=cast.unit_lead, now=now)
    assert actions.uphold(order_id=other.pk, decision="限一次宣传。", by=cast.district, now=now).state == S.OUT


def test_communities_accept_and_report_and_the_last_one_closes_it(cast, now):
    order = ask(cast, now)
    home, other = order.parts.order_by("area__lo")
    with pytest.raises(NotVisible):
        actions.accept(part_id=other.pk, by=cast.lead, now=now)
    with pytest.raises(NotAllowed):
        actions.accept(part_id=home.pk, by=cast.handler, now=now)
    actions.accept(part_id=home.pk, by=cast.lead, now=now)
    with pytest.raises(Invalid):
        actions.report(part_id=home.pk, report="", spent=None, by=cast.worker, now=now)
    actions.report(part_id=home.pk, report="场地借了一次，海报贴了六处。", spent=5, by=cast.worker, now=now)
    order.refresh_from_db()
    assert order.state == S.OUT
    # The other community's part is still open when the asker takes the task back.
    actions.withdraw(order_id=order.pk, by=cast.handler, now=now)
    assert set(order.parts.values_list("state", flat=True)) == {P.DONE, P.ENDED}
    single = ask(cast, now, places=("home",))
    part = single.parts.get()
    actions.accept(part_id=part.pk, by=cast.lead, now=now)
    actions.report(part_id=part.pk, report="宣传一次，来了三十人。", spent=None, by=cast.lead, now=now)
    single.refresh_from_db()
    assert single.state == S.DONE and single.closed_at == now
    assert Notice.objects.filter(user=cast.users["handler"], text__contains="都已完成").exists()


#: state → person → steps offered.
TABLE = {
    S.REFUSED: {"handler": "object", "unit_lead": "object", "district": "", "centre": "", "street": ""},
    S.WAITING: {"handler": "withdraw", "district": "admit turn_away", "centre": "admit turn_away", "street": ""},
    S.OBJECTED: {"handler": "withdraw", "district": "dismiss uphold", "centre": "", "street": ""},
    S.OUT: {"handler": "withdraw", "district": "", "centre": "", "street": "", "lead": "", "worker": ""},
    S.OWN: {"handler": "", "district": "", "centre": ""},
}  # fmt: skip


@pytest.mark.parametrize("state", list(TABLE), ids=str)
def test_who_is_offered_what(cast, now, state):
    texts = {S.REFUSED: REFUSED, S.WAITING: NONE, S.OBJECTED: REFUSED, S.OUT: ASSIST, S.OWN: OWN}
    order = ask(cast, now, **texts[state])
    if state == S.OBJECTED:
        order = actions.raise_objection(order_id=order.pk, objection="只是告诉居民一声。", by=cast.handler, now=now)
    for who in ("handler", "unit_lead", "district", "centre", "street", "lead", "worker", "desk", "handler_far",
                "resident", "auditor"):  # fmt: skip
        viewer = cast.viewer(who)
        seen = TaskOrderAccess.rows(viewer).filter(pk=order.pk).exists()
        steps = " ".join(sorted(o.step.name for o in ORDER.offers(order, viewer, now))) if seen else ""
        assert steps == TABLE[state].get(who, TABLE[state].get("handler", "") if who == "unit_lead" else ""), who
    parts = TaskPartAccess.rows(cast.lead).filter(order=order)
    assert parts.exists() is (state == S.OUT)


def test_the_figures_of_each_department_with_their_rows(cast, now):
    for text in (REFUSED, REFUSED, ASSIST, OWN, NONE):
        ask(cast, now, **text)
    ask(cast, now, who="street", places=("home",), hours=10, **REFUSED)
    lines = queries.figures(cast.district, now.year)
    assert [line.name for line in lines] == ["甲街道平安办", "甲街道（机关）"]
    first = lines[0]
    assert first.counts == {"asked": 5, "spared": 2, "waiting": 1, "own": 1, "out": 1, "done": 0}
    assert (first.spared, first.given) == (24, 12) and queries.total(lines).spared == 34
    for name, _, n in first.cells:
        assert queries.tasks(cast.district, {"figure": name, "asker": first.key, "year": now.year}).count() == n, name
    # A unit sees its own figures, another street's nothing.
    assert [line.name for line in queries.figures(cast.handler, now.year)] == ["甲街道平安办"]
    assert queries.figures(cast.street_far, now.year) == [] and queries.figures(cast.district, 2019) == []


def test_a_task_is_reminded_of_and_goes_up_when_it_is_late(cast, now):
    """Before the day whoever took it on is reminded, or the community's posts; after it the posts above, one by one."""
    until = now.date() + timedelta(days=20)  # Tuesday 30 June
    order = ask(cast, now, until=until, places=("home",))
    part = order.parts.get()
    actions.accept(part_id=part.pk, by=cast.viewer("worker"), now=now)

    def told(who, words):
        return Notice.objects.filter(user=cast.users[who], text__contains=words).count()

    def run(day, hour, month=6):
        moment = clock.at(2026, month, day, hour)
        with clock.frozen(moment):
            run_clock(moment)
            run_clock(moment)
        return [told(who, "请督促") for who in ("lead", "street", "centre", "district")]

    run(26, 9)
    assert told("worker", "还剩") == 0
    run(29, 9)
    assert told("worker", "家庭医生宣传周") == 1 and told("lead", "家庭医生宣传周") == 1, (
        "the lead knows of the order only"
    )
    assert run(30, 17) == [0, 0, 0, 0]
    assert run(30, 19) == [1, 0, 0, 0]
    assert run(1, 19, month=7) == [1, 1, 0, 0]
    assert run(6, 19, month=7) == [1, 1, 1, 1]
    with clock.frozen(clock.at(2026, 7, 7, 9)):
        actions.withdraw(order_id=order.pk, by=cast.viewer("handler"), now=clock.at(2026, 7, 7, 9))
    TaskPart.objects.update(escalations=0, reminded_at=None)
    assert run(20, 9, month=7) == [1, 1, 1, 1], "nobody is chased for what was taken back"
