"""Mutual help as a Django app."""

from django.apps import AppConfig


class NeighboursConfig(AppConfig):
    """Neighbours help each other."""

    name = "sanshe.neighbours"
    label = "neighbours"
    verbose_name = "邻里互助"

    def ready(self) -> None:
        """A matter left to residents leads here; a person's file knows of it."""
        from sanshe.matters.public import beside_matter
        from sanshe.people.public import erasure_block, file_section, on_erasure

        from . import flow, from_matters, queries  # noqa: F401
        from .actions.forgetting import forget_neighbour

        beside_matter(from_matters.beside)
        file_section("邻里互助", queries.file_rows)
        erasure_block(queries.against_erasure)
        on_erasure(forget_neighbour)
