"""Home pages, to-do list, notices, the large-type switch and the demo's sign-in, as the people who open them."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from sanshe.accounts import actions
from sanshe.accounts.access import SETUP
from sanshe.accounts.words import Role
from sanshe.areas.models import Area
from sanshe.kernel import notices
from sanshe.kernel.access import Viewer

SYSTEM = Viewer.system_account(SETUP)


@pytest.fixture
def desk(now):
    """A front-desk worker of a small community."""
    area = Area.objects.create(
        code="500000001001", name="甲一社区", short_name="甲一", level="community", lo=1, hi=2,
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    user, _ = actions.make_account(username="desk-x", name="李青山", phone="13800000001", demo=True, by=SYSTEM, now=now)
    actions.appoint(user_id=user.pk, role=Role.FRONT_DESK, area_id=area.pk, body_id=None, by=SYSTEM, now=now,
                    valid_from=date(2020, 1, 1))  # fmt: skip
    user.must_change_password = False
    user.save()
    return user


@pytest.fixture
def resident(now):
    user, _ = actions.make_account(username="someone-x", name="杨小满", phone="13800000002", by=SYSTEM, now=now)
    user.must_change_password = False
    user.save()
    return user


def signed_in(user, settings) -> Client:
    settings.SANSHE_DEMO = True  # no second factor is asked of the demo's accounts
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_home_is_open_and_says_what_can_be_done(client):
    page = client.get("/")
    assert page.status_code == 200
    assert reverse("matters:new") in page.text and reverse("matters:board") in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/mine/", "/workbench/", "/notices/", "/gallery/", "/gallery/cockpit/"])
def test_pages_of_persons_ask_to_sign_in(client, path):
    page = client.get(path)
    assert page.status_code == 302 and page.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("path", "status"), [("/mine/", 200), ("/notices/", 200), ("/workbench/", 404),
                                              ("/gallery/", 404), ("/", 200)])  # fmt: skip
def test_a_resident_has_no_workbench(resident, settings, path, status):
    assert signed_in(resident, settings).get(path).status_code == status


def test_the_workbench_of_someone_without_work_teaches(desk, settings):
    page = signed_in(desk, settings).get("/workbench/")
    assert page.status_code == 200
    assert "目前没有等着您办的事" in page.text and "这里会列出" in page.text
    assert "账号与审计" not in page.text


def test_every_component_renders_for_staff(desk, settings):
    client = signed_in(desk, settings)
    assert client.get("/gallery/").text.count('class="st st-') == 7
    assert client.get("/gallery/cockpit/").status_code == 200


def test_a_notice_is_its_receivers_alone_and_is_read_by_opening_it(desk, resident, settings, now):
    notices.notify([desk], "有一件事项待您分流", "/workbench/", now)
    notice = notices.Notice.objects.get()
    other = signed_in(resident, settings)
    assert other.get(reverse("web:notice", args=[notice.pk])).status_code == 404
    mine = signed_in(desk, settings)
    assert "有一件事项待您分流" in mine.get("/notices/").text
    opened = mine.get(reverse("web:notice", args=[notice.pk]))
    assert opened.headers["Location"] == "/workbench/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_notice_never_leads_off_the_site(desk, settings, now):
    notices.notify([desk], "外来", "https://example.com/", now)
    page = signed_in(desk, settings).get(reverse("web:notice", args=[notices.Notice.objects.get().pk]))
    assert page.headers["Location"] == "/notices/"


def test_all_notices_at_once(desk, settings, now):
    for n in range(3):
        notices.notify([desk], f"第 {n} 条", "/", now)
    mine = signed_in(desk, settings)
    assert mine.post(reverse("web:notices_read")).status_code == 302
    assert notices.unread_count(Viewer.of(desk)) == 0


def test_large_type_is_a_cookie_and_comes_back(client):
    page = client.get("/elder/?on=1&next=/matters/board")
    assert page.headers["Location"] == "/matters/board" and page.cookies["elder"].value == "1"
    assert 'class="elder"' in client.get("/").text
    assert client.get("/elder/?on=0&next=//example.com/").headers["Location"] == "/"


def test_demo_accounts_are_one_click_in_the_demo_only(desk, resident, settings):
    settings.SANSHE_DEMO = False
    assert Client().post("/start/demo/", {"username": "desk-x"}).status_code == 404
    assert "李青山" not in Client().get("/accounts/login/").text
    settings.SANSHE_DEMO = True
    assert "李青山" in Client().get("/accounts/login/").text
    assert Client().post("/start/demo/", {"username": "someone-x"}).status_code == 404  # not of the demo
    into = Client()
    assert into.post("/start/demo/", {"username": "desk-x"}).headers["Location"] == "/start/"
    assert into.get("/start/").headers["Location"] == "/workbench/"


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_sign_in_pages_wear_our_look(client, path):
    page = client.get(path)
    assert page.status_code == 200
    assert 'class="top"' in page.text and "style=" not in page.text


@pytest.mark.parametrize("path", ["/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
                                  "/accounts/reauthenticate/", "/accounts/logout/"])  # fmt: skip
def test_pages_of_ones_own_account_wear_our_look(desk, settings, path):
    page = signed_in(desk, settings).get(path, follow=True)
    assert page.status_code == 200 and 'class="top"' in page.text


def test_an_unknown_address_says_what_to_do(client):
    page = client.get("/nowhere/")
    assert page.status_code == 404 and "没有找到" in page.text and "回到首页" in page.text


def test_the_home_page_asks_a_fixed_number_of_queries(client, django_assert_max_num_queries):
    client.get("/")
    with django_assert_max_num_queries(12):
        client.get("/")
