"""What the clock does beside reminding: post by post upwards, orders by rule, waiting that ends, dissolved units.

June 2026: the 10th is a Wednesday; the 19th (Dragon Boat Festival) is a holiday, so 19–21 June are not worked.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sanshe.areas.public import Body, end_body
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.flow import agenda
from sanshe.kernel.notices import Notice
from sanshe.matters import actions, deadlines
from sanshe.matters.models import Assist, Matter, MatterReturn, Objection, OversightOrder
from sanshe.matters.words import MatterState as S
from tests.matters_cast import assigned, done, handled, make_cast, report

CN = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 9, minute: int = 0, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CN)


@pytest.fixture
def cast():
    return make_cast()


def told(cast, who: str) -> list[str]:
    """What a person was told of delays."""
    return list(Notice.objects.filter(user=cast.users[who], text__contains="请督促").values_list("text", flat=True))


# -- upwards -----------------------------------------------------------------------------------------------------------


def test_up_post_by_post_each_told_once(cast, now):
    matter = handled(cast, now)  # due Wed 17 at 18:00
    reached = []
    # 17th 19:00 the lead; the street after one working day (Thu 18 at 18:00); above after three (Tue 23 at 18:00)
    for moment in (at(17, 17), at(17, 19), at(18, 9), at(18, 19), at(22, 9), at(23, 17), at(23, 19), at(30)):
        with clock.frozen(moment):
            actions.run_clock(moment)
            actions.run_clock(moment)
        matter.refresh_from_db()
        reached.append((matter.escalations, len(told(cast, "unit_lead")), len(told(cast, "street")),
                        len(told(cast, "centre")), len(told(cast, "district"))))  # fmt: skip
    assert reached == [
        (0, 0, 0, 0, 0), (1, 1, 0, 0, 0), (1, 1, 0, 0, 0), (2, 1, 1, 0, 0), (2, 1, 1, 0, 0), (2, 1, 1, 0, 0),
        (3, 1, 1, 1, 1), (3, 1, 1, 1, 1),
    ]  # fmt: skip


def test_after_a_standstill_of_the_clock_all_posts_are_told_at_once(cast, now):
    matter = handled(cast, now)
    with clock.frozen(at(29)):
        actions.run_clock(at(29))
    matter.refresh_from_db()
    assert matter.escalations == 3 and [len(told(cast, w)) for w in ("unit_lead", "street", "district")] == [1, 1, 1]


def test_an_urgent_matter_goes_up_by_hours_also_at_night(cast):
    night = at(19, 23, 30)
    with clock.frozen(night):
        matter = handled(cast, night, criterion=cast.criteria["gas"].pk)  # due in one hour
    for hours, level in ((0.9, 0), (1.1, 1), (2.1, 2), (4.9, 2), (5.1, 3)):
        moment = night + timedelta(hours=hours)
        with clock.frozen(moment):
            actions.run_clock(moment)
        matter.refresh_from_db()
        assert matter.escalations == level, hours


def test_where_nobody_holds_a_post_the_next_one_is_told(cast, now):
    from sanshe.accounts.public import Post

    Post.objects.filter(user=cast.users["unit_lead"]).delete()
    matter = handled(cast, now)
    with clock.frozen(at(17, 19)):
        actions.run_clock(at(17, 19))
    matter.refresh_from_db()
    assert matter.escalations == 2 and len(told(cast, "street")) == 1


def test_an_overdue_part_goes_up_and_stops_with_a_pause(cast, now):
    with clock.frozen(now):
        matter = handled(cast, now)
        actions.ask_assist(
            matter_id=matter.pk, unit=cast.bodies["helper_unit"].pk, part="查一查产权", until=date(2026, 6, 12),
            by=cast.handler, now=now,
        )  # fmt: skip
    assist = Assist.objects.get()
    with clock.frozen(at(15)):
        actions.ask_resident(matter_id=matter.pk, question="几楼？", by=cast.handler, now=at(15))
        actions.run_clock(at(15))
        assert Assist.objects.get().escalations == 0
        actions.resume(matter_id=matter.pk, reason="现场已看", by=cast.handler, now=at(15))
        actions.run_clock(at(15))
    assist.refresh_from_db()
    # The helping unit has no lead in this cast, so the street is told in its place.
    assert assist.escalations == 2 and "协办答复" in told(cast, "street")[0]


def test_a_pause_moves_the_parts_with_the_matter(cast, now):
    matter = handled(cast, now)
    actions.ask_assist(
        matter_id=matter.pk, unit=cast.bodies["helper_unit"].pk, part="查一查产权", until=date(2026, 6, 12),
        by=cast.handler, now=now,
    )  # fmt: skip
    actions.oversee(matter_id=matter.pk, requirement="请尽快。", until=date(2026, 6, 18), by=cast.street, now=now)
    before = Matter.objects.get(pk=matter.pk).due_at
    with clock.frozen(at(11)):
        actions.ask_resident(matter_id=matter.pk, question="几楼？", by=cast.handler, now=at(11))
    with clock.frozen(at(15)):
        actions.resume(matter_id=matter.pk, reason="现场已看", by=cast.handler, now=at(15))
    matter.refresh_from_db()
    # Thursday to Monday: Friday and Monday were waited for. What was ordered for a day stays due on that day.
    assert clock.local(Assist.objects.get().due_at).date() == date(2026, 6, 16)
    assert clock.working_days_between(before, matter.due_at) == 2
    assert clock.local(OversightOrder.objects.get().due_at).date() == date(2026, 6, 18)


def test_an_objection_that_the_street_leaves_lying_goes_above_it(cast, now):
    matter = assigned(cast, now)
    actions.raise_objection(matter_id=matter.pk, reason="不是大事", by=cast.resident, now=now)  # due Fri 12
    with clock.frozen(at(15)):
        actions.run_clock(at(15))
    assert Objection.objects.get().escalations == 1
    assert len(told(cast, "centre")) == 1 and told(cast, "street") == [] and told(cast, "district") == []


def test_the_people_of_a_part_are_reminded_before_its_day(cast, now):
    matter = handled(cast, now)
    actions.ask_assist(
        matter_id=matter.pk, unit=cast.bodies["helper_unit"].pk, part="查一查产权", until=date(2026, 6, 12),
        by=cast.handler, now=now,
    )  # fmt: skip
    actions.oversee(
        matter_id=matter.pk, requirement="请尽快办结。", until=date(2026, 6, 16), by=cast.street, now=now
    )  # fmt: skip

    def reminded() -> list[int]:
        texts = [("assistant", "协办答复"), ("handler", "督办回复")]
        return [Notice.objects.filter(user=cast.users[who], text__startswith=what).count() for who, what in texts]

    for moment, counts in ((at(10, 17), [0, 0]), (at(11), [1, 0]), (at(15), [1, 1]), (at(16), [1, 1])):
        with clock.frozen(moment):
            actions.run_clock(moment)
            actions.run_clock(moment)
        assert reminded() == counts, moment
    with clock.frozen(at(16)):
        actions.answer_oversight(
            order_id=OversightOrder.objects.get().pk, answer="已安排", by=cast.handler, now=at(16)
        )  # fmt: skip
        actions.press_oversight(order_id=OversightOrder.objects.get().pk, closing="再快些", by=cast.street, now=at(16))
    with clock.frozen(at(23)):
        actions.run_clock(at(23))
    assert reminded()[1] == 2, "a new date is reminded of again"


def test_an_urgent_matter_stays_in_hours_wherever_it_goes(cast):
    """Returned it waits an hour for the window, designated or reopened it runs in hours; as another one in days."""
    night = at(19, 23)
    gas = {"criterion": cast.criteria["gas"].pk}

    def rung(who: str) -> int:
        return Notice.objects.filter(user=cast.users[who], kind="紧急").count()

    with clock.frozen(night):
        matter = assigned(cast, night, **gas)
        calls = rung("desk")
        actions.return_matter(
            matter_id=matter.pk, ground="other_unit", reason="归燃气公司", by=cast.handler, now=night
        )  # fmt: skip
        matter.refresh_from_db()
        assert (matter.hours, matter.due_at) == (1, night + timedelta(hours=1)) and rung("desk") == calls + 1
        actions.designate(
            matter_id=matter.pk, host_unit=cast.bodies["unit"].pk, reason="按三定方案。", by=cast.street, now=night
        )  # fmt: skip
        matter.refresh_from_db()
        assert matter.hours == 1 and matter.due_at == night + timedelta(hours=1)
        actions.accept(matter_id=matter.pk, by=cast.handler, now=night)
        actions.ask_assist(
            matter_id=matter.pk, unit=cast.bodies["helper_unit"].pk, part="停电", by=cast.handler, now=night
        )  # fmt: skip
        assert Assist.objects.get().due_at == matter.due_at, "the part of another unit as well"
        actions.answer_assist(
            assist_id=Assist.objects.get().pk, answer="已停电。", by=cast.assistant, now=night
        )  # fmt: skip
        actions.finish(matter_id=matter.pk, result="阀门已关，管道已经修好，请放心。", by=cast.handler, now=night)
        calls = rung("handler")
        actions.reopen(matter_id=matter.pk, reason="还有气味", by=cast.resident, now=night)
        matter.refresh_from_db()
        assert (matter.hours, matter.due_at) == (1, night + timedelta(hours=1)) and rung("handler") == calls + 1
        assert matter.promised_at == matter.due_at
        actions.raise_objection(matter_id=matter.pk, reason="不是燃气", by=cast.resident, now=night)
        actions.uphold_objection(objection_id=Objection.objects.get().pk, answer="同意。", by=cast.street, now=night)
        matter = assigned(cast, night, matter=Matter.objects.get(pk=matter.pk))
        assert not matter.urgent and matter.hours is None and matter.due_at > night + timedelta(days=3)


def test_a_worker_killed_between_two_things_sends_nothing_twice(cast, now, monkeypatch):
    """Killed while it tells the second one: what was told stays told, what was not is told when it runs again."""
    from sanshe.matters.actions import escalating

    for _ in range(3):
        handled(cast, now)
    calls = []

    def dying(*args, **kwargs):
        calls.append(args)
        if len(calls) == 2:
            notify(*args, **kwargs)
            raise SystemExit("killed")
        return notify(*args, **kwargs)

    notify = escalating.notify
    monkeypatch.setattr(escalating, "notify", dying)
    with clock.frozen(at(17, 19)):
        with pytest.raises(SystemExit):
            actions.run_clock(at(17, 19))
        assert len(told(cast, "unit_lead")) == 1
        monkeypatch.setattr(escalating, "notify", notify)
        actions.run_clock(at(17, 19))
        actions.run_clock(at(17, 19))
    assert len(told(cast, "unit_lead")) == 3
    assert audit.Entry.objects.filter(event="step:escalate").count() == 3


# -- orders by rule ----------------------------------------------------------------------------------------------------


def test_refused_after_a_designation_opens_one_order(cast, now):
    matter = assigned(cast, now)
    given = {"matter_id": matter.pk, "ground": "other_unit", "now": now}
    actions.return_matter(**given, reason="归市政", by=cast.handler)
    matter = assigned(cast, now, matter=Matter.objects.get(pk=matter.pk), host_unit=cast.bodies["helper_unit"].pk)
    actions.return_matter(**given, reason="归平安办", by=cast.assistant)
    assert MatterReturn.objects.count() == 2
    actions.designate(
        matter_id=matter.pk, host_unit=cast.bodies["unit"].pk, reason="按三定方案。", by=cast.street, now=now
    )
    with pytest.raises(Invalid, match="街道已经指定"):
        actions.return_matter(**given, reason="还是不归我们", by=cast.handler)
    for moment in (at(11, 17), at(12), at(12), at(16)):
        with clock.frozen(moment):
            actions.run_clock(moment)
    order = OversightOrder.objects.get()
    assert (order.rule, order.unit, order.by) == ("refused", cast.bodies["unit"], None)
    assert "街道已经指定由本单位承办" in order.requirement
    assert audit.history(matter).filter(event="step:oversee_rule").get().system == "事项期限提醒"


def test_overdue_opens_an_order_once_for_each_deadline(cast, now):
    matter = handled(cast, now)  # due Wed 17; five working days later: Thu 25
    for moment in (at(25, 17), at(25, 19), at(26), at(30)):
        with clock.frozen(moment):
            actions.run_clock(moment)
    assert [o.rule for o in OversightOrder.objects.all()] == ["overdue"]
    order = OversightOrder.objects.get()
    with clock.frozen(at(30)):
        actions.answer_oversight(order_id=order.pk, answer="等配件", by=cast.handler, now=at(30))
        actions.close_oversight(order_id=order.pk, by=cast.street, now=at(30))
        actions.run_clock(at(30, 10))
    assert OversightOrder.objects.count() == 1
    with clock.frozen(at(30)):
        actions.extend(matter_id=matter.pk, days=10, reason="配件未到", by=cast.handler, now=at(30))
        actions.grant_extension(extension_id=matter.extensions.get().pk, by=cast.street, now=at(30))
    with clock.frozen(at(20, month=7)):  # the new deadline, Thu 2 July, has passed by far
        actions.run_clock(at(20, month=7))
        actions.run_clock(at(20, month=7))
    assert OversightOrder.objects.count() == 2


def test_opened_again_twice_is_undone(cast, now):
    matter = done(cast, now)
    for _ in range(2):
        actions.reopen(matter_id=matter.pk, reason="又坏了", by=cast.resident, now=now)
        actions.run_clock(now)
        if OversightOrder.objects.exists():
            break
        actions.finish(matter_id=matter.pk, result="又修了一次。", by=cast.handler, now=now)
    actions.run_clock(now)
    assert [(o.rule, o.cause) for o in OversightOrder.objects.all()] == [("undone", "2")]
    with pytest.raises(Invalid, match="督办"):
        actions.finish(matter_id=matter.pk, result="又修了一次。", by=cast.handler, now=now)


# -- returning, assisting ----------------------------------------------------------------------------------------------


def test_a_return_needs_a_reason_of_the_list_and_comes_in_time(cast, now):
    matter = assigned(cast, now)
    with pytest.raises(Invalid) as wrong:
        actions.return_matter(matter_id=matter.pk, ground="busy", reason="人手不够", by=cast.handler, now=now)
    assert "ground" in wrong.value.errors
    late = at(15)  # two working days after Wed 10 end on Fri 12
    with pytest.raises(Invalid, match="已超过退回的期限"):
        actions.return_matter(matter_id=matter.pk, ground="other_unit", reason="归市政", by=cast.handler, now=late)


def test_no_end_while_a_part_is_open_unless_a_reason_is_given(cast, now):
    matter = handled(cast, now)
    unit = cast.bodies["helper_unit"].pk
    actions.ask_assist(matter_id=matter.pk, unit=unit, part="查产权", by=cast.handler, now=now)
    with pytest.raises(Invalid) as twice:
        actions.ask_assist(matter_id=matter.pk, unit=unit, part="再查", by=cast.handler, now=now)
    assert "已经请" in twice.value.errors["unit"]
    with pytest.raises(Invalid) as late:
        actions.ask_assist(
            matter_id=matter.pk, unit=cast.bodies["far_unit"].pk, part="x1", until=date(2026, 7, 1), by=cast.handler,
            now=now,
        )  # fmt: skip
    assert late.value.errors
    done_with = {"matter_id": matter.pk, "result": "已经修好了。", "by": cast.handler, "now": now}
    with pytest.raises(Invalid) as wrong:
        actions.finish(**done_with)
    assert "甲街道物业科还没有答复协办" in wrong.value.errors["without"]
    actions.finish(**done_with, without="产权不影响抢修。")
    assert Assist.objects.get().state == "lapsed"
    assert audit.last_step(matter).data["without"] == "产权不影响抢修。"


# -- waiting and ending ------------------------------------------------------------------------------------------------


def test_waiting_ends_after_the_limit_and_the_reporter_may_object(cast, now):
    matter = handled(cast, now)
    actions.ask_resident(matter_id=matter.pk, question="几楼？", by=cast.handler, now=now)
    with pytest.raises(Invalid, match="等反映人补充的时间之内"):
        actions.end_waiting(matter_id=matter.pk, reason="没有楼层找不到。", by=cast.handler, now=at(25, 17))
    for _ in range(2):
        actions.run_clock(at(26))  # ten working days after Wed 10: Thu 25
    assert Notice.objects.filter(user=cast.users["handler"], text__contains="没有补充").count() == 1
    actions.end_waiting(matter_id=matter.pk, reason="没有楼层找不到。", by=cast.handler, now=at(26))
    assert actions.run_clock(at(30, month=7)) == (0, 0)
    actions.object_ending(matter_id=matter.pk, reason="楼层已经电话说过。", by=cast.resident, now=at(29))
    with pytest.raises(Invalid):
        actions.object_ending(matter_id=matter.pk, reason="再说一次。", by=cast.resident, now=at(29))
    actions.uphold_objection(objection_id=Objection.objects.get().pk, answer="属实", by=cast.street, now=at(30))
    matter.refresh_from_db()
    assert matter.state == S.RECEIVED and matter.due_at is not None


def test_only_the_lead_ends_on_a_written_review(cast, now):
    matter = handled(cast, now)
    given = {
        "matter_id": matter.pk,
        "reason": "楼栋已整体征收搬空，无需再修。",
        "review": "现场核实，附征收公告，两人复核。",
    }
    with pytest.raises(NotAllowed):
        actions.terminate(**given, by=cast.handler, now=now)
    with pytest.raises(Invalid) as wrong:
        actions.terminate(**{**given, "review": ""}, by=cast.unit_lead, now=now)
    assert "书面复核" in wrong.value.errors["review"]
    matter = actions.terminate(**given, by=cast.unit_lead, now=now)
    assert matter.state == S.ENDED and matter.endings.get().how == "reviewed"
    assert not matter.handlings.exists()


# -- a dissolved unit --------------------------------------------------------------------------------------------------


def dissolve(cast, key: str, successor: str | None, day: date = date(2026, 6, 10)) -> Body:
    heir = cast.bodies[successor].pk if successor else None
    body = cast.bodies[key]
    return end_body(
        body_id=body.pk, on=day, successor=heir, reason="机构改革方案", by=Viewer.system_account("区域初始化"),
        now=at(10, 12),
    )  # fmt: skip


def test_a_dissolved_units_matters_go_to_its_successor(cast, now):
    with clock.frozen(at(10, 12)):
        matter, waits = handled(cast, now), handled(cast, now)
        actions.ask_resident(matter_id=waits.pk, question="几楼？", by=cast.handler, now=now)
        actions.oversee(matter_id=matter.pk, requirement="请尽快", until=date(2026, 6, 12), by=cast.street, now=now)
        due = matter.due_at
        dissolve(cast, "unit", "helper_unit")
        matter.refresh_from_db()
        waits.refresh_from_db()
        heir = cast.bodies["helper_unit"]
        assert (matter.host_unit, matter.state, matter.due_at, matter.handler) == (heir, S.HANDLING, due, None)
        assert (waits.host_unit, waits.state) == (heir, S.WAITING)
        assert OversightOrder.objects.get().unit == heir
        assert not cast.handler.grants.bodies, "the posts in it have ended"
        kinds = {todo.kind for todo in agenda(cast.assistant).items}
        assert kinds >= {"事项", "督办"}
        assert actions.run_clock(at(10, 13))[0] == 0


def test_without_a_successor_they_stand_on_the_streets_list_and_keep_their_date(cast, now):
    with clock.frozen(at(10, 12)):
        matter = handled(cast, now)
        due = matter.due_at
        dissolve(cast, "unit", None)
        matter.refresh_from_db()
        assert (matter.state, matter.due_at) == (S.RECEIVED, due)
        assert [t.label for t in agenda(cast.street).items] == ["指定承办单位"]
        actions.designate(
            matter_id=matter.pk, host_unit=cast.bodies["helper_unit"].pk, reason="接手", by=cast.street, now=at(10, 14)
        )
        matter.refresh_from_db()
        assert (matter.state, matter.due_at, matter.host_unit) == (S.ASSIGNED, due, cast.bodies["helper_unit"])


def test_a_day_to_come_moves_on_that_day_by_the_clock(cast, now):
    with clock.frozen(at(10, 12)):
        matter = assigned(cast, now)
        dissolve(cast, "unit", "helper_unit", date(2026, 6, 12))
        actions.run_clock(at(11))
        assert Matter.objects.get(pk=matter.pk).host_unit == cast.bodies["unit"]
    with clock.frozen(at(12)):
        actions.run_clock(at(12))
        assert Matter.objects.get(pk=matter.pk).host_unit == cast.bodies["helper_unit"]


def test_what_a_dissolved_unit_had_asked_for_goes_on(cast, now):
    """A request for more time and a task to communities: with the heir; without one the task is the street's."""
    from sanshe.matters.models import Extension, TaskOrder

    with clock.frozen(at(10, 12)):
        matter = handled(cast, now)
        actions.extend(matter_id=matter.pk, days=3, reason="要等配件到货才能修。", by=cast.handler, now=now)
        order = TaskOrder.objects.create(
            title="清点雨水口", text="数一遍", basis="文件", until=date(2026, 7, 1), hours=1, area=cast.areas["street"],
            gate=cast.areas["street"], asked_by=cast.users["handler"], asked_at=now, state="out", verdict="none",
            unit=cast.bodies["unit"],
        )  # fmt: skip
        dissolve(cast, "unit", "helper_unit")
        order.refresh_from_db()
        assert order.unit == Extension.objects.get().unit == cast.bodies["helper_unit"]
        dissolve(cast, "helper_unit", None)
        order.refresh_from_db()
        assert order.unit is None and order.asker == "甲街道（机关）"
        assert Notice.objects.filter(user=cast.users["street"], text__contains="下派的任务转由甲街道负责").count() == 1
        assert audit.history(order).first().told() == "甲街道物业科撤销，没有承接机构"


# -- the calendar ------------------------------------------------------------------------------------------------------


def test_a_deadline_beyond_the_table_is_said_and_stays(cast):
    december = datetime(2026, 12, 30, 10, tzinfo=CN)
    with clock.frozen(december):
        matter = handled(cast, december)
        assert matter.due_at == datetime(2027, 1, 6, 18, tzinfo=CN)  # Thursday to Wednesday, 1 January as any Friday
        assert deadlines.unknown_holidays(matter).startswith("2027年节假日安排尚未公布")
        assert deadlines.unknown_holidays(report(cast, datetime(2026, 6, 10, 9, tzinfo=CN))) == ""


def test_the_end_of_the_table_is_one_thing_to_do_for_one_administrator(cast):
    def listed(who: str) -> list[str]:
        return [todo.title for todo in agenda(cast.viewer(who)).items if todo.kind == "放假安排"]

    with clock.frozen(datetime(2026, 10, 1, 9, tzinfo=CN)):
        assert listed("system_admin") == []
    with clock.frozen(datetime(2026, 11, 23, 9, tzinfo=CN)):
        assert listed("system_admin") == ["录入 2027 年放假安排"] and listed("district") == listed("auditor") == []
