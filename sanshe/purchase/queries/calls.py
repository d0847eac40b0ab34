"""Readers of comparison selections."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from sanshe.accounts.public import Role
from sanshe.kernel.access import Viewer

from ..access.calls import AwardAccess, BidAccess, CallAccess, DrawnAccess, ObjectionAccess
from ..models import Award, Bid, Call, Drawn, Objection
from ..words import BidState, CallState


def calls(viewer: Viewer, state: str = "") -> QuerySet[Call]:
    """Selections the viewer may see, newest first."""
    rows = CallAccess.rows(viewer).select_related("project", "area", "buyer")
    if state in CallState.values:
        rows = rows.filter(state=state)
    return rows.order_by("-published_at", "-id")


def call(viewer: Viewer, pk: int) -> Call:
    """One selection. Raises NotVisible."""
    return CallAccess.get(viewer, pk, rows=Call.objects.select_related("project", "area", "area__parent", "buyer"))


def bids_of(viewer: Viewer, call: Call) -> list[Bid]:
    """The bids in force of a call that the viewer may know of; each says by `readable` whether it may be read."""
    rows = BidAccess.rows(viewer).filter(call=call).exclude(state=BidState.REPLACED).select_related("bidder")
    found = list(rows.order_by("handed_in_at", "pk"))
    open_to = set(BidAccess.rows(viewer, "read").filter(call=call).values_list("pk", flat=True)) if found else set()
    for bid in found:
        bid.readable = bid.pk in open_to  # type: ignore[attr-defined]
        if not bid.readable:  # type: ignore[attr-defined]
            bid.price, bid.plan, bid.team = None, "", ""
    return found


def bid_count(call: Call) -> int:
    """How many bids stand: all that anybody may know before the opening."""
    return call.bids.exclude(state=BidState.REPLACED).count()


def my_bid(viewer: Viewer, call: Call) -> Bid | None:
    """The bid in force of a body that the viewer heads."""
    mine = viewer.bodies(Role.ORG_MANAGER)
    return BidAccess.rows(viewer).filter(call=call, bidder__in=mine).exclude(state=BidState.REPLACED).first()


def drawn_of(viewer: Viewer, call: Call) -> QuerySet[Drawn]:
    """The drawn experts that the viewer may know of."""
    return DrawnAccess.rows(viewer).filter(call=call).select_related("user").order_by("pk")


def award_of(viewer: Viewer, call: Call) -> Award | None:
    """The result, from its publication on."""
    if call.state not in (CallState.PUBLICITY, CallState.AWARDED, CallState.FAILED):
        return None
    return AwardAccess.rows(viewer).filter(call=call).select_related("supplier").first()


def objections_of(viewer: Viewer, call: Call) -> QuerySet[Objection]:
    """Objections to the result that the viewer may see."""
    return ObjectionAccess.rows(viewer).filter(call=call).order_by("raised_at")


def objection(viewer: Viewer, pk: int) -> Objection:
    """One objection. Raises NotVisible."""
    return ObjectionAccess.get(viewer, pk, rows=Objection.objects.select_related("call__project", "area"))


def taking_bids(call: Call, now: datetime) -> bool:
    """Whether sealed bids are taken at this moment."""
    return call.state == CallState.OPEN and call.closes_at is not None and now < call.closes_at


def taking_keys(call: Call, now: datetime) -> bool:
    """Whether keys are taken at this moment."""
    return call.state == CallState.OPENING and call.keys_until is not None and now < call.keys_until
