"""Background work of exchange: answers to other systems, and what is no longer kept."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sanshe.kernel import clock

from .actions import forget_calls
from .actions.answering import NotDelivered, send_answer, send_waiting


@app.task(
    name="exchange.send", queue="mail",
    retry=RetryStrategy(max_attempts=40, exponential_wait=3, retry_exceptions=[NotDelivered]),
)  # fmt: skip
def send(answer_id: int) -> None:
    """Send one answer. The number of tries is a parameter; after the last the answer is marked, and this ends."""
    send_answer(answer_id, clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="exchange.send_waiting", queue="mail", queueing_lock="exchange.send_waiting")
def take_up(timestamp: int) -> None:
    """Send what was kept and never tried: a crash between keeping and sending loses nothing."""
    send_waiting()


@app.periodic(cron="10 3 * * *")
@app.task(name="exchange.forget_calls", queue="system", queueing_lock="exchange.forget_calls")
def forget(timestamp: int) -> None:
    """Drop old calls."""
    forget_calls(clock.now())
