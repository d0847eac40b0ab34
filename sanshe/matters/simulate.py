"""`sanshe simulate --matters`: a database as large as wanted, for measuring and for trying out, never for work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from sanshe.accounts.public import User
from sanshe.areas.public import Area, AreaLevel, Place, communities_of, descendants, handling_units_for, home_area
from sanshe.kernel import clock, mass
from sanshe.kernel.errors import Invalid

from .models import CriteriaSet, Criterion, Matter
from .queries import subjects
from .simulation import SOURCE, draw, people, store

if TYPE_CHECKING:
    from rich.progress import Progress

#: From so many on it pays to build the indexes afterwards, and to draw on all cores.
MANY = 50_000
#: Matters drawn in one piece.
CHUNK = 10_000


def simulate_matters(count: int, seed: int, code: str, force: bool, bar: Progress) -> None:
    """Put in so many matters, in the area of a code ("" is the home area). Raises Invalid."""
    _check(seed, force)
    area = Area.objects.filter(code=code).first() if code else _home()
    if area is None:
        raise Invalid(f"没有代码为“{code}”的区域，请先运行 sanshe areas load，或核对代码。")
    fill(count, seed, area, clock.now(), bar)


def _home() -> Area | None:
    try:
        return home_area()
    except Area.DoesNotExist:
        raise Invalid("还没有载入区域，请先运行 sanshe areas load。") from None


def _check(seed: int, force: bool) -> None:
    """Refuse where real matters are (those of the demo are not), and where this seed was used already."""
    if Matter.objects.filter(source=SOURCE, source_key=f"{seed}-1").exists():
        raise Invalid(f"种子 {seed} 的模拟事项已经放过，请用 --seed 换一个数。")
    real = Matter.objects.exclude(source=SOURCE).exists() and not User.objects.filter(demo=True).exists()
    if real and not force:
        raise Invalid("库里已有真实的事项，不能混入模拟数据。")


@transaction.atomic
def fill(count: int, seed: int, area: Area, now: datetime, bar: Progress) -> None:
    """Draw and write the matters, all or none. Raises Invalid when communities, units or criteria are missing."""
    task = bar.add_task("模拟事项", total=count)
    with connection.cursor() as cursor:
        store.lock(cursor)
        world = _world(area, seed, count, now)
        ids = draw.Ids(*(mass.first_free(cursor, table) for table in store.NUMBERED))
        many = count >= MANY
        again = store.take_down(cursor) if many else []
        when = draw.moments(Random(f"{seed}-moments"), count, now)
        days = _days(cursor)
        orders = _orders(when, days)
        for made, rows in _drawn(draw.Draw(world, ids, seed), when, orders, many):
            store.write(cursor, rows)
            bar.advance(task, made)
        for table, first in zip(store.NUMBERED, (ids.matter, ids.handling, ids.rating), strict=True):
            mass.used(cursor, table, first + count)
        _number_on(cursor, days, now)
        if many:
            building = bar.add_task("建立索引、核对关联", total=len(again))
            mass.put_up(cursor, again, lambda n: bar.advance(building, n))
            for table in store.COLUMNS:
                cursor.execute(f"ANALYZE {table}")


def _orders(when: list[datetime], days: dict[str, int]) -> list[int]:
    """The number of each within its day, after those that the day has; `days` is brought up to date."""
    out = []
    for moment in when:
        day = draw.day_of(moment)
        days[day] = days.get(day, 0) + 1
        out.append(days[day])
    return out


def _drawn(
    drawing: draw.Draw, when: list[datetime], orders: list[int], many: bool
) -> Iterator[tuple[int, dict[str, str]]]:
    """Chunks in order, with the number of matters in each; many are drawn on all cores while others are written."""

    def chunk(piece: range) -> tuple[int, dict[str, str]]:
        part = slice(piece.start, piece.stop)
        return len(piece), drawing.chunk(piece.start, when[part], orders[part])

    return mass.drawn(chunk, mass.pieces(len(when), CHUNK), many)


def _world(area: Area, seed: int, count: int, now: datetime) -> draw.World:
    day = clock.local(now).date()
    communities = list(communities_of(area.pk))
    current = CriteriaSet.objects.filter(valid_from__lte=day).order_by("-valid_from", "-id").first()
    criteria = list(Criterion.objects.filter(set=current)) if current else []
    units = {a.pk: list(handling_units_for(a)) for a in communities}
    missing = [
        (not communities, "社区（sanshe areas load）"),
        (not all(units.values()), "承办单位（sanshe areas bodies）"),
        (not criteria, "分流标准（sanshe matters criteria）"),
    ]
    wanted = [what for is_missing, what in missing if is_missing]
    if wanted:
        raise Invalid(f"还缺少{'、'.join(wanted)}，请先载入。")
    levels = [AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY]
    above = [a for a in descendants(area) if a.level in levels]
    bodies = sorted({unit.pk: unit for found in units.values() for unit in found}.values(), key=lambda u: u.pk)
    since = (clock.local(now) - timedelta(days=365 * (draw.YEARS + 1))).date()
    places: dict[int, list[Place]] = defaultdict(list)
    for place in Place.objects.filter(area__in=[a.pk for a in communities]).order_by("id"):
        places[place.area_id].append(place)
    cast = people.enter(
        Random(f"{seed}-people"), above, bodies, min(20_000, max(10, count // 50)), since, clock.local(now)
    )
    return draw.World(communities, places, units, criteria, cast, [c for c, _ in subjects()], now)


def _days(cursor: Any) -> dict[str, int]:
    """The highest number given out on each day so far."""
    cursor.execute(
        "SELECT left(number, 8), max(substr(number, 10, 6)::int) FROM matters_matter "
        "WHERE number ~ '^[0-9]{8}-[0-9]{6}-' GROUP BY 1"
    )
    return dict(cursor.fetchall())


def _number_on(cursor: Any, days: dict[str, int], now: datetime) -> None:
    """Let the sequence of numbers go on above what today has: the next real matter must get a number of its own."""
    today = days.get(f"{clock.local(now):%Y%m%d}", 0)
    cursor.execute("SELECT setval('matters_number', greatest(last_value, %s)) FROM matters_number", [max(1, today)])
