"""The kernel's two short ways around the database give what the database gives."""

from __future__ import annotations

import pytest
from django.db.models import Q

from sanshe.kernel.access.rules import _implies, _without_implied
from sanshe.matters.access import AssistAccess, MatterAccess
from sanshe.matters.actions import ask_resident
from sanshe.matters.models import Assist, Matter
from tests.matters_cast import assigned, done, guided, handled, joint, make_cast, report


@pytest.fixture
def cast():
    return make_cast()


def test_the_verbs_shown_are_those_that_the_database_would_allow(cast, now):
    report(cast, now)
    report(cast, now, who="desk_resident")
    report(cast, now, who="handler_resident", area="next")
    report(cast, now, who="public")
    assigned(cast, now, assisting=[cast.bodies["helper_unit"].pk], assist_part="请看看。")
    waiting = handled(cast, now)
    ask_resident(matter_id=waiting.pk, question="哪一栋？", by=cast.handler, now=now)
    done(cast, now)
    joint(cast, now)
    guided(cast, now)
    seen = 0
    for name in [*cast.users, "public"]:
        viewer = cast.viewer(name)
        for access, model in ((MatterAccess, Matter), (AssistAccess, Assist)):
            for obj in model.objects.all():
                may = {verb for verb in access.all_verbs() if access.may(viewer, verb, obj)}
                assert access.verbs(viewer, obj) == may, (name, obj, may)
                seen += len(may)
    assert seen > 200


def test_what_is_shown_of_a_row_read_in_part_is_asked_of_the_database(cast, now, django_assert_num_queries):
    matter = report(cast, now)
    viewer = cast.desk
    whole, part = Matter.objects.get(pk=matter.pk), Matter.objects.only("pk", "area").get(pk=matter.pk)
    with django_assert_num_queries(0):
        assert "triage" in MatterAccess.verbs(viewer, whole, {"triage"})
    with django_assert_num_queries(1):
        assert "triage" in MatterAccess.verbs(viewer, part, {"triage"})


A, B, C = ("reporter", 5), ("area__in", [1, 2, 3]), ("unit__in", [7])


@pytest.mark.parametrize(
    ("parts", "left"),
    [
        ([Q(A) | Q(B) | Q(C), Q(C)], [Q(C)]),
        ([Q(A) | Q(B), Q(("area__in", [2])) & ~Q(A)], [Q(("area__in", [2])) & ~Q(A)]),
        ([Q(A) | Q(B) | Q(C), Q(B) | Q(A)], [Q(B) | Q(A)]),
        ([Q(A), Q(A)], [Q(A)]),
        ([Q(A) | Q(C), Q(B)], [Q(A) | Q(C), Q(B)]),
        ([Q(("area__in", [1])), Q(B)], [Q(("area__in", [1]))]),
        ([Q(B), ~Q(B)], [Q(B), ~Q(B)]),
        ([~(Q(A) | Q(B)), Q(B)], [~(Q(A) | Q(B)), Q(B)]),
    ],
)
def test_a_part_that_another_implies_is_left_out(parts, left):
    assert _without_implied(parts) == left


def test_nothing_is_implied_by_what_is_unsure():
    assert not _implies(Q(A), Q(B)) and not _implies(Q(A) | Q(B), Q(A)) and not _implies(~Q(A), Q(A))
