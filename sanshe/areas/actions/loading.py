"""Loading the tree, the places and the bodies; establishing a body."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from sanshe.kernel import audit, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from .. import tree
from ..divisions import Division, Selection, communities, upper_levels
from ..models import Area, Body, BodyMember, Place
from ..timeline import descendants, in_force
from ..words import AreaLevel, AreasEvent, BodyKind, PlaceKind
from . import reform

#: Called with what is being done, how much of it is done, and of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Loaded:
    """What a load did: areas of the selection a level, new rows, changed rows, rows in the tree now."""

    by_level: Mapping[str, int]
    added: int
    changed: int
    total: int


def _quiet(what: str, done: int, of: int) -> None:
    pass


def default_selection(on: date) -> tuple[Selection, Division]:
    """Return the selection of the New Area's directly managed streets, and the New Area itself (policy areas.yaml)."""
    root = Division(
        code=str(params.get("areas.root_code", on=on).value),
        name=str(params.get("areas.root_name", on=on).value),
        short_name=str(params.get("areas.root_short_name", on=on).value),
        level=AreaLevel.DISTRICT,
        parent_code=str(params.get("areas.root_parent", on=on).value),
    )
    streets = [str(code) for code in params.get("areas.direct_streets", on=on).value]
    managed = {code: root.code for code in streets}
    return Selection(streets=frozenset(streets), ancestors=False, managed=managed), root


@transaction.atomic
def load_areas(
    *, selection: Selection, folder: Path, by: Viewer, now: datetime, root: Division | None = None,
    progress: Progress = _quiet,
) -> Loaded:  # fmt: skip
    """Load divisions into the tree: staged by COPY, numbered, then written level by level.

    Running it twice changes nothing. A street that is managed by another area than its code says stands under that
    one. Areas that are not part of the selection stay as they are, and so do those that were changed since (a reform,
    a merger): the source knows only their earlier form. Raises Invalid for unknown codes.
    """
    begins = date.fromisoformat(str(params.get("areas.register_begins", on=now.date()).value))
    upper = ([root] if root else []) + upper_levels(folder, selection)
    whole = 620_573  # rows of the source; only the length of the progress bar
    rows = itertools.chain(upper, communities(folder, selection, lambda n: progress("读取社区", n, whole)))
    with connection.cursor() as cursor:
        staged = tree.stage(cursor, rows)
        progress("排列树序", 0, 1)
        tree.number(cursor)
        progress("排列树序", 1, 1)
        added, changed = tree.write(cursor, begins, lambda done, of: progress("写入区域", done, of))
    if added or changed:
        hold_to_reforms(by=by, now=now)
    by_level = {str(level): staged.get(level, 0) for level in tree.LEVELS}
    if added or changed:
        audit.record(
            by=by,
            event=AreasEvent.LOADED,
            obj=None,
            sentence=f"{{actor}}载入区域，新增 {added} 个，更新 {changed} 个",
            data={"by_level": by_level, "added": added, "changed": changed},
            now=now,
        )
    return Loaded(by_level, added, changed, Area.objects.count())


def hold_to_reforms(*, by: Viewer, now: datetime) -> None:
    """Apply again the reforms that were applied before: a load may have brought in areas that they speak of."""
    for path in sorted(reform.FOLDER.glob("*.yaml")):
        if reform.was_applied(path):
            reform.apply_reform(path=path, by=by, now=now)


@transaction.atomic
def load_places(*, rows: Iterable[Mapping[str, Any]], by: Viewer, now: datetime) -> tuple[int, int]:
    """Load kept places (`community` code, `name`, `kind`, `aliases`, `address`, `contact`, `hours`).

    Return how many are new and how many were passed over because their community is not loaded. Known ones are
    brought up to date. Raises Invalid naming the first row that can not be used.
    """
    wanted = list(rows)
    areas = dict(Area.objects.filter(code__in={str(r.get("community", "")) for r in wanted}).values_list("code", "id"))
    known = {(p.area_id, p.name): p for p in Place.objects.filter(area__in=areas.values())}
    new: list[Place] = []
    changed: list[Place] = []
    skipped = 0
    for number, row in enumerate(wanted, 1):
        name = str(row.get("name", "")).strip()
        kind = str(row.get("kind", PlaceKind.ESTATE))
        if not name or kind not in PlaceKind.values:
            raise Invalid(f"第 {number} 个地点的名称或类别不对，请核对数据文件。")
        area_id = areas.get(str(row.get("community", "")))
        if area_id is None:
            skipped += 1
            continue
        values = {
            "kind": kind,
            "aliases": [str(a) for a in row.get("aliases") or []],
            "address": str(row.get("address", "")),
            "contact": str(row.get("contact", "")),
            "hours": str(row.get("hours", "")),
        }
        place = known.get((area_id, name))
        if place is None:
            place = known[(area_id, name)] = Place(area_id=area_id, name=name, **values)
            new.append(place)
        elif place.pk and any(getattr(place, key) != value for key, value in values.items()):
            for key, value in values.items():
                setattr(place, key, value)
            changed.append(place)
    Place.objects.bulk_create(new)
    Place.objects.bulk_update(changed, ["kind", "aliases", "address", "contact", "hours"])
    if new or changed:
        audit.record(
            by=by,
            event=AreasEvent.PLACES_LOADED,
            obj=None,
            sentence=f"{{actor}}载入地点，新增 {len(new)} 个，更新 {len(changed)} 个",
            now=now,
        )
    return len(new), skipped


