"""Signing in and staying signed in: phone or name, lock-out, second factor, the end of a session; and the pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client, RequestFactory
from django.urls import reverse

from sanshe.accounts import actions
from sanshe.accounts.access import SETUP
from sanshe.accounts.models import User
from sanshe.accounts.words import Role
from sanshe.areas.models import Area
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.audit import Entry

SYSTEM = Viewer.system_account(SETUP)
PASSWORD = "kuaile-2026-shequ"
LOGIN = "/accounts/login/"


@pytest.fixture
def area():
    """One root area is enough here."""
    return Area.objects.create(
        code="LJ0000000000", name="新区", short_name="新区", level="district", lo=1, hi=2, valid_from=date(2020, 1, 1)
    )


def person(username, area=None, role=None, phone="", demo=False):
    """An account with a known password, and a post if a role is named."""
    now = clock.now()
    user, _ = actions.make_account(username=username, name=f"人{username}", phone=phone, demo=demo, by=SYSTEM, now=now)
    user.set_password(PASSWORD)
    user.must_change_password = False
    user.save()
    if role:
        actions.appoint(user_id=user.pk, role=role, area_id=area.pk, by=SYSTEM, now=now, valid_from=date(2020, 1, 1))
    return user


def sign_in(login, password=PASSWORD, client=None, address="10.0.0.1"):
    """Post the sign-in form; return the client and the answer."""
    client = client or Client()
    return client, client.post(LOGIN, {"login": login, "password": password}, REMOTE_ADDR=address)


def is_in(client):
    """Whether a page that asks for signing in is shown."""
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "spelling", ["13800000001", "138 0000 0001", "+86 138-0000-0001", "１３８0000０00１", "somebody"]
)
def test_phone_in_any_spelling_or_name(spelling):
    """All lead to the same account."""
    user = person("somebody", phone="13800000001")
    client, answer = sign_in(spelling)
    assert answer.status_code == 302 and int(client.session["_auth_user_id"]) == user.pk


@pytest.mark.parametrize(
    ("login", "password"),
    [("somebody", "wrong-one"), ("13800000009", PASSWORD), ("", ""), ("x" * 3000, "y" * 3000), ("a\x00b", "c\x00d")],
)
def test_wrong_ones_stay_out_with_a_chinese_sentence(login, password):
    """What was typed stays, no word of English appears."""
    person("somebody", phone="13800000001")
    client, answer = sign_in(login, password)
    assert answer.status_code in (200, 422) and not is_in(client)
    text = answer.content.decode()
    assert not [word for word in ("Please", "is required", "not correct", "Null characters") if word in text]


def test_five_failures_stop_an_account_and_no_other():
    """In whatever spelling, also with the right password then, for five minutes; the colleague beside comes in."""
    person("somebody", phone="13800000001")
    person("colleague")
    for spelling in ("13800000001", "138 0000 0001", "somebody", "SOMEBODY", "+8613800000001"):
        sign_in(spelling, "wrong-one")
    client, answer = sign_in("somebody")
    assert not is_in(client) and "5 分钟后再试" in answer.content.decode()
    assert is_in(sign_in("colleague")[0])


def test_fifty_desks_behind_one_address_come_in_at_half_past_eight():
    """Each mistypes once; nobody is shut out by the others."""
    for n in range(50):
        person(f"desk{n}")
    for n in range(50):
        assert not is_in(sign_in(f"desk{n}", "mistyped-it")[0])
        client, answer = sign_in(f"desk{n}")
        assert is_in(client), answer.content.decode()[:400]


def test_a_stopped_account_is_told_so():
    """And does not come in."""
    user = person("somebody")
    user.is_active = False
    user.save()
    client, answer = sign_in("somebody")
    page = client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
    assert not is_in(client) and "停用" in page.content.decode()


def test_sign_up_by_phone_makes_a_resident(area):
    """Name, phone, password; no post; a second one with the same number is sent to sign in."""
    data = {"name": "王 小明", "phone": "138 0000 0001", "password1": PASSWORD}
    client = Client()
    answer = client.post("/accounts/signup/", data)
    assert answer.status_code == 302, answer.content.decode()
    user = User.objects.get()
    assert (user.name, user.phone) == ("王 小明", "13800000001") and is_in(client)
    assert not Viewer.of(user).is_staff
    assert Entry.objects.filter(event="account_signed_up").count() == 1
    again = Client().post("/accounts/signup/", {**data, "phone": "+86 13800000001"})
    assert "已经注册过" in again.content.decode() and User.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"phone": "12345"}, {"phone": ""}, {"name": ""}, {"name": "甲" * 100}, {"password1": "12345678"}, {"name": "\0"}],
)
def test_sign_up_says_what_is_wrong(wrong, area):
    """At the field, in Chinese, and makes nothing."""
    data = {"name": "王小明", "phone": "13800000001", "password1": PASSWORD, **wrong}
    answer = Client().post("/accounts/signup/", data)
    assert answer.status_code in (200, 422) and not User.objects.exists()
    assert 'class="error' in answer.content.decode()


# -- the length of a session -------------------------------------------------------------------------------------------


def at_work(user):
    """A client with the user signed in."""
    client = Client()
    client.force_login(user)
    return client


def test_staff_sessions_end_after_thirty_idle_minutes(area):
    """29 minutes: still in. 31: out, and told why."""
    client = at_work(person("desk", area, Role.FRONT_DESK))
    page, start = reverse("accounts:mine"), clock.now()
    with clock.frozen(start):
        assert client.get(page).status_code == 200
    with clock.frozen(start + timedelta(minutes=29)):
        assert client.get(page).status_code == 200
    with clock.frozen(start + timedelta(minutes=29 + 31)):
        answer = client.get(page)
        assert answer.status_code == 302 and answer.headers["Location"].startswith(LOGIN) and not is_in(client)
        assert "30 分钟没有操作" in client.get(answer.headers["Location"]).content.decode()


def test_staff_sessions_end_after_twelve_hours_of_work(area):
    """However busy."""
    client = at_work(person("desk", area, Role.FRONT_DESK))
    page, start = reverse("accounts:mine"), clock.now()
    for minutes in range(0, 12 * 60 + 1, 25):
        with clock.frozen(start + timedelta(minutes=minutes)):
            assert client.get(page).status_code == 200, minutes
    with clock.frozen(start + timedelta(hours=12, minutes=1)):
        assert client.get(page).status_code == 302 and not is_in(client)


@pytest.mark.parametrize("role", [None, Role.EXPERT])
def test_residents_and_experts_keep_their_session(area, role):
    """The limits are those of staff."""
    client = at_work(person("somebody", area, role))
    page, start = reverse("accounts:mine"), clock.now()
    with clock.frozen(start):
        assert client.get(page).status_code == 200
    with clock.frozen(start + timedelta(days=2)):
        assert client.get(page).status_code == 200


# -- the second factor -------------------------------------------------------------------------------------------------


@pytest.mark.second_factor
def test_staff_must_set_up_a_second_factor_first(area):
    """Every page leads to its set-up until it stands; then the page opens."""
    user = person("desk", area, Role.FRONT_DESK)
    client = at_work(user)
    answer = client.get(reverse("accounts:mine"))
    assert answer.status_code == 302 and answer.headers["Location"] == reverse("mfa_activate_totp")
    request = RequestFactory().get("/")
    request.user = user
    totp.TOTP.activate(user, totp.generate_totp_secret())
    assert client.get(reverse("accounts:mine")).status_code == 200
    secret = Authenticator.objects.get(user=user).data["secret"]
    assert ":" in secret, "the secret is stored encrypted"
    assert client.post(reverse("mfa_deactivate_totp")).status_code != 302 or Authenticator.objects.exists()


@pytest.mark.second_factor
def test_signing_in_asks_for_the_code(area):
    """The password alone no longer suffices."""
    user = person("desk", area, Role.FRONT_DESK)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    client, answer = sign_in("desk")
    assert answer.headers["Location"].startswith(reverse("mfa_authenticate")) and not is_in(client)
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(client)


@pytest.mark.second_factor
@pytest.mark.parametrize(("demo_mode", "excepted"), [(True, True), (False, False)])
def test_demo_accounts_are_excepted_in_demo_mode_only(area, settings, demo_mode, excepted):
    """A demo account on a real installation gets no favour; the page of the demo says what it does without."""
    settings.SANSHE_DEMO = demo_mode
    client = at_work(person("desk", area, Role.FRONT_DESK, demo=True))
    answer = client.get(reverse("accounts:mine"))
    assert (answer.status_code == 200) is excepted
    if excepted:
        assert "演示账号" in answer.content.decode()


@pytest.mark.second_factor
def test_real_accounts_are_not_excepted_in_demo_mode(area, settings):
    """Only accounts marked as demo."""
    settings.SANSHE_DEMO = True
    assert at_work(person("desk", area, Role.FRONT_DESK)).get(reverse("accounts:mine")).status_code == 302


@pytest.mark.second_factor
def test_residents_need_no_second_factor(area):
    """They may set one up."""
    client = at_work(person("somebody"))
    assert client.get(reverse("accounts:mine")).status_code == 200
    assert client.get(reverse("mfa_index")).status_code == 200


def test_a_temporary_password_must_be_changed(area):
    """Everything leads there; afterwards the way is free."""
    _user, password = actions.make_account(username="fresh", name="新人", by=SYSTEM, now=clock.now())
    client, _ = sign_in("fresh", password)
    change = reverse("account_change_password")
    assert client.get(reverse("accounts:mine")).headers["Location"] == change
    answer = client.post(change, {"oldpassword": password, "password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 302
    assert client.get(reverse("accounts:mine")).status_code == 200


def test_other_devices_are_signed_out_and_this_one_stays():
    """By one button."""
    user = person("somebody")
    here, there = at_work(user), at_work(user)
    assert here.post(reverse("accounts:end_sessions")).status_code == 302
    assert here.get(reverse("accounts:mine")).status_code == 200
    assert there.get(reverse("accounts:mine")).status_code == 302


# -- pages of the administrators ---------------------------------------------------------------------------------------


@pytest.fixture
def staff(area):
    """The three administrators, a desk and a resident."""
    roles = {"sys": Role.SYSTEM_ADMIN, "sec": Role.SECURITY_ADMIN, "aud": Role.AUDITOR, "desk": Role.FRONT_DESK}
    out = {name: person(f"{name}-x", area, role) for name, role in roles.items()}
    out["resident"] = person("resident", phone="13800000001")
    return out


def test_who_sees_which_page(staff):
    """The table of person and page; what is not for someone does not exist for him."""
    target = staff["resident"].pk
    table = {
        "accounts:users": ("sys", "sec"),
        "accounts:new": ("sys",),
        "accounts:audit": ("aud",),
        "accounts:mine": ("sys", "sec", "aud", "desk", "resident"),
    }
    for name, seen in table.items():
        for who, user in staff.items():
            status = at_work(user).get(reverse(name)).status_code
            assert status == (200 if who in seen else 404), (name, who)
        assert Client().get(reverse(name)).status_code == 302
    for who, status in {"sys": 200, "sec": 200, "aud": 404, "desk": 200, "resident": 200}.items():
        assert at_work(staff[who]).get(reverse("accounts:user", args=[target])).status_code == status, who
    for who, status in {"sys": 403, "sec": 200, "aud": 404, "desk": 403}.items():
        assert at_work(staff[who]).get(reverse("accounts:appoint", args=[target])).status_code == status, who
    for who, status in {"sec": 403, "aud": 404, "resident": 404}.items():
        url = reverse("accounts:lock", args=[staff["desk"].pk])
        assert at_work(staff[who]).post(url, {"reason": "x"}).status_code == status, who


def test_a_new_account_shows_its_password_once(staff):
    """And a double click makes one account."""
    client = at_work(staff["sys"])
    data = {"name": "新同事", "username": "xin.tongshi", "form_key": "k" * 32}
    first, second = client.post(reverse("accounts:new"), data), client.post(reverse("accounts:new"), data)
    assert first.headers["Location"] == second.headers["Location"]
    page = client.get(first.headers["Location"]).content.decode()
    assert "只显示这一次" in page and "只显示这一次" not in client.get(first.headers["Location"]).content.decode()
    assert User.objects.filter(username="xin.tongshi").count() == 1
    wrong = client.post(reverse("accounts:new"), {"name": "", "username": "大写", "phone": "12"})
    assert wrong.status_code == 422 and "大写" in wrong.content.decode()


def test_posts_are_given_and_ended_on_the_page(staff, area):
    """A refusal is said at the field, with what was chosen still there."""
    client, target = at_work(staff["sec"]), staff["resident"]
    url = reverse("accounts:appoint", args=[target.pk])
    wrong = client.post(url, {"role": Role.FRONT_DESK})
    assert wrong.status_code == 422 and "请选择区域" in wrong.content.decode()
    admin = client.post(reverse("accounts:appoint", args=[staff["desk"].pk]), {"role": Role.AUDITOR, "area": area.pk})
    assert admin.status_code == 422 and "三员分立" in admin.content.decode()
    assert client.post(url, {"role": Role.FRONT_DESK, "area": area.pk}).status_code == 302
    post = target.posts.get()
    assert client.post(reverse("accounts:end_post", args=[post.pk])).status_code == 302
    assert not Viewer.of(User.objects.get(pk=target.pk)).is_staff


def test_the_auditor_reads_by_person_and_verifies(staff):
    """The filter narrows, the chain is read again, hostile input breaks nothing."""
    client = at_work(staff["aud"])
    url = reverse("accounts:audit")
    everything = client.get(url)
    assert "开设了账号" in everything.content.decode()
    assert client.get(url, {"who": "没有这个人"}).status_code == 200
    assert client.get(url, {"kind": "accounts.User", "number": staff["desk"].pk}).content.decode().count("<tr>") >= 2
    for bad in ({"number": "x"}, {"since": "昨天"}, {"number": "9" * 40}, {"who": "\x00"}, {"after": "-1'"}):
        assert client.get(url, bad).status_code in (200, 422), bad
    assert client.post(reverse("accounts:audit_verify")).status_code == 302
    assert "核对过审计链" in client.get(url).content.decode()


def test_pages_do_not_grow_with_rows(staff, django_assert_max_num_queries, area):
    """The list of accounts asks the same number of questions for 5 and for 30."""
    client = at_work(staff["sys"])
    client.get(reverse("accounts:users"))
    for n in range(25):
        person(f"more{n}", area, Role.FRONT_DESK)
    with django_assert_max_num_queries(14):
        client.get(reverse("accounts:users"))
