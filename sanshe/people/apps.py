"""People as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The person index."""

    name = "sanshe.people"
    label = "people"
    verbose_name = "人员索引"

    def ready(self) -> None:
        """Load the procedure of requests."""
        from . import flow  # noqa: F401
