"""A dispute is found by its number alone, by who may read it: everything said in it is encrypted."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from sanshe.kernel import clock
from sanshe.kernel.search import Searchable, declare

from .access import DisputeAccess, FiledDisputeAccess, may_enter
from .models import Dispute
from .words import ENDED


def _line(row: Dispute) -> str:
    return f"{row.area} · {clock.local(row.created_at):%Y-%m-%d}登记"


declare(
    Searchable(
        name="disputes",
        title="人民调解",
        access=DisputeAccess,
        fields=("number",),
        line=_line,
        open=~Q(state__in=ENDED),
        area="area",
        moment="created_at",
        related=("area",),
        offered=lambda viewer: viewer.signed_in,
        typing=False,
        rank=24,
    ),
    Searchable(
        name="filed-disputes",
        title="我登记的调解申请",
        access=FiledDisputeAccess,
        fields=("number",),
        line=lambda row: f"{clock.local(row.created_at):%Y-%m-%d}登记",
        url=lambda row: reverse("disputes:filed"),
        open=~Q(state__in=ENDED),
        offered=may_enter,
        typing=False,
        rank=25,
    ),
)
