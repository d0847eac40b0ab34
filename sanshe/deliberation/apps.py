"""Deliberation as a Django app: hooks on matters below, and the station of the thread."""

from __future__ import annotations

from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    """What is settled together."""

    name = "sanshe.deliberation"
    label = "deliberation"
    verbose_name = "协商"

    def ready(self) -> None:
        """A matter triaged as 小事 becomes a topic; one that goes another way is dropped."""
        from datetime import datetime
        from typing import Any

        from sanshe.kernel import thread
        from sanshe.kernel.access import Viewer
        from sanshe.matters.public import FLOW as MATTER_FLOW
        from sanshe.matters.public import MatterState

        from . import actions, flow, queries  # noqa: F401
        from .models import Deliberation, Topic

        @MATTER_FLOW.after("triage_joint")
        def make_topic(matter: Any, by: Viewer, now: datetime) -> None:
            actions.topic_of(matter=matter, by=by, now=now)

        @MATTER_FLOW.after("unmerge")
        def topic_again(matter: Any, by: Viewer, now: datetime) -> None:
            if matter.state == MatterState.TOGETHER:
                actions.topic_of(matter=matter, by=by, now=now)

        @MATTER_FLOW.after("hand_back", "retriage", "merge")
        def drop_topic(matter: Any, by: Viewer, now: datetime) -> None:
            actions.drop_topic(matter=matter, by=by, now=now)

        from sanshe.matters.public import on_hot_topic
        from sanshe.people.public import file_section

        from .pages.together import offer
        from .talkers import file_rows

        on_hot_topic(offer)

        file_section("参加的协商", file_rows)

        from django.db.models import Q

        from sanshe.accounts.public import hangs_on_account
        from sanshe.areas.public import BodyHolding, hangs_on_body, no_longer_named

        from .actions.succeeding import task_left
        from .models import Task
        from .words import ENDED, TaskState

        hangs_on_account("协商任务", Task, "owner", Q(state=TaskState.OPEN))
        hangs_on_body(BodyHolding("协商任务", Task, "owner_body", Q(state=TaskState.OPEN), left=task_left))
        under_way = ~Q(state__in=[state.value for state in ENDED])
        for column in ("party_body", "committee_body"):
            hangs_on_body(BodyHolding("牵头的协商", Deliberation, column, under_way, left=no_longer_named(column)))
        thread.register(Deliberation, queries.describe)
        thread.register(Topic, queries.describe_topics)
