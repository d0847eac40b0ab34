"""Matters as a Django app; registers how matters describe themselves on the thread."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """Intake, triage, handling, rating, reopening."""

    name = "sanshe.matters"
    label = "matters"
    verbose_name = "事项"

    def ready(self) -> None:
        """Tell the thread how a matter looks, and load the procedures."""
        from sanshe.kernel import thread

        from . import flow, thread_marks  # noqa: F401
        from .models import Matter

        thread.register(Matter, thread_marks.describe)
