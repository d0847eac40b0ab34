"""Matters as a Django app; registers how matters describe themselves on the thread."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """Intake, triage, handling, rating, reopening."""

    name = "sanshe.matters"
    label = "matters"
    verbose_name = "事项"

    def ready(self) -> None:
        """Tell the thread how a matter looks, and load the procedures."""
        from django.db.models import Q

        from sanshe.accounts.public import hangs_on_account
        from sanshe.areas.public import hangs_on_body
        from sanshe.kernel import thread
        from sanshe.people.public import erasure_block, file_section, on_erasure

        from . import flow, orders, reporters, thread_marks  # noqa: F401
        from .actions.forgetting import forget_reporter
        from .actions.merging import hook_on
        from .actions.succeeding import HELD
        from .models import Matter, TaskOrder, TaskPart
        from .tasks import flow as tasks  # noqa: F401
        from .tasks.words import OrderState, PartState
        from .words import OPEN

        hook_on()
        thread.register(Matter, thread_marks.describe)
        file_section("反映的事项", reporters.file_rows)
        erasure_block(reporters.against_erasure)
        on_erasure(forget_reporter)
        for holding in HELD:
            hangs_on_body(holding)
        hangs_on_account("经办的事项", Matter, "handler", Q(state__in=[state.value for state in OPEN]))
        hangs_on_account("社区承担的任务", TaskPart, "handler", Q(state=PartState.ACCEPTED))
        under_way = (OrderState.WAITING, OrderState.OBJECTED, OrderState.OUT)
        hangs_on_account("提出的下派任务", TaskOrder, "asked_by", Q(state__in=under_way))
