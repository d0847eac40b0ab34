"""A form has one effect however often it is sent; an error is a page with a sentence; a notice reaches its receiver."""

from __future__ import annotations

import socket
import threading

import pytest
from aiosmtpd.controller import Controller
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client, override_settings
from django.urls import include, path

from sanshe.areas.models import Area
from sanshe.kernel import audit, notices, thread
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.http import new_key, once
from sanshe.kernel.jobs import mail_notices
from sanshe.kernel.notices import Notice
from sanshe.kernel.readings import reading
from sanshe.kernel.thread import Mark, Station
from tests.errands.models import Errand


@once
def ask(request):
    title = request.POST.get("title", "")
    if not title:
        return HttpResponse("请写标题", status=422)
    errand = Errand.objects.create(title=title, area=Area.objects.first(), state="asked")
    return HttpResponseRedirect(f"/errands/{errand.pk}/")


@reading
def note_look(*, by, now):
    audit.record(by=by, event="looked", obj=None, sentence="{actor}看了", now=now)


@reading
def note_closer_look(*, by, now):
    """A reading that is written down in two places, one of which another one writes."""
    note_look(by=by, now=now)
    audit.record(by=by, event="looked_closer", obj=None, sentence="{actor}细看了", now=now)


@once
def look(request):
    """Shows what is personal on the page of its form, and changes something that must not stay."""
    Errand.objects.create(title="不该留下", area=Area.objects.first(), state="asked")
    note_closer_look(by=request.viewer, now="2026-11-23T08:00Z")
    try:
        with transaction.atomic():
            note_look(by=request.viewer, now="2026-11-23T08:01Z")
            raise Invalid("这里还要改一改")
    except Invalid:
        pass
    if request.POST.get("go"):
        return HttpResponseRedirect("/there/")
    return HttpResponse("看到了", status=422)


def fails(request, kind):
    raise {"404": NotVisible(), "403": NotAllowed(), "409": WrongState(), "422": Invalid("请写明理由")}[kind]


urlpatterns = [
    path("ask/", ask),
    path("look/", look),
    path("fails/<str:kind>/", fails),
    path("api/fails/<str:kind>/", fails),
    path("", include("config.urls")),
]
handler404 = "sanshe.kernel.http.not_found"
pytestmark = [pytest.mark.urls(__name__)]


@pytest.fixture
def area(db):
    return Area.objects.create(
        code="500112000001", name="甲", short_name="甲", level="community", lo=1, hi=2, valid_from="2020-01-01"
    )


def user(name: str, email: str = ""):
    return get_user_model().objects.create(username=name, name=name, email=email, created_at="2026-01-01T00:00Z")


def test_the_second_post_of_a_form_is_led_to_the_result_of_the_first(client, area):
    data = {"form_key": new_key(), "title": "买药"}
    first, second = client.post("/ask/", data), client.post("/ask/", data)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] and Errand.objects.count() == 1
    client.post("/ask/", {"form_key": new_key(), "title": "买药"})
    assert Errand.objects.count() == 2


def test_a_form_with_an_error_may_be_sent_again_with_the_same_key(client, area):
    key = new_key()
    assert client.post("/ask/", {"form_key": key, "title": ""}).status_code == 422
    assert client.post("/ask/", {"form_key": key, "title": "买药"}).status_code == 302
    assert Errand.objects.count() == 1


def test_a_key_belongs_to_the_one_who_sends_it(client, area):
    data = {"form_key": new_key(), "title": "买药"}
    client.post("/ask/", data)
    client.force_login(user("someone"))
    client.post("/ask/", data)
    assert Errand.objects.count() == 2


def test_a_mangled_key_is_refused_with_a_sentence(client, area):
    answer = client.post("/ask/", {"form_key": "'; drop", "title": "买药"})
    assert answer.status_code == 400 and Errand.objects.count() == 0


