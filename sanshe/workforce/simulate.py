"""Invented workers with posts and certificates, and social work rooms, for any number of communities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sanshe.areas.public import MIX, Look, Spot, look
from sanshe.kernel import clock, mass, params
from sanshe.people.public import invented_name

from .models import Certificate, ContinuingEducation, RoomLog, RoomStaff, SocialWorkRoom, StaffPost, Worker
from .queries import months_after
from .words import Education, Level, LogKind, Team, WorkerKind

#: Workers of a community by how it looks, volunteers among them: from … to.
WORKERS = {Look.MET: (9, 13), Look.NEARLY: (7, 10), Look.SHORT: (4, 7), Look.NO_DATA: (0, 0)}
#: Share of the community workers who hold a certificate, and of the certificates whose registration lapsed.
HELD = {Look.MET: (0.94, 1.0), Look.NEARLY: (0.8, 0.92), Look.SHORT: (0.3, 0.65), Look.NO_DATA: (0.0, 0.0)}
LAPSED = {Look.MET: 0.06, Look.NEARLY: 0.2, Look.SHORT: 0.25, Look.NO_DATA: 0.0}
#: Share of the certificates that were there before the end of 2020, and of the rooms.
EARLY = {Look.MET: 0.85, Look.NEARLY: 0.5, Look.SHORT: 0.15, Look.NO_DATA: 0.0}
#: Up to so many communities, each with hours of education and what its room did; beyond that, without.
RICH = 5_000

WORKER = ("id", "name", "kind", "area_id", "post_id", "education", "social_work_degree", "team", "valid_from",
          "valid_to")  # fmt: skip
CERTIFICATE = ("worker_id", "level", "number", "issued_on", "registered_on", "registered_until")
EDUCATION = ("worker_id", "on", "title", "hours", "organiser")
POST = ("id", "area_id", "title", "places", "social_work", "basis", "valid_from")
ROOM = ("id", "area_id", "name", "hours", "floor_area", "valid_from", "valid_to")
STAFF = ("room_id", "worker_id", "valid_from", "valid_to")
LOG = ("room_id", "on", "kind", "title", "people")
#: Titles of what a room did, in the order of LogKind.
DONE = ("个案面谈", "支持小组活动", "邻里活动", "独居老人走访", "居民来访接待", "志愿者培训")


def _day(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=int(rng.random() * max(1, (last - first).days)))


class _Drawing:
    """Draws the workforce of communities."""

    def __init__(
        self,
        spots: Sequence[Spot],
        seed: int,
        looks: Sequence[Look],
        counts: Sequence[int],
        rooms: Sequence[Look | None],
    ) -> None:
        self.spots, self.seed, self.looks, self.counts = spots, seed, looks, counts
        self.before = mass.offsets(counts)
        self.rooms = rooms
        self.rooms_before = mass.offsets([int(one is not None) for one in rooms])
        self.today = clock.today()
        self.rich = len(spots) <= RICH
        self.posted = set(StaffPost.objects.values_list("area_id", flat=True))
        self.term = 12 * int(params.get("workforce.registration_years", on=self.today).value)
        self.words = {
            kind: str(kind) for kind in (*WorkerKind, *Level, *Education, *Team, *LogKind)
        }  # fmt: skip

    def draw(self, piece: range, ids: mass.Ids) -> mass.Rows:
        """The rows of some communities."""
        rng = Random(f"{self.seed}-work-{piece.start}-{self.spots[piece.start].code}")
        out: mass.Rows = {
            StaffPost: [], Worker: [], Certificate: [], ContinuingEducation: [], SocialWorkRoom: [], RoomStaff: [],
            RoomLog: [],
        }  # fmt: skip
        for at in piece:
            able = self._workers(out, rng, at, ids) if self.counts[at] else []
            if self.rooms[at] is not None:
                self._room(out, rng, at, ids[SocialWorkRoom] + self.rooms_before[at], able)
        return out

    def _workers(self, out: mass.Rows, rng: Random, at: int, ids: mass.Ids) -> list[tuple[int, date]]:
        """Write the workers; return those who may be in charge of a room, with the day from which on."""
        spot, look_of, count = self.spots[at], self.looks[at], self.counts[at]
        first, posts = ids[Worker] + self.before[at], ids[StaffPost] + 2 * at
        volunteers = count // 4
        staff = count - volunteers
        low, high = HELD[look_of]
        holders = int(staff * (low + (high - low) * rng.random()) + 0.5)
        places = min(5, max(2, holders))
        begun = date(2018, 1, 1)
        more = f"（{self.seed}）" if spot.id in self.posted else ""
        out[StaffPost] += [
            (posts, spot.id, f"社会工作岗{more}", places, True, "演示数据", begun),
            (posts + 1, spot.id, f"社区工作岗{more}", max(1, staff), False, "演示数据", begun),
        ]
        able = []
        for nr in range(count):
            pk, is_staff = first + nr, nr < staff
            early = nr < staff * 0.55
            since = _day(rng, date(2016, 1, 1), date(2020, 6, 1)) if early else _day(
                rng, date(2020, 9, 1), self.today - timedelta(days=20)  # not policy
            )  # fmt: skip
            left = not is_staff and rng.random() < 0.2
            until = _day(rng, since, self.today) if left else None
            kind = WorkerKind.COMMUNITY_WORKER if is_staff else WorkerKind.VOLUNTEER
            held = is_staff and nr < holders
            post = None if not is_staff else posts if nr < places else posts + 1
            u = rng.random()
            education = Education.BACHELOR if u < 0.5 else Education.COLLEGE if u < 0.88 else Education.MASTER
            team = list(Team)[int(rng.random() * 3)] if held else ""
            out[Worker].append((
                pk, invented_name(rng), self.words[kind], spot.id, post, self.words[education], rng.random() < 0.25,
                self.words.get(team, ""), since, until,
            ))  # fmt: skip
            if held:
                from_day = self._certificate(out, rng, spot, look_of, pk, nr, since)
                if from_day is not None:
                    able.append((pk, max(from_day, since)))
        return able

    def _certificate(
        self, out: mass.Rows, rng: Random, spot: Spot, look_of: Look, pk: int, nr: int, since: date
    ) -> date | None:
        """Write a certificate; return since when it is valid without a break until today, None when it is not."""
        if since < date(2020, 7, 1) and rng.random() < EARLY[look_of]:
            issued = _day(rng, date(2015, 1, 1), date(2019, 11, 1))
        else:
            issued = _day(rng, max(since, date(2021, 1, 1)), max(since, self.today - timedelta(days=30)))  # not policy
        registered = issued + timedelta(days=120 + int(rng.random() * 180))
        if registered > self.today:  # to be registered within the year
            out[Certificate].append((pk, self.words[Level.ASSISTANT], self._number(spot, nr), issued, None, None))
            return issued
        until = months_after(registered, self.term)
        lapsed = rng.random() < LAPSED[look_of]
        while months_after(until, self.term) <= self.today or (until <= self.today and not lapsed):
            until = months_after(until, self.term)
        if not lapsed and rng.random() < 0.05:  # soon to be renewed
            until = self.today + timedelta(days=5 + int(rng.random() * 80))
        u = rng.random()
        level = Level.ASSISTANT if u < 0.66 else Level.SOCIAL_WORKER if u < 0.98 else Level.SENIOR
        out[Certificate].append((pk, self.words[level], self._number(spot, nr), issued, registered, until))
        if self.rich and rng.random() < 0.8:
            for year in (self.today.year - 1, self.today.year):
                on = _day(rng, date(year, 1, 5), min(self.today, date(year, 12, 20)))
                hours = 8 * (1 + int(rng.random() * 4))
                out[ContinuingEducation].append((pk, on, "社会工作继续教育课程", hours, "演示数据"))
        return registered if until > self.today else None

    def _number(self, spot: Spot, nr: int) -> str:
        return f"演示{self.seed}-{spot.code}-{nr:02d}"

    def _room(self, out: mass.Rows, rng: Random, at: int, pk: int, able: Sequence[tuple[int, date]]) -> None:
        spot, look_of = self.spots[at], self.rooms[at]
        assert look_of is not None
        if rng.random() < EARLY[look_of]:
            since = _day(rng, date(2019, 3, 1), date(2020, 12, 1))
        else:
            since = _day(rng, date(2021, 2, 1), self.today)
        size = 30 + 5 * int(rng.random() * 14)
        out[SocialWorkRoom].append((pk, spot.id, f"{spot.name}社会工作室", "工作日 9:00—17:30", size, since, None))
        in_charge = 2 if look_of == Look.MET else 2 if rng.random() < 0.6 else 1
        out[RoomStaff] += [(pk, worker, max(since, day), None) for worker, day in able[:in_charge]]
        for _ in range(int(rng.random() * 9) if self.rich else 0):
            nr = int(rng.random() * len(DONE))
            on = _day(rng, max(since, self.today - timedelta(days=360)), self.today)
            out[RoomLog].append((pk, on, self.words[list(LogKind)[nr]], DONE[nr], 1 + int(rng.random() * 40)))


def _rooms(spots: Sequence[Spot], seed: int, mix: Sequence[int]) -> list[Look | None]:
    """How early a community got its room; None: it gets none from us, or has one."""
    taken = set(SocialWorkRoom.objects.filter(valid_to=None).values_list("area_id", flat=True))
    out: list[Look | None] = []
    for spot in spots:
        found = look(seed, spot.code, "rooms", mix)
        without = found == Look.NO_DATA or (found == Look.SHORT and mass.share(seed, spot.code, "no-room") < 0.5)
        out.append(None if without or spot.id in taken else found)
    return out


def simulation(spots: Sequence[Spot], seed: int, *, wanted: int | None = None, mix: Sequence[int] = MIX) -> mass.Part:
    """Workers, certificates, posts and rooms of these communities; `wanted`: so many workers in all."""
    looks = [look(seed, spot.code, "workers", mix) for spot in spots]
    counts = [
        WORKERS[one][0] + int(mass.share(seed, spot.code, "workers-number") * (WORKERS[one][1] - WORKERS[one][0] + 1))
        if WORKERS[one][1]
        else 0
        for one, spot in zip(looks, spots, strict=True)
    ]
    counts = mass.fit(counts, wanted, [mass.share(seed, spot.code, "fit-workers") for spot in spots])
    rooms = _rooms(spots, seed, mix)
    drawing = _Drawing(spots, seed, looks, counts, rooms)
    columns: dict[Any, Sequence[str]] = {
        StaffPost: POST, Worker: WORKER, Certificate: CERTIFICATE, ContinuingEducation: EDUCATION,
        SocialWorkRoom: ROOM, RoomStaff: STAFF, RoomLog: LOG,
    }  # fmt: skip
    ids: dict[Any, int] = {
        StaffPost: 2 * len(spots), Worker: sum(counts), SocialWorkRoom: sum(one is not None for one in rooms),
    }  # fmt: skip
    return mass.Part("模拟社工队伍和社会工作室", columns, ids, mass.pieces(len(spots)), drawing.draw)