@transaction.atomic
def load_bodies(*, plan: Mapping[str, Any], root: Area, by: Viewer, now: datetime) -> int:
    """Establish the standard bodies under `root`; return how many are new.

    `plan` has three lists: `root` (bodies of the area itself), `each_street`, `each_community`; in names and
    addresses {area} stands for the area's short name. Bodies that stand already are left alone.
    """
    targets = {
        "root": [root],
        "each_street": list(descendants(root, AreaLevel.STREET)),
        "each_community": list(descendants(root, AreaLevel.COMMUNITY)),
    }
    known = set(Body.objects.filter(area__lo__gte=root.lo, area__lo__lt=root.hi).values_list("area_id", "name"))
    new: list[Body] = []
    for key, areas in targets.items():
        for row in plan.get(key) or []:
            for area in areas:
                name = str(row["name"]).replace("{area}", area.short_name)
                if (area.pk, name) in known:
                    continue
                known.add((area.pk, name))
                new.append(
                    Body(
                        name=name,
                        kind=BodyKind(row["kind"]),
                        area=area,
                        phone=_office_phone(area, str(row.get("line", ""))),
                        office_hours=str(row.get("office_hours", "")),
                        address=str(row.get("address", "")).replace("{area}", area.short_name),
                        handles_matters=bool(row.get("handles_matters", False)),
                        valid_from=area.valid_from,
                    )
                )
    Body.objects.bulk_create(new)
    if new:
        audit.record(
            by=by,
            event=AreasEvent.BODIES_LOADED,
            obj=None,
            sentence=f"{{actor}}设立标准机构 {len(new)} 个",
            now=now,
        )
    return len(new)


@transaction.atomic
def load_members(*, plan: Mapping[str, Any], root: Area, by: Viewer, now: datetime) -> int:
    """Put invented members into the bodies under `root` that have none, for a demo; return how many are new.

    In a residents' committee every member but the first two covers one or two of the community's kept places.
    """
    kinds = list(plan["duties"])
    have = BodyMember.objects.filter(body=OuterRef("pk"))
    bodies = Body.objects.filter(~Exists(have), in_force(), kind__in=kinds, area__lo__gte=root.lo, area__lo__lt=root.hi)
    places: dict[int, list[str]] = {}
    for area_id, name in Place.objects.filter(area__lo__gte=root.lo, area__lo__lt=root.hi).values_list("area", "name"):
        places.setdefault(area_id, []).append(name)
    new: list[BodyMember] = []
    for body in bodies.order_by("area__lo", "id"):
        covered = places.get(body.area_id, [])
        for rank, duty in enumerate(plan["duties"][body.kind], 1):
            # Two lists of lengths without a common divisor: names repeat late, and the same in every load.
            number = len(new)
            name = plan["surnames"][number % len(plan["surnames"])] + plan["given"][number % len(plan["given"])]
            own = covered[rank - 3 :: 3] if body.kind == BodyKind.RESIDENTS_COMMITTEE and rank > 2 else []
            since = max(plan["term_from"], body.valid_from)
            new.append(
                BodyMember(body=body, name=name, duty=duty, rank=rank, covers="、".join(own)[:400], valid_from=since)
            )
    BodyMember.objects.bulk_create(new)
    if new:
        sentence = f"{{actor}}放入虚构的机构成员 {len(new)} 名"
        audit.record(by=by, event=AreasEvent.MEMBERS_LOADED, obj=None, sentence=sentence, now=now)
    return len(new)


def _office_phone(area: Area, line: str) -> str:
    """An invented office number: 023, five digits of the area's own code, three of the line. Empty without a line."""
    if not line:
        return ""
    return f"023-{''.join(c for c in area.code if c.isdigit())[-5:].rjust(5, '0')}{line}"


@transaction.atomic
def establish_body(
    *,
    name: str,
    kind: BodyKind | str,
    area: Area,
    by: Viewer,
    now: datetime,
    phone: str = "",
    office_hours: str = "",
    address: str = "",
    handles_matters: bool = False,
    valid_from: date | None = None,
) -> Body:
    """Return the body of this name and kind in this area, made if it does not stand yet. Raises Invalid for no name.

    Who may establish which body is decided by the module that asks (an organisation's register, a set-up command).
    """
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise Invalid({"name": "机构名称应为 1 至 120 个字。"})
    body, made = Body.objects.get_or_create(
        area=area,
        name=name,
        defaults={
            "kind": BodyKind(kind),
            "phone": phone,
            "office_hours": office_hours,
            "address": address,
            "handles_matters": handles_matters,
            "valid_from": valid_from or now.date(),
        },
    )
    if made:
        audit.record(
            by=by,
            event=AreasEvent.BODY_ESTABLISHED,
            obj=body,
            sentence="{actor}设立了机构{body}",
            personal={"body": name},
            now=now,
        )
    return body


def read_data(name: str) -> Any:
    """Return the contents of one of this module's own data files (`places`, `bodies`)."""
    path = Path(__file__).parents[1] / "data" / f"{name}.yaml"
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
