"""Background work of deliberation. May run twice without harm: each reminder is marked as sent."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .access import REMINDER
from .actions import remind


@app.periodic(cron="*/10 * * * *")
@app.task(name="deliberation.remind", queue="system", queueing_lock="deliberation.remind")
def send_reminders(timestamp: int) -> None:
    """Remind of meetings, tasks, and views that closed."""
    remind(by=Viewer.system_account(REMINDER), now=clock.now())
