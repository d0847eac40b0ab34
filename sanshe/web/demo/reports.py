"""Matters: from report to rating, each as its `ends` in the story says."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sanshe.accounts.public import User
from sanshe.areas.public import Area, Body, Place
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.matters import actions
from sanshe.matters.access import Bearer
from sanshe.matters.models import CallBack, Criterion, Extension, Matter
from sanshe.matters.proposal import is_in_force
from sanshe.people.public import find_or_make

from . import town
from .cast import Cast
from .source import Row
from .stage import Line, Stage
from .words import HELP, SUBJECTS

Told = Generator[datetime, None, Matter]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def split(text: str | None) -> tuple[str, str]:
    """What was found and what was done about it: the parts of a note before and after its semicolon."""
    head, _, tail = (text or "").partition("；")
    return (head.rstrip("。") + "。", tail) if tail else (head, head)


class Reports:
    """Lines for matters."""

    def __init__(self, cast: Cast, stage: Stage, places: dict[tuple[str, str], Place]) -> None:
        self.cast, self.stage, self.places, self.times = cast, stage, places, cast.times
        self._criteria = list(Criterion.objects.select_related("set"))

    def criterion(self, code: str) -> Criterion:
        """The criterion of that code as it stands on the day of the story; before the first version, that one's."""
        found = [c for c in self._criteria if c.code == code]
        day = clock.local(clock.now()).date()
        return next((c for c in found if is_in_force(c, day)), found[0])

    # -- who ----------------------------------------------------------------------------------------------------

    def reporter(self, matter: Matter) -> Viewer:
        """The one who brought it up, or whoever holds the receipt."""
        if matter.reporter_id is not None:
            return self.cast.v(User.objects.get(pk=matter.reporter_id))
        return Bearer(Viewer.public(), matter.pk)

    def handler(self, unit: Body) -> Viewer:
        """Who handles matters in a unit."""
        from sanshe.accounts.public import Role

        return self.cast.v(self.cast.holder(Role.UNIT_HANDLER, unit))

    # -- beginnings ---------------------------------------------------------------------------------------------

    def filed(self, row: Row, rng: Random) -> Told:
        """The report, by oneself or by the desk for a caller."""
        area, channel = self.cast.area[row["community"]], row["channel"]
        moment = self.times.office(row["date"]) if channel in ("desk", "patrol") else self.times.at(row["date"])
        yield self._fresh(moment) if row["ends"] == "received" else moment
        name = town.place_name(row["place"] or "")
        place = self.places.get((row["community"], name))
        told: dict[str, Any] = {
            "title": row["title"],
            "text": row["text"],
            "area_id": area.pk,
            "place_text": row["place"] or "",
            "place_id": place.pk if place else None,
            "subject": SUBJECTS.get(row["subject"], "other"),
            "channel": channel,
            "now": clock.now(),
        }
        known = self.cast.users.get(row["reporter"] or "")
        if channel == "web":
            by = self.cast.v(known) if known else Viewer.public()
            if known:
                told |= {"contact_name": known.name, "contact_phone": known.phone or ""}
            elif rng.random() < 0.6:
                caller, phone = self.cast.caller()
                told |= {"contact_name": caller[0] + rng.choice(("女士", "先生")), "contact_phone": phone}
            return actions.file_matter(by=by, **told)
        desk = self.cast.v(self.cast.desk(area))
        if channel != "patrol":
            told |= self._caller(known, area, desk)
        return actions.file_matter(by=desk, **told)

    def _fresh(self, moment: datetime) -> datetime:
        """What still waits for triage came in so late that it is not overdue, on whichever day the story is loaded."""
        while self.times.workdays(moment, 1, 18) <= self.times.now:
            moment += DAY
        return min(moment, self.times.now - timedelta(minutes=25))

    def _caller(self, known: User | None, area: Area, desk: Viewer) -> dict[str, Any]:
        if known is not None and known.name in self.cast.files_of:
            phone = known.phone or ""
            return {"person_id": self.cast.files_of[known.name].pk, "contact_name": known.name, "contact_phone": phone}
        name, phone = self.cast.caller()
        person, _ = find_or_make(name=name, phone=phone, area=area, by=desk, now=clock.now())
        return {"person_id": person.pk, "contact_name": name, "contact_phone": phone}

    def triaged(self, row: Row, matter: Matter, rng: Random, unit: str = "", help_wanted: bool = False) -> Told:
        """The triage, by the community's front desk, in the way the criterion goes."""
        rule, route, now = self.criterion(row["criterion"]), row["route"], clock.now()
        if rule.urgent:
            yield now + timedelta(minutes=rng.randint(4, 15))
        elif row["channel"] in ("desk", "patrol"):
            yield now + timedelta(minutes=rng.randint(5, 30))
        else:
            yield self.times.later(now, rng, 0.3, 4)
        by = self.cast.v(self.cast.desk(matter.area))
        told = {
            "matter_id": matter.pk, "criterion": rule.pk, "reason": row["triage_reason"], "by": by, "now": clock.now()
        }  # fmt: skip
        public = {"public_title": row["title"], "public_text": row["text"]}
        if route == "government":
            body = self.cast.unit(unit or row["unit"], matter.area)
            return actions.triage_government(host_unit=body.pk, **told, **public)
        if route == "joint":
            return actions.triage_joint(**told, **public)
        guidance = rule.guidance or row["result"] or "请按下面的办法自行办理，有不清楚的请问社区窗口。"
        return actions.triage_self(
            guidance=guidance, help_wanted=help_wanted, **told, **(public if help_wanted else {})
        )

    def accepted(self, matter: Matter, rng: Random) -> Told:
        """The unit takes it on."""
        now = clock.now()
        yield (now + timedelta(minutes=rng.randint(3, 12)) if matter.urgent else self.times.later(now, rng, 0.4, 5))
        assert matter.host_unit is not None
        return actions.accept(matter_id=matter.pk, by=self.handler(matter.host_unit), now=clock.now())

    def finished(self, matter: Matter, result: str, rng: Random, latest: datetime | None = None) -> Told:
        """The unit is done, before the deadline and before `latest`."""
        now = clock.now()
        assert matter.due_at is not None and matter.host_unit is not None
        until = max(clock.local(matter.due_at), now + timedelta(minutes=40))
        moment = now + (until - now) * rng.uniform(0.35, 0.85)
        if not matter.urgent:
            moment = min(self.times.in_hours(moment, rng), until)
        if latest is not None and moment > latest:
            moment = max(now + 2 * HOUR, self.times.open_day(latest))
        yield moment
        by = self.handler(matter.host_unit)
        return actions.finish(matter_id=matter.pk, result=result, public_result=result, by=by, now=clock.now())

    def rated(self, matter: Matter, row: Row, rng: Random, after: float = 0.0) -> Told:
        """The rating, some days after the end (at least `after` of them), not later than an hour ago."""
        moment = self.times.at_home(clock.now() + DAY * (after + rng.uniform(1, 5)), rng)
        yield max(clock.now() + HOUR / 2, min(moment, self.times.now - rng.uniform(1, 20) * HOUR))
        return actions.rate(
            matter_id=matter.pk, grade=row["rating"], comment=row["comment"] or "", by=self.reporter(matter),
            now=clock.now(), invited=Random(f"asked {row['id']}").random() < 0.6,
        )  # fmt: skip

    # -- whole lines --------------------------------------------------------------------------------------------

    def line(self, row: Row) -> Line:
        """The line of a matter that no thread tells; joint ones hand on to a deliberation elsewhere."""
        rng = Random(row["id"])
        ends = row["ends"]
        matter = yield from self.filed(row, rng)
        if ends == "received":
            return
        if row["route"] == "self":
            yield from self._alone(row, matter, rng)
            return
        first = row["returned_from"] or row["unit"]
        matter = yield from self.triaged(row, matter, rng, unit=first)
        assert matter.host_unit is not None
        if ends == "returned_then_designated":
            matter = yield from self._designated(row, matter, rng)
        if ends == "objected":
            yield from self._objected(row, matter, rng)
            return
        matter = yield from self.accepted(matter, rng)
        if ends in ("handling", "paused", "overdue", "oversight"):
            yield from getattr(self, f"_{ends}")(row, matter, rng)
            return
        latest = self.times.now - 4 * DAY if ends == "poor_rated_open" else self.times.now - 2 * DAY
        matter = yield from self.finished(matter, row["result"] or row["note"], rng, latest)
        if ends == "reopened":
            yield from self._reopened(row, matter, rng)
        elif ends.startswith("poor_rated"):
            yield from self._poor(row, matter, rng)
        elif row["rating"] is not None:
            yield from self.rated(matter, row, rng)

    def _alone(self, row: Row, matter: Matter, rng: Random) -> Line:
        helped = row["ends"] == "helped"
        matter = yield from self.triaged(row, matter, rng, help_wanted=helped)
        by = self.cast.v(self.cast.desk(matter.area))
        result = row["result"]
        if helped:
            yield from self._help(matter, rng)
            result += row["note"] or ""
        yield self.times.workdays(clock.now(), rng.randint(2, 7), rng.randint(9, 16), rng.randint(0, 59))
        matter = actions.guide_done(matter_id=matter.pk, result=result, by=by, now=clock.now())
        if helped and row["comment"]:
            yield from self.rated(matter, {**row, "rating": 5}, rng)

    def _help(self, matter: Matter, rng: Random) -> Line:
        near = [u for u in self.cast.neighbours[matter.area.short_name] if u.pk != matter.reporter_id]
        pool = near or [u for rows in self.cast.neighbours.values() for u in rows if u.pk != matter.reporter_id]
        helper = rng.choice(pool)
        yield self.times.at_home(clock.now() + DAY * rng.uniform(0.6, 1.6), rng)
        offer = actions.offer_help(matter_id=matter.pk, text=rng.choice(HELP), by=self.cast.v(helper), now=clock.now())
        yield clock.now() + HOUR * rng.uniform(0.5, 6)
        actions.answer_help(offer_id=offer.pk, accept=True, by=self.reporter(matter), now=clock.now())

    def _designated(self, row: Row, matter: Matter, rng: Random) -> Told:
        assert matter.host_unit is not None
        yield self.times.later(clock.now(), rng, 2, 7)
        why, _ = split(row["note"].replace("，街道", "；街道", 1))
        matter = actions.return_matter(
            matter_id=matter.pk, ground="other_unit", reason=why, by=self.handler(matter.host_unit), now=clock.now()
        )
        yield self.times.later(clock.now(), rng, 2, 6)
        unit, by = self.cast.unit(row["unit"], matter.area), self.cast.v(self.cast.officer(matter.area))
        return actions.designate(matter_id=matter.pk, host_unit=unit.pk, reason=row["note"], by=by, now=clock.now())

    def _handling(self, row: Row, matter: Matter, rng: Random) -> Line:
        """Old ones are on an extension that was granted; one that is due soon has asked for more time."""
        assert matter.due_at is not None and matter.host_unit is not None
        if clock.local(matter.due_at) > self.times.now + DAY:
            return
        yield self.times.open_day(clock.local(matter.due_at) - rng.uniform(20, 30) * HOUR)
        by = self.handler(matter.host_unit)
        reason = "现场已经看过，备料和协调相关单位还需要时间。"
        actions.extend(matter_id=matter.pk, days=10, reason=reason, by=by, now=clock.now())
        yield self.times.later(clock.now(), rng, 1, 4)
        extension = Extension.objects.get(matter=matter)
        lead = self.cast.v(self.cast.lead(matter.area))
        actions.grant_extension(
            extension_id=extension.pk, answer="同意，请把进展告诉反映人。", by=lead, now=clock.now()
        )

    def _paused(self, row: Row, matter: Matter, rng: Random) -> Line:
        assert matter.host_unit is not None
        yield self.times.later(clock.now(), rng, 3, 20)
        by = self.handler(matter.host_unit)
        actions.ask_resident(matter_id=matter.pk, question=row["note"], by=by, now=clock.now())

    def _overdue(self, row: Row, matter: Matter, rng: Random) -> Line:
        assert matter.due_at is not None
        yield self.times.workdays(clock.local(matter.due_at), 1, 9, rng.randint(20, 58))
        by = self.cast.v(self.cast.desk(matter.area))
        actions.add_information(matter_id=matter.pk, note=row["note"], by=by, now=clock.now())

    def _oversight(self, row: Row, matter: Matter, rng: Random) -> Line:
        assert matter.due_at is not None
        late = max(clock.local(matter.due_at), self.times.now - rng.uniform(2, 6) * DAY)
        yield self.times.in_hours(late + 20 * HOUR, rng)
        until = max(self.times.workdays(clock.now(), 3), self.times.workdays(self.times.now, 1)).date()
        by = self.cast.v(self.cast.officer(matter.area))
        actions.oversee(matter_id=matter.pk, requirement=row["note"], until=until, by=by, now=clock.now())

    def _objected(self, row: Row, matter: Matter, rng: Random) -> Line:
        assert matter.triaged_at is not None
        last = self.times.workdays(clock.local(matter.triaged_at), 4, 18, rng.randint(0, 50))
        yield min(last, self.times.now - rng.uniform(5, 30) * HOUR)
        why, _ = split(row["note"])
        actions.raise_objection(matter_id=matter.pk, reason=why, by=self.reporter(matter), now=clock.now())

    def _reopened(self, row: Row, matter: Matter, rng: Random) -> Line:
        why, done = split(row["note"])
        assert matter.done_at is not None
        window = self.times.workdays(clock.local(matter.done_at), 14, 19, 5)
        fresh = row["id"] in ("m215", "m219")
        yield window if fresh else self.times.at_home(clock.now() + rng.uniform(5, 11) * DAY, rng)
        matter = actions.reopen(matter_id=matter.pk, reason=why, by=self.reporter(matter), now=clock.now())
        if fresh:
            return
        yield from self.finished(matter, done[:1] + done[1:], rng)

    def _poor(self, row: Row, matter: Matter, rng: Random) -> Line:
        still_open = row["ends"] == "poor_rated_open"
        # A grade that is still being followed up was given a few days ago, if the time for rating allows it.
        late = (self.times.now - clock.now()).days - rng.randint(3, 8)
        matter = yield from self.rated(matter, row, rng, after=max(0, min(late, 22)) if still_open else 0)
        callback = CallBack.objects.get(matter=matter)
        found, done = split(row["note"])
        assert matter.host_unit is not None
        by = self.handler(matter.host_unit)
        if still_open and "列入" not in row["note"]:
            return
        yield self.times.later(clock.now(), rng, 12, 40)
        if still_open:
            until = self.times.workdays(clock.now(), 9).date()
            actions.list_callback(callback_id=callback.pk, found=found, plan=done, until=until, by=by, now=clock.now())
        else:
            actions.fix_callback(callback_id=callback.pk, found=found, answer=done, by=by, now=clock.now())
