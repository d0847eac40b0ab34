"""Scheduled work of the workforce. Each may run twice without harm."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .actions import compute_all, tell_lapses
from .queries import months_after


@app.periodic(cron="30 7 1 * *")
@app.task(name="workforce.lapses", queue="system", queueing_lock="workforce.lapses")
def lapses(timestamp: int) -> None:
    """Registrations that end soon are told, on the first of the month."""
    tell_lapses(now=clock.now())


@app.periodic(cron="40 3 1 * *")
@app.task(name="workforce.allowance", queue="system", queueing_lock="workforce.allowance")
def allowance(timestamp: int) -> None:
    """Last month's sheets are worked out, so that the streets find them to check."""
    now = clock.now()
    month = months_after(clock.local(now).date().replace(day=1), -1)
    compute_all(month=month, by=Viewer.system_account("津贴月表"), now=now)
