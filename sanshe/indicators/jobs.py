"""Background work of the indicators: stored figures, every night."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sanshe.kernel import clock

from .actions import compute_missing


@app.periodic(cron="30 2 * * *")
@app.task(name="indicators.figures", queue="system", queueing_lock="indicators.figures", lock="indicators.figures")
def store_figures(timestamp: int) -> None:
    """Store today's figures, and the month ends that are missing. Run twice, it does nothing twice."""
    now = clock.now()
    compute_missing(now.date(), now)
