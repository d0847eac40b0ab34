"""Buying services as a Django app."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from sanshe.kernel.access import Viewer


class PurchaseConfig(AppConfig):
    name = "sanshe.purchase"
    label = "purchase"
    verbose_name = "服务项目与购买"

    def ready(self) -> None:
        """Its things describe themselves on the thread; an outcome that states a need puts it into the pool."""
        from sanshe.deliberation.public import FLOW, needs_of
        from sanshe.kernel import thread
        from sanshe.orgs.public import file_section

        from . import dossier, marks, public
        from .models import Call, Contract, Need, Project

        file_section("承接的项目", dossier.projects)
        file_section("合同", dossier.contracts)
        thread.register(Need, marks.needs)
        thread.register(Project, marks.projects)
        thread.register(Call, marks.calls)
        thread.register(Contract, marks.contracts)

        @FLOW.after("publish")
        def take_up_needs(deliberation: Any, by: Viewer, now: datetime) -> None:
            """What the outcome states becomes needs in the pool, once."""
            for stated in needs_of(deliberation.outcome):
                public.state_need(
                    title=stated.title, area=deliberation.area, source=f"协商「{deliberation.title}」", by=by, now=now,
                    detail=stated.words, beneficiaries=stated.for_whom, field=stated.get_field_display(),
                    came_from=deliberation, source_key=f"outcome-{stated.pk}",
                )  # fmt: skip
