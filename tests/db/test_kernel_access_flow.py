"""The rule that filters a list answers for one object too; a step is taken in one fixed order."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from sanshe.areas.models import Area
from sanshe.kernel import audit
from sanshe.kernel.access import Access, Grants, Scope, Viewer, everyone
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.flow import agenda
from tests.errands.flow import FLOW, ErrandAccess, HelperAccess
from tests.errands.models import Errand, ErrandState, Helper


def area(code: str, lo: int, parent: Area | None = None) -> Area:
    return Area.objects.create(
        code=code, name=code, short_name=code, level="community", lo=lo, hi=lo + 1, parent=parent,
        valid_from="2020-01-01",
    )  # fmt: skip


@pytest.fixture
def cast(now):
    """Two areas, an asker, an errand in each area, one of them open to everybody."""
    user = get_user_model().objects.create(username="asker", name="asker", created_at="2026-01-01T00:00Z")
    other = get_user_model().objects.create(username="other", name="other", created_at="2026-01-01T00:00Z")
    here, there = area("500112000001", 1), area("500112000002", 2)
    mine = Errand.objects.create(title="买药", area=here, asker=user, state="asked", due_at=now)
    theirs = Errand.objects.create(title="修灯", area=there, asker=other, state="asked", due_at=now - timedelta(days=1))
    return {"user": user, "other": other, "here": here, "there": there, "mine": mine, "theirs": theirs}


def person(user=None, **roles: Scope) -> Viewer:
    return Viewer(user.pk if user else None, user.username if user else "访客", Grants(areas=roles))


def in_areas(*areas: Area) -> Scope:
    return Scope(ids=frozenset(a.pk for a in areas))


def test_a_rule_filters_the_list_and_answers_for_one_object_alike(cast):
    runner = person(cast["other"], runner=in_areas(cast["here"]))
    for verb in ("see", "take", "finish", "cancel"):
        listed = set(ErrandAccess.rows(runner, verb).values_list("pk", flat=True))
        for errand in (cast["mine"], cast["theirs"]):
            assert ErrandAccess.may(runner, verb, errand) == (errand.pk in listed), (verb, errand)
            assert (verb in ErrandAccess.verbs(runner, errand)) == (errand.pk in listed)


def test_a_post_reaches_its_area_only_and_the_public_nothing(cast):
    assert list(ErrandAccess.rows(person(None, runner=in_areas(cast["here"])))) == [cast["mine"]]
    assert not ErrandAccess.rows(Viewer.public()).exists()
    everywhere = person(None, boss=Scope(everywhere=True))
    assert ErrandAccess.rows(everywhere).count() == 2
    by_range = person(None, boss=Scope(ranges=((2, 3),)))
    assert list(ErrandAccess.rows(by_range)) == [cast["theirs"]]


def test_nobody_acts_on_their_own_errand(cast):
    both = person(cast["user"], runner=in_areas(cast["here"]))
    assert ErrandAccess.may(both, "see", cast["mine"])
    assert not ErrandAccess.may(both, "take", cast["mine"])


def test_links_and_parents_open_a_row(cast):
    Helper.objects.create(errand=cast["theirs"], user=cast["user"])
    viewer = person(cast["user"])
    assert set(ErrandAccess.rows(viewer)) == {cast["mine"], cast["theirs"]}
    assert HelperAccess.rows(viewer).count() == 1
    assert not HelperAccess.rows(Viewer.public()).exists()


def test_a_verb_without_a_rule_raises(cast):
    with pytest.raises(LookupError):
        ErrandAccess.rows(person(cast["user"]), "steal")
    with pytest.raises(TypeError):
        type("NoSee", (Access,), {"model": Errand, "take": everyone()})


def test_ids_are_literal_so_no_subquery_reads_the_whole_table(cast):
    Helper.objects.create(errand=cast["theirs"], user=cast["user"])
    sql = str(ErrandAccess.rows(person(cast["user"], runner=in_areas(cast["here"]))).query)
    assert "SELECT" not in sql[6:]


def test_take_says_404_then_409_then_403(cast, now):
    stranger = person(cast["other"])
    with transaction.atomic(), pytest.raises(NotVisible):
        FLOW.take(cast["mine"].pk, "take", stranger)
    asker = person(cast["user"])
    with transaction.atomic(), pytest.raises(WrongState):
        FLOW.take(cast["mine"].pk, "finish", asker)
    with transaction.atomic(), pytest.raises(NotAllowed):
        FLOW.take(cast["mine"].pk, "take", asker)


def test_a_step_is_saved_with_its_audit_sentence_and_the_slower_one_hears_who_was_quicker(cast, now):
    runner = person(cast["other"], runner=in_areas(cast["here"]))
    with transaction.atomic():
        FLOW.move(FLOW.take(cast["mine"].pk, "take", runner), "take", runner, now)
    assert Errand.objects.get(pk=cast["mine"].pk).state == ErrandState.RUNNING
    entry = audit.last_step(cast["mine"])
    assert entry.told() == "other接手" and entry.data == {"from": "asked", "to": "running"}
    with transaction.atomic(), pytest.raises(WrongState, match=r"other接手.*「在办」"):
        FLOW.take(cast["mine"].pk, "take", runner)


def test_needs_are_checked_and_early_ones_grey_the_button(cast, now):
    runner = person(cast["other"], runner=in_areas(cast["here"]))
    cast["mine"].state, cast["mine"].title = "running", "买药(急)"
    cast["mine"].save()
    (offer,) = FLOW.offers(cast["mine"], runner, now)
    assert not offer.allowed and offer.why == "标题里有括号，不能办结"
    cast["mine"].title = "买药"
    cast["mine"].save()
    assert FLOW.offers(cast["mine"], runner, now)[0].allowed
    with transaction.atomic(), pytest.raises(Invalid) as refused:
        FLOW.move(FLOW.take(cast["mine"].pk, "finish", runner), "finish", runner, now)
    assert refused.value.errors == {"result": "请写明结果"}
    assert Errand.objects.get(pk=cast["mine"].pk).state == "running"


def test_the_to_do_list_is_by_urgency_and_only_mine(cast, now, django_assert_num_queries):
    runner = person(cast["user"], runner=in_areas(cast["here"], cast["there"]))
    assert [t.title for t in FLOW.todos(runner)] == ["修灯"]
    everybody = person(
        get_user_model().objects.create(username="third", name="third", created_at="2026-01-01T00:00Z"),
        runner=Scope(everywhere=True),
    )
    assert [t.title for t in FLOW.todos(everybody)] == ["修灯", "买药"]
    cast["mine"].urgent = True
    cast["mine"].save()
    assert [t.title for t in agenda(everybody, kinds=["跑腿"]).items] == ["买药", "修灯"]
    with django_assert_num_queries(1):
        list(FLOW.waiting(everybody))


def test_system_accounts_have_only_the_rights_that_name_them(cast):
    assert ErrandAccess.rows(Viewer.system_account("sweeper")).count() == 2
    assert not ErrandAccess.rows(Viewer.system_account("other")).exists()
    assert not ErrandAccess.rows(Viewer.system_account("sweeper"), "take").exists()


def test_hooks_run_in_the_same_transaction(cast, now):
    runner = person(cast["other"], runner=in_areas(cast["here"]))
    heard = []

    def fail(errand, by, at):
        heard.append(errand.pk)
        raise Invalid("不行")

    FLOW.after("take")(fail)
    try:
        with pytest.raises(Invalid), transaction.atomic():
            FLOW.move(FLOW.take(cast["mine"].pk, "take", runner), "take", runner, now)
    finally:
        FLOW._after.clear()
    assert heard and Errand.objects.get(pk=cast["mine"].pk).state == "asked"
    assert audit.last_step(cast["mine"]) is None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_one_waits_and_is_told(cast, now):
    """The first transaction is held open; the second must be blocked, then be refused with the first one's name."""
    first = person(cast["other"], runner=in_areas(cast["here"]))
    second = person(
        get_user_model().objects.create(username="slow", name="slow", created_at="2026-01-01T00:00Z"),
        runner=in_areas(cast["here"]),
    )
    outcome: list[object] = []
    started = threading.Event()

    def slower() -> None:
        try:
            started.set()
            with transaction.atomic():
                FLOW.move(FLOW.take(cast["mine"].pk, "take", second), "take", second, now)
            outcome.append("taken")
        except WrongState as error:
            outcome.append(error.sentence)
        finally:
            connection.close()

    thread = threading.Thread(target=slower)
    with transaction.atomic():
        errand = FLOW.take(cast["mine"].pk, "take", first)
        thread.start()
        started.wait(120)
        thread.join(0.6)
        assert thread.is_alive() and not outcome, "the second one was not blocked"
        FLOW.move(errand, "take", first, now)
    thread.join(120)
    assert len(outcome) == 1 and "other接手" in outcome[0]
