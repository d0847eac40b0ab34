"""Background work of matters: the clock of deadlines, suggestions for triage and what they are learned from."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from sanshe.kernel import clock

from .actions import run_clock
from .actions.heating import form_topics
from .actions.heating import join_topic as join_now
from .actions.suggesting import learn_from_decided, suggest_waiting


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


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="matters.suggest",
    queue="system",
    queueing_lock="matters.suggest",
    lock="matters.suggest",
    pass_context=True,
)
def suggest(context: JobContext, timestamp: int) -> None:
    """Think about what was filed. Deferred at filing; by the clock for what came in otherwise."""
    suggest_waiting(clock.now(), stop=context.should_abort)


@app.task(name="matters.join_topic", queue="system", priority=10)
def join_topic(matter_id: int) -> None:
    """A new matter joins its topic, within a second of filing: before other work, whatever else runs. Twice is once."""
    join_now(matter_id, clock.now())


@app.periodic(cron="40 2 * * *")
@app.task(
    name="matters.form_topics",
    queue="system",
    queueing_lock="matters.form_topics",
    lock="matters.topics",
    pass_context=True,
)
def form_hot_topics(context: JobContext, timestamp: int) -> None:
    """Sort the matters of the last weeks into topics anew, every night."""
    form_topics(clock.now(), stop=context.should_abort)


@app.periodic(cron="20 2 * * *")
@app.task(name="matters.learn", queue="system", queueing_lock="matters.learn", lock="matters.learn")
def learn(timestamp: int) -> None:
    """Learn anew, every night, from what was decided."""
    learn_from_decided(clock.now())
