"""The working calendar: which days are worked, from which notice, and what happens when its table ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from sanshe.accounts.public import Role
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.flow import Todo
from sanshe.kernel.http import posts_only

KIND = "放假安排"


@dataclass(frozen=True)
class YearLine:
    """A year of the calendar as its page shows it; `source` empty: its notice is not entered yet."""

    year: int
    source: str
    off: str
    worked: str


def missing_year(today: date) -> int | None:
    """The first year within the span in which deadlines are set already whose holidays are not entered."""
    ahead = today + timedelta(days=int(params.get("watch.holidays_ahead", on=today).value))
    known = clock.years_known()
    return next((year for year in range(today.year, ahead.year + 1) if year not in known), None)


def holidays_todo(viewer: Viewer) -> list[Todo]:
    """One entry for the system administrator, for as long as the table ends too soon; for nobody else."""
    if not viewer.holds(Role.SYSTEM_ADMIN):
        return []
    year = missing_year(clock.today())
    if year is None:
        return []
    due = clock.at(year - 1, 12, 31, 18)
    entry = Todo(
        title=f"录入 {year} 年放假安排", label="录入放假安排", due=due, url=reverse("web:working_days"), kind=KIND,
        place="", obj=None, step="",
    )  # fmt: skip
    return [entry]


def _spans(days: list[date]) -> str:
    """「1月1日至3日、2月15日至23日」: days in a row are said together."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][-1] == timedelta(days=1):
            spans[-1].append(day)
        else:
            spans.append([day])
    said = []
    for span in spans:
        first, last = span[0], span[-1]
        to = (
            "" if first == last else f"至{last.day}日" if last.month == first.month else f"至{last.month}月{last.day}日"
        )
        said.append(f"{first.month}月{first.day}日{to}")
    return "、".join(said)


@require_GET
@posts_only
def working_days(request: HttpRequest) -> HttpResponse:
    """Which days are off and which worked, year by year, for everybody who counts deadlines."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    today = clock.today()
    known, missing = clock.years_known(), missing_year(today)
    lines = []
    for year in sorted({*(y for y in known if y >= today.year - 1), *([missing] if missing else [])}, reverse=True):
        off, worked = clock.holidays_of(year)
        lines.append(YearLine(year, known.get(year, ""), _spans(off), _spans(worked)))
    context = {
        "lines": lines, "missing": missing, "last": max(known, default=None), "keeps": viewer.holds(Role.SYSTEM_ADMIN),
        "version": clock.calendar_version(), "ahead": params.get("watch.holidays_ahead", on=today).shown,
    }  # fmt: skip
    return render(request, "web/working_days.html", context)
