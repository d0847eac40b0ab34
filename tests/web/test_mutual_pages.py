"""Pages of disputes and of mutual help: who gets which status, the way through by clicks, what a page never shows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanshe.disputes.models import Dispute, MediatorTie, Party
from sanshe.kernel import clock
from sanshe.neighbours import actions as mutual
from sanshe.neighbours.models import Bar, Block, Pair, Post, Report
from tests import mutual_cast


@pytest.fixture
def cast(now: datetime, db: None):
    with clock.frozen(now):
        yield mutual_cast.make_cast(now)


def client(cast, name: str) -> Client:
    made = Client()
    if name != "public":
        made.force_login(cast.users[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


WHO = ("public", "resident", "other", "far_resident", "desk", "lead", "mediator", "street")
#: (module, page, of what) → status for each of WHO. 302: to sign in. `resident` and `other` are the two concerned.
STATUS = {
    ("disputes", "about", None): (200, 200, 200, 200, 200, 200, 200, 200),
    ("disputes", "new", None): (302, 200, 200, 200, 200, 200, 200, 200),
    ("disputes", "desk", None): (302, 404, 404, 404, 200, 200, 200, 404),
    ("disputes", "filed", None): (302, 404, 404, 404, 200, 200, 200, 404),
    ("disputes", "list", None): (302, 404, 404, 404, 404, 200, 200, 404),
    ("disputes", "ties", None): (302, 404, 404, 404, 404, 404, 200, 404),
    ("disputes", "figures", None): (302, 404, 404, 404, 404, 200, 404, 200),
    ("disputes", "show", "dispute"): (302, 200, 200, 404, 404, 200, 200, 404),
    ("disputes", "agreement", "dispute"): (302, 200, 200, 404, 404, 200, 200, 404),
    ("neighbours", "board", None): (200, 200, 200, 200, 200, 200, 200, 200),
    ("neighbours", "new", None): (302, 200, 200, 200, 200, 200, 200, 200),
    ("neighbours", "mine", None): (302, 200, 200, 200, 200, 200, 200, 200),
    ("neighbours", "hours", None): (302, 200, 200, 200, 200, 200, 200, 200),
    ("neighbours", "list", None): (302, 404, 404, 404, 200, 200, 404, 404),
    ("neighbours", "desk", None): (302, 404, 404, 404, 200, 404, 404, 404),
    ("neighbours", "figures", None): (302, 404, 404, 404, 404, 200, 404, 200),
    ("neighbours", "post", "post"): (302, 200, 200, 404, 200, 200, 200, 404),
    ("neighbours", "report_post", "post"): (302, 403, 200, 404, 403, 403, 200, 404),
    ("neighbours", "pair", "pair"): (302, 200, 200, 404, 200, 200, 404, 404),
    ("neighbours", "report_pair", "pair"): (302, 200, 200, 404, 403, 403, 404, 404),
    ("neighbours", "report", "report"): (302, 404, 200, 404, 200, 200, 404, 404),
}  # fmt: skip


def url(module: str, name: str, pk: Any = None, **more: Any) -> str:
    return reverse(f"{module}:{name}", kwargs={"pk": pk, **more} if pk is not None else None)


def test_status_by_person_and_page(cast, now) -> None:
    wanted = mutual.post(side="request", kind="carry", text="想请人抬个柜子", by=cast.resident, now=now)
    things = {
        None: None,
        "dispute": mutual_cast.agreed(cast, now).pk,
        "post": wanted.pk,
        "pair": mutual.propose(post_id=wanted.pk, by=cast.other, now=now).pk,
        "report": mutual.report(why="rude", post_id=wanted.pk, by=cast.other, now=now).pk,
    }
    browsers = {name: client(cast, name) for name in WHO}
    found = {}
    for (module, name, of), expected in STATUS.items():
        got = tuple(browsers[n].get(url(module, name, things[of])).status_code for n in WHO)
        if got != expected:
            found[module, name] = got
    assert found == {}
    # What acts is asked for by POST, and is nobody's whose it is not.
    for module, name, of, status in (
        ("neighbours", "block_post", "post", 404), ("neighbours", "block_pair", "pair", 404),
        ("neighbours", "certificate", None, 302),
    ):  # fmt: skip
        assert browsers["far_resident"].get(url(module, name, things[of])).status_code == 405
        assert browsers["far_resident"].post(url(module, name, things[of])).status_code == status
    steps = (
        ("disputes", "step", "dispute", "sit"),
        ("neighbours", "post_step", "post", "withdraw"),
        ("neighbours", "pair_step", "pair", "agree"),
        ("neighbours", "report_step", "report", "dismiss"),
    )
    for module, name, of, step in steps:
        assert browsers["far_resident"].get(url(module, name, things[of], step=step)).status_code == 404


def send(who: Client, address: str, **data: Any) -> Any:
    """Open the page, fill in the form, send it."""
    page = who.get(address)
    key = re.search(r'name="form_key" value="(\w+)"', page.content.decode())
    return who.post(address, {**({"form_key": key.group(1)} if key else {}), **data})


def test_a_dispute_by_clicks(cast, now) -> None:
    desk, lead, mediator = (client(cast, n) for n in ("desk", "lead", "mediator"))
    area = cast.areas["home"].pk
    given = {"area": area, "kind": "adjoining", "first_name": "苗阿姨", "other_name": "楼上住户"}
    wrong = send(desk, url("disputes", "desk"), **given, other_phone="123", about="漏水")
    assert wrong.status_code == 422 and "漏水" in wrong.content.decode()
    done = send(desk, url("disputes", "desk"), **given, about="漏水三个月")
    assert done.headers["Location"] == url("disputes", "filed")
    one = Dispute.objects.get()
    shown = desk.get(url("disputes", "filed")).content.decode()
    assert one.number in shown and "漏水" not in shown and "苗阿姨" not in shown
    for party in one.parties.all():
        answer = {"party": party.pk, "answer": "agreed", "how": "phone"}
        assert send(lead, url("disputes", "step", one.pk, step="record_answer"), **answer).status_code == 302
    chosen = {"mediator": cast.users["mediator"].pk}
    assert send(lead, url("disputes", "step", one.pk, step="appoint"), **chosen).status_code == 302
    moment = clock.local(now).strftime("%Y-%m-%dT%H:%M")
    sat = {"at": moment, "place": "调解室", "present": "双方", "record": "都看过了。"}
    assert send(mediator, url("disputes", "step", one.pk, step="sit"), **sat).status_code == 302
    payer = Party.objects.filter(dispute=one, side="second").get()
    half = {"form": "written", "facts": "接头老化", "terms_text": "修好", "who1": payer.pk, "what1": "修好接头"}
    page = send(mediator, url("disputes", "step", one.pk, step="draft"), **half)
    assert page.status_code == 422 and "到期由调解员回访" in page.content.decode()
    due = (now + timedelta(days=9)).date().isoformat()
    assert send(mediator, url("disputes", "step", one.pk, step="draft"), **half, due1=due).status_code == 302
    signed = {"effect_on": now.date().isoformat(), "signed": [p.pk for p in one.parties.all()], "sealed": "on"}
    assert send(mediator, url("disputes", "step", one.pk, step="sign"), **signed).status_code == 302
    one.refresh_from_db()
    assert one.state == "agreed" and one.open_terms == 1
    page = mediator.get(one.get_absolute_url())
    assert page.headers["Cache-Control"] == "no-store" and "data-draft" not in page.content.decode()
    kept = {"note": "看过了，修好了。"}
    assert send(mediator, url("disputes", "term_step", one.terms.get().pk, step="keep"), **kept).status_code == 302
    assert send(mediator, url("disputes", "step", one.pk, step="close")).status_code == 302
    tie = {"name": cast.users["other"].name, "phone": cast.users["other"].phone, "relation": "同学"}
    assert send(mediator, url("disputes", "ties"), **tie).status_code == 302
    declared = MediatorTie.objects.get()
    assert lead.post(url("disputes", "end_tie", declared.pk)).status_code == 404
    assert mediator.post(url("disputes", "end_tie", declared.pk)).status_code == 302
    assert "同学" not in mediator.get(url("disputes", "ties")).content.decode()


def test_mutual_help_by_clicks(cast, now) -> None:
    resident, other, desk, lead = (client(cast, n) for n in ("resident", "other", "desk", "lead"))
    bad = send(resident, url("neighbours", "new"), side="request", kind="carry", text="打我电话13800000001")
    assert bad.status_code == 422 and "不要写电话" in bad.content.decode()
    good = {"side": "request", "kind": "carry", "text": "想请人抬个柜子", "times": ["weekend"]}
    assert send(resident, url("neighbours", "new"), **good).status_code == 302
    made = Post.objects.get()
    user = cast.users["resident"]
    page = other.get(made.get_absolute_url()).content.decode()
    assert user.name not in page and user.phone not in page
    assert send(other, made.get_absolute_url(), words="我来").status_code == 302
    pair = Pair.objects.get()
    assert user.phone not in other.get(pair.get_absolute_url()).content.decode()
    assert resident.post(url("neighbours", "pair_step", pair.pk, step="agree"), {}).status_code == 302
    assert user.phone in other.get(pair.get_absolute_url()).content.decode()
    assert user.phone not in lead.get(pair.get_absolute_url()).content.decode()
    done = {"done_on": now.date().isoformat(), "hours": "1.5"}
    assert send(other, url("neighbours", "pair_step", pair.pk, step="report_hours"), **done).status_code == 302
    assert resident.post(url("neighbours", "pair_step", pair.pk, step="confirm"), {}).status_code == 302
    paper = other.post(url("neighbours", "certificate"))
    assert paper.headers["Content-Type"].endswith("wordprocessingml.document")
    elder = {"area": cast.areas["home"].pk, "name": "阮奶奶", "phone": "13800009999", **good}
    assert send(desk, url("neighbours", "desk"), **elder).status_code == 302
    bought = Post.objects.latest("pk")
    assert send(other, url("neighbours", "report_post", bought.pk), why="false").status_code == 302
    assert send(other, url("neighbours", "block_post", made.pk)).status_code in (302, 404)
    report = Report.objects.get()
    answer = {"answer": "查实不符"}
    assert send(lead, url("neighbours", "report_step", report.pk, step="hide"), **answer).status_code == 302
    assert Post.objects.get(pk=bought.pk).state == "hidden"
    assert "阮奶奶" not in other.get(url("neighbours", "board")).content.decode()


def test_blocks_and_bars_are_ended(cast, now) -> None:
    resident, lead = client(cast, "resident"), client(cast, "lead")
    made = Block.objects.create(by=cast.users["resident"], whom=cast.users["other"], at=now)
    assert client(cast, "other").post(url("neighbours", "unblock", made.pk)).status_code == 404
    assert resident.post(url("neighbours", "unblock", made.pk)).status_code == 302 and not Block.objects.exists()
    bar = Bar.objects.create(user=cast.users["other"], area=cast.areas["home"], reason="辱骂", at=now,
                             until=now + timedelta(days=9))  # fmt: skip
    assert client(cast, "desk").post(url("neighbours", "lift", bar.pk)).status_code == 403
    assert "辱骂" in lead.get(url("neighbours", "list")).content.decode()
    assert lead.post(url("neighbours", "lift", bar.pk)).status_code == 302
