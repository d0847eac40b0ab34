"""How many queries each page takes: golden numbers, the same among few rows and among ten times as many.

A number that changes is a decision: write it here together with the change that made it. One that differs between the
two sizes is a mistake: something is asked row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rich.progress import Progress

from sanshe.deliberation import actions as talks
from sanshe.kernel import clock
from sanshe.matters import simulate
from sanshe.matters.models import Matter
from sanshe.purchase.actions import contracts
from tests import deliberation_cast, matters_cast, purchase_cast

#: Page → queries. What a session and its posts cost (4 to 5 of them) is in each number of somebody signed in.
MATTERS = {
    "board, public": 5,
    "board narrowed to a street, public": 8,
    "matter, public": 4,
    "matter, front desk": 15,
    "list, street officer": 11,
    "list narrowed by state and unit, street officer": 11,
    "search, street officer": 54,  # one a kind of thing
    "to-do, front desk": 26,
    "to-do, unit": 24,
    "to-do, street officer": 34,
    "own matters, resident": 21,
    "cockpit, district officer": 30,
}
TALKS = {
    "deliberations, public": 3,
    "deliberation, public": 11,
    "deliberation, secretary": 25,
    "statements, worker": 14,
}
BUYING = {
    "projects, street officer": 7,
    "project, street officer": 18,
    "contracts, street buyer": 7,
    "contract, street buyer": 17,
}

Page = tuple[object, str]


@pytest.fixture(autouse=True)
def _our_procedures_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' toy procedure, where another test brought it in, asks its own query in every to-do list."""
    from sanshe.kernel import flow

    ours = {label: one for label, one in flow._registry.items() if not label.startswith("errands.")}
    monkeypatch.setattr(flow, "_registry", ours)


def counted(pages: dict[str, Page]) -> dict[str, int]:
    """Queries of each page, read a second time: what is kept once a process or session is not counted."""
    found = {}
    for name, (user, address) in pages.items():
        browser = Client()
        if user is not None:
            browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(address)
        assert answer.status_code == 200, (name, answer.status_code)
        found[name] = len(queries)
    return found


def check(golden: dict[str, int], pages: dict[str, Page], grow: Callable[[], None]) -> None:
    """The same among few rows and among many, and as written down."""
    few = counted(pages)
    grow()
    many = counted(pages)
    assert many == few, "these pages ask row by row"
    assert few == golden


@pytest.fixture
def moment(now, settings):
    settings.SANSHE_DEMO = True
    with clock.frozen(now):
        yield now


def test_matters(moment):
    cast = matters_cast.make_cast()

    def simulated(count: int, seed: int) -> None:
        with Progress(disable=True) as bar:
            simulate.fill(count, seed, cast.areas["district"], moment, bar)

    simulated(40, 1)
    done = matters_cast.done(cast, moment)
    Matter.objects.filter(pk=done.pk).update(public=True, public_title="路灯不亮")
    for make in (matters_cast.report, matters_cast.assigned, matters_cast.handled, matters_cast.joint):
        make(cast, moment)
    people, unit = cast.users, cast.bodies["unit"].pk
    pages = {
        "board, public": (None, "/matters/"),
        "board narrowed to a street, public": (None, f"/matters/?area={cast.areas['street'].code}"),
        "matter, public": (None, f"/matters/p/{done.number}/"),
        "matter, front desk": (people["desk"], f"/matters/{done.pk}/"),
        "list, street officer": (people["street"], "/matters/list/"),
        "list narrowed by state and unit, street officer": (people["street"], f"/matters/list/?state=done&unit={unit}"),
        "search, street officer": (people["street"], "/search/?q=%E8%B7%AF%E7%81%AF"),
        "to-do, front desk": (people["desk"], "/workbench/"),
        "to-do, unit": (people["handler"], "/workbench/"),
        "to-do, street officer": (people["street"], "/workbench/"),
        "own matters, resident": (people["resident"], "/mine/"),
        "cockpit, district officer": (people["district"], "/indicators/"),
    }
    check(MATTERS, pages, lambda: simulated(400, 2))


def test_deliberation(moment):
    w = deliberation_cast.world(moment)
    one = deliberation_cast.opened(w)

    def more(count: int, first: int) -> None:
        for nr in range(first, first + count):
            someone = deliberation_cast.user(f"居民{nr}", moment, lives=w.home)
            said = deliberation_cast.shown_statement(w, one, text=f"意见{nr}", by=someone)
            talks.vote(statement_id=said.pk, choice="agree", by=deliberation_cast.v(w.neighbour), now=moment)
            deliberation_cast.opened(w, title=f"另一件{nr}")

    more(2, 0)
    pages = {
        "deliberations, public": (None, "/deliberation/"),
        "deliberation, public": (None, f"/deliberation/{one.pk}/"),
        "deliberation, secretary": (w.lead, f"/deliberation/{one.pk}/"),
        "statements, worker": (w.worker, f"/deliberation/{one.pk}/statements/"),
    }
    check(TALKS, pages, lambda: more(18, 2))


def test_purchase(moment):
    w = purchase_cast.world(moment)
    one = purchase_cast.running(w)
    project = one.project

    def more(count: int) -> None:
        for _ in range(count):
            purchase_cast.approved(w)
            contracts.record(
                contract_id=one.pk, on=date(2026, 9, 9), service="上门探访", minutes=90, people=12, spent=10_000,
                by=purchase_cast.v(w.social_worker), now=w.during,
            )  # fmt: skip

    more(2)
    pages = {
        "projects, street officer": (w.officer, "/purchase/projects/"),
        "project, street officer": (w.officer, f"/purchase/projects/{project.pk}/"),
        "contracts, street buyer": (w.buyer, "/purchase/contracts/"),
        "contract, street buyer": (w.buyer, f"/purchase/contracts/{one.pk}/"),
    }
    check(BUYING, pages, lambda: more(18))