@pytest.mark.parametrize(("go", "looks"), [("", 2), ("1", 1)])
def test_a_reading_stays_written_down_once_whatever_becomes_of_the_form(client, area, go, looks):
    """The form's own effect is taken back; what was read on the page is not: once each, also when an inner part failed
    after it. On the way on to another page it is written once as well."""
    client.force_login(user("reader"))
    client.post("/look/", {"form_key": new_key(), "go": go})
    assert Errand.objects.count() == (1 if go else 0)
    told = list(audit.Entry.objects.filter(event__startswith="looked").values_list("event", flat=True))
    assert sorted(told) == sorted(["looked_closer", *["looked"] * looks])
    note_look(by=Viewer.public(), now="2026-11-23T09:00Z")
    assert audit.Entry.objects.filter(event="looked").count() == looks + 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_effect(area):
    data = {"form_key": new_key(), "title": "买药"}
    answers: list[str] = []

    def click() -> None:
        answers.append(Client().post("/ask/", data)["Location"])
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(120)
    assert len(answers) == 4 and len(set(answers)) == 1 and Errand.objects.count() == 1


@pytest.mark.parametrize(("kind", "says"), [("404", "没有找到"), ("403", "不由您"), ("409", "变化"), ("422", "理由")])
def test_an_error_is_a_page_with_its_status_and_sentence(client, db, kind, says):
    page = client.get(f"/fails/{kind}/")
    assert page.status_code == int(kind) and says in page.content.decode()
    assert "default-src 'self'" in page["Content-Security-Policy"]
    answer = client.get(f"/api/fails/{kind}/")
    assert answer.status_code == int(kind) and says in answer.json()["error"]["sentence"]


def test_an_unknown_address_is_a_page(client, db):
    assert "没有找到" in client.get("/no/such/page/").content.decode()


class _Box:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


def test_a_notice_is_in_the_application_and_in_the_mail_once(db, now):
    import email
    from email.header import decode_header, make_header

    with_mail, without = user("a", "a@example.com"), user("b")
    assert notices.notify([with_mail, without, with_mail, None], "您反映的事项已办结。", "/x/", now) == 2
    assert notices.unread_count(Viewer(with_mail.pk, "a", Viewer.public().grants)) == 1
    ids = list(Notice.objects.values_list("pk", flat=True))
    box = _Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        with override_settings(EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_USE_TLS=False):
            mail_notices(notice_ids=ids)
            mail_notices(notice_ids=ids)
    finally:
        server.stop()
    assert [to for to, _ in box.mails] == [["a@example.com"]]
    message = email.message_from_string(box.mails[0][1])
    assert "您反映的事项已办结" in str(make_header(decode_header(message["Subject"])))
    assert "/x/" in message.get_payload(decode=True).decode()


def test_a_notice_is_its_receivers_alone(db, now):
    one, other = user("a"), user("b")
    notices.notify([one], "给甲的话", "/x/", now)
    assert not notices.for_viewer(Viewer(other.pk, "b", Viewer.public().grants)).exists()
    assert notices.mark_read(by=Viewer(other.pk, "b", Viewer.public().grants), now=now) == 0


def test_the_thread_goes_up_and_down_and_not_sideways(area, now):
    a, b, c, d = (Errand.objects.create(title=t, area=area, state="asked") for t in "甲乙丙丁")
    for up, down in ((a, c), (b, c), (c, d)):
        thread.link(up, down)
        thread.link(up, down)
    assert thread.members(a) == {"errands.Errand": sorted([a.pk, c.pk, d.pk])}
    assert thread.members(d) == {"errands.Errand": sorted([a.pk, b.pk, c.pk, d.pk])}


def test_the_line_has_seven_stations_done_now_ahead_and_skipped(area, now, monkeypatch):
    first, last = (Errand.objects.create(title=t, area=area, state="asked") for t in "甲乙")
    thread.link(first, last)

    def describe(viewer, ids):
        if first.pk in ids:
            yield Mark(Station.MATTER, "甲", done=True, when=now)
        if last.pk in ids:
            yield Mark(Station.PROJECT, "乙", done=False, when=now)

    monkeypatch.setitem(thread._describers, "errands.Errand", describe)
    line = thread.of(last, Viewer.public())
    assert [s.label for s in line] == ["事项", "分流", "协商", "项目", "比选", "服务", "评价"]
    assert [s.status for s in line] == ["done", "skipped", "skipped", "now", "ahead", "ahead", "ahead"]
