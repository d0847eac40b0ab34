"""Facilities, for everybody."""

from __future__ import annotations

from django.db.models import Q

from sanshe.kernel.search import Searchable, declare

from . import norms
from .access import FacilityAccess
from .models import Facility


def _line(row: Facility) -> str:
    parts = [norms.kinds().get(row.kind, ""), str(row.area), row.address, "已停用" if row.valid_to else ""]
    return " · ".join(part for part in parts if part)


declare(
    Searchable(
        name="facilities",
        title="社区设施",
        access=FacilityAccess,
        fields=("name", "address", "owner"),
        shown=("owner",),
        line=_line,
        open=Q(valid_to__isnull=True),
        area="area",
        related=("area",),
        rank=60,
    )
)
