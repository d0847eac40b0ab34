"""The top module: nothing imports it; templates of all modules use its tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Shell, design system and home pages."""

    name = "sanshe.web"
    label = "web"
    verbose_name = "界面"

    def ready(self) -> None:
        """What the to-do list holds beside the procedures."""
        from sanshe.kernel.flow import standing

        from .working_days import holidays_todo

        standing(holidays_todo)
