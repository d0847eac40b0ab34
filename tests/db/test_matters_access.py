"""Who may do what in which state: the golden table. A change of a rule shows here as a changed line."""

from __future__ import annotations

import pytest

from sanshe.matters import actions
from sanshe.matters.access import Bearer, MatterAccess
from sanshe.matters.flow import FLOW
from sanshe.matters.models import Matter
from sanshe.matters.words import MatterState as S
from tests.matters_cast import assigned, done, guided, handled, joint, make_cast, report


@pytest.fixture
def cast():
    return make_cast()


def waiting(cast, now, **more):
    matter = handled(cast, now, **more)
    return actions.ask_resident(matter_id=matter.pk, question="几楼？", by=cast.handler, now=now)


def declined(cast, now, **more):
    matter = report(cast, now, **more)
    return actions.decline(matter_id=matter.pk, reason="已在诉讼中", other_way="法院", by=cast.desk, now=now)


def ended(cast, now, **more):
    matter = handled(cast, now, **more)
    given = {"reason": "楼栋已征收搬空，无需再修。", "review": "现场核实，附征收公告，两人复核。"}
    return actions.terminate(matter_id=matter.pk, **given, by=cast.unit_lead, now=now)


def withdrawn(cast, now, **more):
    matter = report(cast, now, **more)
    return actions.withdraw(matter_id=matter.pk, reason="", by=cast.resident, now=now)


def merged(cast, now, **more):
    matter, lead = report(cast, now, **more), report(cast, now, who="desk_resident")
    actions.merge(matter_id=matter.pk, into=lead.number, reason="同一件事", by=cast.street, now=now)
    matter.refresh_from_db()
    return matter


MAKE = {
    S.RECEIVED: report, S.ASSIGNED: assigned, S.HANDLING: handled, S.WAITING: waiting, S.TOGETHER: joint,
    S.GUIDED: guided, S.DONE: done, S.DECLINED: declined, S.ENDED: ended, S.WITHDRAWN: withdrawn, S.MERGED: merged,
}  # fmt: skip

#: state → person → the steps offered (a step whose button is off for a reason counts: it is that person's).
TABLE = {
    S.RECEIVED: {
        "resident": "add withdraw", "bearer": "add withdraw",
        "desk": "add decline merge triage_government triage_joint triage_self", "worker": "add", "lead": "merge",
        "street": "designate merge", "district": "", "centre": "",
    },
    S.ASSIGNED: {
        "resident": "add object withdraw", "bearer": "add object withdraw", "desk": "add merge", "worker": "add",
        "lead": "merge", "street": "designate merge oversee", "district": "oversee", "centre": "oversee",
        "handler": "accept extend merge return", "unit_lead": "accept extend merge return",
    },
    S.HANDLING: {
        "resident": "add object withdraw", "bearer": "add object withdraw", "desk": "add merge", "worker": "add",
        "lead": "merge", "street": "merge oversee", "district": "oversee", "centre": "oversee",
        "handler": "ask_assist ask_resident extend finish merge",
        "unit_lead": "ask_assist ask_resident extend finish merge terminate",
    },
    S.WAITING: {
        "resident": "answer_resident object withdraw", "bearer": "answer_resident object withdraw",
        "desk": "answer_for merge", "worker": "answer_for", "lead": "merge", "street": "merge oversee",
        "district": "oversee", "centre": "oversee", "handler": "end_waiting merge resume",
        "unit_lead": "end_waiting merge resume terminate",
    },
    S.TOGETHER: {
        "resident": "add object", "bearer": "add object", "desk": "add merge", "worker": "add", "lead": "merge",
        "street": "merge",
        "district": "", "centre": "",
    },
    S.GUIDED: {
        "resident": "add help_done object withdraw", "bearer": "add help_done object withdraw",
        "desk": "add guide_done merge", "worker": "add guide_done", "lead": "merge", "street": "merge",
        "district": "", "centre": "",
    },
    S.DONE: {
        "resident": "rate reopen", "bearer": "rate reopen", "desk": "inquire", "worker": "inquire", "lead": "inquire",
        "street": "inquire", "district": "", "centre": "inquire", "handler": "", "unit_lead": "",
    },
    S.DECLINED: {
        "resident": "object", "bearer": "object", "desk": "", "worker": "", "lead": "", "street": "", "district": "",
        "centre": "",
    },
    S.ENDED: {
        "resident": "object_ending", "bearer": "object_ending", "desk": "", "worker": "", "lead": "", "street": "",
        "district": "", "centre": "", "handler": "", "unit_lead": "",
    },
    S.MERGED: {
        "resident": "", "bearer": "", "desk": "unmerge", "worker": "", "lead": "unmerge", "street": "unmerge",
        "district": "", "centre": "",
    },
    S.WITHDRAWN: {
        "resident": "", "bearer": "", "desk": "", "worker": "", "lead": "", "street": "", "district": "", "centre": "",
    },
}  # fmt: skip
PEOPLE = tuple(
    [
        "resident",
        "bearer",
        "neighbour",
        "desk",
        "desk_far",
        "worker",
        "lead",
        "street",
        "street_far",
        "district",
        "centre",
        "handler",
        "unit_lead",
        "assistant",
        "handler_far",
        "auditor",
        "system_admin",
        "public",
    ]
)


def test_every_state_stands_in_the_table():
    assert set(TABLE) == set(S) == set(MAKE)


@pytest.mark.parametrize("state", list(S))
def test_who_may_do_what(cast, now, state):
    matter = MAKE[state](cast, now)
    assert matter.state == state
    expected = TABLE[state]
    found = {}
    for name in PEOPLE:
        viewer = Bearer(cast.public, matter.pk) if name == "bearer" else cast.viewer(name)
        seen = MatterAccess.may(viewer, "see", matter)
        assert seen == (name in expected), f"{name} sees {state}: {seen}"
        steps = sorted(offer.step.name for offer in FLOW.offers(matter, viewer, now))
        if seen:
            found[name] = " ".join(steps)
        else:
            assert not steps
    assert found == expected


def test_lists_and_objects_agree(cast, now):
    made = [make(cast, now) for make in MAKE.values()] + [report(cast, now, area="far"), report(cast, now, area="next")]
    made += Matter.objects.filter(merged__isnull=False)  # what the merged one was merged into
    for name in PEOPLE:
        if name == "bearer":
            continue
        viewer = cast.viewer(name)
        for verb in MatterAccess.all_verbs():
            rows = set(MatterAccess.rows(viewer, verb).values_list("pk", flat=True))
            one_by_one = {m.pk for m in made if MatterAccess.may(viewer, verb, m)}
            assert rows == one_by_one, (name, verb)


def test_the_to_do_list_of_each(cast, now):
    made = {state: make(cast, now) for state, make in MAKE.items()}
    actions.reopen(matter_id=made[S.DONE].pk, reason="还坏着", by=cast.resident, now=now)
    waits = {
        "desk": {(S.RECEIVED, "分流"), (S.GUIDED, "跟进自办情况")},
        "worker": {(S.GUIDED, "跟进自办情况")},
        "handler": {(S.ASSIGNED, "接收"), (S.HANDLING, "办理")},
        "resident": {(S.WAITING, "补充情况")},
        "street": set(), "neighbour": set(), "desk_far": set(), "public": set(),
    }  # fmt: skip
    for name, expected in waits.items():
        found = {(m.state, m.todo_label) for m in FLOW.waiting(cast.viewer(name))}
        assert found == expected, name


def test_every_state_waits_for_somebody():
    stated = {state for step in FLOW.steps if step.todo for state in step.sources}
    assert set(S) <= stated | set(FLOW.owners)
