"""How columns that point to a worker, a post or a room are chosen, and found from the text of a sheet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model, QuerySet

from sanshe.areas.public import area_text, in_force
from sanshe.kernel.access import Access, Viewer
from sanshe.kernel.register import Reference
from sanshe.people.public import person_reference

from .access import SocialWorkRoomAccess, StaffPostAccess, WorkerAccess
from .models import Worker

_NUMBERED = re.compile(r"编号\s*(\d{1,12})$")
_PERSON = person_reference()


def worker_text(worker: Any) -> str:
    """A worker as a form writes them: name, place, and the number that finds them again."""
    return f"{worker.name} {area_text(worker.area)} 编号{worker.pk}"


def _offered_workers(viewer: Viewer) -> QuerySet[Worker]:
    return WorkerAccess.rows(viewer, "keep").filter(in_force()).select_related("area", "area__parent")


def _found_workers(texts: Collection[str], viewer: Viewer) -> Mapping[str, int]:
    """By number, by 「name place」, by citizen number, or by the name alone where only one worker has it."""
    rows = WorkerAccess.rows(viewer)
    numbers = {text: int(hit[1]) for text in texts if (hit := _NUMBERED.search(text))}
    known = set(rows.filter(pk__in=numbers.values()).values_list("pk", flat=True))
    found = {text: pk for text, pk in numbers.items() if pk in known}
    rest = [text for text in texts if text not in found]
    called: dict[str, list[int]] = defaultdict(list)
    names = {part for text in rest for part in (text.strip(), text.strip().split(" ")[0])}
    for worker in rows.filter(in_force(), name__in=names).select_related("area", "area__parent"):
        for text in (worker.name, f"{worker.name} {worker.area}", f"{worker.name} {area_text(worker.area)}"):
            called[text].append(worker.pk)
    by_name = {text: called[text.strip()] for text in rest if called.get(text.strip())}
    found.update({text: pks[0] for text, pks in by_name.items() if len(pks) == 1})
    people = _PERSON.find([text for text in rest if text not in found], viewer)
    at_work: dict[int, list[int]] = defaultdict(list)
    in_post = rows.filter(in_force(), person__in=set(people.values()))
    for pk, person in in_post.values_list("pk", "person_id"):
        at_work[person].append(pk)
    found.update({text: at_work[person][0] for text, person in people.items() if len(at_work[person]) == 1})
    return found


WORKERS = Reference(offer=_offered_workers, find=_found_workers, text=worker_text)


def _in_place(access: type[Access[Any]], name: str, verb: str) -> Reference:
    """Rows of an area by 「area name」, or by the name alone where only one has it."""

    def text(row: Model) -> str:
        return f"{row.area.short_name} {getattr(row, name)}"  # type: ignore[attr-defined]

    def offer(viewer: Viewer) -> QuerySet[Any]:
        return access.rows(viewer, verb).filter(in_force()).select_related("area")

    def find(texts: Collection[str], viewer: Viewer) -> Mapping[str, int]:
        called: dict[str, list[int]] = defaultdict(list)
        wanted = {part for one in texts for part in (one, one.partition(" ")[2])}
        for row in access.rows(viewer).filter(in_force(), **{f"{name}__in": wanted}).select_related("area"):
            for spelling in (getattr(row, name), text(row)):
                called[spelling].append(row.pk)
        return {one: called[one][0] for one in texts if len(called.get(one, ())) == 1}

    return Reference(offer=offer, find=find, text=text)


POSTS = _in_place(StaffPostAccess, "title", "see")
ROOMS = _in_place(SocialWorkRoomAccess, "name", "keep")
ROOMS_TOLD = _in_place(SocialWorkRoomAccess, "name", "tell")
