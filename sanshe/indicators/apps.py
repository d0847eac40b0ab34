"""Indicators as a Django app."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "sanshe.indicators"
    label = "indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        from . import definitions  # noqa: F401
