"""Background work of matters: the clock of deadlines."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from sanshe.kernel import clock

from .actions import run_clock


@app.periodic(cron="*/10 * * * *")
@app.task(
    name="matters.run_clock",
    queue="system",
    queueing_lock="matters.run_clock",
    lock="matters.run_clock",
    pass_context=True,
)
def run_the_clock(context: JobContext, timestamp: int) -> None:
    """Remind and escalate. Run twice, it does nothing twice; asked to stop, it stops between two matters."""
    run_clock(clock.now(), stop=context.should_abort)
