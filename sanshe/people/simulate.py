"""Invented households and their people for any number of communities, encrypted and found by their hashes.

A household is always made the same way (see SIZES), so that numbers never meet: each place in a household draws from
regions of its own, each household in turn takes the next day of birth there, and when the days are used up the next
region follows. Sequence numbers are 000 and 999 only, which nobody was ever given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sanshe.areas.public import MIX, Area, AreaLevel, Look, Spot, look
from sanshe.kernel import clock, crypto, mass
from sanshe.kernel.errors import Invalid
from sanshe.kernel.fields import hash_of
from sanshe.kernel.identifiers import region_known
from sanshe.kernel.mask import mask_citizen, mask_phone

from .invented import REGION, invented_citizen_number, invented_name
from .models import Household, HouseholdMember, Person
from .words import HouseholdKind, Relation, Sex

#: Members of each household of a round, in turn.
SIZES = (3, 2, 4, 3, 1, 3, 2, 5)
#: Households of a community by how it looks.
HOUSEHOLDS = {Look.MET: 5, Look.NEARLY: 4, Look.SHORT: 2, Look.NO_DATA: 0}
#: Each place in a household: what it is to the head, and how many days before or after the head it was born.
PLACES = (
    (Relation.HEAD, 0), (Relation.SPOUSE, 400), (Relation.CHILD, 9900), (Relation.PARENT, -9700),
    (Relation.CHILD, 10_900),
)  # fmt: skip
#: Heads were born on these days; 7919 is prime to their number, so that one day after the other is met once.
FIRST_BORN, BORN_DAYS, STEP = date(1958, 3, 1), 12_409, 7919
#: Counties of Chongqing; those of the other loaded areas follow. 500112 is left to the people of the demo story.
COUNTIES = (*(f"5001{n:02d}" for n in range(1, 20) if f"5001{n:02d}" != REGION), *(f"5002{n}" for n in range(29, 44)))

PERSON = ("id", "name", "citizen_number", "citizen_hash", "citizen_masked", "phone", "phone_hash", "phone_masked",
          "address", "house", "house_hash", "born_on", "sex", "area_id", "created_at")  # fmt: skip
HOUSEHOLD = ("id", "area_id", "address", "house", "house_hash", "kind", "head_id", "valid_from", "valid_to")
MEMBER = ("household_id", "person_id", "relation", "valid_from", "valid_to")


def _people_before(household: int) -> int:
    """How many people the households before the `household`-th have."""
    rounds, rest = divmod(household, len(SIZES))
    return rounds * sum(SIZES) + sum(SIZES[:rest])


def _regions() -> list[str]:
    """Counties in whose name numbers are invented, in a fixed order."""
    rows = Area.objects.filter(level=AreaLevel.DISTRICT, valid_to=None).order_by("code").values_list("code", flat=True)
    loaded = [code[:6] for code in rows if code[:6].isdigit()]
    return [c for c in dict.fromkeys((*COUNTIES, *loaded)) if c != REGION and region_known(c)]


class _Drawing:
    """Draws the households of communities."""

    def __init__(self, spots: Sequence[Spot], seed: int, counts: Sequence[int], regions: Sequence[str]) -> None:
        self.spots, self.seed, self.counts = spots, seed, counts
        self.before = mass.offsets(counts)
        self.regions = [regions[at :: len(PLACES)] for at in range(len(PLACES))]
        self.today = clock.today()
        self.contexts = {
            name: model._meta.get_field(name.split("_")[-1] if name.startswith("home_") else name).context  # type: ignore[union-attr]
            for model, name in (
                (Person, "citizen_number"), (Person, "phone"), (Person, "address"), (Person, "house"),
                (Household, "home_address"), (Household, "home_house"),
            )
        }  # fmt: skip

    def _secret(self, name: str, text: str) -> str:
        return crypto.encrypt(text, self.contexts[name])

    def check(self) -> None:
        """Refuse when there are not enough days and counties. Raises Invalid."""
        if sum(self.counts) > BORN_DAYS * min(len(r) for r in self.regions):
            raise Invalid("虚构的公民身份号码不够用，请减少人数，或先载入更多区域（sanshe areas load --all）。")

    def born(self, household: int, place: int) -> tuple[date, str]:
        """Day of birth and county of a member."""
        block, at = divmod(household, BORN_DAYS)
        regions = self.regions[place]
        born = FIRST_BORN + timedelta(days=at * STEP % BORN_DAYS + PLACES[place][1])
        return min(born, self.today), regions[(block + self.seed) % len(regions)]

    def draw(self, piece: range, ids: mass.Ids) -> mass.Rows:
        """The rows of some communities."""
        rng = Random(f"{self.seed}-people-{piece.start}-{self.spots[piece.start].code}")
        out: mass.Rows = {Person: [], Household: [], HouseholdMember: []}
        for at in piece:
            for household in range(self.before[at], self.before[at] + self.counts[at]):
                self._household(out, rng, self.spots[at], household, ids)
        return out

    def _household(self, out: mass.Rows, rng: Random, spot: Spot, household: int, ids: mass.Ids) -> None:
        size = SIZES[household % len(SIZES)]
        since = date(2019, 1, 1) + timedelta(days=int(rng.random() ** 1.5 * (self.today - date(2019, 1, 1)).days))
        until = since + timedelta(days=400 + int(rng.random() * 900)) if rng.random() < 0.04 else None
        until = until if until is not None and until <= self.today else None
        house = f"{1 + int(rng.random() * 28)}栋{1 + int(rng.random() * 4)}单元{1 + int(rng.random() * 30)}0{1 + int(rng.random() * 4)}室"  # noqa: E501
        address = f"{spot.name}模拟路{1 + int(rng.random() * 90)}号{house}"
        house_hash = hash_of("text", house)
        kind = HouseholdKind.REGISTERED if rng.random() < 0.6 else HouseholdKind.NON_REGISTERED
        person = ids[Person] + _people_before(household)
        out[Household].append((
            ids[Household] + household, spot.id, self._secret("home_address", address),
            self._secret("home_house", house), house_hash, str(kind), person, since, until,
        ))  # fmt: skip
        shared = (self._secret("address", address), self._secret("house", house), house_hash)
        surname = ""
        head_is_man = rng.random() < 0.6
        made = datetime.combine(since, time(10), tzinfo=clock.TZ).isoformat()
        for place in range(size):
            relation = PLACES[place][0]
            man = head_is_man if not place else not head_is_man if relation == Relation.SPOUSE else rng.random() < 0.5
            born, region = self.born(household, place)
            sex = Sex.MALE if man else Sex.FEMALE
            number = invented_citizen_number(born, sex, region)
            name = invented_name(rng, surname if relation == Relation.CHILD else "")
            surname = surname or name[0]
            phone = f"137000{int(rng.random() * 100_000):05d}" if place < 2 else ""
            out[Person].append((
                person + place, name, self._secret("citizen_number", number), hash_of("citizen", number),
                mask_citizen(number), self._secret("phone", phone) if phone else None, hash_of("phone", phone),
                mask_phone(phone), *shared, born, str(sex), spot.id, made,
            ))  # fmt: skip
            since_when = max(since, born)
            out[HouseholdMember].append((ids[Household] + household, person + place, str(relation), since_when, until))


def simulation(spots: Sequence[Spot], seed: int, *, wanted: int | None = None, mix: Sequence[int] = MIX) -> mass.Part:
    """Households and people of these communities; `wanted`: about so many people. Raises Invalid."""
    counts = [HOUSEHOLDS[look(seed, spot.code, "people", mix)] for spot in spots]
    households = None if wanted is None else wanted * len(SIZES) // sum(SIZES)
    counts = mass.fit(counts, households, [mass.share(seed, spot.code, "fit-people") for spot in spots])
    drawing = _Drawing(spots, seed, counts, _regions())
    drawing.check()
    total = sum(counts)
    columns: dict[Any, Sequence[str]] = {Person: PERSON, Household: HOUSEHOLD, HouseholdMember: MEMBER}
    ids: dict[Any, int] = {Person: _people_before(total), Household: total}
    return mass.Part("模拟住户和人员", columns, ids, mass.pieces(len(spots), 100), drawing.draw)
