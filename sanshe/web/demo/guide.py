"""Where to begin in the demo: a few sentences for the terminal."""

from __future__ import annotations

from sanshe.purchase.models import Bid, Call
from sanshe.purchase.words import BidState, CallState

from .buying import seal_key


def hints() -> list[str]:
    """What is worth looking at first, and the keys of the invented bidders of a selection that is open."""
    lines = [
        "可以这样看：不登录，在首页反映一件事；再以 desk 分流、以 lead 发起协商；"
        "以 district 看驾驶舱；以 purchase2、org2 看正在进行的比选。",
    ]
    open_bids = Bid.objects.filter(
        call__state__in=[CallState.OPEN, CallState.OPENING], state=BidState.SEALED
    ).select_related("call__project", "bidder")  # fmt: skip
    for bid in open_bids.order_by("pk"):
        call: Call = bid.call
        lines.append(f"「{call.project.title}」{bid.bidder}的密钥：{seal_key(call.number, bid.bidder_id).code}")
    return lines
