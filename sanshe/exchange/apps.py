"""Exchange as a Django app; listens to the steps of matters that came from elsewhere."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Channels of other systems, the answers back, tokens, Open311."""

    name = "sanshe.exchange"
    label = "exchange"
    verbose_name = "对外交换"

    def ready(self) -> None:
        """Have each step of a matter that came from elsewhere told to where it came from."""
        from django.db.models import Q

        from sanshe.accounts.public import hangs_on_account
        from sanshe.areas.public import BodyHolding, hangs_on_body
        from sanshe.matters.public import ASSIST, FLOW, beside_matter

        from . import flow  # noqa: F401
        from .actions.answering import queue_answer
        from .actions.forwarding import by_rule, part_by_rule, tell_forwarded
        from .actions.succeeding import rule_goes_on
        from .actions.tokens import owner_leaves
        from .models import ForwardRule, Heard, Token
        from .queries import beside_a_matter
        from .words import HeardState

        FLOW.after(*(step.name for step in FLOW.steps if step.public))(queue_answer)
        # Also the steps that the public does not see: a return takes the matter from its unit.
        quiet = {"remind", "escalate", "waited", "oversee_rule", "oversee", "extend", "ask_assist", "rate", "inquire"}
        FLOW.after(*(step.name for step in FLOW.steps if step.name not in quiet))(tell_forwarded)
        FLOW.after("triage_government", "designate", "succeed")(by_rule)
        ASSIST.after("")(part_by_rule)
        beside_matter(beside_a_matter)
        hangs_on_account("接口令牌", Token, "user", Q(revoked_at__isnull=True), owner_leaves, "办理移交时撤销")
        standing = Q(ended_at__isnull=True)
        hangs_on_body(BodyHolding("转交规则", ForwardRule, "unit", standing, rule_goes_on, rule_goes_on))
        # Without an heir the community's desk settles it, as it may do anyway.
        hangs_on_body(BodyHolding("对方系统的消息", Heard, "unit", Q(state=HeardState.HELD)))
