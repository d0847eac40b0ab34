"""Needs, projects, comparison selections, contracts: each row through its rule, so a draft is its makers' alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from sanshe.purchase.public import Call, Contract, Need, Project

from .reading import AfterKey, AreaCode, Key, Limit, Read, codes, page_by, rules, viewer_of, within
from .shapes import PAGE, pages, shape

NeedShape = shape(
    "Need", Need, "id title detail beneficiaries field area source state reason stated_at", "What residents need.",
    page=PAGE,
)  # fmt: skip
ProjectShape = shape(
    "Project", Project,
    "id number title aims beneficiaries expected_people field catalogue_item plan budget_lines budget budget_source "
    "area need planned_with state made_at submitted_at approved_at",
    "A service project; budgets in fen.", page=PAGE,
)  # fmt: skip
CallShape = shape(
    "Call", Call,
    "id number project area buyer requirements qualification ceiling state published_at closes_at opened_at keys_until "
    "publicity_until result_reason departure_reason",
    "A comparison selection; the ceiling in fen.", page=PAGE,
)  # fmt: skip
ContractShape = shape(
    "Contract", Contract,
    "id number project call earlier area buyer supplier amount begins_on ends_on year_number years_before terms state "
    "agreed_at signed_at ended_on ended_reason",
    "A contract of one year at the most; the amount in fen.", page=PAGE,
)  # fmt: skip

_RELATED: dict[type[Model], tuple[str, ...]] = {
    Need: ("area",),
    Project: ("area", "need"),
    Call: ("area", "project", "buyer"),
    Contract: ("area", "project", "call__project", "earlier__project", "buyer", "supplier"),
}


def _rows(request: HttpRequest, model: type[Model], area: str | None, state: str | None) -> Any:
    rows = within(rules(model).rows(viewer_of(request)).select_related(*_RELATED[model]), area)
    return rows.filter(state=state) if state is not None else rows


def _one(request: HttpRequest, model: type[Model], pk: int) -> Any:
    rows = model._default_manager.select_related(*_RELATED[model])
    return rules(model).get(viewer_of(request), pk, rows=rows)


def needs(
    request: HttpRequest,
    area: AreaCode | None = None,
    state: codes(Need, "state") | None = None,  # type: ignore[valid-type]
    after: AfterKey | None = None,
    limit: Limit = 50,
):
    """Needs that deliberations and surveys stated, newest first."""
    return page_by(_rows(request, Need, area, state), after, limit)


def need(request: HttpRequest, pk: Key):
    """One need."""
    return _one(request, Need, pk)


def projects(
    request: HttpRequest,
    area: AreaCode | None = None,
    state: codes(Project, "state") | None = None,  # type: ignore[valid-type]
    after: AfterKey | None = None,
    limit: Limit = 50,
):
    """Service projects, newest first: to the public from their approval on."""
    return page_by(_rows(request, Project, area, state), after, limit)


def project(request: HttpRequest, pk: Key):
    """One service project."""
    return _one(request, Project, pk)


def calls(
    request: HttpRequest,
    area: AreaCode | None = None,
    state: codes(Call, "state") | None = None,  # type: ignore[valid-type]
    after: AfterKey | None = None,
    limit: Limit = 50,
):
    """Comparison selections, newest first: to the public from their publication on. Bids are never part of it."""
    return page_by(_rows(request, Call, area, state), after, limit)


def call(request: HttpRequest, pk: Key):
    """One comparison selection."""
    return _one(request, Call, pk)


def contracts(
    request: HttpRequest,
    area: AreaCode | None = None,
    state: codes(Contract, "state") | None = None,  # type: ignore[valid-type]
    after: AfterKey | None = None,
    limit: Limit = 50,
):
    """Contracts for services, newest first: to the public once they are signed."""
    return page_by(_rows(request, Contract, area, state), after, limit)


def contract(request: HttpRequest, pk: Key):
    """One contract."""
    return _one(request, Contract, pk)


def _pair(path: str, answer: Any, many: Callable[..., Any], one: Callable[..., Any], what: str) -> list[Read]:
    return [
        Read(f"/{path}", pages(answer), many, f"List {what}s"),
        Read(f"/{path}/{{pk}}", answer, one, f"Read a {what}"),
    ]


READS = [
    *_pair("needs", NeedShape, needs, need, "need"),
    *_pair("projects", ProjectShape, projects, project, "project"),
    *_pair("calls", CallShape, calls, call, "comparison selection"),
    *_pair("contracts", ContractShape, contracts, contract, "contract"),
]
