"""Readers of needs and projects."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from sanshe.kernel.access import Viewer

from ..access.calls import CallAccess
from ..access.contracts import ContractAccess
from ..access.projects import NeedAccess, ProjectAccess
from ..access.projects import may_propose as propose_rule
from ..models import Call, Contract, Need, Project
from ..words import NeedState, ProjectState


def needs(viewer: Viewer, state: str = "", field: str = "", text: str = "") -> QuerySet[Need]:
    """The pool of needs."""
    rows = NeedAccess.rows(viewer).select_related("area", "area__parent")
    if state in NeedState.values:
        rows = rows.filter(state=state)
    if field:
        rows = rows.filter(field=field)
    if text:
        rows = rows.filter(title__contains=text)
    return rows


def need(viewer: Viewer, pk: int) -> Need:
    """One need. Raises NotVisible."""
    return NeedAccess.get(viewer, pk, rows=Need.objects.select_related("area", "area__parent"))


def projects(viewer: Viewer, state: str = "", field: str = "", text: str = "") -> QuerySet[Project]:
    """Projects the viewer may see."""
    rows = ProjectAccess.rows(viewer).select_related("area", "area__parent")
    if state in ProjectState.values:
        rows = rows.filter(state=state)
    if field:
        rows = rows.filter(field=field)
    if text:
        rows = rows.filter(Q(title__contains=text) | Q(number__startswith=text))
    return rows


def project(viewer: Viewer, pk: int) -> Project:
    """One project. Raises NotVisible."""
    return ProjectAccess.get(viewer, pk, rows=Project.objects.select_related("area", "area__parent", "need"))


def calls_of(viewer: Viewer, project: Project) -> QuerySet[Call]:
    """The selections of a project that the viewer may see."""
    return CallAccess.rows(viewer).filter(project=project).order_by("-id")


def contracts_of(viewer: Viewer, project: Project) -> QuerySet[Contract]:
    """The contracts of a project that the viewer may see, by year."""
    return ContractAccess.rows(viewer).filter(project=project).select_related("supplier").order_by("begins_on")


def projects_of(viewer: Viewer, need: Need) -> QuerySet[Project]:
    """The projects that came out of a need, as far as the viewer may see them."""
    return ProjectAccess.rows(viewer).filter(need=need).order_by("-id")


def may_propose(viewer: Viewer) -> bool:
    """Whether the viewer may propose a project anywhere."""
    return bool(propose_rule.q(viewer) is not False)


def inside(viewer: Viewer, project: Project) -> bool:
    """Whether the viewer makes, judges or oversees the project, and so reads the opinions on it."""
    return viewer.signed_in and ProjectAccess.may(viewer, "inside", project)
