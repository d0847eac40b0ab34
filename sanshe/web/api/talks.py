"""Deliberations that are public."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest

from sanshe.deliberation.public import Deliberation, DeliberationAccess
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import NotVisible

from .reading import AfterMoment, AreaCode, Key, Limit, Read, codes, page_by_moment, viewer_of, within
from .shapes import PAGE, pages, shape

DeliberationShape = shape(
    "Deliberation", Deliberation,
    "id number title question background area scope group_text form party_body committee_body state statement_deadline "
    "opened_at resolved_at published_at ended_at end_reason",
    "A deliberation, open to everybody to read.", page=PAGE,
)  # fmt: skip


def _public(viewer: Viewer) -> QuerySet[Deliberation]:
    rows = DeliberationAccess.rows(viewer).filter(public=True, opened_at__isnull=False)
    return rows.select_related("area", "party_body", "committee_body")


def deliberations(
    request: HttpRequest,
    area: AreaCode | None = None,
    state: codes(Deliberation, "state") | None = None,  # type: ignore[valid-type]
    after: AfterMoment | None = None,
    limit: Limit = 50,
):
    """Public deliberations that were opened, the last opened first."""
    rows = within(_public(viewer_of(request)), area)
    if state is not None:
        rows = rows.filter(state=state)
    return page_by_moment(rows, after, limit, "opened_at")


def deliberation(request: HttpRequest, pk: Key):
    """One public deliberation."""
    found = _public(viewer_of(request)).filter(pk=pk).first()
    if found is None:
        raise NotVisible()
    return found


READS = [
    Read("/deliberations", pages(DeliberationShape), deliberations, "List public deliberations"),
    Read("/deliberations/{pk}", DeliberationShape, deliberation, "Read a public deliberation"),
]
