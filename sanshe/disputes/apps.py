"""Disputes as a Django app."""

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """People's mediation, confidential."""

    name = "sanshe.disputes"
    label = "disputes"
    verbose_name = "人民调解"

    def ready(self) -> None:
        """A matter's page leads here; a person's file knows of it for those who may read it."""
        from django.db.models import Q

        from sanshe.accounts.public import hangs_on_account
        from sanshe.matters.public import beside_matter
        from sanshe.people.public import erasure_block, file_section, on_erasure

        from . import flow, from_matters, queries  # noqa: F401
        from .actions.deciding import mediator_leaves
        from .actions.forgetting import forget_party
        from .models import Dispute
        from .words import DisputeState

        beside_matter(from_matters.beside)
        file_section("人民调解", queries.file_rows)
        erasure_block(queries.against_erasure)
        on_erasure(forget_party)
        with_mediator = (DisputeState.MEDIATING, DisputeState.SIGNING, DisputeState.AGREED)
        in_hand = Q(state__in=with_mediator, vacated_at__isnull=True)
        hangs_on_account("主持的人民调解", Dispute, "mediator", in_hand, mediator_leaves, "由社区负责人更换调解员")
