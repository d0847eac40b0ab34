"""Contracts: in the open once signed; each step by the one whose step it is."""

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, holds, inherits, own, system, where, works_for

from ..models import Acceptance, Contract, Delivery, Evaluation
from ..words import ContractState

_street = holds(Role.STREET_PURCHASE, Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
_centre = holds(Role.SERVICE_CENTRE)
_community = holds(Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER)
_supplier = works_for(Role.ORG_MANAGER, Role.SOCIAL_WORKER, body="supplier")


class ContractAccess(Access[Contract]):
    """A signed contract is public (政府购买服务管理办法 第二十三条); a draft is its parties'."""

    model = Contract
    see = where(~Q(state=ContractState.DRAFT), "已签订的") | _street | _centre | _community | _supplier | system()
    agree = works_for(Role.ORG_MANAGER, body="supplier")
    sign = holds(Role.STREET_PURCHASE)
    record = works_for(Role.SOCIAL_WORKER, Role.ORG_MANAGER, body="supplier")
    invite = holds(Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER)
    accept = holds(Role.COMMUNITY_LEAD)
    evaluate = holds(Role.SERVICE_CENTRE, Role.STREET_OFFICER)
    renew = holds(Role.STREET_PURCHASE)
    terminate = holds(Role.STREET_PURCHASE)
    inside = _street | _centre | _community | _supplier


class DeliveryAccess(Access[Delivery]):
    """What was done, for how many, at what cost, is as public as its contract; the account of it is not."""

    model = Delivery
    see = inherits("contract", ContractAccess)
    detail = inherits("contract", ContractAccess, "inside")


class AcceptanceAccess(Access[Acceptance]):
    """Who said what at the acceptance: the person and those who run it. The supplier sees the sums only."""

    model = Acceptance
    see = own("user") | holds(
        Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER, Role.STREET_PURCHASE, Role.STREET_OFFICER, Role.SERVICE_CENTRE,
        area="contract__area",
    )  # fmt: skip
    answer = own("user")


class EvaluationAccess(Access[Evaluation]):
    """The evaluation stands beside its contract, in the open."""

    model = Evaluation
    see = inherits("contract", ContractAccess)


__all__ = ["AcceptanceAccess", "ContractAccess", "DeliveryAccess", "EvaluationAccess"]
