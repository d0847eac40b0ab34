"""Pages of deliberation: who gets which status, the way through by clicks, hostile input, counts of queries."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from sanshe.deliberation import actions
from sanshe.deliberation.models import Deliberation, Participant, Statement, Topic, Vote
from sanshe.kernel import clock
from tests import deliberation_cast as cast
from tests.deliberation_cast import v


@pytest.fixture
def w(now: datetime):
    with clock.frozen(now):
        yield cast.world(now)


def client(who: Any = None) -> Client:
    made = Client()
    if who is not None:
        made.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


def url(name: str, pk: Any, **more: Any) -> str:
    return reverse(f"deliberation:{name}", kwargs={"token" if name == "sign_in" else "pk": pk, **more})


WHO = ("public", "resident", "stranger", "worker", "lead", "officer", "other_officer")
#: (page, of what) → status for each of WHO. 302: to sign in, or to the page meant for them.
STATUS = {
    ("board", None): (200, 200, 200, 200, 200, 200, 200),
    ("calendar", None): (200, 200, 200, 200, 200, 200, 200),
    ("list", None): (302, 404, 404, 200, 200, 200, 200),
    ("topics", None): (302, 404, 404, 200, 200, 200, 200),
    ("new", None): (302, 404, 404, 200, 200, 403, 403),
    ("show", "open"): (200, 200, 200, 200, 200, 200, 200),
    ("statements", "open"): (200, 200, 200, 200, 200, 200, 200),
    ("vote", "open"): (302, 200, 403, 403, 403, 403, 403),
    ("speak", "open"): (302, 200, 403, 403, 403, 403, 403),
    ("join", "open"): (302, 200, 200, 200, 200, 200, 200),
    ("people", "open"): (302, 302, 302, 200, 200, 200, 302),
    ("show", "closed_door"): (404, 404, 404, 200, 200, 200, 404),
    ("statements", "closed_door"): (404, 404, 404, 200, 200, 200, 404),
    ("show", "draft"): (404, 404, 404, 200, 200, 200, 404),
    ("topic", "topic"): (302, 404, 404, 200, 200, 200, 404),
    ("meeting", "meeting"): (200, 200, 200, 200, 200, 200, 200),
    ("screen", "meeting"): (302, 403, 403, 200, 200, 403, 403),
    ("minutes", "meeting"): (302, 403, 403, 200, 200, 200, 403),
    ("task", "task"): (200, 200, 200, 200, 200, 200, 200),
    ("sign_in", "token"): (302, 200, 200, 200, 200, 200, 200),
}  # fmt: skip


def test_status_by_person_and_page(w) -> None:
    cast.together(w)
    met, _ = cast.met(w, title="已约会议的")
    done, _ = cast.published(w, title="公布了的")
    meeting = met.meetings.get()
    things = {
        None: None,
        "open": cast.opened(w).pk,
        "closed_door": cast.opened(w, public=False).pk,
        "draft": cast.draft(w).pk,
        "topic": Topic.objects.get().pk,
        "meeting": meeting.pk,
        "task": done.tasks.get().pk,
        "token": meeting.token,
    }
    found = {}
    for (name, of), expected in STATUS.items():
        address = reverse(f"deliberation:{name}") if of is None else url(name, things[of])
        got = tuple(client(None if n == "public" else getattr(w, n)).get(address).status_code for n in WHO)
        if got != expected:
            found[name, of] = got
    assert found == {}


def key(page: Any) -> str:
    return re.search(r'name="form_key" value="(\w+)"', page.content.decode()).group(1)  # type: ignore[union-attr]


def send(who: Client, address: str, **data: Any) -> Any:
    """Open the page, fill in the form, send it."""
    page = who.get(address)
    given = {"form_key": key(page)} if page.status_code == 200 and b"form_key" in page.content else {}
    return who.post(address, {**given, **data})


def do(who: Client, one: Any, step: str, **data: Any) -> Any:
    name = {"Deliberation": "step", "Topic": "topic_step", "Task": "task_step", "Statement": "statement_step"}
    return send(who, url(name[type(one).__name__], one.pk, step=step), **data)


def typed(moment: datetime) -> str:
    return clock.local(moment).strftime("%Y-%m-%dT%H:%M")


def test_the_way_through_by_clicks(w, now: datetime) -> None:
    matter = cast.together(w, w.resident)
    worker, lead, resident, handler = (client(p) for p in (w.worker, w.lead, w.resident, w.handler))
    topic = Topic.objects.get()
    assert do(worker, topic, "begin", **cast.PLAN, public="on").status_code == 302
    one = Deliberation.objects.get()
    assert worker.get(one.get_absolute_url()).status_code == 200
    for phone in ("13800000101", "13800000102"):
        assert send(worker, url("people", one.pk), phone=phone, capacity="resident").status_code == 302
    assert do(lead, one, "open", deadline=typed(now + timedelta(days=5))).status_code == 302
    assert send(resident, url("speak", one.pk), text="东侧空地可以画线").status_code == 302
    said = Statement.objects.get()
    assert b"\xe5\xbe\x85\xe5\xae\xa1\xe6\xa0\xb8" in worker.get(url("statements", one.pk)).content  # 待审核
    assert do(worker, said, "show").status_code == 302
    assert send(client(w.neighbour), url("vote", one.pk), statement=said.pk, choice="agree").status_code == 302
    assert Vote.objects.get().choice == "agree"
    assert "1 人赞成" in client().get(url("statements", one.pk)).content.decode()
    call = {"place": "二楼", "starts_at": typed(now + timedelta(days=6)), "agenda": "讨论"}
    assert do(worker, one, "call_meeting", **call).status_code == 302
    meeting = one.meetings.get()
    with clock.frozen(meeting.starts_at):
        # Days later: the sessions of staff ended long ago.
        worker, lead, resident, handler = (client(p) for p in (w.worker, w.lead, w.resident, w.handler))
        for who in (resident, client(w.neighbour)):
            assert send(who, url("sign_in", meeting.token)).status_code == 302
        assert do(worker, one, "write_minutes", minutes="各方发言<b>如下</b>", chair="陈书记").status_code == 302
        votes = {"votes_for": 2, "votes_against": 0, "votes_abstain": 0}
        assert do(lead, one, "resolve", resolution="画线停车", **votes).status_code == 302
        page = worker.get(url("minutes", meeting.pk))
        text = "\n".join(p.text for p in Document(io.BytesIO(page.content)).paragraphs)
        assert "各方发言<b>如下</b>" in text and "画线停车" in text
        assert do(worker, one, "write_outcome", text="东侧画线").status_code == 302
        due = (clock.now() + timedelta(days=9)).strftime("%Y-%m-%d")
        assert do(worker, one, "add_task", title="画线", owner_body=w.unit.pk, due_on=due).status_code == 302
        assert do(lead, one, "publish").status_code == 302
        assert do(lead, one, "carry_out").status_code == 302
        task = one.tasks.get()
        assert do(handler, task, "progress", text="已进场").status_code == 302
        assert do(handler, task, "finish", result="画好了").status_code == 302
        assert do(lead, one, "close", result="门口通畅了").status_code == 302
        assert do(resident, one, "rate", stars=5).status_code == 302
    one.refresh_from_db()
    matter.refresh_from_db()
    assert (one.state, matter.state) == ("closed", "done")
    page = client().get(one.get_absolute_url()).content.decode()
    for shown in ("东侧画线", "画好了", "赞成 2 人", "5.0"):
        assert shown in page
    for name in ("居民甲", "居民乙", "陈书记", "李干事"):
        assert name not in page  # the public reads posts, never names


@pytest.mark.parametrize("text", ["", "长" * 141, "<script>alert(1)</script>" * 9, "坏\x00字"])
def test_a_statement_that_is_refused_keeps_what_was_typed(w, text) -> None:
    one = cast.opened(w)
    answer = send(client(w.resident), url("speak", one.pk), text=text)
    assert answer.status_code == 422
    assert not Statement.objects.exists()
    assert b"<script>alert" not in answer.content


def test_hostile_words_are_shown_as_words(w) -> None:
    one = cast.opened(w, title="<img src=x onerror=alert(1)>", question="<b>问</b>")
    cast.shown_statement(w, one, text="<script>alert(1)</script>")
    for page in ("show", "statements"):
        content = client().get(url(page, one.pk)).content
        assert b"<script>alert" not in content and b"<img src=x" not in content and b"<b>\xe9\x97\xae" not in content


@pytest.mark.parametrize("number", ["0", "-1", "9" * 40, "abc", "１", ""])
def test_votes_with_nonsense(w, number) -> None:
    one = cast.opened(w)
    cast.shown_statement(w, one)
    answer = client(w.neighbour).post(url("vote", one.pk), {"statement": number, "choice": "agree"})
    assert answer.status_code == 404
    assert client(w.neighbour).get(url("vote", one.pk) + f"?statement={number}&skip={number}").status_code == 200
    assert client().get(reverse("deliberation:board") + f"?after={number}&before=&area={number}").status_code == 200


def test_a_double_click_is_one_statement(w) -> None:
    one = cast.opened(w)
    who = client(w.resident)
    given = {"form_key": key(who.get(url("speak", one.pk))), "text": "东侧可以画线"}
    first, second = (who.post(url("speak", one.pk), given) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert Statement.objects.count() == 1


def test_opening_the_sign_in_address_signs_nobody_in(w) -> None:
    one, _ = cast.met(w, come=0)
    meeting = one.meetings.get()
    with clock.frozen(meeting.starts_at):
        client(w.resident).get(url("sign_in", meeting.token))
        assert not meeting.attendances.exists()
        assert client(w.stranger).post(url("sign_in", meeting.token)).status_code == 403
    assert client(w.resident).get(url("sign_in", "falsch")).status_code == 404


def test_paper_sign_in_on_the_page(w) -> None:
    one, _ = cast.met(w, come=0)
    meeting, person = one.meetings.get(), Participant.objects.filter(seat="member").first()
    worker = client(w.worker)
    with clock.frozen(meeting.starts_at):
        assert send(worker, meeting.get_absolute_url(), participant=person.pk).status_code == 302
        assert (
            send(worker, meeting.get_absolute_url(), guest="1", name="路过的老人", capacity="resident").status_code
            == 302
        )
        assert send(worker, meeting.get_absolute_url(), guest="1", name="", capacity="resident").status_code == 422
        assert client(w.resident).post(meeting.get_absolute_url(), {"participant": person.pk}).status_code == 403
    assert meeting.attendances.count() == 2


def test_resolution_without_quorum_says_the_figures(w) -> None:
    one, moment = cast.met(w, members=5, come=2)
    lead = client(w.lead)
    with clock.frozen(moment):
        assert "应到 5 人，实到 2 人，未过半数，不能形成决议" in lead.get(one.get_absolute_url()).content.decode()
        votes = {"votes_for": 2, "votes_against": 0, "votes_abstain": 0}
        answer = lead.post(url("step", one.pk, step="resolve"), {"resolution": "画线停车", **votes})
    assert answer.status_code == 422
    assert "应到 5 人，实到 2 人" in answer.content.decode() and "画线停车" in answer.content.decode()


def queries_of(who: Client, address: str) -> int:
    who.get(address)  # warm: sessions, content of caches
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert who.get(address).status_code == 200
    return len(seen)


def grow(w: Any, one: Deliberation, count: int) -> None:
    """So many residents more, each with a statement and votes."""
    for i in range(count):
        someone = cast.user(f"新居民{i}", w.now, lives=w.home)
        said = cast.shown_statement(w, one, text=f"意见 {one.statements.count()}", by=someone)
        for other in (w.resident, w.neighbour):
            actions.vote(statement_id=said.pk, choice="agree", by=v(other), now=w.now)


def test_queries_do_not_grow_with_rows(w) -> None:
    one = cast.opened(w)
    grow(w, one, 2)
    pages = {
        "board": (client(), reverse("deliberation:board")),
        "show, public": (client(), one.get_absolute_url()),
        "show, lead": (client(w.lead), one.get_absolute_url()),
        "statements": (client(w.worker), url("statements", one.pk)),
        "vote": (client(w.both), url("vote", one.pk)),
        "people": (client(w.worker), url("people", one.pk)),
        "list": (client(w.worker), reverse("deliberation:list")),
    }
    before = {name: queries_of(*page) for name, page in pages.items()}
    grow(w, one, 6)
    for i in range(5):
        cast.opened(w, title=f"另一件 {i}")
    cast.invite_members(w, one, 6)
    assert {name: queries_of(*page) for name, page in pages.items()} == before
    assert max(before.values()) <= 30, before
