"""Proposed sites: the fewest candidate places that bring the most households inside the reach on foot.

For k = 1, 2, … the best k places are found exactly (maximal covering, solved by HiGHS as an integer programme), until
they reach what all candidates together could, or the share that was asked. Greedy choice, one place after another, can
need more places than that; it is computed beside, to show the difference.

No database. HiGHS is imported when something is solved: in the worker, never in the web process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any

from .geometry import Position, metres


@dataclass(frozen=True)
class Point:
    """A place that is to be covered; `weight`: households. `covered`: a facility that stands already reaches it."""

    key: int
    name: str
    at: Position
    weight: int
    covered: bool = False


@dataclass(frozen=True)
class Site:
    """A candidate place."""

    key: int
    name: str
    at: Position


@dataclass(frozen=True)
class Chosen:
    """A chosen site: households inside its reach that no facility reaches today, and those only it reaches."""

    key: int
    name: str
    reaches: int
    alone: int
    adds: int
    places: int
    farthest: int


@dataclass(frozen=True)
class Round:
    """The best `k` sites: households covered with what stands already; `proven`: no other k sites cover more."""

    k: int
    covered: int
    keys: tuple[int, ...]
    proven: bool
    bound: int


@dataclass
class Answer:
    """What came out. Weights are households; distances are metres as the crow flies."""

    total: int = 0
    today: int = 0
    reachable: int = 0
    aim: int = 0
    rounds: list[Round] = field(default_factory=list)
    chosen: list[Chosen] = field(default_factory=list)
    greedy: int = 0
    left: list[dict[str, Any]] = field(default_factory=list)
    out_of_time: bool = False

    @property
    def k(self) -> int:
        """How many sites are proposed."""
        return self.rounds[-1].k if self.rounds else 0

    def as_data(self) -> dict[str, Any]:
        """For the JSON column."""
        return {**asdict(self), "k": self.k}


def covers(points: Sequence[Point], sites: Sequence[Site], reach: float) -> list[frozenset[int]]:
    """For each site, the indexes of the points inside its reach (metres) that nothing covers today."""
    return [
        frozenset(i for i, p in enumerate(points) if not p.covered and metres(site.at, p.at) <= reach) for site in sites
    ]


def propose(
    points: Sequence[Point],
    sites: Sequence[Site],
    reach: float,
    *,
    share: int | None = None,
    seconds: float = 60,
    progress: Callable[[int, int], None] = lambda done, of: None,
    stop: Callable[[], bool] = lambda: False,
) -> Answer:
    """Propose the fewest sites.

    `share`: per cent of all households that suffices; without it, all that the candidates can reach. `seconds`: for all
    rounds together; when they are over, the best sites found so far are given and marked as not proven. `progress` is
    told households covered and aimed at after each round; `stop` is asked between rounds.
    """
    found = covers(points, sites, reach)
    everything = frozenset().union(*found) if found else frozenset()
    weight = [p.weight for p in points]
    answer = Answer(total=sum(weight), today=sum(p.weight for p in points if p.covered))
    answer.reachable = answer.today + sum(weight[i] for i in everything)
    wanted = answer.reachable if share is None else min(answer.reachable, -(-answer.total * share // 100))
    answer.aim = wanted
    order = _greedy(found, weight)
    if wanted > answer.today:
        _rounds(answer, found, weight, sites, wanted, monotonic() + seconds, progress, stop)
    picked = [i for i, site in enumerate(sites) if answer.rounds and site.key in answer.rounds[-1].keys]
    answer.chosen = _explain(points, sites, found, picked)
    answer.greedy = answer.today + _weight(found, order[: answer.k], weight)
    reached = frozenset().union(*(found[i] for i in picked)) if picked else frozenset()
    answer.left = [
        {"key": p.key, "name": p.name, "weight": p.weight, "nearest": _nearest(p, sites)}
        for i, p in enumerate(points)
        if not p.covered and i not in reached
    ]
    answer.left.sort(key=lambda row: (-row["weight"], row["key"]))
    return answer


def _nearest(point: Point, sites: Sequence[Site]) -> int | None:
    found = [metres(point.at, site.at) for site in sites]
    return round(min(found)) if found else None


def _weight(found: Sequence[frozenset[int]], picked: Sequence[int], weight: Sequence[int]) -> int:
    reached = frozenset().union(*(found[i] for i in picked)) if picked else frozenset()
    return sum(weight[i] for i in reached)


def _greedy(found: Sequence[frozenset[int]], weight: Sequence[int]) -> list[int]:
    """The sites in the order in which the one that adds most is taken next."""
    order: list[int] = []
    reached: frozenset[int] = frozenset()
    left = set(range(len(found)))
    while left:
        best = max(left, key=lambda i: (sum(weight[p] for p in found[i] - reached), -i))
        if not sum(weight[p] for p in found[best] - reached):
            break
        order.append(best)
        reached |= found[best]
        left.discard(best)
    return order


def _rounds(
    answer: Answer,
    found: Sequence[frozenset[int]],
    weight: Sequence[int],
    sites: Sequence[Site],
    wanted: int,
    until: float,
    progress: Callable[[int, int], None],
    stop: Callable[[], bool],
) -> None:
    """Solve for k = 1, 2, … until what is wanted is covered."""
    model = _Model(found, weight)
    greedy = _greedy(found, weight)
    for k in range(1, len(sites) + 1):
        left = until - monotonic()
        if left <= 0 or stop():
            answer.out_of_time = True
            break
        picked, bound = model.best(k, left)
        covered = _weight(found, picked, weight)
        if covered < _weight(found, greedy[:k], weight):  # the time was over before something as good was found
            picked, covered = greedy[:k], _weight(found, greedy[:k], weight)
        proven = bound <= covered
        answer.out_of_time = answer.out_of_time or not proven
        keys = tuple(sites[i].key for i in picked)
        answer.rounds.append(Round(k, answer.today + covered, keys, proven, answer.today + bound))
        progress(answer.today + covered, wanted)
        if answer.today + covered >= wanted:
            break
    else:
        return
    if answer.out_of_time and (not answer.rounds or answer.rounds[-1].covered < wanted):
        picked = list(greedy)
        for count in range(answer.k + 1, len(greedy) + 1):
            if answer.today + _weight(found, greedy[:count], weight) >= wanted:
                picked = greedy[:count]
                break
        covered = answer.today + _weight(found, picked, weight)
        if picked and (not answer.rounds or covered > answer.rounds[-1].covered):
            keys = tuple(sites[i].key for i in picked)
            answer.rounds.append(Round(len(picked), covered, keys, False, wanted))


class _Model:
    """The integer programme: y = 1 where a site is taken, z ≤ the sum of y that reach a group of points."""

    def __init__(self, found: Sequence[frozenset[int]], weight: Sequence[int]) -> None:
        import highspy

        groups: dict[frozenset[int], int] = {}
        reached_by: dict[int, set[int]] = {}
        for site, cover in enumerate(found):
            for point in cover:
                reached_by.setdefault(point, set()).add(site)
        for point, by in reached_by.items():
            if weight[point]:
                groups[frozenset(by)] = groups.get(frozenset(by), 0) + weight[point]
        self.sites = len(found)
        self.none = not groups
        h: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("log_to_console", False),
            ("threads", 1),
            ("random_seed", 0),
            ("mip_rel_gap", 0.0),
        ):
            h.setOptionValue(option, value)
        for site in range(self.sites):
            h.addVar(0, 1)
            h.changeColIntegrality(site, highspy.HighsVarType.kInteger)
        for nr, (near, heavy) in enumerate(groups.items()):
            column = self.sites + nr
            h.addVar(0, 1)
            h.changeColCost(column, heavy)
            taken = sorted(near)
            h.addRow(-highspy.kHighsInf, 0, len(taken) + 1, [*taken, column], [*([-1.0] * len(taken)), 1.0])
        h.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.limit = h.getNumRow()
        h.addRow(0, 0, self.sites, list(range(self.sites)), [1.0] * self.sites)
        self.highs, self.feasible = h, highspy.kSolutionStatusFeasible

    def best(self, k: int, seconds: float) -> tuple[list[int], int]:
        """The best k sites found in time, and the most that any k sites could cover (households)."""
        if self.none:
            return [], 0
        h = self.highs
        h.changeRowBounds(self.limit, 0, k)
        h.setOptionValue("time_limit", h.getRunTime() + seconds)
        h.run()
        info = h.getInfo()
        bound = round(info.mip_dual_bound) if abs(info.mip_dual_bound) < 1e15 else 10**15
        if info.primal_solution_status != self.feasible:
            return [], bound
        values = list(h.getSolution().col_value)
        return [i for i in range(self.sites) if values[i] > 0.5], bound


def _explain(
    points: Sequence[Point], sites: Sequence[Site], found: Sequence[frozenset[int]], picked: Sequence[int]
) -> list[Chosen]:
    """What each chosen site brings, in the order in which they add most."""
    order = [picked[i] for i in _greedy([found[i] for i in picked], [p.weight for p in points])]
    order += [i for i in picked if i not in order]
    out: list[Chosen] = []
    reached: frozenset[int] = frozenset()
    for i in order:
        others = frozenset().union(*(found[j] for j in picked if j != i)) if len(picked) > 1 else frozenset()
        far = [metres(sites[i].at, points[p].at) for p in found[i]]
        out.append(
            Chosen(
                sites[i].key,
                sites[i].name,
                reaches=sum(points[p].weight for p in found[i]),
                alone=sum(points[p].weight for p in found[i] - others),
                adds=sum(points[p].weight for p in found[i] - reached),
                places=len(found[i]),
                farthest=round(max(far)) if far else 0,
            )
        )
        reached |= found[i]
    return out
