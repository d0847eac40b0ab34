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
        from django.db.models import Q

        from sanshe.accounts.public import hangs_on_account
        from sanshe.areas.public import BodyHolding, hangs_on_body
        from sanshe.deliberation.public import FLOW, needs_of
        from sanshe.kernel import thread
        from sanshe.orgs.public import file_section

        from . import dossier, marks, public
        from .actions.judging import expert_leaves
        from .models import Call, Contract, Drawn, Need, Project
        from .words import CallState, ContractState, ProjectState

        file_section("承接的项目", dossier.projects)
        file_section("合同", dossier.contracts)
        in_the_making = Q(state__in=(ProjectState.DRAFT, ProjectState.SUBMITTED))
        hangs_on_account("编制的项目", Project, "made_by", in_the_making)
        to_judge = Q(excluded="", scored_at__isnull=True, call__state=CallState.SCORING)
        buying = ~Q(state__in=(CallState.AWARDED, CallState.FAILED))
        running = Q(
            state__in=(ContractState.DRAFT, ContractState.RUNNING, ContractState.ACCEPTANCE, ContractState.ACCEPTED)
        )
        hangs_on_body(BodyHolding("采购的比选", Call, "buyer", buying, must_go_on=True))
        hangs_on_body(BodyHolding("采购的合同", Contract, "buyer", running, must_go_on=True))
        hangs_on_body(BodyHolding("承接的合同", Contract, "supplier", running, must_go_on=True))
        hangs_on_account("抽中的评审", Drawn, "user", to_judge, expert_leaves, "由街道补抽专家")
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
