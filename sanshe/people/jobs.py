"""Background work of the person index: the rules of retention, the scan of free texts."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sanshe.kernel import clock

from .actions import run_retention, scan


@app.periodic(cron="10 3 * * *")
@app.task(name="people.retention", queue="system", queueing_lock="people.retention", lock="people.retention")
def retention(timestamp: int) -> None:
    """Carry out what is due. Run twice, it does nothing twice."""
    run_retention(clock.now())


@app.periodic(cron="40 3 * * *")
@app.task(name="people.scan", queue="system", queueing_lock="people.scan", lock="people.scan")
def scan_texts(timestamp: int) -> None:
    """Look for numbers that people typed into free texts."""
    scan(clock.now())
