"""Invented social organisations for any number of communities, with what they serve and do, and incubators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from stdnum.cn import uscc

from sanshe.areas.public import MIX, Area, Look, Spot, home_area, look
from sanshe.kernel import clock, mass, params
from sanshe.kernel.identifiers import organisation_check_character
from sanshe.people.public import invented_name

from .models import Incubator, Organisation, OrganisationActivity, OrganisationServes, Residency
from .words import ActivityKind, IncubatorLevel, Outcome, Standing

#: What organisations call themselves, by class: (place of the class in `orgs.kinds`, in `orgs.x_kinds`), names.
NAMES = (
    ((0, 0), ("四点半课堂", "便民维修队", "助餐互助社", "旧物交换站", "家门口理发队", "小家电修理社", "快递帮帮团",
              "早餐联络队", "邻里照看社", "缝补互助组")),
    ((1, 2), ("敲门探访队", "暖心基金小组", "助残同行社", "爱心菜篮子", "送学护学队", "急救先锋队", "银龄陪伴社",
              "一碗汤互助会", "冬衣行动队", "爱心理发站")),
    ((2, 3), ("晨光合唱队", "坝坝舞队", "书法社", "乒乓球协会", "川剧票友社", "夜跑团", "摄影社", "太极拳队",
              "绘本阅读会", "象棋社")),
    ((3, 1), ("楼栋议事会", "物业协商促进会", "老娘舅调解社", "停车互助会", "加装电梯帮扶队", "护绿队", "养宠自律会",
              "平安巡逻队", "环境监督队", "邻里公约促进会")),
)  # fmt: skip
#: Organisations of a community by how it looks: at the end of 2020, at the end of 2025, and today; each from … to.
NUMBERS = {
    Look.MET: ((10, 12), (15, 18), (16, 20)),
    Look.NEARLY: ((7, 11), (12, 14), (12, 15)),
    Look.SHORT: ((2, 5), (4, 8), (5, 9)),
    Look.NO_DATA: ((0, 0), (0, 0), (0, 0)),
}
#: Organisation codes begin with this letter and a number in the 31 signs of the credit code.
MARK, SIGNS = "Y", "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: Up to so many communities, each with all its activities; beyond that, one each organisation.
RICH = 5_000

ORGANISATION = (
    "id", "name", "area_id", "credit_code", "kind", "x_kind", "standing", "is_loose", "is_agency",
    "party_organisation", "members", "grade", "graded_on", "graded_until", "profile", "contact", "phone",
    "valid_from", "valid_to",
)  # fmt: skip
SERVES = ("organisation_id", "area_id", "valid_from", "valid_to")
ACTIVITY = ("organisation_id", "area_id", "on", "kind", "title", "people")
INCUBATOR = ("id", "name", "area_id", "level", "places", "floor_area", "address", "note", "valid_from", "valid_to")
RESIDENCY = ("incubator_id", "organisation_id", "room", "venture_grant", "subsidy", "fees_waived", "trained",
             "outcome", "valid_from", "valid_to")  # fmt: skip
AGENCIES = ("同行", "暖阳", "青禾", "相伴", "启航", "知行", "润心", "百合", "晨曦", "和乐")
TITLES = ("便民服务日", "邻里活动", "月度例会", "志愿者培训", "共驻共建活动")


def _credit_code(number: int) -> str:
    """A credit code that nobody has, valid in both its check characters."""
    body = ""
    for _ in range(7):
        number, rest = divmod(number, len(SIGNS))
        body = SIGNS[rest] + body
    head = f"52500112{MARK}{body}"
    head += organisation_check_character(head[8:])
    return head + uscc.calc_check_digit(head)


def _agency(nr: int) -> str:
    """A name of its own for each of a community's agencies."""
    return AGENCIES[nr % len(AGENCIES)] + (AGENCIES[nr // len(AGENCIES) % len(AGENCIES)] if nr >= len(AGENCIES) else "")


def _between(rng: Random, span: tuple[int, int]) -> int:
    return span[0] + int(rng.random() * (span[1] - span[0] + 1))


def _day(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=int(rng.random() * max(1, (last - first).days)))


def _years_after(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28))


class _Drawing:
    """Draws the organisations of communities."""

    def __init__(self, spots: Sequence[Spot], seed: int, looks: Sequence[Look], counts: Sequence[int]) -> None:
        self.spots, self.seed, self.looks, self.counts = spots, seed, looks, counts
        self.before = mass.offsets(counts)
        self.today = clock.today()
        self.rich = len(spots) <= RICH
        kinds = params.get("orgs.kinds", on=self.today).value
        x_kinds = params.get("orgs.x_kinds", on=self.today).value
        self.classes = [(kinds[k % len(kinds)], x_kinds[x % len(x_kinds)], names) for (k, x), names in NAMES]
        self.incubators = _incubators()
        self.words = {kind: str(kind) for kind in (*Standing, *ActivityKind, *Outcome)}

    def draw(self, piece: range, ids: mass.Ids) -> mass.Rows:
        """The rows of some communities."""
        rng = Random(f"{self.seed}-orgs-{piece.start}-{self.spots[piece.start].code}")
        out: mass.Rows = {
            Organisation: [], OrganisationServes: [], OrganisationActivity: [], Incubator: [], Residency: [],
        }  # fmt: skip
        for at in piece:
            self._community(out, rng, at, ids[Organisation] + self.before[at])
        if piece.start == 0:
            self._bases(out, rng, ids)
        return out

    def _community(self, out: mass.Rows, rng: Random, at: int, first: int) -> None:
        spot, look_of, count = self.spots[at], self.looks[at], self.counts[at]
        then, later, _ = NUMBERS[look_of]
        by_2020, by_2025 = _between(rng, then), _between(rng, later)
        few = rng.sample(range(len(self.classes)), 3 if rng.random() < 0.5 else 2) if look_of == Look.SHORT else None
        left = [list(names) for _, _, names in self.classes]
        for nr in range(count):
            of_class = few[nr % len(few)] if few else nr % len(self.classes)
            names = left[of_class]
            if not names:
                names = left[of_class] = [f"{name}（{1 + nr // 40}）" for name in self.classes[of_class][2]]
            name = spot.name + names.pop(int(rng.random() * len(names)))
            if nr < by_2020:
                since = _day(rng, date(2013, 1, 1), date(2020, 12, 1))
            elif nr < by_2025:
                since = _day(rng, date(2021, 1, 1), date(2025, 12, 1))
            else:
                since = _day(rng, date(2026, 1, 5), self.today)
            self._organisation(out, rng, at, (first + nr, self.before[at] + nr), name, of_class, since)

    def _organisation(
        self, out: mass.Rows, rng: Random, at: int, numbers: tuple[int, int], name: str, of_class: int, since: date
    ) -> None:
        (pk, number), spot = numbers, self.spots[at]
        kind, x_kind, _ = self.classes[of_class]
        registered, filed = rng.random() < 0.18, rng.random() < 0.5
        agency = registered and rng.random() < 0.25
        standing = Standing.REGISTERED if registered else Standing.FILED if filed else Standing.GUIDED
        members = 6 + int(rng.random() ** 2 * 60)
        until = _day(rng, since, self.today) if rng.random() < 0.03 else None
        grade = graded = graded_until = None
        if registered and rng.random() < 0.4 and since < date(2022, 1, 1):
            grade, graded = 1 + int(rng.random() * 5), _day(rng, date(2023, 1, 1), date(2025, 12, 31))
            graded_until = _years_after(graded, 5)
        if agency:
            name = f"{spot.name}{_agency(number - self.before[at])}社会工作服务中心"
        code = _credit_code(self.seed * 30_000_000 + number) if registered else ""
        party = f"{name[:40]}党支部" if registered and rng.random() < 0.6 else ""
        out[Organisation].append((
            pk, name, spot.id, code, kind, x_kind, self.words[standing],
            standing == Standing.GUIDED and rng.random() < 0.6, agency, party, members, grade, graded, graded_until,
            "演示数据：虚构的社会组织。", invented_name(rng), f"1360000{number % 10_000:04d}", since, until,
        ))  # fmt: skip
        if agency:
            for near in range(at, min(at + 2 + int(rng.random() * 5), len(self.spots))):
                begins = max(since, _day(rng, since, min(until or self.today, date(2025, 12, 31))))
                out[OrganisationServes].append((pk, self.spots[near].id, begins, until))
        self._acts(out, rng, spot, pk, since, until or self.today)

    def _acts(self, out: mass.Rows, rng: Random, spot: Spot, pk: int, since: date, until: date) -> None:
        if rng.random() < 0.25:
            return  # nothing was entered for it
        often = 1 + int(rng.random() * 5) if self.rich else 0
        days = {_day(rng, min(max(since, date(2020, 1, 1)), until), until) for _ in range(often)}
        if rng.random() < 0.7:
            days.add(max(since, until - timedelta(days=int(rng.random() * 350))))
        for nr, on in enumerate(sorted(days)):
            kind = list(ActivityKind)[(pk + nr) % len(TITLES)]
            out[OrganisationActivity].append(
                (pk, spot.id, on, self.words[kind], TITLES[(pk + nr) % len(TITLES)], 8 + int(rng.random() * 60))
            )

    def _bases(self, out: mass.Rows, rng: Random, ids: mass.Ids) -> None:
        """Incubators, and who stays in the first of them."""
        first = ids[Incubator]
        for nr, (name, area, level, since) in enumerate(self.incubators):
            out[Incubator].append((
                first + nr, name, area, str(level), 12, 900 + 300 * nr, "", "演示数据：虚构的孵化基地。", since, None,
            ))  # fmt: skip
        young = [row for row in out[Organisation] if row[-1] is None and row[-2] >= date(2020, 1, 1)][:14]
        for nr, row in enumerate(young if self.incubators else []):
            since = _day(rng, row[-2], self.today)
            until = since + timedelta(days=365 + nr * 20)
            outcome = Outcome.IN if until > self.today else Outcome.GRADUATED if nr % 4 else Outcome.LEFT
            out[Residency].append((
                first, row[0], f"{101 + nr} 室", 10_000 * (nr % 3), 2_000 * (nr % 5), 6_000, nr % 4,
                self.words[outcome], since, None if outcome == Outcome.IN else until,
            ))  # fmt: skip


def _incubators() -> list[tuple[str, int, IncubatorLevel, date]]:
    """The district's first base, which stood in 2020, its second, and one of a street: those not entered yet."""
    streets = list(Area.objects.filter(parent=home_area(), valid_to=None).order_by("lo")[:60])
    if not streets:
        return []
    pilot = next((s for s in streets if s.short_name.startswith("礼嘉")), streets[0])
    found = [
        (f"{pilot.short_name}社会组织孵化基地", pilot.pk, IncubatorLevel.DISTRICT, date(2019, 6, 18)),
        (f"{streets[-1].short_name}社会组织孵化基地", streets[-1].pk, IncubatorLevel.DISTRICT, date(2024, 9, 10)),
        (f"{streets[0].short_name}社会组织服务站", streets[0].pk, IncubatorLevel.STREET, date(2022, 5, 12)),
    ]
    known = set(Incubator.objects.filter(area__in=streets).values_list("name", flat=True))
    return [one for one in found if one[0] not in known]


def simulation(spots: Sequence[Spot], seed: int, *, wanted: int | None = None, mix: Sequence[int] = MIX) -> mass.Part:
    """Organisations of these communities; `wanted`: so many in all."""
    looks = [look(seed, spot.code, "orgs", mix) for spot in spots]
    counts = [
        NUMBERS[one][2][0] + int(mass.share(seed, spot.code, "number") * (NUMBERS[one][2][1] - NUMBERS[one][2][0] + 1))
        for one, spot in zip(looks, spots, strict=True)
    ]
    counts = mass.fit(counts, wanted, [mass.share(seed, spot.code, "fit-orgs") for spot in spots])
    drawing = _Drawing(spots, seed, looks, counts)
    columns: dict[Any, Sequence[str]] = {
        Organisation: ORGANISATION, OrganisationServes: SERVES, OrganisationActivity: ACTIVITY, Incubator: INCUBATOR,
        Residency: RESIDENCY,
    }  # fmt: skip
    ids: dict[Any, int] = {Organisation: sum(counts), Incubator: len(drawing.incubators)}
    return mass.Part("模拟社会组织", columns, ids, mass.pieces(len(spots)), drawing.draw)
