"""How columns of registers that point to an area or a body are chosen, and found from the text of a sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from sanshe.kernel.access import Viewer
from sanshe.kernel.register import Reference

from .models import Area, AreaVersion, Body
from .queries import home_area
from .timeline import descendants, in_force
from .words import AreaLevel

#: Endings that sheets leave out of a name.
_ENDINGS = ("社区", "村", "街道", "镇")


def area_reference(*levels: str) -> Reference:
    """Areas of these levels (default communities) in the home area, by code (also an old one), full name, short name,
    or street and community written together. An ambiguous or unknown text is left out."""
    wanted = [str(level) for level in levels] or [str(AreaLevel.COMMUNITY)]

    def offer(viewer: Viewer) -> QuerySet[Area]:
        try:
            rows = descendants(home_area()).filter(level__in=wanted)
        except Area.DoesNotExist:
            rows = Area.objects.none()
        return rows.select_related("parent")

    def find(texts: Collection[str], viewer: Viewer) -> dict[str, int]:
        return _areas_of(texts, wanted)

    whole = [str(AreaLevel.DISTRICT), str(AreaLevel.STREET), str(AreaLevel.COMMUNITY)]
    # A list of communities can be narrowed to a street.
    wider = None if wanted == whole else area_reference(*whole)
    return Reference(offer=offer, find=find, text=area_text, within=_inside, wider=wider)


def area_text(area: Area) -> str:
    """An area as a sheet writes it: a community with its street before it, so that it is found again."""
    if area.level == AreaLevel.COMMUNITY and area.parent is not None:
        return f"{area.parent.short_name}{area.short_name}"
    return area.short_name


def _inside(pk: int, path: str) -> Q:
    """The condition that a row's area, at this path, is an area or stands below it."""
    area = Area.objects.filter(pk=pk).only("lo", "hi").first()
    if area is None:
        return Q(pk__in=[])
    if area.hi - area.lo == 1:
        return Q(**{path: pk})
    return Q(**{f"{path}__lo__gte": area.lo, f"{path}__lo__lt": area.hi})


def _areas_of(texts: Collection[str], levels: list[str]) -> dict[str, int]:
    """The area of each text that names exactly one."""
    try:
        home = home_area()
    except Area.DoesNotExist:
        return {}
    spellings = {text: _spellings(text, home.short_name) for text in texts}
    codes = {text: code for text in texts if (code := _code(text))}
    by_code = dict(Area.objects.filter(code__in=codes.values(), level__in=levels).values_list("code", "id"))
    old = AreaVersion.objects.filter(code__in=set(codes.values()) - set(by_code), area__level__in=levels)
    by_code.update(dict(old.order_by("valid_from").values_list("code", "area_id")))
    found = {text: by_code[code] for text, code in codes.items() if code in by_code}
    names = {name for text, some in spellings.items() if text not in found for name in some}
    if not names:
        return found
    rows = (
        Area.objects.filter(in_force(), lo__gte=home.lo, lo__lt=home.hi, level__in=levels)
        .annotate(
            together=Concat("parent__short_name", Value(""), "short_name"),
            in_full=Concat("parent__short_name", Value(""), "name"),
        )
        .filter(Q(name__in=names) | Q(short_name__in=names) | Q(together__in=names) | Q(in_full__in=names))
    )
    called: dict[str, set[int]] = defaultdict(set)
    for row in rows.values_list("id", "name", "short_name", "together", "in_full"):
        for name in set(row[1:]):
            called[name].add(row[0])
    for text, some in spellings.items():
        for name in some:  # the plainest spelling that is known decides
            if text not in found and name in called:
                if len(called[name]) == 1:
                    found[text] = next(iter(called[name]))
                break
    return found


def _code(text: str) -> str:
    """A text as a code of 12, when it looks like one (a street's 9 digits are padded)."""
    plain = "".join(text.split()).upper()
    if plain.isascii() and plain.isalnum() and len(plain) in (6, 9, 12) and plain[2:].isdigit():
        return plain.ljust(12, "0")
    return ""


def _spellings(text: str, home: str) -> list[str]:
    plain = "".join(text.split()).replace("-", "").replace("/", "").replace("·", "")
    bare = plain.removeprefix("重庆市").removeprefix("重庆").removeprefix(home)
    out = [plain, bare]
    out += [f"{bare}{ending}" for ending in _ENDINGS if bare and not bare.endswith(ending)]
    return [name for name in dict.fromkeys(out) if name]


def body_reference(*kinds: str) -> Reference:
    """Bodies of these kinds (default all) in the home area, by name; a name that two bodies have finds none."""
    wanted = [str(kind) for kind in kinds]

    def offer(viewer: Viewer) -> QuerySet[Body]:
        try:
            home = home_area()
        except Area.DoesNotExist:
            return Body.objects.none()
        rows = Body.objects.filter(in_force(), area__lo__gte=home.lo, area__lo__lt=home.hi)
        return (rows.filter(kind__in=wanted) if wanted else rows).select_related("area")

    def find(texts: Collection[str], viewer: Viewer) -> dict[str, int]:
        plain = {text: " ".join(text.split()) for text in texts}
        called: dict[str, set[int]] = defaultdict(set)
        for pk, name in _named(offer(viewer), plain.values()):
            called[name].add(pk)
        return {text: next(iter(called[name])) for text, name in plain.items() if len(called.get(name, ())) == 1}

    return Reference(offer=offer, find=find)


def _named(rows: QuerySet[Any], names: Iterable[str]) -> list[tuple[int, str]]:
    return list(rows.filter(name__in=set(names)).values_list("id", "name"))
