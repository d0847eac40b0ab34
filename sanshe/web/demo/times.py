"""The story's days brought to the day of loading: moved by whole weeks, with official acts on days that are worked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from sanshe.kernel import clock
from sanshe.kernel.calendar import Calendar

#: The Monday that the story is written for: its «today».
ANCHOR = date(2026, 11, 23)

OPENS, CLOSES = time(9, 0), time(17, 30)


def works(day: date) -> bool:
    """Whether the offices are open on a day, by the calendar as it was known then."""
    return Calendar.current(day).works(day)


class Times:
    """Moves the story by (today − its Monday) in whole weeks, so that weekdays stay what they are."""

    def __init__(self, now: datetime) -> None:
        self.now = clock.local(now)
        self.weeks = (self.now.date() - ANCHOR).days // 7

    def day(self, day: date) -> date:
        """A day of the story, moved."""
        return day + timedelta(weeks=self.weeks)

    def at(self, when: date | datetime, hour: int = 9, minute: int = 0) -> datetime:
        """A moment of the story, moved and aware; a mere day at the hour given."""
        if isinstance(when, datetime):
            hour, minute = when.hour, when.minute
            when = when.date()
        day = self.day(when)
        return clock.at(day.year, day.month, day.day, hour, minute)

    def office(self, when: date | datetime, hour: int = 9, minute: int = 0) -> datetime:
        """The same, on the next day that is worked if that one is not."""
        return self.open_day(self.at(when, hour, minute))

    @staticmethod
    def open_day(moment: datetime) -> datetime:
        """The same time of day on this day or the next one that is worked."""
        while not works(moment.date()):
            moment += timedelta(days=1)
        return moment

    def in_hours(self, moment: datetime, rng: Random) -> datetime:
        """The moment itself if the offices are open then, else early on the next day that is worked."""
        if works(moment.date()) and OPENS <= moment.time() < CLOSES:
            return moment
        if not works(moment.date()) or moment.time() >= CLOSES:
            moment = self.open_day(moment + timedelta(days=1))
        return moment.replace(hour=9, minute=rng.randint(2, 58), second=rng.randint(0, 59))

    def later(self, moment: datetime, rng: Random, least: float, most: float) -> datetime:
        """Some hours later, in office hours."""
        return self.in_hours(moment + timedelta(hours=rng.uniform(least, most)), rng)

    def at_home(self, moment: datetime, rng: Random) -> datetime:
        """About the moment, at an hour at which people look at their phones."""
        return moment.replace(hour=rng.choice((8, 12, 12, 13, 18, 19, 20, 20, 21)), minute=rng.randint(0, 59))

    def workdays(self, moment: datetime, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """The hour on the `days`-th working day after the day of the moment."""
        day = Calendar.current(moment.date()).next_working(moment.date(), days)
        return clock.at(day.year, day.month, day.day, hour, minute)
