"""Simulated matters: the same from the same seed, marked, within the rules of the tables, never beside real ones."""

from __future__ import annotations

import pytest
from django.db import transaction
from rich.progress import Progress

from sanshe.accounts.public import User
from sanshe.kernel.errors import Invalid
from sanshe.matters import simulate
from sanshe.matters.models import Handling, Matter, Rating, Triage
from sanshe.matters.numbers import is_number, new_numbers
from sanshe.matters.words import MatterState
from tests.matters_cast import make_cast, report


@pytest.fixture
def cast():
    return make_cast()


def filled(cast, now, count=300, seed=1):
    with Progress(disable=True) as bar:
        simulate.fill(count, seed, cast.areas["district"], now, bar)
    return list(Matter.objects.filter(source="simulate", source_key__startswith=f"{seed}-").order_by("pk"))


def test_simulated_matters_hang_together(cast, now):
    rows = filled(cast, now)
    assert len(rows) == 300 and len({m.number for m in rows}) == 300 and all(is_number(m.number) for m in rows)
    assert rows == sorted(rows, key=lambda m: m.created_at) and rows[-1].created_at < now
    done = [m for m in rows if m.state == MatterState.DONE]
    assert len(done) > 200 and Handling.objects.count() == len(done)
    assert Rating.objects.count() == sum(m.rated_at is not None for m in rows) > 20
    triaged = [m for m in rows if m.criterion_id]
    assert Triage.objects.count() == len(triaged)
    assert all(m.host_unit_id for m in triaged if m.route == "government")
    assert not any(m.public for m in rows if not m.criterion_id)
    assert {m.area_id for m in rows} == {cast.areas[key].pk for key in ("home", "next", "far")}
    assert rows[0].contact_name == "" or rows[0].contact_name[-2:] in ("先生", "女士")


def test_the_same_seed_gives_the_same_matters(cast, now):
    def drawn():
        return [(m.number, m.token, m.title, m.state, m.created_at) for m in filled(cast, now, 60)]

    with transaction.atomic():
        first = drawn()
        transaction.set_rollback(True)
    assert Matter.objects.count() == 0 and first == drawn()


def test_a_real_matter_gets_a_number_of_its_own_afterwards(cast, now):
    filled(cast, now, 2000)
    assert not Matter.objects.filter(number__in=new_numbers(now, 20)).exists()


def test_indexes_and_keys_stand_again_after_many(cast, now, monkeypatch):
    def standing():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")
            names = {row[0] for row in cursor.fetchall()}
            cursor.execute("SELECT conname FROM pg_constraint")
            return names | {row[0] for row in cursor.fetchall()}

    before = standing()
    monkeypatch.setattr(simulate, "MANY", 50)
    filled(cast, now, 100)
    assert standing() == before


def test_real_matters_and_a_used_seed_are_refused(cast, now):
    User.objects.update(demo=False)
    report(cast, now)
    with pytest.raises(Invalid, match="已有真实的事项"):
        simulate._check(1, force=False)
    simulate._check(1, force=True)
    filled(cast, now, 10)
    with pytest.raises(Invalid, match="已经放过"):
        simulate._check(1, force=True)
