"""Facilities as a Django app."""

from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    name = "sanshe.facilities"
    label = "facilities"
    verbose_name = "社区服务设施"

    def ready(self) -> None:
        """A plan goes on when the body that carries it out is dissolved."""
        from django.db.models import Q

        from sanshe.areas.public import BodyHolding, hangs_on_body, no_longer_named

        from .models import FacilityPlan
        from .words import PlanState

        open_now = Q(state__in=(PlanState.PLANNED, PlanState.UNDER_WAY))
        hangs_on_body(BodyHolding("设施计划", FacilityPlan, "body", open_now, left=no_longer_named("body")))
