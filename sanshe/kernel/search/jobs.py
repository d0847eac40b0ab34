"""The worker keeps the index. Found through `sanshe.kernel.jobs`."""

from __future__ import annotations

from procrastinate.contrib.django import app

from . import keeping

#: Seconds that one run may take; what is left is taken by the next.
AT_MOST = 50


@app.periodic(cron="* * * * * */5")
@app.task(name="kernel.search", queue="system", queueing_lock="kernel.search", lock="kernel.search")
def take_changes(timestamp: int) -> None:
    """Take the pairs of what was written in the last seconds."""
    keeping.take(seconds=AT_MOST)
