"""What becomes of each invented matter: who brought it, which way it went, how far it has come by now.

The shares are invented too, shaped after what a busy district would see: most of three years is long done, what is
open is mostly young, a little is late, one in three handlings is rated.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from random import Random
from typing import Any

from sanshe.areas.public import Area, Body, Place
from sanshe.kernel import clock

from .. import deadlines
from ..models import CriteriaSet, Criterion
from ..numbers import number
from ..words import Channel, DeadlineKind, Grade, MatterState, Route
from . import SOURCE, texts
from .people import People

HOUR = timedelta(hours=1)
YEARS = 3
GOVERNMENT, JOINT, SELF = str(Route.GOVERNMENT), str(Route.JOINT), str(Route.SELF)
#: Of a hundred matters, how many go each way.
ROUTES = ((GOVERNMENT, 0.62), (JOINT, 0.83), (SELF, 1.0))
#: Median days and spread of handling; the median of an urgent one is in hours.
DAYS = {GOVERNMENT: (4.0, 0.55), JOINT: (18.0, 0.5), SELF: (2.5, 0.5)}
GRADES = ((Grade.VERY_GOOD, 0.46), (Grade.GOOD, 0.76), (Grade.FAIR, 0.9), (Grade.POOR, 0.97), (Grade.VERY_POOR, 1.0))
#: Share of a day's reports made by each hour from 0 to 24: little at night, most in the morning and after work.
DAY_CURVE = (0, 4, 6, 7, 8, 9, 12, 20, 60, 130, 220, 300, 360, 400, 450, 520, 600, 670, 740, 810, 880, 930, 965, 985,
             1000)  # fmt: skip


@dataclass
class World:
    """What is drawn from."""

    areas: list[Area]
    places: dict[int, list[Place]]
    units: dict[int, list[Body]]
    criteria: list[Criterion]
    people: People
    subjects: list[str]
    now: datetime


@dataclass(frozen=True)
class Ids:
    """The first free id of each table. Each matter has one of every kind kept for it, so that chunks need not wait."""

    matter: int
    handling: int
    rating: int


#: How each type of value is written in the text form of COPY. Our own texts hold no tabs, breaks or backslashes.
_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: lambda v: v,
    int: str,
    bool: lambda v: "t" if v else "f",
    datetime: datetime.isoformat,
    type(None): lambda v: "\\N",
}


@dataclass
class Batch:
    """Rows of a stretch of time, as lines of COPY: table → lines."""

    lines: dict[str, list[str]] = field(default_factory=dict)

    def add(self, table: str, values: tuple[Any, ...]) -> None:
        self.lines.setdefault(table, []).append("\t".join([_WRITTEN[type(v)](v) for v in values]))


def plain(moment: datetime) -> datetime:
    """Local time with a fixed offset: written ten times as fast as one with the name of a zone."""
    local = clock.local(moment)
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))


def day_of(moment: datetime) -> str:
    """The local day as it stands in a number."""
    return moment.isoformat()[:10].replace("-", "")


def moments(rng: Random, count: int, now: datetime) -> list[datetime]:
    """When each was reported, in order, over the last years: a little more each year, by day rather than by night."""
    end = plain(now)
    span = YEARS * 365
    begin = datetime.combine(end.date() - timedelta(days=span), datetime.min.time(), tzinfo=end.tzinfo)
    out = []
    for u in sorted(rng.random() for _ in range(count)):
        days = (u**0.85) * (span + 1)
        day, share = int(days), (days % 1) * 1000
        hour = next(h for h in range(24) if DAY_CURVE[h + 1] >= share)
        within = (share - DAY_CURVE[hour]) / (DAY_CURVE[hour + 1] - DAY_CURVE[hour])
        moment = begin + timedelta(days=day, seconds=int((hour + within) * 3600), microseconds=int(u * 1e9) % 1_000_000)
        out.append(min(moment, end - timedelta(seconds=30)))
    out.sort()
    return out


class Draw:
    """Draws matters from a world, always the same ones from the same seed."""

    def __init__(self, world: World, ids: Ids, seed: int) -> None:
        self.world, self.ids, self.seed, self.rng = world, ids, seed, Random(seed)
        self.at = 0
        self.version = clock.calendar_version()
        self.now = plain(world.now)
        self.by_route: dict[str, list[Criterion]] = {}
        for criterion in world.criteria:
            self.by_route.setdefault(criterion.route, []).append(criterion)
        self.sets = {s.pk: s.version for s in CriteriaSet.objects.all()}
        self._due: dict[tuple[date, int], datetime] = {}
        names = {f"deadline_{kind}" for kind in DeadlineKind.values}
        names |= {"deadline_triage", "deadline_joint", "deadline_self"}
        self.limits = {name: deadlines.days(name, self.now) for name in names}
        self._unit_of: dict[tuple[int, int], int] = {}
        self._labels = {a.pk: a.short_name for a in world.areas}

    def chunk(self, first: int, when: list[datetime], orders: list[int]) -> dict[str, str]:
        """The rows of matters from the `first` on, as text for COPY by table. Chunks do not depend on one another."""
        self.rng = Random(f"{self.seed}-{first}")
        batch = Batch()
        for self.at, (moment, order) in enumerate(zip(when, orders, strict=True), first):
            self._matter(batch, moment, order)
        return {table: "\n".join(lines) + "\n" for table, lines in batch.lines.items()}

    # -- one matter ----------------------------------------------------------------------------------------------------

    def _matter(self, batch: Batch, created: datetime, order: int) -> None:
        rng, world = self.rng, self.world
        pk = self.ids.matter + self.at
        area = world.areas[int(rng.random() * len(world.areas))]
        u = rng.random()
        route = next(r for r, upto in ROUTES if u < upto)
        kinds = self.by_route.get(route) or world.criteria
        criterion = kinds[int(rng.random() * len(kinds))]
        route = criterion.route
        near = world.places.get(area.pk, [])
        place = near[int(rng.random() * len(near))] if near and rng.random() < 0.8 else None
        where = place.name if place else area.short_name
        cover = criterion.covers[int(rng.random() * len(criterion.covers))] if criterion.covers else criterion.name
        desk = world.people.desk[area.pk]
        who = rng.random()
        reporter = filed_by = None
        channel = Channel.WEB
        if who < 0.4 and world.people.residents:
            reporter = world.people.residents[int(rng.random() * len(world.people.residents))]
        elif who < 0.75:
            filed_by, channel = desk, (Channel.PHONE if rng.random() < 0.6 else Channel.DESK)
        contact = ("", "", "")
        if filed_by or rng.random() < 0.5:
            contact = world.people.contacts[int(rng.random() * len(world.people.contacts))]
        spelled = number(day_of(created), order)
        if filed_by:
            told, post = f"{{actor}}在{area.short_name}代为登记了此事项", f"社区综合窗口（{area.short_name}）"
        else:
            told, post = "{actor}反映了此事项", "反映人" if reporter else ""
        self._audit(batch, pk, created, reporter or filed_by, "begin", told, {"number": spelled}, post)
        fate = self._fate(batch, pk, area, desk, route, criterion, created)
        triaged = fate["triaged_at"] is not None and fate["state"] != MatterState.DECLINED
        public = triaged and (rng.random() < 0.75 if route != SELF else fate["help_wanted"])
        result = texts.one(rng, texts.RESULTS[route]) if fate["done_at"] else ""
        batch.add("matters_matter", (
            pk, spelled, base64.urlsafe_b64encode(rng.randbytes(16))[:22].decode(), texts.title(rng, where, cover),
            texts.report(rng, where, cover), world.subjects[int(rng.random() * len(world.subjects))], str(channel),
            area.pk, place.pk if place else None, where if place else "", reporter, None, *contact, filed_by,
            True, public, f"{where}{criterion.name}" if public else "",
            texts.released(rng, where, criterion.name) if public else "", result if public else "",
            str(fate["state"]), route if triaged else "", criterion.pk if triaged else None,
            self.sets[criterion.set_id] if triaged else "",
            fate["reason"], fate["triaged_at"], texts.GUIDANCE if triaged and route == SELF else "",
            fate["help_wanted"], fate["other_way"], fate["unit"], fate["handler"], False, fate["urgent"],
            fate["hours"], fate["due_at"], fate["promised_at"], self.version, created, fate["done_at"], result,
            fate["question"], fate["paused_at"], None, None, 0, 0, 0, None, fate["rated_at"], None, SOURCE,
            f"{self.seed}-{self.at + 1}",
        ))  # fmt: skip

    def _fate(
        self, batch: Batch, pk: int, area: Area, desk: int, route: str, criterion: Criterion, created: datetime
    ) -> dict[str, Any]:
        """How far a matter has come by now, with the rows that its way left behind."""
        rng, now = self.rng, self.now
        first = self._working(created, self.limits["deadline_triage"])
        out: dict[str, Any] = {
            "state": MatterState.RECEIVED, "triaged_at": None, "reason": "", "help_wanted": False, "other_way": "",
            "unit": None, "handler": None, "urgent": False, "hours": None, "due_at": first, "done_at": None,
            "promised_at": self._working(created, self.limits["deadline_triage"] + self.limits["deadline_default"]),
            "question": "", "paused_at": None, "rated_at": None,
        }  # fmt: skip
        triaged = created + HOUR * min(40.0, rng.expovariate(1 / 5))
        recent = (now - created).days < 45
        if triaged >= now or (recent and rng.random() < 0.01):
            return out
        post = f"社区综合窗口（{self._labels[area.pk]}）"
        u = rng.random()
        if u < 0.015:
            out |= {"state": MatterState.DECLINED, "triaged_at": triaged, "due_at": None, "promised_at": None,
                    "reason": "不在受理范围。", "other_way": texts.one(rng, texts.OTHER_WAYS)}  # fmt: skip
            self._step(batch, pk, triaged, desk, "decline", "received", "declined",
                       "{actor}说明理由和其他途径后，不予受理", post)  # fmt: skip
            return out
        if u < 0.025:
            self._step(batch, pk, triaged, None, "withdraw", "received", "withdrawn", "{actor}撤回此事项", "反映人")
            return out | {"state": MatterState.WITHDRAWN}
        out |= {"triaged_at": triaged, "reason": texts.one(rng, texts.REASONS).replace("{name}", criterion.name)}
        unit = self._unit(area, criterion) if route == GOVERNMENT else None
        if route == GOVERNMENT:
            out["unit"], out["urgent"] = unit, criterion.urgent
            out["hours"] = criterion.hours if criterion.urgent else None
            out["due_at"] = (
                triaged + HOUR * (criterion.hours or 2)
                if criterion.urgent
                else self._working(triaged, self.limits[f"deadline_{criterion.deadline}"])
            )
        else:
            out["due_at"] = self._working(triaged, self.limits["deadline_joint" if route == JOINT else "deadline_self"])
        out["promised_at"] = out["due_at"]
        out["help_wanted"] = route == SELF and rng.random() < 0.3
        batch.add("matters_triage", (
            pk, area.pk, desk, triaged, route, criterion.pk, self.sets[criterion.set_id], out["reason"], unit, "[]",
            True if rng.random() < 0.9 else None,
        ))  # fmt: skip
        word = str(Route(route).label)
        target = {GOVERNMENT: "assigned", JOINT: "together", SELF: "guided"}[route]
        self._step(batch, pk, triaged, desk, f"triage_{route}", "received", target,
                   f"{{actor}}把此事项分流为{word}，依据「{criterion.name}」", post)  # fmt: skip
        self._handled(batch, pk, area, desk, route, criterion, triaged, out)
        return out

    def _handled(
        self, batch: Batch, pk: int, area: Area, desk: int, route: str, criterion: Criterion, triaged: datetime,
        out: dict[str, Any],
    ) -> None:  # fmt: skip
        rng, now = self.rng, self.now
        median, spread = DAYS[route]
        begun, by = triaged, desk
        if route == GOVERNMENT:
            by = self.world.people.handler[out["unit"]]
            begun = triaged + HOUR * rng.expovariate(1 / (0.3 if criterion.urgent else 6))
            if begun >= now:
                out["state"] = MatterState.ASSIGNED
                return
            out["handler"] = by
            self._step(batch, pk, begun, by, "accept", "assigned", "handling", "{actor}接收，开始办理",
                       self.world.people.posts[by])  # fmt: skip
        unit = HOUR if criterion.urgent and route == GOVERNMENT else 24 * HOUR
        length = unit * rng.lognormvariate(0, spread) * median
        done = begun + length
        stuck = (now - triaged).days < 200 and rng.random() < 0.008
        if done >= now or stuck:
            out["state"] = {
                GOVERNMENT: MatterState.HANDLING, JOINT: MatterState.TOGETHER, SELF: MatterState.GUIDED,
            }[route]  # fmt: skip
            if route == GOVERNMENT and not criterion.urgent and rng.random() < 0.07:
                out |= {"state": MatterState.WAITING, "question": texts.one(rng, texts.QUESTIONS), "paused_at": begun}
            return
        out |= {"state": MatterState.DONE, "done_at": done, "handler": by}
        step, source = {GOVERNMENT: ("finish", "handling"), JOINT: ("finish_joint", "together"),
                        SELF: ("guide_done", "guided")}[route]  # fmt: skip
        self._step(batch, pk, done, by, step, source, "done", "{actor}办结，并告知结果", self.world.people.posts[by])
        handling = self.ids.handling + self.at
        batch.add("matters_handling", (handling, pk, 0, area.pk, out["unit"], by, route, done, out["due_at"]))
        rated = done + 24 * HOUR * rng.expovariate(1 / 4)
        if rated < now and rng.random() < 0.36:
            self._rated(batch, pk, area, out, handling, rated)

    def _rated(self, batch: Batch, pk: int, area: Area, out: dict[str, Any], handling: int, rated: datetime) -> None:
        rng = self.rng
        out["rated_at"] = rated
        u = rng.random()
        grade = next(int(g) for g, upto in GRADES if u < upto)
        rating = self.ids.rating + self.at
        batch.add("matters_rating", (rating, handling, area.pk, grade, None, None, None, "", None, rated, None))
        if grade <= Grade.POOR:
            closed = rated + 24 * HOUR * (2 + 6 * rng.random())
            open_now = closed >= self.now
            batch.add("matters_callback", (
                rating, pk, area.pk, out["unit"], "open" if open_now else "closed",
                "" if open_now else "fixed" if rng.random() < 0.6 else "explained",
                "" if open_now else "电话回访，了解到不满意的原因是等得久、告知不够及时。", "",
                "" if open_now else "已向反映人致歉并说明，今后办理中途主动告知。", "", "", rated,
                self._working(rated, self.limits["deadline_default"]), None if open_now else closed,
            ))  # fmt: skip

    # -- helpers -------------------------------------------------------------------------------------------------------

    def _working(self, moment: datetime, count: int) -> datetime:
        key = (moment.date(), count)
        found = self._due.get(key)
        if found is None:
            found = self._due[key] = plain(clock.add_working_days(moment, count, self.version))
        return found

    def _unit(self, area: Area, criterion: Criterion) -> int:
        """The unit that usually takes such a matter here: by the words of the criterion's hint, else any."""
        key = (area.pk, criterion.pk)
        found = self._unit_of.get(key)
        if found is None:
            units, hint = self.world.units[area.pk], criterion.unit_hint
            pairs = {hint[i : i + 2] for i in range(len(hint) - 1)}
            best = max(units, key=lambda unit: (sum(pair in unit.name for pair in pairs), -unit.pk))
            found = best.pk if any(pair in best.name for pair in pairs) else units[criterion.pk % len(units)].pk
            self._unit_of[key] = found
        return found

    def _step(
        self, batch: Batch, pk: int, at: datetime, actor: int | None, step: str, source: str, target: str,
        sentence: str, post: str = "",
    ) -> None:  # fmt: skip
        self._audit(batch, pk, at, actor, f"step:{step}", sentence, {"from": source, "to": target}, post)

    def _audit(
        self, batch: Batch, pk: int, at: datetime, actor: int | None, event: str, sentence: str,
        data: dict[str, str], post: str,
    ) -> None:  # fmt: skip
        pairs = ", ".join([f'"{key}": "{value}"' for key, value in data.items()])
        who = f"{actor}\t" if actor else "\\N\t未登录的访客"
        # Half of all lines: written straight.
        batch.lines.setdefault("kernel_audit_entry", []).append(
            f"{at.isoformat()}\t{who}\t{post}\t{event}\tmatters.Matter\t{pk}\t{sentence}\t{{{pairs}}}\tt\t"
        )
