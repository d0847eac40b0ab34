"""Readers of allowance sheets."""

from __future__ import annotations

from django.db.models import QuerySet

from sanshe.areas.public import Area
from sanshe.kernel.access import Viewer

from ..access import OFFICERS, AllowanceLineAccess, AllowanceSheetAccess
from ..models import AllowanceLine, AllowanceSheet
from .counts import months_after


def sheets(viewer: Viewer) -> QuerySet[AllowanceSheet]:
    """The sheets that the viewer may see, newest first."""
    return AllowanceSheetAccess.rows(viewer).select_related("area").order_by("-month", "area__lo")


def sheet_of(viewer: Viewer, pk: int) -> AllowanceSheet:
    """One sheet. Raises NotVisible."""
    return AllowanceSheetAccess.get(viewer, pk, rows=AllowanceSheet.objects.select_related("area"))


def lines_of(viewer: Viewer, sheet: AllowanceSheet) -> list[AllowanceLine]:
    """The lines of a sheet that the viewer may see, by community and name."""
    rows = AllowanceLineAccess.rows(viewer).filter(sheet=sheet)
    return list(rows.select_related("worker", "area").order_by("area__lo", "worker__name", "worker_id", "level"))


def earlier_lines(viewer: Viewer, sheet: AllowanceSheet) -> list[AllowanceLine] | None:
    """The lines of the month before in the same street; None when no sheet was worked out for it."""
    before = AllowanceSheet.objects.filter(area=sheet.area_id, month=months_after(sheet.month, -1)).first()
    return lines_of(viewer, before) if before is not None else None


def own_lines(viewer: Viewer, worker_id: int) -> QuerySet[AllowanceLine]:
    """What a worker was due in the last months, as far as the viewer may see it."""
    rows = AllowanceLineAccess.rows(viewer).filter(worker=worker_id).select_related("sheet")
    return rows.order_by("-sheet__month", "level")


def covers(viewer: Viewer, street: Area) -> bool:
    """Whether a sheet of this street would be the viewer's to work out."""
    scopes = [scope for role, scope in viewer.grants.areas.items() if role in OFFICERS]
    return any(scope.covers(street.pk, street.lo) for scope in scopes)
