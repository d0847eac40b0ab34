"""Deliberations: the small ones that a matter alone begins, and those of the threads with all their people."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sanshe.accounts.public import User
from sanshe.areas.public import Area
from sanshe.deliberation import actions
from sanshe.deliberation.models import Deliberation, Meeting, Participant, Statement, Task, Topic
from sanshe.deliberation.words import Capacity, Choice, Form, Scope, Seat, ServiceField
from sanshe.kernel import clock
from sanshe.matters.public import Matter, finish_joint

from . import words
from .reports import DAY, HOUR, Reports
from .source import Row
from .stage import Line

Told = Generator[datetime, None, Deliberation]
FORMS = {f.label: f for f in Form}
SERVICES = {"老年": "elderly", "社区": "community", "儿童青少年": "children", "残障康复": "disability"}
CAPACITIES = (
    ("单元长", Capacity.BUILDING),
    ("楼长", Capacity.BUILDING),
    ("人大代表", Capacity.DELEGATE),
    ("业委会", Capacity.OWNERS_COMMITTEE),
    ("物业", Capacity.PROPERTY),
    ("护士", Capacity.UNIT),
    ("餐馆", Capacity.UNIT),
    ("民警", Capacity.UNIT),
    ("校长", Capacity.UNIT),
    ("工程师", Capacity.UNIT),
)


def _capacity(who: str) -> Capacity:
    return next((capacity for word, capacity in CAPACITIES if word in who), Capacity.RESIDENT)


@dataclass
class Talk:
    """A deliberation of a thread while it is told: who votes, who sits at the table."""

    row: Row
    area: Area
    groups: dict[str, list[User]] = field(default_factory=dict)
    members: list[Participant] = field(default_factory=list)
    pk: int = 0


class Talks:
    """Lines for deliberations."""

    def __init__(self, reports: Reports) -> None:
        self.reports, self.cast, self.times, self.stage = reports, reports.cast, reports.times, reports.stage

    # -- small ones ---------------------------------------------------------------------------------------------

    def small(self, row: Row, views: list[str]) -> Line:
        """A matter that its community settles together; one that is told as still open stops on the way."""
        rng = Random(row["id"])
        matter = yield from self.reports.filed(row, rng)
        if row["ends"] == "received":
            return
        matter = yield from self.reports.triaged(row, matter, rng)
        topic = Topic.objects.get(matter=matter)
        going_on = row["ends"] == "joined_deliberation"
        if going_on and not views:
            return
        yield self.times.later(clock.now(), rng, 20, 60)
        title = row["topic"] or row["title"]
        lead = self.cast.lead(matter.area)
        talk = actions.begin_topic(
            topic_id=topic.pk, title=title, question=f"{title.rstrip('？?')}——怎样办，大家都过得去？",
            background=row["text"], scope=Scope.SOME, group_text=f"{row['place']}一带的住户", form=Form.COUNCIL,
            by=self.cast.v(lead), now=clock.now(),
        )  # fmt: skip
        table = self._small_table(talk, rng, online=bool(views))
        span = 9 if going_on else rng.randint(4, 7)
        if going_on:
            span = max(span, (self.times.now - clock.now()).days + rng.randint(2, 5))
        until = self._evening(clock.now() + span * DAY)
        actions.open_collecting(deliberation_id=talk.pk, deadline=until, by=self.cast.v(lead), now=clock.now())
        yield from self._few_views(talk, views, until, rng)
        if going_on:
            return
        yield from self._small_meeting(talk, row, table, until, rng)
        yield from self._small_end(talk, row, rng)
        if row["rating"] is not None:
            yield from self.reports.rated(Matter.objects.get(pk=matter.pk), row, rng)

    def _small_table(self, talk: Deliberation, rng: Random, online: bool) -> list[Participant]:
        by, now = self.cast.v(self.cast.lead(talk.area)), clock.now()
        for user in self.cast.neighbours[talk.area.short_name][:3] if online else ():
            actions.invite(
                deliberation_id=talk.pk, capacity=Capacity.RESIDENT, user=user, seat=Seat.ONLINE, by=by, now=now
            )
        kinds = [Capacity.RESIDENT, Capacity.RESIDENT, Capacity.RESIDENT, Capacity.BUILDING, Capacity.BUILDING]
        return [
            actions.invite(
                deliberation_id=talk.pk, capacity=kind, name=self.cast.stranger(), seat=Seat.MEMBER, by=by, now=now
            )
            for kind in kinds[: rng.randint(4, 5)]
        ]

    def _few_views(self, talk: Deliberation, views: list[str], until: datetime, rng: Random) -> Line:
        """A view each by those who have an account, looked at by the secretary, and what the others say to it."""
        people = self.cast.neighbours[talk.area.short_name][:3]
        by = self.cast.v(self.cast.lead(talk.area))
        room = (min(until, self.times.now) - clock.now()) / (len(views) + 2)
        for text, user in zip(views, people * len(views), strict=False):
            yield clock.now() + room * 0.6
            said = actions.speak(deliberation_id=talk.pk, text=text, by=self.cast.v(user), now=clock.now())
            yield clock.now() + room * 0.1
            actions.show_statement(statement_id=said.pk, by=by, now=clock.now())
            for other in people:
                choice = rng.choice((Choice.AGREE, Choice.AGREE, Choice.AGREE, Choice.DISAGREE, Choice.PASS))
                actions.vote(statement_id=said.pk, choice=choice, by=self.cast.v(other), now=clock.now())

    def _small_meeting(
        self, talk: Deliberation, row: Row, table: list[Participant], until: datetime, rng: Random
    ) -> Line:
        lead = self.cast.v(self.cast.lead(talk.area))
        yield until + rng.uniform(0.1, 0.5) * HOUR
        meets = self._evening(clock.now() + rng.randint(3, 6) * DAY)
        actions.call_meeting(
            deliberation_id=talk.pk, place=f"{talk.area.short_name}居民之家", starts_at=meets,
            agenda=f"说说情况\n{talk.title}\n表决", by=lead, now=clock.now(),
        )  # fmt: skip
        yield meets - timedelta(minutes=9)
        meeting = Meeting.objects.get(deliberation=talk)
        present = table[: max(3, len(table) - rng.randint(0, 1))]
        for one in present:
            actions.sign_in_on_paper(meeting_id=meeting.pk, participant_id=one.pk, by=lead, now=clock.now())
        yield meets + timedelta(minutes=rng.randint(50, 90))
        aside = rng.choice((0, 0, 0, 1)) if len(present) > 3 else 0
        actions.resolve(
            deliberation_id=talk.pk, resolution=rng.choice(words.RESOLVED), votes_for=len(present) - aside,
            votes_against=0, votes_abstain=aside, by=lead, now=clock.now(),
        )  # fmt: skip

    def _small_end(self, talk: Deliberation, row: Row, rng: Random) -> Line:
        lead = self.cast.lead(talk.area)
        by = self.cast.v(lead)
        yield self.times.later(clock.now(), rng, 12, 30)
        left = (self.times.now - clock.now()).days - 4
        due = clock.now() + DAY * max(2, min(rng.randint(10, 24), left))
        text = (
            f"参加人围绕“{talk.title}”说了各自的难处，商定了办法。{Meeting.objects.get(deliberation=talk).resolution}"
        )
        actions.write_outcome(deliberation_id=talk.pk, text=text, by=by, now=clock.now())
        actions.add_task(
            deliberation_id=talk.pk,
            title=rng.choice(words.TASKS),
            due_on=due.date(),
            owner=lead,
            by=by,
            now=clock.now(),
        )
        yield clock.now() + rng.uniform(0.5, 2) * HOUR
        actions.publish(deliberation_id=talk.pk, by=by, now=clock.now())
        actions.carry_out(deliberation_id=talk.pk, by=by, now=clock.now())
        yield self.times.in_hours(clock.now() + (due - clock.now()) * rng.uniform(0.6, 0.95), rng)
        task = Task.objects.get(deliberation=talk)
        actions.finish(task_id=task.pk, result=rng.choice(words.DONE), by=by, now=clock.now())
        yield clock.now() + rng.uniform(1, 4) * HOUR
        actions.close(deliberation_id=talk.pk, result=row["result"], by=by, now=clock.now())

    def _evening(self, moment: datetime) -> datetime:
        return moment.replace(hour=19, minute=30, second=0, microsecond=0)

    # -- those of the threads -----------------------------------------------------------------------------------

    def thread_matter(self, row: Row, talk: Talk) -> Line:
        """A matter whose deliberation is told apart: filed, triaged, rated when it is over."""
        rng = Random(row["id"])
        matter = yield from self.reports.filed(row, rng)
        matter = yield from self.reports.triaged(row, matter, rng)
        row["pk"] = matter.pk
        if not talk.row.get("closed_on"):
            return
        yield self.times.office(talk.row["closed_on"], 11, rng.randint(30, 59))
        if row["rating"] is not None:
            yield from self.reports.rated(Matter.objects.get(pk=matter.pk), row, rng)

    def begin(self, talk: Talk, matters: list[Row]) -> Told:
        """The question is written and opened; who is to be at the table is invited."""
        row = talk.row
        lead = self.cast.users[row["led_by"][0]]
        yield self.times.office(row["opened_on"], 9, 10)
        by, now = self.cast.v(lead), clock.now()
        topics = list(Topic.objects.filter(matter__in=[m["pk"] for m in matters if "pk" in m]).order_by("pk"))
        scope = Scope(row["scope"])
        found = actions.begin_topic(
            topic_id=topics[0].pk, title=row["title"], question=row["question"], scope=scope,
            group_text="" if scope == Scope.COMMUNITY else row["scope_words"], form=FORMS[row["form"]],
            background=f"{row['platform']}上先后收到 {len(matters)} 件相近的事，合在一起商量。", by=by, now=now,
        )  # fmt: skip
        for topic in topics[1:]:
            actions.join_topic(topic_id=topic.pk, deliberation=found, by=by, now=now)
        talk.pk = found.pk
        self._invite(talk, by, now)
        until = self.times.at(row["statements_until"], 20)
        if "meeting" not in row:
            # A live one stays open for some days after the day of loading, whichever day of the week that is.
            until = max(until, self._evening(self.times.now + 3 * DAY))
        return actions.open_collecting(deliberation_id=found.pk, deadline=until, by=by, now=clock.now())

    def _invite(self, talk: Talk, by: object, now: datetime) -> None:
        row = talk.row
        seats = [(_capacity(i["who"]), i["who"]) for i in row["invited"] for _ in range(i["count"])]
        entitled = (row.get("resolution") or row.get("meeting") or {}).get("entitled", len(seats))
        online = [u for users in talk.groups.values() for u in users]
        residents = iter(online)
        for nr, (capacity, _) in enumerate(seats):
            user = next(residents, None) if capacity in (Capacity.RESIDENT, Capacity.BUILDING) else None
            one = actions.invite(
                deliberation_id=talk.pk, capacity=capacity, user=user, name="" if user else self.cast.stranger(),
                seat=Seat.MEMBER if nr < entitled else Seat.OBSERVER, by=by, now=now,  # type: ignore[arg-type]
            )  # fmt: skip
            talk.members.append(one)
        if row["scope"] != "community":
            for user in residents:
                actions.invite(
                    deliberation_id=talk.pk, capacity=Capacity.RESIDENT, user=user, seat=Seat.ONLINE, by=by, now=now  # type: ignore[arg-type]
                )  # fmt: skip

    def views(self, talk: Talk) -> Line:
        """Views are given in the first days, and everybody says something to each of them, person by person."""
        row, rng = talk.row, Random(talk.row["title"])
        begun, until = clock.now(), self.times.at(row["statements_until"], 20)
        until = min(until, self.times.now - HOUR)
        shown: list[tuple[Statement, Row]] = []
        step = (until - begun) * 0.35 / len(row["statements"])
        moderator = self.cast.v(self.cast.users[row["led_by"][0]])
        for nr, said in enumerate(row["statements"]):
            yield begun + step * (nr + rng.random())
            author = talk.groups[said["by"]][nr % len(talk.groups[said["by"]])]
            made = actions.speak(deliberation_id=talk.pk, text=said["text"], by=self.cast.v(author), now=clock.now())
            yield clock.now() + timedelta(minutes=rng.randint(6, 50))
            actions.show_statement(statement_id=made.pk, by=moderator, now=clock.now())
            shown.append((made, said))
        voters = [(code, nr, user) for code, users in talk.groups.items() for nr, user in enumerate(users)]
        moments = sorted(clock.now() + (until - clock.now()) * rng.random() for _ in voters)
        rng.shuffle(voters)
        for moment, (code, nr, user) in zip(moments, voters, strict=True):
            yield moment
            viewer = self.cast.v(user)
            for turn, (made, said) in enumerate(shown):
                choice = _choice(said["votes"][code], (nr + turn) % len(talk.groups[code]))
                if choice:
                    actions.vote(statement_id=made.pk, choice=choice, by=viewer, now=clock.now())

    def call(self, talk: Talk) -> Line:
        """The notice of the meeting, at least three days ahead."""
        row = talk.row["meeting"]
        meets = self.times.at(row["at"])
        yield min(self.times.at(talk.row["statements_until"], 20, 40), meets - 3 * DAY)
        actions.call_meeting(
            deliberation_id=talk.pk, place=row["place"], starts_at=meets, agenda="\n".join(row["agenda"]),
            by=self.cast.v(self.cast.users[talk.row["led_by"][0]]), now=clock.now(),
        )  # fmt: skip

    def meet(self, talk: Talk) -> Line:
        """People sign in, by their phones or at the desk; minutes; the resolution."""
        row, decided, rng = talk.row["meeting"], talk.row["resolution"], Random(talk.row["title"])
        meets = self.times.at(row["at"])
        lead = self.cast.v(self.cast.users[row["chair"]])
        meeting = Meeting.objects.get(deliberation=talk.pk)
        table = [one for one in talk.members if one.seat == Seat.MEMBER]
        present = sorted(rng.sample(range(len(table)), decided["present"]))
        for moment, nr in zip(sorted(rng.uniform(2, 35) for _ in present), present, strict=True):
            yield meets - timedelta(minutes=36 - moment)
            one = table[nr]
            if one.user_id is not None and nr % 4:
                user = self.cast.users[one.name]
                actions.sign_in(token=meeting.token, by=self.cast.v(user), now=clock.now())
            else:
                actions.sign_in_on_paper(meeting_id=meeting.pk, participant_id=one.pk, by=lead, now=clock.now())
        yield meets + timedelta(minutes=100)
        actions.resolve(
            deliberation_id=talk.pk, resolution=decided["text"], votes_for=decided["for"],
            votes_against=decided["against"], votes_abstain=decided["abstain"], by=lead, now=clock.now(),
        )  # fmt: skip
        yield meets + timedelta(minutes=140)
        actions.write_minutes(
            deliberation_id=talk.pk, minutes=row["minutes"], chair=row["chair"], recorder=row["recorder"], by=lead,
            now=clock.now(),
        )  # fmt: skip

    def conclude(self, talk: Talk, need: Row, field_name: str, people: int) -> Line:
        """The outcome with its need and its tasks is published and carried out."""
        row = talk.row
        by = self.cast.v(self.cast.users[row["led_by"][0]])
        yield self.times.office(row["outcome"]["day"], 9, 40)
        actions.write_outcome(deliberation_id=talk.pk, text=row["outcome"]["text"], by=by, now=clock.now())
        actions.state_need(
            deliberation_id=talk.pk, title=need["title"], field=ServiceField(SERVICES[field_name]),
            for_whom=need["for_whom"], people=people, detail=need["statement"], by=by, now=clock.now(),
        )  # fmt: skip
        for task in row["tasks"]:
            actions.add_task(
                deliberation_id=talk.pk, title=task["title"], due_on=self.times.day(task["due"]),
                owner=self.cast.users[task["owner"]], by=by, now=clock.now(),
            )  # fmt: skip
        yield clock.now() + HOUR
        actions.publish(deliberation_id=talk.pk, by=by, now=clock.now())
        actions.carry_out(deliberation_id=talk.pk, by=by, now=clock.now())
        for task in row["tasks"]:
            self.stage.add(self._task(talk, task))

    def _task(self, talk: Talk, row: Row) -> Line:
        task = Task.objects.get(deliberation=talk.pk, title=row["title"])
        owner = self.cast.users[row["owner"]]
        for note in row["progress"]:
            if note["day"] == row["done_on"]:
                continue
            yield self.times.at(note["day"], 16, 20)
            actions.progress(task_id=task.pk, text=note["text"], by=self.cast.v(owner), now=clock.now())
        yield self.times.at(row["done_on"], 16, 40)
        last = row["progress"][-1]["text"]
        actions.finish(task_id=task.pk, result=last, by=self.cast.v(owner), now=clock.now())

    def close(self, talk: Talk, matters: list[Row]) -> Line:
        """Each matter is finished in its own words, the deliberation closed, and those who took part rate it."""
        row, rng = talk.row, Random(talk.row["title"])
        yield self.times.office(row["closed_on"], 9, 30)
        by = self.cast.v(self.cast.users[row["led_by"][0]])
        for matter in matters:
            result = matter["result"]
            finish_joint(matter_id=matter["pk"], result=result, public_result=result, by=by, now=clock.now())
        yield clock.now() + HOUR
        actions.close(deliberation_id=talk.pk, result=row["outcome"]["text"], by=by, now=clock.now())
        raters = [one for one in talk.members if one.user_id is not None]
        for stars, one in zip(row["closing_ratings"], raters, strict=False):
            yield clock.now() + rng.uniform(1, 9) * HOUR
            actions.rate(
                deliberation_id=talk.pk, stars=stars, by=self.cast.v(self.cast.users[one.name]), now=clock.now()
            )

    def cast_groups(self, talk: Talk, named: list[str]) -> None:
        """Who gives views: the residents whom the story names there, then others, by the sizes of the groups."""
        ready = [self.cast.users[n] for n in named if n in self.cast.users]
        for group in talk.row["groups"]:
            users = [ready.pop(0) for _ in range(min(len(ready), 3, group["size"]))]
            users += [self.cast.resident(talk.area, 30 + 7 * (nr % 6)) for nr in range(group["size"] - len(users))]
            talk.groups[group["code"]] = users


def _choice(votes: list[int], place: int) -> str | None:
    """What the one at this place of the group says: so many agree, disagree, pass; the rest say nothing."""
    for count, choice in zip(votes, (Choice.AGREE, Choice.DISAGREE, Choice.PASS), strict=True):
        if place < count:
            return choice
        place -= count
    return None
