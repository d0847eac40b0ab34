"""The thread (全流程): the chain of things that came from one another.

An edge says that one thing came out of another (a deliberation out of a matter). Each module registers how its own
things describe themselves to a viewer; nobody reads another module's tables for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, models
from django.db.models import Model, TextChoices

from sanshe.kernel.access import Viewer


class Station(TextChoices):
    """The seven stations of the thread."""

    MATTER = "matter", "事项"
    TRIAGE = "triage", "分流"
    DELIBERATION = "deliberation", "协商"
    PROJECT = "project", "项目"
    SELECTION = "selection", "比选"
    SERVICE = "service", "服务"
    EVALUATION = "evaluation", "评价"


class Edge(models.Model):
    """`down` came out of `up`. Kinds are "app.Model"."""

    up_kind = models.CharField(max_length=60)
    up_id = models.BigIntegerField()
    down_kind = models.CharField(max_length=60)
    down_id = models.BigIntegerField()

    privacy = {"internal": "up_kind up_id down_kind down_id"}

    class Meta:
        db_table = "kernel_edge"
        verbose_name = "全流程的连接"
        constraints = [
            models.UniqueConstraint(fields=["up_kind", "up_id", "down_kind", "down_id"], name="edge_once"),
        ]
        indexes = [models.Index(fields=["down_kind", "down_id"], name="edge_down")]


@dataclass(frozen=True)
class Mark:
    """One thing at one station, as a viewer may see it. `url` empty: the viewer may know of it but not open it."""

    station: Station
    title: str
    state: str = ""
    who: str = ""
    when: datetime | None = None
    url: str = ""
    done: bool = False
    tone: str = ""


@dataclass
class Stop:
    """A station of the line as drawn: done, now, ahead or skipped."""

    station: Station
    entries: list[Mark] = field(default_factory=list)
    status: str = "ahead"

    @property
    def label(self) -> str:
        return self.station.label


#: describe(viewer, ids) → marks. What a viewer may not know of is left out by the module itself.
Describe = Callable[[Viewer, Sequence[int]], Iterable[Mark]]
_describers: dict[str, Describe] = {}


def register(model: type[Model], describe: Describe) -> None:
    """Say how things of this model describe themselves on the line. Called in a module's `apps.py`."""
    _describers[model._meta.label] = describe


def link(up: Model, down: Model) -> None:
    """`down` came out of `up`. Doing it twice is the same as once."""
    Edge.objects.get_or_create(up_kind=up._meta.label, up_id=up.pk, down_kind=down._meta.label, down_id=down.pk)


_WALK = """
WITH RECURSIVE up(kind, id, depth) AS (
    SELECT %s::text, %s::bigint, 0
  UNION
    SELECT e.up_kind, e.up_id, up.depth + 1 FROM kernel_edge e JOIN up ON e.down_kind = up.kind AND e.down_id = up.id
    WHERE up.depth < 12
), down(kind, id, depth) AS (
    SELECT %s::text, %s::bigint, 0
  UNION
    SELECT e.down_kind, e.down_id, down.depth + 1
    FROM kernel_edge e JOIN down ON e.up_kind = down.kind AND e.up_id = down.id
    WHERE down.depth < 12
)
SELECT DISTINCT kind, id FROM (SELECT kind, id FROM up UNION ALL SELECT kind, id FROM down) AS both_ways
"""


def members(obj: Model) -> dict[str, list[int]]:
    """Everything the object came out of and everything that came out of it, itself included: kind → ids. One query."""
    label = obj._meta.label
    with connection.cursor() as cursor:
        cursor.execute(_WALK, [label, obj.pk, label, obj.pk])
        found: dict[str, list[int]] = {}
        for kind, pk in cursor.fetchall():
            found.setdefault(kind, []).append(pk)
    return {kind: sorted(ids) for kind, ids in found.items()}


def of(obj: Model, viewer: Viewer) -> list[Stop]:
    """The line of seven stations for this object and viewer: one query for the chain and a few a kind."""
    stops = {station: Stop(station) for station in Station}
    for kind, ids in members(obj).items():
        describe = _describers.get(kind)
        if describe is not None:
            for mark in describe(viewer, ids):
                stops[mark.station].entries.append(mark)
    line = list(stops.values())
    reached = max((i for i, stop in enumerate(line) if stop.entries), default=-1)
    for i, stop in enumerate(line):
        if stop.entries:
            stop.entries.sort(key=lambda m: (m.when is None, m.when))
            stop.status = "done" if all(m.done for m in stop.entries) else "now"
        else:
            stop.status = "skipped" if i < reached else "ahead"
    return line


def down_of(obj: Model, kind: type[Model]) -> list[int]:
    """Ids of the things of one kind that came directly out of the object."""
    return list(
        Edge.objects.filter(up_kind=obj._meta.label, up_id=obj.pk, down_kind=kind._meta.label)
        .order_by("down_id")
        .values_list("down_id", flat=True)
    )


def up_of(obj: Model, kind: type[Model]) -> list[int]:
    """Ids of the things of one kind that the object directly came out of."""
    return list(
        Edge.objects.filter(down_kind=obj._meta.label, down_id=obj.pk, up_kind=kind._meta.label)
        .order_by("up_id")
        .values_list("up_id", flat=True)
    )
