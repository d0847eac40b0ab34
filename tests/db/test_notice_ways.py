"""Notices by text message, chat and hook: signed, tried again, quiet at night, nothing personal, nothing lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import Client

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid
from sanshe.kernel.jobs import mail_notices
from sanshe.kernel.notices import Notice, notify
from sanshe.kernel.notices.gateways import deliver_due, signature
from sanshe.kernel.notices.ways import Choice, Delivery, Way, after_quiet, choose
from tests.matters_cast import done, make_cast

SECRET = "only-a-test"


class Gateway(HTTPServer):
    """A gateway that keeps what it took and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.taken = 200, []  # type: ignore[var-annotated]

    @property
    def place(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/send"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((dict(self.headers), body))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        if self.server.status == 302:  # type: ignore[attr-defined]
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    server = Gateway()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SANSHE_SMS = settings.SANSHE_CHAT = server.place
    settings.SANSHE_GATEWAY_SECRET = SECRET
    settings.SANSHE_DEMO = True
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def cast():
    return make_cast()


def test_a_text_message_holds_the_number_and_the_link_and_is_signed(cast, gateway, now):
    choose(wanted=[Way.MAIL, Way.SMS], chat="", by=cast.resident, now=now)
    matter = done(cast, now)
    assert deliver_due(now)[1] == 0
    headers, body = gateway.taken[-1]
    said = json.loads(body)
    assert said["to"] == cast.users["resident"].phone and matter.number in said["text"]
    assert said["url"].endswith(f"/matters/t/{matter.token}/?ask=1")
    for private in (matter.title, "路灯", "王女士", cast.users["resident"].name, "平安办"):
        assert private not in said["text"]
    assert headers["X-Sanshe-Signature"] == signature(SECRET, headers["X-Sanshe-Time"], body)
    assert headers["X-Sanshe-Signature"] != signature("another", headers["X-Sanshe-Time"], body)
    count = len(gateway.taken)
    deliver_due(now)
    assert len(gateway.taken) == count, "sent once"


def test_who_left_only_a_phone_is_told_the_end_and_nobody_else_is(cast, gateway, now):
    matter = done(cast, now, who="public")
    deliver_due(now)
    assert [json.loads(body)["to"] for _, body in gateway.taken] == [matter.contact_phone]
    assert Delivery.objects.get().to == "", "the number goes once it was sent"


def test_a_gateway_that_fails_loses_nothing_and_is_seen(cast, gateway, now, settings):
    gateway.status = 503
    choose(wanted=[Way.SMS, Way.CHAT], chat="wangnvshi", by=cast.resident, now=now)
    for nr in range(3):
        notify([cast.users["resident"]], f"第 {nr} 条", "/", now, short="您有新的消息")
    sent, failed = deliver_due(now)
    assert (sent, failed) == (0, 2), "one try each way, then the gateway is left alone for this round"
    assert Delivery.objects.filter(state="waiting").count() == 6
    with clock.frozen(now):
        admin = Client()
        admin.force_login(cast.users["system_admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
        page = admin.get("/notices/sending/").content.decode()
        assert "503" in page and "没有发出去" in page and cast.users["resident"].phone not in page
        other = Client()
        other.force_login(cast.users["street"], backend="allauth.account.auth_backends.AuthenticationBackend")
        assert other.get("/notices/sending/").status_code == 404
        assert other.post("/notices/sending/sms/again/").status_code == 404
    later = now
    for _ in range(60):  # one a round and way, while the gateway is ill
        later += timedelta(hours=7)
        deliver_due(later)
    given_up = Delivery.objects.filter(state="failed")
    assert given_up.count() == 6, "given up only after many tries, and still there"
    with clock.frozen(later):
        admin = Client()
        admin.force_login(cast.users["system_admin"], backend="allauth.account.auth_backends.AuthenticationBackend")
        for way in ("sms", "chat"):
            again = admin.post(f"/notices/sending/{way}/again/")
            assert (again.status_code, again["Location"]) == (302, "/notices/sending/")
    gateway.status, before = 200, len(gateway.taken)
    deliver_due(after_quiet(later + timedelta(minutes=1)))
    assert len(gateway.taken) == before + 6 and not Delivery.objects.exclude(state="sent").exists()


def test_one_bad_number_stops_nobody_and_no_redirect_is_followed(cast, gateway, now):
    gateway.status = 400
    choose(wanted=[Way.SMS], chat="", by=cast.resident, now=now)
    choose(wanted=[Way.SMS], chat="", by=cast.neighbour, now=now)
    notify([cast.users["resident"], cast.users["neighbour"]], "消息", "/", now)
    assert deliver_due(now) == (0, 2) and len(gateway.taken) == 2
    gateway.status = 302
    deliver_due(now + timedelta(minutes=2))
    assert set(Delivery.objects.values_list("tries", flat=True)) == {2}


def test_nothing_is_sent_at_night(cast, gateway, now):
    night = now.replace(hour=23, minute=30)
    choose(wanted=[Way.SMS], chat="", by=cast.resident, now=night)
    notify([cast.users["resident"]], "消息", "/", night)
    assert deliver_due(night) == (0, 0)
    assert deliver_due((night + timedelta(days=1)).replace(hour=7, minute=59)) == (0, 0)
    assert deliver_due((night + timedelta(days=1)).replace(hour=8, minute=0)) == (1, 0)
    assert after_quiet(now.replace(hour=3)) == now.replace(hour=8, minute=0)
    assert after_quiet(now) == now


def test_each_chooses_and_a_way_that_is_not_set_up_is_not_offered(cast, settings, now, mailoutbox):
    settings.SANSHE_DEMO = True
    with clock.frozen(now):
        browser = Client()
        browser.force_login(cast.users["resident"], backend="allauth.account.auth_backends.AuthenticationBackend")
        page = browser.get("/notices/ways/").content.decode()
        assert "用邮件告诉我" in page and "短信告诉我" not in page
        settings.SANSHE_CHAT = "log"
        refused = browser.post("/notices/ways/", {"way_chat": "on"})
        assert refused.status_code == 422 and "账号" in refused.content.decode()
        assert browser.post("/notices/ways/", {"way_chat": "on", "chat": "wang_01"}).status_code == 302
        assert Choice.objects.get(way="chat").address == "wang_01" and not Choice.objects.get(way="mail").on
        assert Client().get("/notices/ways/").status_code == 302
    notify([cast.users["resident"]], "消息", "/", now)
    mail_notices(list(Notice.objects.values_list("pk", flat=True)))
    assert not mailoutbox, "mail was switched off"
    with pytest.raises(Invalid):
        choose(wanted=[Way.CHAT], chat="", by=cast.resident, now=now)


def test_the_hook_hears_of_each_event_once_and_of_nobody(cast, gateway, settings, now):
    settings.SANSHE_HOOK, settings.SANSHE_SMS, settings.SANSHE_CHAT = gateway.place, "", ""
    notify([cast.users["resident"], cast.users["desk"]], "王女士的路灯", "/matters/1/", now, short="事项 1 有新的进展")
    deliver_due(now)
    ((_, body),) = gateway.taken
    said = json.loads(body)
    assert said["to"] == "" and "王女士" not in body.decode() and "事项 1" in said["text"]
    assert datetime.fromisoformat(said["at"]) == now
