"""Readers of contracts, delivery, acceptance and evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Count, Q, QuerySet, Sum

from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible

from ..access.contracts import AcceptanceAccess, ContractAccess, DeliveryAccess
from ..flow.contracts import answers_of
from ..models import Acceptance, Contract, Delivery
from ..words import ContractState

#: A contract in one of these states was signed.
SIGNED = [s for s in ContractState if s != ContractState.DRAFT]


def contracts(viewer: Viewer, area_ids: list[int] | None = None, state: str = "", text: str = "") -> QuerySet[Contract]:
    """Contracts the viewer may see."""
    rows = ContractAccess.rows(viewer).select_related("project", "area", "supplier")
    if area_ids is not None:
        rows = rows.filter(area__in=area_ids)
    if state in ContractState.values:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(
            Q(project__title__contains=text) | Q(supplier__name__contains=text) | Q(number__startswith=text)
        )
    return rows


def contract(viewer: Viewer, pk: int) -> Contract:
    """One contract. Raises NotVisible."""
    rows = Contract.objects.select_related("project", "area", "area__parent", "supplier", "buyer", "earlier", "call")
    return ContractAccess.get(viewer, pk, rows=rows)


def running_on(on: date) -> QuerySet[Contract]:
    """Contracts in force on a day: what the indicator of purchased services counts.

    In force from its first day, once signed, to its last day, or to the day on which it was ended early.
    """
    return Contract.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=on), begins_on__lte=on, ends_on__gte=on, signed_at__date__lte=on
    )


@dataclass(frozen=True)
class Sums:
    """What was delivered under a contract. `spent` in fen, `minutes` of service."""

    times: int
    people: int
    minutes: int
    spent: int

    @property
    def hours(self) -> float:
        return round(self.minutes / 60, 1)


def sums(contract: Contract) -> Sums:
    """Sums of a contract's service records."""
    found = contract.deliveries.aggregate(t=Count("id"), p=Sum("people"), m=Sum("minutes"), s=Sum("spent"))
    return Sums(found["t"], found["p"] or 0, found["m"] or 0, found["s"] or 0)


def deliveries(viewer: Viewer, contract: Contract, limit: int = 60) -> list[Delivery]:
    """A contract's service records, newest first; `may_detail` on each says whether the account may be read."""
    rows = list(DeliveryAccess.rows(viewer).filter(contract=contract).order_by("-on", "-id")[:limit])
    inside = bool(rows) and DeliveryAccess.may(viewer, "detail", rows[0])
    for row in rows:
        row.may_detail = inside  # type: ignore[attr-defined]
    return rows


@dataclass(frozen=True)
class AcceptanceSum:
    """How the acceptance stands, without names."""

    invited: int
    answered: int
    agreed: int
    grade: float | None


def acceptance_sum(contract: Contract) -> AcceptanceSum:
    """Sums of the residents' answers."""
    found = answers_of(contract).aggregate(
        invited=Count("id"),
        answered=Count("answered_at"),
        agreed=Count("id", filter=Q(agrees=True)),
        grade=Avg("grade"),
    )
    return AcceptanceSum(**found)


def acceptances(viewer: Viewer, contract: Contract) -> QuerySet[Acceptance]:
    """The answers one by one, for those who run the acceptance and for the person themselves."""
    rows = AcceptanceAccess.rows(viewer).filter(contract=contract, round=contract.acceptance_round)
    return rows.order_by("answered_at", "id")


def invitation(token: str) -> Acceptance:
    """The invitation behind a link. Raises NotVisible."""
    row = Acceptance.objects.select_related("contract__project", "contract__supplier", "contract__area").filter(
        token=token
    )
    found = row.first()
    if found is None:
        raise NotVisible("没有找到这份验收邀请，请核对链接。")
    return found
