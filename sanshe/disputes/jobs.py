"""Background work of disputes. May run twice without harm: each reminder is marked."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .access import CLOCK
from .actions import remind


@app.periodic(cron="20 * * * *")
@app.task(name="disputes.remind", queue="system", queueing_lock="disputes.remind")
def send_reminders(timestamp: int) -> None:
    """Remind of what is overdue and of visits that fall due."""
    remind(by=Viewer.system_account(CLOCK), now=clock.now())
