"""Working days by the published tables; expected dates counted on a paper calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanshe.kernel import clock
from sanshe.kernel.calendar import load
from sanshe.kernel.clock import Calendar, at
from sanshe.kernel.policy import PolicyError

moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)).map(lambda m: m.replace(tzinfo=clock.TZ))
V26 = "2026-1"


class TestTables:
    @pytest.mark.parametrize(
        ("year", "working"),
        # Days of the year, less Saturdays and Sundays, less holidays on weekdays, plus make-up days.
        [(2024, 366 - 104 - 19 + 8), (2025, 365 - 104 - 18 + 5), (2026, 365 - 104 - 19 + 6)],
    )
    def test_working_days_of_a_year(self, year, working):
        calendar = Calendar.of(V26)
        days = [date(year, 1, 1) + timedelta(days=i) for i in range(366)]
        assert sum(calendar.works(d) for d in days if d.year == year) == working

    @pytest.mark.parametrize("day", [date(2024, 2, 4), date(2024, 10, 12), date(2025, 1, 26), date(2026, 2, 28)])
    def test_make_up_days_are_worked(self, day):
        assert day.weekday() >= 5 and Calendar.of(V26).works(day)

    @pytest.mark.parametrize("day", [date(2024, 2, 15), date(2025, 10, 8), date(2026, 1, 2), date(2026, 2, 23)])
    def test_holidays_are_not(self, day):
        assert day.weekday() < 5 and not Calendar.of(V26).works(day)


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("start", "n", "due"),
        [
            (at(2026, 6, 10, 10), 2, at(2026, 6, 12, 18)),  # Wednesday → Friday
            (at(2026, 6, 10, 23, 59), 2, at(2026, 6, 12, 18)),  # the day it begins on never counts
            (at(2026, 6, 13, 9), 2, at(2026, 6, 16, 18)),  # Saturday → Tuesday
            (at(2026, 9, 18, 15), 5, at(2026, 9, 24, 18)),  # Sunday the 20th is worked
            (at(2026, 9, 24, 9), 1, at(2026, 9, 28, 18)),  # over mid-autumn
            (at(2026, 9, 30, 9), 3, at(2026, 10, 10, 18)),  # over the national holiday into a worked Saturday
            (at(2025, 1, 24, 9), 3, at(2025, 2, 5, 18)),  # worked Sunday, Monday, then the spring festival
            (at(2024, 4, 3, 9), 1, at(2024, 4, 7, 18)),  # Qingming, then a worked Sunday
        ],
    )
    def test_by_hand(self, start, n, due):
        assert clock.add_working_days(start, n, V26) == due

    def test_none_means_by_the_end_of_business(self):
        assert clock.add_working_days(at(2026, 6, 10, 10), 0, V26) == at(2026, 6, 10, 18)
        assert clock.add_working_days(at(2026, 6, 10, 18, 1), 0, V26) == at(2026, 6, 11, 18)
        assert clock.add_working_days(at(2026, 6, 13, 10), 0, V26) == at(2026, 6, 15, 18)

    @pytest.mark.parametrize("n", [-1, 100000])
    def test_nonsense_is_refused(self, n):
        with pytest.raises(ValueError):
            clock.add_working_days(at(2026, 6, 10), n)

    @settings(deadline=None)
    @given(moments, st.integers(1, 60), st.integers(0, 60))
    def test_more_days_are_never_earlier_and_counting_undoes_adding(self, start, n, more):
        due = clock.add_working_days(start, n, V26)
        assert clock.add_working_days(start, n + more, V26) >= due > start
        assert clock.working_days_between(start, due, V26) == n
        assert clock.working_days_between(due, start, V26) == -n
        assert Calendar.of(V26).works(due.date())

    @settings(deadline=None)
    @given(moments, moments, st.integers(1, 30))
    def test_a_later_start_is_never_due_earlier(self, one, other, n):
        early, late = sorted((one, other))
        assert clock.add_working_days(early, n, V26) <= clock.add_working_days(late, n, V26)

    def test_hours_run_through_the_night(self):
        assert clock.add_hours(at(2026, 9, 30, 22), 4) == at(2026, 10, 1, 2)

    def test_a_moment_without_a_zone_is_refused(self):
        with pytest.raises(ValueError):
            clock.add_working_days(datetime(2026, 6, 10), 1)


class TestVersions:
    def test_a_record_keeps_the_calendar_it_was_promised_by(self):
        # In 2025 nobody knew the holidays of 2026 yet: 1 January counted as a Thursday like any other.
        start = at(2025, 12, 31, 10)
        assert clock.add_working_days(start, 1, "2025-1") == at(2026, 1, 1, 18)
        assert clock.add_working_days(start, 1, "2026-1") == at(2026, 1, 4, 18)

    def test_the_version_follows_the_notices(self):
        with clock.frozen(at(2025, 11, 3, 12)):
            assert clock.calendar_version() == "2025-1"
        with clock.frozen(at(2025, 11, 4, 12)):
            assert clock.calendar_version() == "2026-1"

    def test_a_lost_version_is_said(self):
        with pytest.raises(PolicyError, match="2019-1"):
            Calendar.of("2019-1")

    def test_a_year_without_a_table_counts_weekdays_and_warns(self):
        with clock.frozen(at(2026, 12, 30, 10)):
            due = clock.add_working_days(clock.now(), 3)
            assert due == at(2027, 1, 4, 18)  # Thursday, Friday, Monday
            assert clock.warning(due) == "2027年的放假安排尚未录入，涉及的日期暂按周一至周五为工作日计算。"
            assert clock.warning(at(2026, 12, 31)) is None

    def test_far_away_does_not_crash(self):
        assert clock.add_working_days(at(2026, 12, 31, 10), 300).year == 2028
        assert clock.add_working_days(at(1999, 12, 31, 10), 1) == at(2000, 1, 3, 18)


class TestPause:
    def test_the_working_days_of_a_pause_are_given_back(self):
        due = at(2026, 6, 12, 18)  # Friday
        assert clock.shift(due, at(2026, 6, 9, 10), at(2026, 6, 11, 9), V26) == at(2026, 6, 16, 18)

    def test_a_weekend_of_waiting_costs_nothing(self):
        due = at(2026, 6, 17, 18)
        assert clock.shift(due, at(2026, 6, 12, 17), at(2026, 6, 14, 9), V26) == due

    def test_a_pause_within_a_day_moves_nothing(self):
        due = at(2026, 6, 12, 18)
        assert clock.shift(due, at(2026, 6, 10, 9), at(2026, 6, 10, 16), V26) == due

    @settings(deadline=None)
    @given(moments, st.integers(1, 20), st.integers(0, 20))
    def test_what_was_left_before_is_left_after(self, paused, left, waiting):
        due = clock.add_working_days(paused, left, V26)
        resumed = clock.add_working_days(paused, waiting, V26) if waiting else paused
        moved = clock.shift(due, paused, resumed, V26)
        assert clock.working_days_between(resumed, moved, V26) == left

    def test_hours(self):
        due = at(2026, 6, 10, 14)
        assert clock.shift_hours(due, at(2026, 6, 10, 11), at(2026, 6, 10, 12, 30)) == at(2026, 6, 10, 15, 30)


class TestWords:
    now = at(2026, 6, 10, 10)  # a Wednesday

    @pytest.mark.parametrize(
        ("due", "said"),
        [
            (at(2026, 6, 12, 18), "还剩 2 个工作日"),
            (at(2026, 6, 15, 18), "还剩 3 个工作日"),
            (at(2026, 6, 10, 18), "今天 18:00 前"),
            (at(2026, 6, 10, 13, 30), "还剩 3 小时"),
            (at(2026, 6, 11, 2), "还剩 16 小时"),
            (at(2026, 6, 10, 10, 20), "还剩 20 分钟"),
            (at(2026, 6, 9, 18), "已逾期 1 个工作日"),
            (at(2026, 6, 4, 18), "已逾期 4 个工作日"),
            (at(2026, 6, 10, 9, 20), "已逾期 40 分钟"),
            (at(2026, 6, 9, 22), "已逾期 12 小时"),
        ],
    )
    def test_what_is_left(self, due, said):
        assert clock.say_due(due, self.now, V26) == said

    def test_overdue_at_the_weekend_is_said_in_hours(self):
        assert clock.say_due(at(2026, 6, 12, 18), at(2026, 6, 13, 10), V26) == "已逾期 16 小时"

    def test_days_and_moments(self):
        with clock.frozen(self.now):
            assert clock.say_day(date(2026, 7, 3)) == "7月3日（周五）"
            assert clock.say_day(date(2025, 7, 3)) == "2025年7月3日（周四）"
            assert clock.say_moment(at(2026, 6, 10, 9, 5)) == "今天 09:05"
            assert clock.say_moment(at(2026, 6, 9, 9, 5)) == "昨天 09:05"
            assert clock.say_moment(at(2026, 6, 1, 15, 20)) == "6月1日（周一）15:20"

    @settings(deadline=None)
    @given(moments, moments)
    def test_there_is_always_something_to_say(self, due, now):
        assert clock.say_due(due, now, V26).startswith(("还剩", "今天", "已逾期"))


class TestNow:
    def test_frozen_and_released(self):
        with clock.frozen(self_at := at(2026, 1, 5, 8)):
            assert clock.now() == self_at
            assert clock.today() == date(2026, 1, 5)
        assert abs(clock.now() - datetime.now(clock.TZ)) < timedelta(seconds=5)


GOOD = """
day_ends: "17:30"
day_ends_source: "测试"
versions:
  - {version: a, from: 2026-01-01, tables: ["2026"]}
