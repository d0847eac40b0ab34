"""Connected systems by name, and matters by the number that the other system gave them."""

from __future__ import annotations

from sanshe.kernel.access import Viewer
from sanshe.kernel.search import Hit, Searchable, declare
from sanshe.matters.public import MatterAccess

from .access import SourceAccess
from .models import Source


def by_their_number(viewer: Viewer, typed: str) -> list[Hit]:
    """The matters of a number of another system, as far as the viewer may see them."""
    systems = list(Source.objects.values_list("name", flat=True))
    rows = MatterAccess.rows(viewer).filter(source__in=systems, source_key=typed.strip()).select_related("area")
    return [
        Hit(str(one), f"{one.number} · {one.area}", one.get_absolute_url(), f"{one.source}的编号相符")
        for one in rows[:5]
    ]


declare(
    Searchable(
        name="sources",
        title="对外接入",
        access=SourceAccess,
        fields=("name", "code"),
        line=lambda row: f"{row.get_kind_display()} · {'启用' if row.active else '已停用'}",
        offered=lambda viewer: viewer.is_staff,
        exactly=by_their_number,
        rank=68,
    )
)
