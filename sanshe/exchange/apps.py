"""Exchange as a Django app; listens to the steps of matters that came from elsewhere."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Channels of other systems, the answers back, tokens, Open311."""

    name = "sanshe.exchange"
    label = "exchange"
    verbose_name = "对外交换"

    def ready(self) -> None:
        """Have each step of a matter that came from elsewhere told to where it came from."""
        from sanshe.matters.public import FLOW

        from .actions.answering import queue_answer

        FLOW.after(*(step.name for step in FLOW.steps if step.public))(queue_answer)
