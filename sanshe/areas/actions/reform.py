"""A reform of the divisions, loaded whole from a file of ours under `data/reforms/`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..divisions import padded
from ..models import Area, AreaVersion
from ..words import AreaLevel, AreasEvent, SuccessionKind
from .changing import AreaChange, put_changes, renumber, succeed

#: Where the reforms that come with the system lie.
FOLDER = Path(__file__).parents[1] / "data" / "reforms"
_ITEM = re.compile(r"^(\d{3})\s*(\S+)$")


@dataclass(frozen=True)
class Reformed:
    """What a reform did: areas that were not loaded before, areas with a new form, areas that ended."""

    title: str
    on: date
    added: int
    changed: int
    ended: int

    @property
    def nothing(self) -> bool:
        """Whether all of it stood already."""
        return not (self.added or self.changed)

    @property
    def told(self) -> str:
        """The three counts in words."""
        return f"补入 {self.added} 个区域，变更 {self.changed} 个，撤销 {self.ended} 个"


def read_reform(path: Path) -> dict[str, Any]:
    """The file as it stands. Raises Invalid with a sentence when it can not be read or lacks something."""
    try:
        plan = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as wrong:
        where = getattr(getattr(wrong, "problem_mark", None), "line", None)
        at = f"第 {where + 1} 行" if where is not None else ""
        raise Invalid(f"区划调整文件 {path.name} 读不出来{at}，请检查写法。") from None
    needed = ("key", "title", "day", "source", "area", "streets")
    missing = [key for key in needed if not isinstance(plan, dict) or not plan.get(key)]
    if missing:
        raise Invalid(f"区划调整文件 {path.name} 缺少：{'、'.join(missing)}。")
    if not isinstance(plan["day"], date):
        raise Invalid(f"区划调整文件 {path.name} 的日期（day）应写成 2025-11-06 这样。")
    return dict(plan)


def was_applied(path: Path) -> bool:
    """Whether this reform was loaded before."""
    plan = read_reform(path)
    return AreaVersion.objects.filter(code=str(plan["area"]["new"]), valid_from=plan["day"]).exists()


def apply_reform(*, path: Path, by: Viewer, now: datetime, dry_run: bool = False) -> Reformed:
    """Bring the tree to what a reform made of it, with the forms before it kept; return what was done.

    Running it twice changes nothing. Areas that the reform names and that are not loaded are put in with their form
    before it. `dry_run` does all of it and takes it back. Raises Invalid.
    """
    plan = read_reform(path)
    if plan["day"] > clock.local(now).date():
        raise Invalid("区划调整的日期还没有到。")
    with transaction.atomic():
        done = _apply(plan)
        if not done.nothing and not dry_run:
            audit.record(
                by=by,
                event=AreasEvent.REFORMED,
                obj=None,
                sentence=f"{{actor}}载入区划调整：{done.told}",
                data={"reform": plan["key"], "on": plan["day"], "source": plan["source"]},
                now=now,
            )
        if dry_run:
            transaction.set_rollback(True)
    return done


def _apply(plan: Mapping[str, Any]) -> Reformed:
    on, source, provisional = plan["day"], str(plan["source"]), bool(plan.get("provisional"))
    root = _known([str(plan["area"]["old"]), str(plan["area"]["new"])]).get(str(plan["area"]["old"]))
    if root is None:
        raise Invalid("还没有载入这次调整所涉及的区域，请先运行 sanshe areas load。")
    districts = {str(row["code"]): str(row["name"]) for key in ("abolished", "giving") for row in plan.get(key) or []}
    streets = [(padded(str(s["old"])), padded(str(s["new"])), str(s["name"])) for s in plan["streets"]]
    communities = _communities(plan["streets"])
    begins = date.fromisoformat(str(params.get("areas.register_begins", on=on).value))
    added = _put_missing(str(plan.get("city", "")), districts, streets, communities, begins)
    known = _known([*districts, *(old for old, _, _ in streets)])
    area = {key: str(value) for key, value in plan["area"].items()}
    form = (area["new"], area["name"], area["short_name"], str(AreaLevel.DISTRICT), None)
    changes = [AreaChange(root, *form, provisional, source=source)]
    for old, new, name in streets:
        changes.append(AreaChange(known[old], new, name, name, None, root, provisional, source=source))
    ended = [known[str(row["code"])] for row in plan.get("abolished") or []]
    changes += [AreaChange(pk, parent_id=root, ends=True, source=source) for pk in ended]
    changes += _rest(ended, {known[old] for old, _, _ in streets}, plan)
    # What this reform did once stays, though the area changed again since.
    later = set(AreaVersion.objects.filter(valid_from__gt=on).values_list("area_id", flat=True))
    done = AreaVersion.objects.filter(valid_from=on, area__in=[c.area_id for c in changes])
    later |= set(done.values_list("area_id", flat=True))
    fresh = [change for change in changes if change.area_id not in later]
    changed = put_changes(fresh, on)
    succeed([(pk, root) for pk in ended], on, SuccessionKind.ABOLISHED, source)
    changed += _city_above(str(plan.get("city", "")), [root, *ended])
    if added or changed:
        renumber()
    return Reformed(str(plan["title"]), on, added, changed, sum(c.ends for c in fresh))


def _known(codes: Sequence[str]) -> dict[str, int]:
    """The area of each code, of today or of earlier days."""
    found = dict(AreaVersion.objects.filter(code__in=codes).order_by("valid_from").values_list("code", "area_id"))
    found.update(dict(Area.objects.filter(code__in=codes).values_list("code", "id")))
    return found


def _communities(streets: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str, str]]:
    """Code, full name, short name and code of the street of every community in the file."""
    out = []
    for street in streets:
        for item in str(street.get("communities", "")).split("、"):
            found = _ITEM.match(item.strip())
            if found is None:
                raise Invalid(f"区划调整文件中{street['name']}的社区“{item.strip()[:20]}”写法不对。")
            short = found[2]
            full = short + ("村民委员会" if short.endswith("村") else "居民委员会")
            out.append((f"{street['old']}{found[1]}", full, short, padded(str(street["old"]))))
    return out


def _put_missing(
    city: str, districts: Mapping[str, str], streets: Sequence[tuple[str, str, str]],
    communities: Sequence[tuple[str, str, str, str]], begins: date,
) -> int:  # fmt: skip
    """Put in what the reform names and nobody loaded, as it stood before; return how many rows."""
    levels = [
        (AreaLevel.DISTRICT, [(code, name, name, city) for code, name in districts.items()]),
        (AreaLevel.STREET, [(old, name, name, padded(old[:6])) for old, _, name in streets]),
        (AreaLevel.COMMUNITY, list(communities)),
    ]
    added = 0
    for level, rows in levels:
        known = _known([row[0] for row in rows])
        above = _known(sorted({row[3] for row in rows}))
        made = Area.objects.bulk_create([
            Area(code=code, name=name, short_name=short, level=level, parent_id=above.get(parent), valid_from=begins)
            for code, name, short, parent in rows if code not in known
        ])  # fmt: skip
        added += len(made)
    return added


def _rest(ended: Sequence[int], moved: set[int], plan: Mapping[str, Any]) -> list[AreaChange]:
    """Streets of ended districts that the reform does not name: they go up to where the district stood."""
    rows = Area.objects.filter(parent__in=ended, level=AreaLevel.STREET, valid_to__isnull=True).exclude(pk__in=moved)
    city = _known([str(plan.get("city", ""))]).get(str(plan.get("city", "")))
    note = str(plan.get("rest_note", plan["source"]))
    return [AreaChange(pk, parent_id=city, source=note) for pk in rows.values_list("id", flat=True)] if city else []


def _city_above(city: str, ids: Sequence[int]) -> int:
    """Hang what was put in without a city under it, once the city is loaded; return how many areas gained one."""
    found = _known([city]).get(city) if city else None
    if found is None:
        return 0
    forms = AreaVersion.objects.filter(area__in=ids, parent__isnull=True).update(parent_id=found)
    return Area.objects.filter(pk__in=ids, parent__isnull=True).update(parent_id=found) or forms
