"""How needs, projects, selections and contracts describe themselves on the thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sanshe.kernel.access import Viewer
from sanshe.kernel.thread import Mark, Station

from .access.calls import CallAccess
from .access.contracts import ContractAccess
from .access.projects import NeedAccess, ProjectAccess
from .words import CallState, ContractState, NeedState, ProjectState


def needs(viewer: Viewer, ids: Sequence[int]) -> Iterable[Mark]:
    """A need stands at the station of projects until a project takes its place."""
    for need in NeedAccess.rows(viewer).filter(pk__in=ids).exclude(state=NeedState.TAKEN):
        yield Mark(
            Station.PROJECT, f"需求：{need.title}", need.get_state_display(), need.source, need.stated_at,
            need.get_absolute_url(), done=need.state == NeedState.SET_ASIDE,
        )  # fmt: skip


def projects(viewer: Viewer, ids: Sequence[int]) -> Iterable[Mark]:
    """A project is done with its station once the street has approved it."""
    early = (ProjectState.DRAFT, ProjectState.SUBMITTED)
    for project in ProjectAccess.rows(viewer).filter(pk__in=ids).select_related("area__parent"):
        yield Mark(
            Station.PROJECT, project.title, project.get_state_display(), str(project.area.parent or project.area),
            project.approved_at or project.made_at, project.get_absolute_url(), done=project.state not in early,
        )  # fmt: skip


def calls(viewer: Viewer, ids: Sequence[int]) -> Iterable[Mark]:
    """A selection is done when it has a supplier or ended without one."""
    over = (CallState.AWARDED, CallState.FAILED)
    for call in CallAccess.rows(viewer).filter(pk__in=ids).select_related("buyer", "award__supplier", "project"):
        award = getattr(call, "award", None)
        who = award.supplier.name if award and call.state == CallState.AWARDED else call.buyer.name
        yield Mark(
            Station.SELECTION, "比选", call.get_state_display(), who, award.at if award else call.published_at,
            call.get_absolute_url(), done=call.state in over,
        )  # fmt: skip


def contracts(viewer: Viewer, ids: Sequence[int]) -> Iterable[Mark]:
    """A contract stands at service while it runs, and at evaluation with its acceptance and its result."""
    rows = ContractAccess.rows(viewer).filter(pk__in=ids).select_related("supplier", "evaluation")
    for contract in rows:
        running = contract.state in (ContractState.DRAFT, ContractState.RUNNING)
        yield Mark(
            Station.SERVICE, f"第{contract.year_number}年服务", "" if not running else contract.get_state_display(),
            contract.supplier.name, contract.signed_at or contract.made_at, contract.get_absolute_url(),
            done=not running,
        )  # fmt: skip
        evaluation = getattr(contract, "evaluation", None)
        if not running:
            when = evaluation.at if evaluation else None
            yield Mark(
                Station.EVALUATION, f"第{contract.year_number}年考评", contract.get_state_display(), "", when,
                contract.get_absolute_url(),
                done=contract.state not in (ContractState.ACCEPTANCE, ContractState.ACCEPTED),
            )  # fmt: skip
