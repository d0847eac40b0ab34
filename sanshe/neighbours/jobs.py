"""Background work of mutual help. May run twice without harm."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer

from .access import CLOCK
from .actions import lapse


@app.periodic(cron="40 * * * *")
@app.task(name="neighbours.lapse", queue="system", queueing_lock="neighbours.lapse")
def end_what_ran_out(timestamp: int) -> None:
    """End offers and requests whose time is over."""
    lapse(by=Viewer.system_account(CLOCK), now=clock.now())
