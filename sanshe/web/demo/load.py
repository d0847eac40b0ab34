"""Tells the whole story: everything in one transaction, each step by the person whose step it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from sanshe.accounts.public import SETUP, User
from sanshe.kernel import clock, notices
from sanshe.kernel.access import Viewer
from sanshe.matters.actions import run_clock
from sanshe.matters.actions.criteria import load_packs
from sanshe.matters.actions.services import load_services, services_file

from . import afterwards, applying, exchange, hot, lists, mutual, registers, source, town, watched, window
from .buying import Buying
from .cast import Cast
from .reports import DAY, Reports
from .source import Row, Story
from .stage import Line, Stage, Tell
from .talks import Talk, Talks
from .times import Times, works

#: When the platform is set up in the story.
BEGINS = date(2021, 1, 25)
#: Since when its clock runs: reminders and escalations before that would only be noise.
TICKS_FROM = date(2025, 11, 24)
#: One number for the lock that keeps two loads apart.
LOCK = 20261123


@dataclass(frozen=True)
class Told:
    """What a load did: whether the story was there already, and how many steps were played."""

    already: bool
    steps: int = 0


def is_told() -> bool:
    """Whether the story is in the database."""
    return User.objects.filter(demo=True).exists()


def tell(now: datetime, *, communities: frozenset[str] | None = None, progress: Tell | None = None) -> Told:
    """Tell the story up to `now`, or the part that plays in some communities. A second time changes nothing.

    All of it is one transaction: a load that is killed leaves nothing. No mail is deferred: the invented people have
    no addresses.
    """
    with transaction.atomic(), app.replace_connector(InMemoryConnector()):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if is_told():
            return Told(already=True)
        story, times = source.load(communities), Times(now)
        stage = Stage(now, progress) if progress else Stage(now)
        cast = Cast(times)
        with clock.frozen(times.at(BEGINS)):
            reports = _set_up(story, cast, stage)
            for line in _lines(story, cast, stage, reports):
                stage.add(line)
        steps = stage.run()
        if communities is None:
            with clock.frozen(times.now):
                registers.grow(times.now)
                registers.fill(times.now)
    return Told(already=False, steps=steps)


def _set_up(story: Story, cast: Cast, stage: Stage) -> Reports:
    """The place, the people and the organisations, as they stand before the first matter comes in."""
    now = clock.now()
    town.load_areas(now)
    load_packs(by=Viewer.system_account(SETUP), now=now)
    load_services(file=services_file(), by=Viewer.system_account(SETUP), now=now)
    cast.learn_places()
    places = town.load_story_places(story, cast)
    cast.enter(story)
    for row in story.organisations:
        if cast.times.day(row["since"]) <= now.date():
            town.register_organisation(cast, row)
        else:
            stage.add(town.organisation_line(cast, row))
    cast.enter_organisations(story)
    if "慕清源" in cast.users:
        town.enter_experts(cast)
    return Reports(cast, stage, places)


def _lines(story: Story, cast: Cast, stage: Stage, reports: Reports) -> list[Line]:
    talks, buying = Talks(reports), Buying(cast, stage)
    lines = [*town.rooms(cast, story), town.later_tie(cast), *_ticks(cast)]
    for row in story.matters:
        small = row["route"] == "joint"
        lines.append(talks.small(row, story.views.get(row["id"], [])) if small else reports.line(row))
    neighbours = dict(cast.neighbours)
    for row in [*story.threads, *story.deliberations]:
        talk = Talk(row["deliberation"], cast.area[row["community"]])
        talks.cast_groups(talk, [u.name for u in neighbours.get(row["community"], [])])
        lines += [talks.thread_matter(matter, talk) for matter in row["matters"]]
        lines.append(_thread(row, talk, talks, buying))
    lines += [_bought(row, buying) for row in story.calls]
    lines += [_ran(row, buying) for row in story.contracts]
    lines += [_served(row, buying, cast) for row in story.services]
    lines += lists.lines(cast)
    lines += hot.lines(cast, cast.times) + exchange.lines(cast.times.now)
    lines += mutual.lines(cast) + watched.lines(cast) + afterwards.lines(cast, reports)
    return lines + window.lines(cast) + applying.lines(cast)


def _thread(row: Row, talk: Talk, talks: Talks, buying: Buying) -> Line:
    """One thread from its deliberation to the renewed contract; a live one ends where the story has come to."""
    yield from talks.begin(talk, row["matters"])
    yield from talks.views(talk)
    if "meeting" not in talk.row:
        return
    yield from talks.call(talk)
    if "resolution" not in talk.row:
        return
    yield from talks.meet(talk)
    need, project = row["need"], row["project"]
    need["for_whom"] = project["beneficiaries"]["who"]
    yield from talks.conclude(talk, need, project["field"], project["beneficiaries"]["number"])
    talks.stage.add(talks.close(talk, row["matters"]))
    yield from buying.project(row)
    yield from buying.selection(row)
    yield from buying.contract(row, row["contract"])
    yield from buying.delivered(row, row["delivery"], row["contract"]["org"])
    yield from buying.accepted(row)
    yield from buying.renewed(row)


def _bought(row: Row, buying: Buying) -> Line:
    yield from buying.need(row)
    yield from buying.project(row)
    yield from buying.selection(row)


def _ran(row: Row, buying: Buying) -> Line:
    """A service told by its contracts: the last one with its records, its acceptance and its evaluation."""
    yield from buying.need(row)
    yield from buying.project(row)
    last = row["contracts"][-1]
    yield from buying.direct(row, last, years_before=last["year"] - 1)
    yield from buying.delivered(row, row["delivery"], last["org"])
    yield from buying.accepted(row)
    yield from buying.finished(row)


def _served(row: Row, buying: Buying, cast: Cast) -> Line:
    yield from buying.proposed(row, cast.area[row["community"]])
    yield from buying.direct(row, row["contract"], years_before=row["years_before"])
    yield from buying.delivered(row, row["delivery"], row["contract"]["org"])
    if row["ends"]:
        yield from buying.accepted(_year_end(row, cast))


def _year_end(row: Row, cast: Cast) -> Row:
    """A year that comes to its end these days: accepted by residents, and evaluated or still to be."""
    evaluated = date(2026, 11, 20) if row["ends"] == "passed" else date(2026, 12, 2)
    residents = [cast.resident(cast.area[row["community"]], 70).name for _ in REMARKS]
    marks = zip(("服务量完成", "服务成效", "居民满意度", "资金使用", "资料规范"), (23, 22, 27, 9, 8), strict=True)
    return {
        **row,
        "acceptance": {
            "day": date(2026, 11, 18),
            "people": [
                {"person": name, "rating": rating, "remark": remark}
                for name, (rating, remark) in zip(residents, REMARKS, strict=True)
            ],
        },
        "evaluation": {
            "day": evaluated,
            "items": [
                {"name": n, "weight": w, "score": s, "words": ""} for (n, s), w in zip(marks, WEIGHTS, strict=True)
            ],
            "words": "按计划完成，老人熟悉、信得过，记录齐全。",
        },
    }


WEIGHTS = (25, 25, 30, 10, 10)
REMARKS = (
    (5, "来敲门的小伙子记得我爱听川剧。"),
    (4, "饭和人都准时，就是周末见不到。"),
    (5, "有人惦记着，心里不空。"),
)


def _ticks(cast: Cast) -> list[Line]:
    return [_clockwork(cast), _tidy(cast)]


def _clockwork(cast: Cast) -> Line:
    """The scheduled reminders of matters, on the morning of every working day."""
    day = cast.times.day(TICKS_FROM)
    while True:
        yield clock.at(day.year, day.month, day.day, 9, 15)
        run_clock(clock.now())
        day += DAY
        while not works(day):
            day += DAY
        if day > cast.times.now.date():
            break
    # Once more at the end, so that the live platform finds nothing left over to remind of.
    yield cast.times.now
    run_clock(clock.now())


def _tidy(cast: Cast) -> Line:
    """People have read what they were told, but for the last days."""
    yield cast.times.now - 3 * DAY
    for user in cast.users.values():
        notices.mark_read(by=cast.v(user), now=clock.now())
