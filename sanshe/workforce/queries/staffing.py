"""Posts set up against posts filled, certificates and teams, by area."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from sanshe.areas.public import Area, AreaLevel, descendants, in_force
from sanshe.kernel import params

from ..models import StaffPost, Worker
from ..words import Education, Level, Team
from .counts import certified, community_workers, professionals_in_post, valid_certificates


@dataclass(frozen=True)
class StaffLine:
    """One area: posts and who holds them, community workers, certificates, professionals and what is missing."""

    area: Area
    places: int
    filled: int
    social_places: int
    workers: int
    certified: int
    professionals: int
    wanted: int | None

    @property
    def vacant(self) -> int:
        """Places of posts that nobody holds."""
        return max(self.places - self.filled, 0)

    @property
    def short(self) -> int:
        """Professionals that are missing to the coming figure of the notice."""
        return max((self.wanted or 0) - self.professionals, 0)

    @property
    def percent(self) -> float | None:
        """Community workers with a certificate, in per cent; None without community workers."""
        return round(100 * self.certified / self.workers, 1) if self.workers else None


def staffing(within: Area, on: date) -> list[StaffLine]:
    """Every community of an area, those with the largest gaps first. Five GROUP BY queries, whatever their number."""
    inside = {"area__lo__gte": within.lo, "area__lo__lt": within.hi}
    sums = (
        StaffPost.objects.filter(in_force(on), **inside)
        .order_by()
        .values_list("area")
        .annotate(places_sum=Sum("places"), social_sum=Sum("places", filter=Q(social_work=True)))
        .values_list("area", "places_sum", "social_sum")
    )
    posts = {area: (places or 0, social or 0) for area, places, social in sums}
    held = Worker.objects.filter(in_force(on), post__isnull=False, **inside)

    def counted(rows: object) -> Counter[int]:
        return Counter(dict(rows.filter(**inside).order_by().values_list("area").annotate(n=Count("pk"))))  # type: ignore[attr-defined]

    filled, workers = counted(held), counted(community_workers(on))
    holders, experts = counted(certified(on)), counted(professionals_in_post(on))
    wanted = wanted_professionals(on)
    lines = [
        StaffLine(
            area, posts.get(area.pk, (0, 0))[0], filled[area.pk], posts.get(area.pk, (0, 0))[1], workers[area.pk],
            holders[area.pk], experts[area.pk], wanted,
        )
        for area in descendants(within, AreaLevel.COMMUNITY, on).select_related("parent")
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (-line.short, -line.vacant, line.area.lo))


def wanted_professionals(on: date) -> int | None:
    """How many professionals a community is to have by the notice, as it stands on a day; None without a figure."""
    try:
        found = params.target("professionals_per_community", on=on)
    except KeyError:
        return None
    due = found.current or found.next
    return int(due.at_least) if due is not None and due.at_least is not None else None


def teams(within: Area, on: date) -> list[tuple[str, int]]:
    """How many people stand in each of the three teams of notice 二(三)1, and how many in none."""
    rows = Worker.objects.filter(in_force(on), area__lo__gte=within.lo, area__lo__lt=within.hi)
    found = dict(rows.order_by().values_list("team").annotate(n=Count("pk")))
    return [*((str(team.label), found.get(team.value, 0)) for team in Team), ("还没有编入队伍", found.get("", 0))]


def degrees(within: Area, on: date) -> list[tuple[str, int]]:
    """Community workers in post by education, and how many of them studied social work."""
    rows = community_workers(on).filter(area__lo__gte=within.lo, area__lo__lt=within.hi).order_by()
    found = dict(rows.values_list("education").annotate(n=Count("pk")))
    lines = [(str(item.label), found.get(item.value, 0)) for item in reversed(list(Education))]
    studied = ("社会工作专业学历", rows.filter(social_work_degree=True).count())
    return [studied, *lines, ("学历未登记", found.get("", 0))]


def levels(within: Area, on: date) -> list[tuple[str, int]]:
    """Certificates valid on a day of people in post, by level, the highest first."""
    post = Q(worker__valid_from__lte=on) & (Q(worker__valid_to=None) | Q(worker__valid_to__gt=on))
    inside = Q(worker__area__lo__gte=within.lo, worker__area__lo__lt=within.hi)
    rows = valid_certificates(on).filter(post & inside).order_by()
    found = dict(rows.values_list("level").annotate(n=Count("pk")))
    return [(str(level.label), found.get(level.value, 0)) for level in reversed(list(Level))]
