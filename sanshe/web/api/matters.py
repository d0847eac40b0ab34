"""Matters: the public board for everybody, and what staff may know of those that their posts cover."""

from __future__ import annotations

from django.http import HttpRequest
from pydantic import Field

from sanshe.kernel.errors import NotVisible
from sanshe.matters.public import Matter, MatterAccess, PublicMatterAccess

from .reading import AfterMoment, AreaCode, Limit, Number, Read, codes, page_by_moment, signed_in, viewer_of, within
from .shapes import PAGE, pages, shape

_BOARD = (
    "number area state route urgent criterion criterion_version host_unit promised_at created_at done_at help_wanted"
)
_WORK = (
    "subject channel triaged_at due_at designated paused_at returned retriaged reopened objected_at rated_at hours "
    "calendar_version origin"
)
_HEADLINE = (str, Field(title="公开标题", description="The wording released for the public"))
MatterShape = shape(
    "PublicMatter", Matter, f"{_BOARD} public_text public_result", "A matter as the public board shows it.",
    shown_title=_HEADLINE, page=PAGE,
)  # fmt: skip
WorkShape = shape(
    "WorkMatter", Matter, f"{_BOARD} public {_WORK}",
    "A matter as those whose posts cover it know it: no name, no phone, not the reporter's words.",
    internal=True, shown_title=_HEADLINE, page=PAGE,
)  # fmt: skip

_RELATED = ("area", "host_unit", "criterion")


def public_matters(
    request: HttpRequest,
    area: AreaCode | None = None,
    state: codes(Matter, "state") | None = None,  # type: ignore[valid-type]
    route: codes(Matter, "route") | None = None,  # type: ignore[valid-type]
    after: AfterMoment | None = None,
    limit: Limit = 50,
):
    """Matters that were released to the public board, newest first. `area` includes all areas below it."""
    rows = within(PublicMatterAccess.rows(viewer_of(request)).select_related(*_RELATED), area)
    return page_by_moment(_narrow(rows, state, route), after, limit)


def public_matter(request: HttpRequest, number: Number):
    """One matter of the public board by its number."""
    found = PublicMatterAccess.rows(viewer_of(request)).select_related(*_RELATED).filter(number=number).first()
    if found is None:
        raise NotVisible()
    return found


def work_matters(
    request: HttpRequest,
    area: AreaCode | None = None,
    state: codes(Matter, "state") | None = None,  # type: ignore[valid-type]
    route: codes(Matter, "route") | None = None,  # type: ignore[valid-type]
    after: AfterMoment | None = None,
    limit: Limit = 50,
):
    """Matters that the posts of the one who has signed in cover, newest first; empty for someone without a post."""
    rows = within(MatterAccess.rows(signed_in(request), "work").select_related(*_RELATED, "origin"), area)
    return page_by_moment(_narrow(rows, state, route), after, limit)


def work_matter(request: HttpRequest, number: Number):
    """One matter that a post of the one who has signed in covers; 404 for a matter of another street."""
    rows = MatterAccess.rows(signed_in(request), "work").select_related(*_RELATED, "origin")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotVisible()
    return found


def _narrow(rows, state, route):
    if state is not None:
        rows = rows.filter(state=state)
    return rows.filter(route=route) if route is not None else rows


READS = [
    Read("/matters", pages(MatterShape), public_matters, "List public matters"),
    Read("/matters/{number}", MatterShape, public_matter, "Read a public matter"),
    Read("/work/matters", pages(WorkShape), work_matters, "List the matters of my posts", signed_in=True),
    Read("/work/matters/{number}", WorkShape, work_matter, "Read a matter of my posts", signed_in=True),
]
