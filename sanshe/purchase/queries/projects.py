"""Readers of needs and projects."""

from __future__ import annotations

from django.db.models import QuerySet

from sanshe.kernel.access import Viewer

from ..access.calls import CallAccess
from ..access.contracts import ContractAccess
from ..access.projects import NeedAccess, ProjectAccess
from ..models import Call, Contract, Need, Project
from ..words import NeedState, ProjectState


def needs(viewer: Viewer, state: str = "", field: str = "") -> QuerySet[Need]:
    """The pool of needs, newest first."""
    rows = NeedAccess.rows(viewer).select_related("area", "area__parent")
    if state in NeedState.values:
        rows = rows.filter(state=state)
    if field:
        rows = rows.filter(field=field)
    return rows.order_by("-stated_at", "-id")


def need(viewer: Viewer, pk: int) -> Need:
    """One need. Raises NotVisible."""
    return NeedAccess.get(viewer, pk, rows=Need.objects.select_related("area", "area__parent"))


def projects(viewer: Viewer, state: str = "", field: str = "", text: str = "") -> QuerySet[Project]:
    """Projects the viewer may see, newest first."""
    rows = ProjectAccess.rows(viewer).select_related("area", "area__parent")
    if state in ProjectState.values:
        rows = rows.filter(state=state)
    if field:
        rows = rows.filter(field=field)
    if text:
        rows = rows.filter(title__contains=text)
    return rows.order_by("-made_at", "-id")


def project(viewer: Viewer, pk: int) -> Project:
    """One project. Raises NotVisible."""
    return ProjectAccess.get(viewer, pk, rows=Project.objects.select_related("area", "area__parent", "need"))


def calls_of(viewer: Viewer, project: Project) -> QuerySet[Call]:
    """The selections of a project that the viewer may see."""
    return CallAccess.rows(viewer).filter(project=project).order_by("-id")


def contracts_of(viewer: Viewer, project: Project) -> QuerySet[Contract]:
    """The contracts of a project that the viewer may see, by year."""
    return ContractAccess.rows(viewer).filter(project=project).select_related("supplier").order_by("begins_on")
