"""Scheduled work of buying services. Each may run twice without harm."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sanshe.kernel import clock

from .actions import calls, contracts


@app.periodic(cron="20 6 * * *")
@app.task(name="purchase.near_end", queue="system", queueing_lock="purchase.near_end")
def near_end(timestamp: int) -> None:
    """Contracts near their end become something to do."""
    contracts.remind_near_end(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="purchase.unseal", queue="system", queueing_lock="purchase.unseal")
def unseal(timestamp: int) -> None:
    """Bids whose time for keys is over are opened, whether an officer is there or not."""
    calls.unseal_when_over(now=clock.now())
