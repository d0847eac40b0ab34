"""The top module: nothing imports it; templates of all modules use its tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Shell, design system and home pages."""

    name = "sanshe.web"
    label = "web"
    verbose_name = "界面"
