"""The workforce as a Django app."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "sanshe.workforce"
    label = "workforce"
    verbose_name = "社会工作队伍"

    def ready(self) -> None:
        """The workforce's part of a person's file."""
        from sanshe.people.public import erasure_block, file_section, on_erasure

        from .actions.forgetting import forget_worker
        from .dossier import against_erasure, file_rows

        file_section("社工队伍记录", file_rows)
        erasure_block(against_erasure)
        on_erasure(forget_worker)
