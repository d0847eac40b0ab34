"""Areas change from a day on: renamed, recoded, moved, merged, split, established. What they were is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from .. import tree
from ..models import Area, AreaSuccession, AreaVersion, ManagedBy, Place
from ..words import AreaLevel, AreasEvent, SuccessionKind

FORM = ("code", "name", "short_name", "level", "parent_id")


@dataclass(frozen=True)
class AreaChange:
    """What becomes of one area: its new form (None leaves a part as it is), and whether it ends on that day."""

    area_id: int
    code: str | None = None
    name: str | None = None
    short_name: str | None = None
    level: str | None = None
    parent_id: int | None = None
    provisional: bool = False
    ends: bool = False
    source: str = ""


def put_changes(changes: Iterable[AreaChange], on: date) -> int:
    """Give areas new forms from a day on, in a handful of statements however many they are; return how many changed.

    The order of the tree is not renewed: call `renumber` when all is written. Raises Invalid for a day before the
    area began or before its last change.
    """
    wanted = {change.area_id: change for change in changes}
    areas = Area.objects.select_for_update().in_bulk(list(wanted))
    last = {v.area_id: v for v in AreaVersion.objects.filter(area__in=wanted, valid_to__isnull=True)}
    new: list[AreaVersion] = []
    closed: list[AreaVersion] = []
    rewritten: list[AreaVersion] = []
    touched: list[Area] = []
    for pk, change in wanted.items():
        area = areas[pk]
        form = {name: getattr(area, name) for name in FORM}
        after = {name: value if (value := getattr(change, name)) is not None else form[name] for name in FORM}
        ends = on if change.ends else area.valid_to
        if after == form and ends == area.valid_to:
            continue
        if on < area.valid_from:
            raise Invalid({"on": f"{area.short_name}自{say(area.valid_from)}起才有记录，日期不能早于它。"})
        current = last.get(pk)
        begins = current.valid_from if current is not None else area.valid_from
        if on < begins:
            raise Invalid({"on": f"{area.short_name}在{say(begins)}已有变更，日期不能早于它。"})
        mark = {"provisional": change.provisional, "source": change.source[:300]}
        if on == begins:
            row = current or AreaVersion(area=area, valid_from=begins)
            for name, value in {**after, **mark}.items():
                setattr(row, name, value)
            (new if current is None else rewritten).append(row)
        else:
            if current is None:
                new.append(AreaVersion(area=area, valid_from=begins, valid_to=on, **form))
            else:
                current.valid_to = on
                closed.append(current)
            new.append(AreaVersion(area=area, valid_from=on, **after, **mark))
        for name, value in after.items():
            setattr(area, name, value)
        area.valid_to = ends
        touched.append(area)
    AreaVersion.objects.bulk_update(closed, ["valid_to"])
    AreaVersion.objects.bulk_update(rewritten, [*FORM[:-1], "parent", "provisional", "source"])
    AreaVersion.objects.bulk_create(new)
    Area.objects.bulk_update(touched, [*FORM[:-1], "parent", "valid_to"])
    return len(touched)


def say(day: date) -> str:
    """A day with its year: 2025年11月6日."""
    return f"{day.year}年{day.month}月{day.day}日"


def renumber() -> None:
    """Number the tree anew after changes."""
    with connection.cursor() as cursor:
        tree.renumber(cursor)


def _day(on: date, now: datetime) -> date:
    if on > clock.local(now).date():
        raise Invalid({"on": "日期不能晚于今天：变更请在生效当天或之后登记。"})
    return on


def _named(name: str, short_name: str = "") -> tuple[str, str]:
    name, short = " ".join(name.split()), " ".join(short_name.split())
    if not name or len(name) > 80 or len(short) > 80:
        raise Invalid({"name": "区域名称应为 1 至 80 个字。"})
    return name, short or name


def own_code(parent: Area) -> str:
    """A code of our own for a new area below another: two letters, so that no one takes it for an official one."""
    base = (parent.code[2:9] if parent.code[:1].isdigit() else parent.code[3:10]).ljust(7, "0")
    taken = set(AreaVersion.objects.filter(code__startswith=f"XS{base}").values_list("code", flat=True))
    taken |= set(Area.objects.filter(code__startswith=f"XS{base}").values_list("code", flat=True))
    for number in range(1, 1000):
        if (code := f"XS{base}{number:03d}") not in taken:
            return code
    raise Invalid({"code": "这一区域下的内部代码已用完，请填写正式代码。"})


def _checked_code(code: str, area_id: int = 0) -> str:
    code = "".join(code.split()).upper()
    if not (len(code) == 12 and (code.isdigit() or (code[:2].isalpha() and code[2:].isdigit()))):
        raise Invalid({"code": "区划代码应为 12 位数字。"})
    others = Area.objects.filter(code=code).exclude(pk=area_id).exists()
    if others or AreaVersion.objects.filter(code=code).exclude(area_id=area_id).exists():
        raise Invalid({"code": f"代码 {code} 已属于或曾属于另一区域，请核对。"})
    return code


def _tell(by: Viewer, now: datetime, event: AreasEvent, area: Area, sentence: str, data: Mapping[str, Any]) -> None:
    audit.record(by=by, event=event, obj=area, sentence=sentence, data=dict(data), now=now)


@transaction.atomic
def change_area(
    *, area_id: int, on: date, by: Viewer, now: datetime, source: str, code: str = "", name: str = "",
    short_name: str = "", parent_id: int | None = None, level: str = "", provisional: bool = False,
) -> Area:  # fmt: skip
    """Rename, recode or move an area from a day on; empty parts stay. Raises Invalid.

    Who may do so is decided by the page or command that asks.
    """
    area = Area.objects.get(pk=area_id)
    before = {name_: getattr(area, name_) for name_ in FORM}
    if parent_id is not None:
        parent = Area.objects.get(pk=parent_id)
        if area.lo <= parent.lo < area.hi:
            raise Invalid({"parent": "不能移到它自己下面。"})
    long, short = _named(name, short_name) if name else (None, short_name or None)
    change = AreaChange(
        area_id, _checked_code(code, area_id) if code else None, long, short, str(AreaLevel(level)) if level else None,
        parent_id, provisional, source=source,
    )  # fmt: skip
    if put_changes([change], _day(on, now)):
        renumber()
        area.refresh_from_db()
        after = {name_: getattr(area, name_) for name_ in FORM if getattr(area, name_) != before[name_]}
        data = {"on": on, "from": {name_: before[name_] for name_ in after}, "to": after, "source": source}
        _tell(by, now, AreasEvent.AREA_CHANGED, area, "{actor}变更了区域的名称、代码或隶属", data)
    return area


@transaction.atomic
def merge_areas(*, old_ids: Sequence[int], into_id: int, on: date, by: Viewer, now: datetime, source: str) -> Area:
    """End areas on a day and let another of the same level stand for them: it takes over their children, their places
    and, by standing above them in the tree, their records. Raises Invalid."""
    into = Area.objects.get(pk=into_id)
    old = [area for area in Area.objects.filter(pk__in=old_ids) if area.pk != into.pk]
    if not old:
        raise Invalid({"old": "请选择要并入的区域。"})
    for area in old:
        if area.level != into.level:
            raise Invalid({"old": f"{area.short_name}与{into.short_name}不是同一层级，不能并入。"})
        if area.valid_to is not None:
            raise Invalid({"old": f"{area.short_name}已于{say(area.valid_to)}撤销。"})
        if area.lo < into.lo < area.hi:
            raise Invalid({"old": f"{into.short_name}在{area.short_name}之内，不能这样并入。"})
    keys = [area.pk for area in old]
    changes = [AreaChange(pk, parent_id=into.pk, ends=True, source=source) for pk in keys]
    children = Area.objects.filter(parent__in=keys, valid_to__isnull=True).values_list("id", flat=True)
    changes += [AreaChange(pk, parent_id=into.pk, source=source) for pk in children]
    put_changes(changes, _day(on, now))
    succeed([(pk, into.pk) for pk in keys], on, SuccessionKind.MERGED, source)
    hand_over_places(keys, into.pk)
    renumber()
    for area in old:
        sentence = "{actor}将此区域并入其他区域"
        _tell(by, now, AreasEvent.AREA_MERGED, area, sentence, {"into": into.code, "on": on, "source": source})
    names = [area.code for area in old]
    into.refresh_from_db()
    _tell(by, now, AreasEvent.AREA_MERGED, into, "{actor}将其他区域并入此区域", {"from": names, "on": on})
    return into


def succeed(pairs: Iterable[tuple[int, int]], on: date, kind: SuccessionKind, source: str, main: bool = True) -> None:
    """Write down which area stands for which; what is written already stays."""
    rows = [AreaSuccession(old_id=a, new_id=b, on=on, kind=kind, main=main, source=source[:300]) for a, b in pairs]
    AreaSuccession.objects.bulk_create(rows, ignore_conflicts=True)


def hand_over_places(old_ids: Sequence[int], new_id: int) -> None:
    """Kept places, and areas looked after, go to the successor; a place whose name it has already stays behind."""
    names = set(Place.objects.filter(area_id=new_id).values_list("name", flat=True))
    for pk in old_ids:
        Place.objects.filter(area_id=pk).exclude(name__in=names).update(area_id=new_id)
        names |= set(Place.objects.filter(area_id=new_id).values_list("name", flat=True))
    ManagedBy.objects.filter(~Q(area_id=new_id), manager__in=old_ids, valid_to__isnull=True).update(manager_id=new_id)


@transaction.atomic
def establish_area(
    *, name: str, level: str, parent_id: int, on: date, by: Viewer, now: datetime, source: str, short_name: str = "",
    code: str = "",
) -> Area:  # fmt: skip
    """Establish a new area from a day on, under an official code or one of our own. Raises Invalid."""
    area = _new_area(name, short_name, level, Area.objects.get(pk=parent_id), _day(on, now), code)
    renumber()
    area.refresh_from_db()
    data = {"code": area.code, "on": on, "source": source}
    _tell(by, now, AreasEvent.AREA_ESTABLISHED, area, "{actor}设立了此区域", data)
    return area


def _new_area(name: str, short_name: str, level: str, parent: Area, on: date, code: str) -> Area:
    long, short = _named(name, short_name)
    code = _checked_code(code) if code else own_code(parent)
    return Area.objects.create(
        code=code, name=long, short_name=short, level=AreaLevel(level), parent=parent, valid_from=on
    )


@transaction.atomic
def split_area(
    *, old_id: int, parts: Sequence[Mapping[str, str]], on: date, by: Viewer, now: datetime, source: str,
    keep: bool = False,
) -> list[Area]:  # fmt: skip
    """Make several areas (`name`, `short_name`, `code`) out of one from a day on; return the new ones.

    The old area ends and the first part stands for its records; with `keep` it lives on, and only parts leave it.
    What belongs to which part among children and places is put right by moving them. Raises Invalid.
    """
    old = Area.objects.get(pk=old_id)
    if old.valid_to is not None:
        raise Invalid({"old": f"{old.short_name}已撤销，不能再分设。"})
    if len(parts) < (1 if keep else 2):
        raise Invalid({"parts": "分设至少要有两个部分；析出至少要有一个。"})
    parent = old.parent
    if parent is None:
        raise Invalid({"old": "最上级的区域不能分设。"})
    day = _day(on, now)
    made = [
        _new_area(part["name"], part.get("short_name", ""), old.level, parent, day, part.get("code", ""))
        for part in parts
    ]
    if keep:
        succeed([(old.pk, area.pk) for area in made], on, SuccessionKind.SPLIT_OFF, source, main=False)
    else:
        main = made[0]
        children = Area.objects.filter(parent=old, valid_to__isnull=True).values_list("id", flat=True)
        changes = [AreaChange(pk, parent_id=main.pk, source=source) for pk in children]
        put_changes([AreaChange(old.pk, parent_id=main.pk, ends=True, source=source), *changes], day)
        succeed([(old.pk, main.pk)], on, SuccessionKind.SPLIT, source)
        succeed([(old.pk, area.pk) for area in made[1:]], on, SuccessionKind.SPLIT, source, main=False)
        hand_over_places([old.pk], main.pk)
    renumber()
    for area in made:
        area.refresh_from_db()
    data = {"into": [area.code for area in made], "on": on, "keep": keep, "source": source}
    _tell(by, now, AreasEvent.AREA_SPLIT, old, "{actor}由此区域分设出其他区域", data)
    return made
