"""Simulated registers: the same from the same seed, found by number, with communities that do well and that do not."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from django.db import transaction
from django.db.models import Count, F

from sanshe.areas.models import Area
from sanshe.areas.public import Look, look, spots
from sanshe.indicators.reckoning import reckon
from sanshe.kernel import clock, mass
from sanshe.kernel.errors import Invalid
from sanshe.kernel.identifiers import clean_citizen, clean_credit_code
from sanshe.orgs.models import Organisation
from sanshe.people.models import Person
from sanshe.people.public import find_person
from sanshe.web.simulate import fill_registers
from sanshe.workforce.models import Certificate, RoomStaff, SocialWorkRoom, StaffPost, Worker
from sanshe.workforce.queries import best_of

BEGAN = date(2015, 1, 1)
STREETS, EACH = 3, 10


@pytest.fixture
def district():
    """A district with three streets of ten communities, numbered in tree order."""
    lo, size = 1, EACH + 1
    root = Area.objects.create(
        code="LJ0000000000", name="新区", short_name="新区", level="district", lo=lo, hi=lo + 1 + STREETS * size,
        valid_from=BEGAN,
    )  # fmt: skip
    for nr in range(STREETS):
        first = lo + 1 + nr * size
        street = Area.objects.create(
            code=f"50011201{nr}000", name=f"{nr}街道", short_name=f"{nr}街道", level="street", parent=root, lo=first,
            hi=first + size, valid_from=BEGAN,
        )  # fmt: skip
        Area.objects.bulk_create(
            Area(
                code=f"50011201{nr}{at + 1:03d}", name=f"{nr}{at}社区", short_name=f"{nr}{at}社区", level="community",
                parent=street, lo=first + 1 + at, hi=first + 2 + at, valid_from=BEGAN,
            ) for at in range(EACH)
        )  # fmt: skip
    return root


def filled(district, now, **more):
    """Fill the district; the rows are told by what they say, without the keys that encryption and ids differ by."""
    done = fill_registers(seed=more.pop("seed", 7), area=district, now=now, **more)
    rows = {
        "people": list(Person.objects.order_by("pk").values_list("name", "citizen_hash", "born_on", "area__code")),
        "orgs": list(Organisation.objects.order_by("pk").values_list("name", "credit_code", "valid_from", "members")),
        "workers": list(Worker.objects.order_by("pk").values_list("name", "kind", "valid_from", "post__title")),
        "papers": list(Certificate.objects.order_by("pk").values_list("number", "registered_until")),
    }
    return done, rows


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_rows_and_is_used_once(district, now):
    with transaction.atomic():
        _, once = filled(district, now)
        with pytest.raises(Invalid, match="种子 7 的模拟台账已经放过"):
            fill_registers(seed=7, area=district, now=now)
        transaction.set_rollback(True)
    done, again = filled(district, now)
    assert once == again
    assert all(again.values())
    before = Worker.objects.count()
    _, more = filled(district, now, seed=8)  # another seed comes beside it: nobody has a number twice
    assert Worker.objects.count() > before
    assert more["orgs"][: len(again["orgs"])] == again["orgs"]
    assert done["人员"] == len(again["people"])


@pytest.mark.django_db
def test_people_are_found_by_their_numbers_and_hold_together(district, now):
    fill_registers(seed=3, area=district, now=now, only=["people"], wanted={"people": 120})
    people = list(Person.objects.order_by("pk"))
    assert 115 <= len(people) <= 125
    for person in people:
        number = person.citizen_number
        assert clean_citizen(number) == number and number[14:17] in ("000", "999")
        assert number[6:14] == f"{person.born_on:%Y%m%d}"
        assert (person.sex == "m") == (number[14:17] == "999")
        assert find_person(citizen_number=number) == person
    with_phone = next(p for p in people if p.phone)
    assert find_person(phone=with_phone.phone, name=with_phone.name).phone_hash == with_phone.phone_hash
    first = people[0].memberships.get().household
    assert first.address and first.house in first.address and first.head == people[0]
    member = first.members.last().person
    assert (member.house, member.house_hash) == (first.house, first.house_hash)


@pytest.mark.django_db
def test_rows_keep_the_rules_that_only_actions_know(district, now):
    fill_registers(seed=5, area=district, now=now, only=["orgs", "workforce"])
    codes = [code for code in Organisation.objects.values_list("credit_code", flat=True) if code]
    assert codes and all(clean_credit_code(code) == code for code in codes)
    named = Organisation.objects.filter(valid_to=None).values("area", "name").annotate(n=Count("pk"))
    assert not named.filter(n__gt=1).exists()
    held = StaffPost.objects.annotate(n=Count("workers")).filter(n__gt=F("places"))
    assert not held.exists()
    for staff in RoomStaff.objects.select_related("worker", "room"):
        assert staff.worker.area_id == staff.room.area_id and staff.worker.kind == "community_worker"
        assert staff.valid_from >= staff.worker.valid_from
        assert best_of(staff.worker.certificates.all(), clock.today()) is not None


@pytest.mark.django_db
def test_indicators_show_met_short_and_no_data_at_every_date(district, now):
    """A room that was there before the simulation stays the only one of its community."""
    taken = Area.objects.filter(level="community").first()
    SocialWorkRoom.objects.create(area=taken, name="老的社会工作室", valid_from=BEGAN)
    fill_registers(seed=11, area=district, now=now)
    assert SocialWorkRoom.objects.filter(area=taken).count() == 1
    shares = {}
    for day in (date(2020, 12, 31), date(2025, 12, 31), now.date()):
        sheet = reckon(district, day)
        for name in ("professionals_per_community", "organisations_per_community", "certified_community_workers"):
            tallies = sheet.cells[name].values()
            assert any(t.known and not t.short for t in tallies), (name, day, "none met")
            assert any(t.known and t.short for t in tallies), (name, day, "none short")
            assert any(not t.known for t in tallies), (name, day, "none without data")
            shares[(name, day)] = sum(t.short for t in tallies)
        assert sheet.of("incubators", district).numerator == (1 if day.year == 2020 else 2)
    assert len(set(shares.values())) > 2


@cache
def _mix():
    return [look(1, f"{n:012d}", "orgs", (1, 1, 1, 1)) for n in range(2000)]


def test_the_mix_is_kept_and_a_wanted_sum_is_met():
    assert all(400 < _mix().count(kind) < 600 for kind in Look)
    assert set(look(1, f"{n}", "x", (0, 0, 1, 0)) for n in range(50)) == {Look.SHORT}
    order = [0.3, 0.1, 0.2]
    assert mass.fit([4, 5, 6], 8, order) == [0, 5, 3]
    assert mass.fit([4, 5, 6], 32, order) == [8, 12, 12]
    assert mass.fit([4, 5, 6], None, order) == [4, 5, 6]


@pytest.mark.django_db
def test_many_rows_are_written_with_indexes_put_up_again(district, now, monkeypatch):
    monkeypatch.setattr(mass, "MANY", 10)
    before = _indexes()
    fill_registers(seed=2, area=district, now=now, only=["orgs"], wanted={"orgs": 100}, limit=20)
    assert Organisation.objects.count() == 100
    assert set(Organisation.objects.values_list("area", flat=True)) <= {spot.id for spot in spots(district, 20)}
    assert _indexes() == before
    with pytest.raises(Exception, match="organisation"), transaction.atomic():
        Organisation.objects.create(name="没有区域", area_id=10**9, kind="x", standing="filed", valid_from=BEGAN)
        from django.db import connection

        connection.check_constraints()


def _indexes():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'orgs_organisation'::regclass UNION "
            "SELECT indexname FROM pg_indexes WHERE tablename = 'orgs_organisation' ORDER BY 1"
        )
        return cursor.fetchall()
