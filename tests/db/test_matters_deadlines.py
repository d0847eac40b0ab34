"""Deadlines, pauses, extensions, windows. Expected moments are worked out by hand from the calendar.

June 2026: the 10th is a Wednesday; the 19th (Dragon Boat Festival) is a holiday, so 19–21 June are not worked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sanshe.kernel import audit
from sanshe.kernel.errors import Invalid
from sanshe.kernel.notices import Notice
from sanshe.matters import actions
from sanshe.matters.models import Matter
from tests.matters_cast import assigned, done, guided, handled, joint, make_cast, report

CN = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 18, minute: int = 0, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CN)


@pytest.fixture
def cast():
    return make_cast()


def test_at_filing_the_default_is_promised(cast, now):
    matter = report(cast, now)
    # triage: 1 working day after Wed 10 → Thu 11; promise: 1 + 5 = 6 → Thu 18 (the 19th would be a holiday)
    assert (matter.due_at, matter.promised_at) == (at(11), at(18))
    assert matter.calendar_version


@pytest.mark.parametrize(
    ("criterion", "due"),
    [
        ("question", at(12)),  # 2 working days after Wed 10
        ("lamp", at(17)),  # 5: Thu 11, Fri 12, Mon 15, Tue 16, Wed 17
        ("complex", at(2, month=7)),  # 15: … Thu 18 is the 6th; Mon 22 the 7th; Fri 26 the 11th; Thu 2 July the 15th
    ],
)
def test_working_days_by_class(cast, now, criterion, due):
    matter = assigned(cast, now, criterion=cast.criteria[criterion].pk)
    assert matter.due_at == matter.promised_at == due


def test_an_urgent_matter_is_due_in_hours_also_at_night(cast):
    night = at(19, 23, 30)
    matter = report(cast, night, text="楼道里有煤气味")
    matter = assigned(cast, night, matter=matter, criterion=cast.criteria["gas"].pk)
    assert matter.urgent and matter.hours == 1 and matter.due_at == at(20, 0, 30)


def test_urgent_by_the_desk_takes_the_parameter(cast, now):
    matter = assigned(cast, now, urgent=True)
    assert matter.due_at == now + timedelta(hours=2)


def test_together_and_by_oneself(cast, now):
    assert joint(cast, now).due_at == at(2, month=7)  # 15 working days
    assert guided(cast, now).due_at == at(25)  # 10: Wed 17 the 5th, Thu 18 the 6th, Mon 22 the 7th, Thu 25 the 10th


def test_a_pause_moves_the_deadline_by_its_working_days(cast, now):
    matter = handled(cast, now)
    assert matter.due_at == at(17)
    actions.ask_resident(matter_id=matter.pk, question="几楼？", by=cast.handler, now=at(11, 9))
    # Fri 12, Mon 15, Tue 16: three working days → Wed 17 + 3 = Thu 18, Mon 22, Tue 23 (19–21 are not worked)
    matter = actions.answer_resident(matter_id=matter.pk, note="三楼", by=cast.resident, now=at(16, 11))
    assert (matter.due_at, matter.paused_at, matter.question) == (at(23), None, "")


def test_a_pause_of_an_urgent_matter_moves_it_by_hours(cast, now):
    matter = handled(cast, now, criterion=cast.criteria["gas"].pk)
    actions.ask_resident(matter_id=matter.pk, question="几楼？", by=cast.handler, now=now + timedelta(minutes=10))
    matter = actions.answer_for(matter_id=matter.pk, note="三楼", by=cast.desk, now=now + timedelta(minutes=25))
    assert matter.due_at == now + timedelta(minutes=75)


def test_an_extension_moves_the_deadline_once_granted(cast, now):
    matter = handled(cast, now)
    with pytest.raises(Invalid) as wrong:
        actions.extend(matter_id=matter.pk, days=16, reason="等配件", by=cast.handler, now=now)
    assert "1 至 15 个工作日" in wrong.value.sentence
    actions.extend(matter_id=matter.pk, days=2, reason="等配件", by=cast.handler, now=now)
    with pytest.raises(Invalid):
        actions.extend(matter_id=matter.pk, days=1, reason="再等", by=cast.handler, now=now)
    matter.refresh_from_db()
    assert matter.due_at == at(17)
    actions.grant_extension(extension_id=matter.extensions.get().pk, by=cast.lead, now=now)
    matter.refresh_from_db()
    assert matter.due_at == matter.promised_at == at(22)  # Thu 18, Mon 22


def test_a_refused_extension_moves_nothing_and_may_be_asked_again(cast, now):
    matter = handled(cast, now)
    actions.extend(matter_id=matter.pk, days=2, reason="等配件", by=cast.handler, now=now)
    actions.refuse_extension(extension_id=matter.extensions.get().pk, answer="有备件", by=cast.street, now=now)
    matter.refresh_from_db()
    assert matter.due_at == at(17)
    actions.extend(matter_id=matter.pk, days=1, reason="备件型号不符", by=cast.handler, now=now)


def test_the_window_of_reopening(cast, now):
    matter = done(cast, now)  # 15 working days after Wed 10 June: Thu 2 July
    with pytest.raises(Invalid) as wrong:
        actions.reopen(matter_id=matter.pk, reason="又坏了", by=cast.resident, now=at(3, 9, month=7))
    assert "已超过重新打开的期限（15 个工作日）" in wrong.value.sentence
    matter = actions.reopen(matter_id=matter.pk, reason="又坏了", by=cast.resident, now=at(2, 17, month=7))
    assert (matter.state, matter.reopened, matter.done_at) == ("handling", 1, None)
    assert matter.due_at == at(9, month=7)
    later = actions.file_matter(
        text="路灯又坏了", area_id=matter.area_id, origin=matter, by=cast.resident, now=at(3, 9, month=7)
    )
    assert later.origin_id == matter.pk and later.pk != matter.pk


def test_the_window_of_objecting(cast, now):
    matter = assigned(cast, now)  # 5 working days after Wed 10: Wed 17
    with pytest.raises(Invalid) as wrong:
        actions.raise_objection(matter_id=matter.pk, reason="不对", by=cast.resident, now=at(18, 9))
    assert "已超过对分流提出异议的期限" in wrong.value.sentence


def test_the_window_of_rating(cast, now):
    matter = done(cast, now)
    with pytest.raises(Invalid):
        actions.rate(matter_id=matter.pk, grade=5, by=cast.resident, now=now + timedelta(days=31))
    actions.rate(matter_id=matter.pk, grade=5, by=cast.resident, now=now + timedelta(days=29))


def test_the_call_back_has_its_own_deadline(cast, now):
    matter = done(cast, now)
    actions.rate(matter_id=matter.pk, grade=2, by=cast.resident, now=now)
    callback = matter.callbacks.get()
    assert callback.due_at == at(17)
    with pytest.raises(Invalid):
        actions.list_callback(
            callback_id=callback.pk, found="核实", plan="更换", until=at(3, month=7).date(), by=cast.handler, now=now
        )  # 15 working days end on 2 July
    actions.list_callback(
        callback_id=callback.pk, found="核实", plan="更换", until=at(2, month=7).date(), by=cast.handler, now=now
    )
    actions.complete_callback(callback_id=callback.pk, answer="已更换", by=cast.handler, now=now)


# -- reminders and escalation ------------------------------------------------------------------------------------------


def test_reminded_before_and_escalated_after_once_each(cast, now):
    matter = handled(cast, now)
    assert actions.run_clock(at(15, 9)) == (0, 0)
    assert actions.run_clock(at(16, 9)) == (1, 0)
    assert actions.run_clock(at(16, 10)) == (0, 0)
    before = Notice.objects.filter(user=cast.users["unit_lead"]).count()
    assert actions.run_clock(at(18, 9)) == (0, 1)
    assert actions.run_clock(at(18, 10)) == (0, 0)
    assert Notice.objects.filter(user=cast.users["unit_lead"]).count() == before + 1
    last = audit.history(matter).first()
    assert (last.event, last.system, last.public) == ("step:escalate", "事项期限提醒", False)


def test_what_is_paused_or_over_never_escalates(cast, now):
    paused = handled(cast, now)
    actions.ask_resident(matter_id=paused.pk, question="几楼？", by=cast.handler, now=now)
    done(cast, now)
    gone = report(cast, now)
    actions.withdraw(matter_id=gone.pk, reason="", by=cast.resident, now=now)
    assert actions.run_clock(now + timedelta(days=60)) == (0, 0)


def test_a_changed_deadline_is_reminded_anew(cast, now):
    matter = handled(cast, now)
    actions.run_clock(at(18, 9))
    actions.extend(matter_id=matter.pk, days=5, reason="等配件", by=cast.handler, now=at(18, 10))
    actions.grant_extension(extension_id=matter.extensions.get().pk, by=cast.lead, now=at(18, 11))
    assert Matter.objects.get(pk=matter.pk).escalated_at is None


def test_the_frozen_calendar_stays_with_the_matter(cast, now, monkeypatch):
    from sanshe.kernel import clock

    matter = handled(cast, now)
    frozen = matter.calendar_version
    monkeypatch.setattr(clock, "calendar_version", lambda: "another")
    actions.ask_resident(matter_id=matter.pk, question="几楼？", by=cast.handler, now=at(11, 9))
    matter = actions.answer_resident(matter_id=matter.pk, note="三楼", by=cast.resident, now=at(12, 9))
    assert matter.calendar_version == frozen and matter.due_at == at(18)
