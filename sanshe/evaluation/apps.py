"""Evaluation as a Django app."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "sanshe.evaluation"
    label = "evaluation"
    verbose_name = "品牌与示范"

    def ready(self) -> None:
        """A brand goes on when the body that keeps it is dissolved."""
        from django.db.models import Q

        from sanshe.areas.public import BodyHolding, hangs_on_body, no_longer_named

        from .models import Brand

        kept = Q(valid_to__isnull=True)
        hangs_on_body(BodyHolding("主办的品牌", Brand, "body", kept, left=no_longer_named("body")))
