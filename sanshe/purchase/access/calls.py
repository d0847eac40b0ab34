"""Comparison selection: the call is public, a bid is its bidder's until all are opened, scores are the experts'."""

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.kernel.access import (
    Access,
    anywhere,
    holds,
    inherits,
    own,
    signed_in,
    system,
    through,
    where,
    works_for,
)

from ..models import Award, Bid, Call, Drawn, Objection, Score
from ..words import BidState, CallState, SealWay

_street = holds(Role.STREET_PURCHASE, Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
_drawn = through(
    "purchase.Drawn", "call_id", own("user") & where(Q(excluded=""), "未回避的"), label="抽中且未回避的专家"
)
_undeclared = through(
    "purchase.Drawn", "call_id", own("user") & where(Q(excluded="", declared_at=None), "还没有声明的"),
    label="抽中、还没有声明的专家",
)  # fmt: skip
_unscored = through(
    "purchase.Drawn", "call_id",
    own("user") & where(Q(excluded="", declared_at__isnull=False, scored_at=None), "未评的"),
    label="已声明无利害关系、还没有评分的专家",
)  # fmt: skip
_bidder = through("purchase.Bid", "call_id", works_for(Role.ORG_MANAGER, body="bidder"), label="参选单位")
_owes_key = through(
    "purchase.Bid", "call_id",
    works_for(Role.ORG_MANAGER, body="bidder") & where(Q(state=BidState.SEALED, way=SealWay.BROWSER), "还没有交密钥的"),
    label="还没有交密钥的参选单位",
)  # fmt: skip
_judge_of = through(
    "purchase.Drawn", "call_id", own("user") & where(Q(excluded="", declared_at__isnull=False), "已声明的"),
    to="call_id", label="已声明无利害关系的评审专家",
)  # fmt: skip


class CallAccess(Access[Call]):
    """From its publication a call is for everybody; before, for the street that writes it."""

    model = Call
    see = where(~Q(state=CallState.DRAFT), "已发布的") | _street | holds(Role.SERVICE_CENTRE) | system()
    inside = _street | holds(Role.SERVICE_CENTRE)
    edit = holds(Role.STREET_PURCHASE)
    publish = holds(Role.STREET_PURCHASE)
    bid = anywhere(Role.ORG_MANAGER)
    receive_envelope = holds(Role.STREET_PURCHASE, Role.STREET_OFFICER)
    open = holds(Role.STREET_PURCHASE, Role.STREET_OFFICER)
    # The second officer is another person than the first.
    confirm_opening = holds(Role.STREET_PURCHASE, Role.STREET_OFFICER) & ~own("started_by", "启动开封的人")
    give_key = _bidder
    owe_key = _owes_key
    unseal = holds(Role.STREET_PURCHASE, Role.STREET_OFFICER) | system("selection")
    draw = holds(Role.STREET_PURCHASE)
    declare = _undeclared
    score = _unscored
    conclude = holds(Role.STREET_PURCHASE)
    object = signed_in() & ~_street & ~_drawn
    award = holds(Role.STREET_PURCHASE)
    contract = holds(Role.STREET_PURCHASE)
    give_up = holds(Role.STREET_PURCHASE)


class BidAccess(Access[Bid]):
    """Who bid is known to the street; what it says is known to all of them at once, when it is opened."""

    model = Bid
    see = (
        works_for(Role.ORG_MANAGER, body="bidder")
        | holds(Role.STREET_PURCHASE, Role.STREET_OFFICER, Role.DISTRICT_OFFICER, area="call__area")
        | through(
            "purchase.Drawn", "call_id", own("user") & where(Q(excluded=""), "未回避的"), to="call_id", label="评审专家"
        )
    )
    read = where(Q(state=BidState.OPENED), "已开封的") & (
        works_for(Role.ORG_MANAGER, body="bidder")
        | holds(Role.STREET_PURCHASE, Role.STREET_OFFICER, Role.DISTRICT_OFFICER, area="call__area")
        | _judge_of
    )


class DrawnAccess(Access[Drawn]):
    """Who judges is not public before the result, and is known to the street and to themselves."""

    model = Drawn
    see = own("user") | holds(Role.STREET_PURCHASE, Role.STREET_OFFICER, Role.DISTRICT_OFFICER, area="call__area")


class ScoreAccess(Access[Score]):
    """An expert sees their own points; the street sees all of them when the judging is over."""

    model = Score
    see = own("drawn__user", "评分专家") | (
        holds(Role.STREET_PURCHASE, Role.STREET_OFFICER, Role.DISTRICT_OFFICER, area="drawn__call__area")
        & where(Q(drawn__call__state__in=[CallState.PUBLICITY, CallState.AWARDED, CallState.FAILED]), "评审结束的")
    )


class AwardAccess(Access[Award]):
    """The result and its arithmetic are public from the publicity period on."""

    model = Award
    see = inherits("call", CallAccess)


class ObjectionAccess(Access[Objection]):
    """An objection is between the one who raised it and the street; the one who bought does not judge it."""

    model = Objection
    see = own("raised_by", "提出人") | holds(Role.STREET_OFFICER, Role.STREET_PURCHASE, Role.DISTRICT_OFFICER)
    answer = holds(Role.STREET_OFFICER) & ~own("raised_by", "提出人")
