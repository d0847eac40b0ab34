"""Readers of comparison selections."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from sanshe.accounts.public import Role
from sanshe.areas.public import Body
from sanshe.kernel.access import Viewer

from ..access.calls import AwardAccess, BidAccess, CallAccess, DrawnAccess, ObjectionAccess
from ..access.contracts import ContractAccess
from ..models import Award, Bid, Call, Contract, Criterion, Drawn, Objection
from ..sealing import BidFile, SealError, SealKey, open_sealed
from ..words import BidState, CallState, ObjectionState, SealWay


def calls(viewer: Viewer, state: str = "", text: str = "") -> QuerySet[Call]:
    """Selections the viewer may see."""
    rows = CallAccess.rows(viewer).select_related("project", "area", "buyer")
    if state in CallState.values:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(project__title__contains=text) | Q(number__startswith=text))
    return rows


def call(viewer: Viewer, pk: int) -> Call:
    """One selection. Raises NotVisible."""
    return CallAccess.get(viewer, pk, rows=Call.objects.select_related("project", "area", "area__parent", "buyer"))


def bids_of(viewer: Viewer, call: Call) -> list[Bid]:
    """The bids in force of a call that the viewer may know of; each says by `readable` whether it may be read."""
    rows = BidAccess.rows(viewer).filter(call=call).exclude(state=BidState.REPLACED).select_related("bidder")
    found = list(rows.order_by("handed_in_at", "pk"))
    open_to = set(BidAccess.rows(viewer, "read").filter(call=call).values_list("pk", flat=True)) if found else set()
    for bid in found:
        bid.call = call  # known already, so not asked for again
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


def criteria_of(call: Call) -> list[Criterion]:
    """By what the bids are judged, in order."""
    return list(call.criteria.all())


def inside(viewer: Viewer, call: Call) -> bool:
    """Whether the viewer runs the selection or oversees it, and so reads its whole record."""
    return bool(viewer.is_staff) and CallAccess.may(viewer, "inside", call)


def objection_sum(call: Call) -> tuple[int, int]:
    """How many objections were raised and how many of them are answered: what everybody may know."""
    found = call.objections.aggregate(all=Count("id"), answered=Count("id", filter=Q(state=ObjectionState.ANSWERED)))
    return found["all"], found["answered"]


def bid(viewer: Viewer, call_id: int, bid_id: int, verb: str = "see") -> Bid:
    """One bid of a call. Raises NotVisible, NotAllowed."""
    rows = Bid.objects.filter(call=call_id).select_related("bidder", "call__project")
    return BidAccess.get(viewer, bid_id, verb, rows=rows)


def attachments(bid: Bid) -> list[BidFile]:
    """The files inside an opened bid, read out of its sealed bytes. Empty when they can no longer be read."""
    if bid.state != BidState.OPENED or bid.way != SealWay.BROWSER or not bid.key_code:
        return []
    try:
        with bid.sealed.open("rb") as file:
            content = open_sealed(
                file.read(), call=bid.call.number, bidder=str(bid.bidder_id), key=SealKey.from_code(bid.key_code)
            )
    except (SealError, OSError):
        return []
    return list(content.files)


def my_bodies(viewer: Viewer) -> QuerySet[Body]:
    """The bodies for which the viewer may hand in a bid."""
    return Body.objects.filter(pk__in=viewer.bodies(Role.ORG_MANAGER)).order_by("pk")


def contracts_of(viewer: Viewer, call: Call) -> QuerySet[Contract]:
    """The contracts that came out of a selection, by year, as far as the viewer may see them."""
    return ContractAccess.rows(viewer).filter(call=call).select_related("supplier", "project").order_by("begins_on")


def bidders(call: Call) -> list[str]:
    """Names of those whose bids stand. For experts who must say whether they are tied to one of them."""
    rows = call.bids.exclude(state=BidState.REPLACED).order_by("bidder__name")
    return list(rows.values_list("bidder__name", flat=True))
