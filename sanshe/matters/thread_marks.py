"""How matters show themselves on the thread: the matter, its triage and, handled by a unit, service and rating."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse

from sanshe.kernel.access import Viewer
from sanshe.kernel.thread import Mark, Station

from .access import Bearer, MatterAccess, PublicMatterAccess
from .models import Matter, PublicMatter, Rating
from .words import CLOSED, Grade, MatterKind, MatterState, Route

#: What a mark needs; the texts of a matter are not among it.
LINE = (
    "number", "token", "title", "public_title", "state", "route", "area__short_name", "host_unit__name",
    "criterion__name", "kind", "decision", "created_at", "triaged_at", "done_at", "rated_at",
)  # fmt: skip


def describe(viewer: Viewer, ids: Sequence[int]) -> Iterable[Mark]:
    """Marks of the matters as far as the viewer may know of them: their own page, or the public line."""
    related = ("criterion", "host_unit", "area")
    seen = {m.pk: m for m in MatterAccess.rows(viewer).filter(pk__in=ids).select_related(*related).only(*LINE)}
    rest = [pk for pk in ids if pk not in seen]
    known: list[Matter] = list(seen.values())
    if rest:
        known += PublicMatterAccess.rows(viewer).filter(pk__in=rest).select_related(*related).only(*LINE)
    grades = _grades([m.pk for m in seen.values() if m.rated_at is not None])
    for matter in sorted(known, key=lambda m: m.pk):
        yield from _marks(viewer, matter, grades.get(matter.pk))


def _grades(ids: list[int]) -> dict[int, str]:
    """The last rating of each matter, in words."""
    if not ids:
        return {}
    rows = Rating.objects.filter(handling__matter__in=ids).order_by("at").values_list("handling__matter", "grade")
    return {pk: str(Grade(grade).label) for pk, grade in rows}


def _marks(viewer: Viewer, matter: Matter, grade: str | None) -> Iterable[Mark]:
    public_only = isinstance(matter, PublicMatter)
    url = matter.get_absolute_url()
    if isinstance(viewer, Bearer) and not public_only:
        url = reverse("matters:progress", kwargs={"token": matter.token})
    state = MatterState(matter.state)
    closed = state in CLOSED
    title = matter.shown_title if public_only else str(matter)
    yield Mark(Station.MATTER, title, state.label, matter.area.short_name, matter.created_at, url, done=True)
    if state == MatterState.RECEIVED:
        return
    if state == MatterState.DECLINED:
        yield Mark(Station.TRIAGE, "不予受理", "", "社区综合窗口", matter.triaged_at, url, done=True)
        return
    if matter.triaged_at is None:
        if matter.kind == MatterKind.APPLICATION and matter.host_unit is not None:  # needs no triage
            word = matter.get_decision_display() if matter.decision else state.label  # type: ignore[attr-defined]
            at = matter.done_at or matter.created_at
            yield Mark(Station.SERVICE, "申请", str(word), str(matter.host_unit), at, url, done=closed)
        return
    route = Route(matter.route).label if matter.route else "未分流"
    basis = matter.criterion.name if matter.criterion is not None else ""
    yield Mark(Station.TRIAGE, f"{route}：{basis}" if basis else route, "", "", matter.triaged_at, url, done=True)
    if matter.route == Route.JOINT:
        return  # what follows is told by deliberation
    who = str(matter.host_unit) if matter.host_unit is not None else "居民自办，社区指引"
    word = "已办结" if state == MatterState.DONE else state.label
    yield Mark(
        Station.SERVICE, "办理" if matter.host_unit is not None else "自办与互助", word, who,
        matter.done_at or matter.triaged_at, url, done=closed,
    )  # fmt: skip
    if state == MatterState.DONE:
        said = ("已评价" if public_only else grade or "已评价") if matter.rated_at else "未评价"
        yield Mark(Station.EVALUATION, said, "", "反映人", matter.rated_at or matter.done_at, url,
                   done=matter.rated_at is not None)  # fmt: skip
