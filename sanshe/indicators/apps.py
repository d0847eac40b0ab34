"""Indicators as a Django app."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "sanshe.indicators"
    label = "indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        from django.db.models import Q

        from sanshe.accounts.public import hangs_on_account

        from . import definitions  # noqa: F401
        from .models import GapPlan
        from .words import PlanState

        hangs_on_account("补齐差距的计划", GapPlan, "owner", Q(state=PlanState.DOING))