tables:
  "2026":
    year: 2026
    source: "测试"
    holidays: {元旦: [2026-01-01]}
    worked: [2026-01-04]
"""


class TestFile:
    def read(self, tmp_path, content):
        file = tmp_path / "holidays.yaml"
        file.write_text(content)
        return load(file, file.stat().st_mtime_ns)

    def test_the_end_of_the_day_belongs_to_the_version(self, tmp_path):
        assert self.read(tmp_path, GOOD)["a"].day_ends.isoformat() == "17:30:00"

    @pytest.mark.parametrize(
        ("old", "new", "line", "about"),
        [
            ("[2026-01-04]", "[2026-01-05]", 11, "周一至周五"),
            ("[2026-01-04]", "[2025-01-04]", 7, "不在 2026 年"),
            ("[2026-01-01]", "[2026-01-03, 2026-01-01]", 10, "首日、末日"),
            ("[2026-01-01]", '["2026-01-01"]', 10, "不加引号"),
            ('tables: ["2026"]', 'tables: ["2027"]', 5, "2027"),
            ('    source: "测试"\n', "", 7, "source"),
            ('"17:30"', "sechs", 2, "时刻"),
        ],
    )
    def test_a_slip_is_shown_with_its_line(self, tmp_path, old, new, line, about):
        with pytest.raises(PolicyError, match=about) as wrong:
            self.read(tmp_path, GOOD.replace(old, new))
        assert wrong.value.line == line
