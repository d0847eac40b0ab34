"""The person index: one person, one record; encrypted, found, masked; every reading told to the person."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from sanshe.accounts import actions as accounts
from sanshe.accounts.access import SETUP as ACCOUNT_SETUP
from sanshe.accounts.models import User
from sanshe.accounts.words import Role
from sanshe.areas.models import Area
from sanshe.kernel.access import Viewer
from sanshe.kernel.audit import Entry
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible
from sanshe.people import actions
from sanshe.people.identity import citizen_facts, clean_paper, house_key
from sanshe.people.invented import invented_citizen_number
from sanshe.people.models import Person, ReadLog
from sanshe.people.public import find_person
from sanshe.people.queries import find_by_house, find_people, person_card, reads_of_mine
from sanshe.people.words import Sex

BORN = date(1950, 3, 8)
HER, HIS = invented_citizen_number(BORN, Sex.FEMALE), invented_citizen_number(BORN, Sex.MALE)


@pytest.fixture
def tree():
    """A district, two streets with a community each."""

    def grow(code, name, level, parent, lo, hi):
        return Area.objects.create(
            code=code, name=name, short_name=name, level=level, parent=parent, lo=lo, hi=hi,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip

    root = grow("LJ0000000000", "新区", "district", None, 1, 6)
    a, b = grow("500000001000", "甲街道", "street", root, 2, 4), grow("500000002000", "乙街道", "street", root, 4, 6)
    return {
        "root": root,
        "甲": grow("500000001001", "甲社区", "community", a, 3, 4),
        "乙": grow("500000002001", "乙社区", "community", b, 5, 6),
    }


@pytest.fixture
def users(tree, now):
    """A desk in each community, a lead, an officer of the district, an administrator, a resident."""
    posts = {
        "desk": (Role.FRONT_DESK, "甲"), "other_desk": (Role.FRONT_DESK, "乙"), "lead": (Role.COMMUNITY_LEAD, "甲"),
        "district": (Role.DISTRICT_OFFICER, "root"), "admin": (Role.SYSTEM_ADMIN, "root"), "resident": None,
    }  # fmt: skip
    by, out = Viewer.system_account(ACCOUNT_SETUP), {}
    for n, (key, post) in enumerate(posts.items()):
        user, _ = accounts.make_account(
            username=key.replace("_", "-"), name=f"{key}员", phone=f"1390000000{n}", by=by, now=now
        )
        User.objects.update(must_change_password=False)
        if post:
            accounts.appoint(
                user_id=user.pk, role=post[0], area_id=tree[post[1]].pk, by=by, now=now, valid_from=date(2020, 1, 1)
            )
        out[key] = User.objects.get(pk=user.pk)
    return out


def v(user):
    """The viewer of a user."""
    return Viewer.of(User.objects.get(pk=user.pk))


@pytest.fixture
def her(users, tree, now):
    """An invented woman of the first community."""
    return actions.make_person(
        name="周婉容", citizen_number=HER, phone="138 0000 0001", address="听澜半岛 3 栋 2 单元 501 室",
        area=tree["甲"],
        by=v(users["desk"]), now=now,
    )  # fmt: skip


def test_what_a_citizen_number_says():
    """Birth date, sex, mask: worked out from the digits by hand."""
    facts = citizen_facts(HER.lower())
    assert (facts.born_on, facts.sex) == (BORN, Sex.FEMALE) and citizen_facts(HIS).sex == Sex.MALE
    assert HER[:17] == "50011219500308000" and HIS[:17] == "50011219500308999"
    assert facts.masked == f"500112********{HER[-4:]}"


@pytest.mark.parametrize(
    "wrong", ["", "123", HER[:17] + ("0" if HER[17] != "0" else "1"), "50011219500230000X", "甲" * 18]
)
def test_wrong_numbers_get_a_chinese_sentence(wrong):
    """Length, date, check digit, characters."""
    with pytest.raises(Invalid, match="公民身份号码"):
        citizen_facts(wrong)


@pytest.mark.parametrize(
    ("kind", "number", "good"),
    [("hk_mo_tw", "810000199408230021", True), ("hk_mo_tw", "810000199408230022", False), ("hk_mo_tw", HER, False),
     ("foreign", "ABC123456789012", True), ("foreign", "AB123", False), ("passport", "E1234 5678", True),
     ("passport", "护照", False), ("other", "军字1234", True), ("nonsense", "1234", False), ("other", "", False)],
)  # fmt: skip
def test_other_papers(kind, number, good):
    """For those who have no citizen number. 810000199408230021 is the published specimen of the residence permit."""
    if good:
        assert clean_paper(kind, number)[1] != number
    else:
        with pytest.raises(Invalid):
            clean_paper(kind, number)


@pytest.mark.parametrize(
    ("address", "key"),
    [("听澜半岛 3 栋 2 单元 501 室", "3栋2单元501室"), ("听澜半岛3栋2单元501", "3栋2单元501室"),
     ("听澜半岛3-2-501", "3栋2单元501室"),
     ("某路12号Ａ座1203室", "A栋1203室"), ("某路 12 号", ""), ("", ""), ("某某小区３号楼８０１", "3栋801室")],
)  # fmt: skip
def test_houses_in_one_spelling(address, key):
    """Building, unit and room; the rest is left out."""
    assert house_key(address) == key


def test_nothing_of_it_is_readable_in_the_table(her):
    """Raw SQL shows no number, phone, address or room; the masks show what they may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_person")
        raw = repr(cursor.fetchall())
    for clear in (HER, HER[6:14], "13800000001", "听澜半岛", "501"):
        assert clear not in raw.replace(HER[-4:], "").replace("datetime.date(1950, 3, 8)", ""), clear
    assert her.citizen_masked in raw and "138****0001" in raw


def test_found_by_the_whole_number_in_any_spelling(her, users):
    """By number, phone, name and house; not by parts, and not by those who serve at no window."""
    desk = v(users["desk"])
    for typed in (HER, HER.lower(), f"{HER[:6]} {HER[6:14]} {HER[14:]}", "+86 138-0000-0001"):
        assert find_people(desk, typed) == [her], typed
    for typed in (HER[:10], "1380000", "周婉容", "%", "\x00", ""):
        assert find_people(desk, typed) == [], typed
    assert find_by_house(desk, "周婉容", "3-2-501", users["desk"].posts.get().area) == [her]
    assert find_person(citizen_number=HER) == her and find_person(phone="13800000001", name="周婉容") == her
    assert find_person(phone="13800000001", name="别人") is None
    for who in ("district", "admin", "resident"):
        with pytest.raises(NotVisible):
            find_people(v(users[who]), HER)


def test_a_second_entry_is_stopped_and_shows_no_more_than_one_may_see(her, users, tree, now):
    """The own desk sees the name, the desk of another street a masked one; by number always, by name and phone unless
    a lead says why."""
    with pytest.raises(actions.Duplicate) as here:
        actions.make_person(name="周婉容", citizen_number=HER, by=v(users["desk"]), now=now)
    assert here.value.card.name == "周婉容" and here.value.card.url
    with pytest.raises(actions.Duplicate) as there:
        actions.make_person(name="周婉容", citizen_number=HER.lower(), by=v(users["other_desk"]), now=now)
    assert there.value.card.name == "周**" and not there.value.card.url and HER not in str(there.value)
    again = {"name": "周婉容", "phone": "13800000001", "area": tree["甲"], "now": now}
    for who in ("desk", "lead"):
        with pytest.raises(actions.Duplicate):
            actions.make_person(**again, by=v(users[who]))
    with pytest.raises(actions.Duplicate):
        actions.make_person(**again, by=v(users["desk"]), override_reason="同名同住的婆媳")
    other = actions.make_person(**again, by=v(users["lead"]), override_reason="同名同住的婆媳")
    assert other.pk != her.pk and Entry.objects.filter(event="person_overridden").count() == 1


def test_find_or_make_fills_in_and_never_overwrites(her, users, tree, now):
    """The same person, whichever way the desk knows her; family members of one phone stay apart."""
    by = v(users["desk"])
    same, fresh = actions.find_or_make(name="周婉容", citizen_number=HER, phone="13800000002", by=by, now=now)
    assert same == her and not fresh and Person.objects.get(pk=her.pk).phone == "13800000001"
    son, fresh = actions.find_or_make(name="周小满", phone="13800000001", by=by, now=now, area=tree["甲"])
    assert fresh and son != her
    filled, fresh = actions.find_or_make(name="周小满", phone="13800000001", citizen_number=HIS, by=by, now=now)
    assert filled == son and not fresh and Person.objects.get(pk=son.pk).born_on == BORN
    with pytest.raises(Invalid, match="不一致"):
        actions.find_or_make(name="别的人", citizen_number=HER, by=by, now=now)
    with pytest.raises(NotAllowed):
        actions.find_or_make(name="甲", phone="13800000009", by=v(users["resident"]), now=now)
    with pytest.raises(Invalid) as wrong:
        actions.find_or_make(name="甲", phone="12", citizen_number="1", by=by, now=now)
    assert set(wrong.value.errors) == {"phone", "citizen_number"}


def test_a_person_of_another_street_does_not_exist(her, users):
    """404, in the action and on every page."""
    for who in ("other_desk", "district", "admin", "resident"):
        with pytest.raises(NotVisible):
            actions.unmask(person_id=her.pk, reason="随便看看吧", by=v(users[who]), now=her.created_at)
        client = Client()
        client.force_login(users[who])
        assert client.get(reverse("people:person", args=[her.pk])).status_code == 404
        for verb in ("unmask", "link"):
            answer = client.post(reverse(f"people:{verb}", args=[her.pk]), {"reason": "随便看看吧", "account": "desk"})
            assert answer.status_code == 404, (who, verb)
        assert client.get(reverse("people:change", args=[her.pk])).status_code == 404
    assert not ReadLog.objects.exists()


def test_unmasking_needs_a_reason_and_the_person_reads_it(her, users, now):
    """Who, when, why; the number itself is in no log."""
    desk = v(users["desk"])
    for poor in ("", "  ", "看看"):
        with pytest.raises(Invalid, match="事由"):
            actions.unmask(person_id=her.pk, reason=poor, by=desk, now=now)
    with pytest.raises(NotAllowed):
        actions.unmask(person_id=her.pk, reason="核对低保材料", by=v(users["lead"]), now=now)
    assert actions.unmask(person_id=her.pk, reason="核对低保材料", by=desk, now=now)["citizen_number"] == HER
    actions.link_account(person_id=her.pk, user=users["resident"], by=desk, now=now)
    row = reads_of_mine(v(users["resident"])).get()
    assert "desk员" in row.reader_label and "社区综合窗口" in row.reader_label and row.reason == "核对低保材料"
    assert not reads_of_mine(v(users["lead"])).exists()
    told = [e.told() for e in Entry.objects.select_related("personal_side")]
    assert any("核对低保材料" in t for t in told) and not [t for t in told if HER in t or "13800000001" in t]


def test_accounts_are_joined_once_and_never_to_oneself(her, users, tree, now):
    """The desk can not join a file to its own account."""
    desk = v(users["desk"])
    with pytest.raises(Invalid, match="自己的账号"):
        actions.link_account(person_id=her.pk, user=users["desk"], by=desk, now=now)
    actions.link_account(person_id=her.pk, user=users["resident"], by=desk, now=now)
    with pytest.raises(Invalid):
        actions.link_account(person_id=her.pk, user=users["lead"], by=desk, now=now)
    other = actions.make_person(name="另一人", phone="13800000005", area=tree["甲"], by=desk, now=now)
    with pytest.raises(Invalid):
        actions.link_account(person_id=other.pk, user=users["resident"], by=desk, now=now)


def test_the_desks_day_on_its_pages(her, users, now):
    """Find, open, unmask, change, join; wrong input comes back with its sentence and what was typed."""
    client = Client()
    client.force_login(users["desk"])
    find, file = reverse("people:find"), reverse("people:person", args=[her.pk])
    assert client.get(find).status_code == 200
    page = client.post(find, {"number": HER}).content.decode()
    assert "周婉容" in page and her.citizen_masked in page and HER not in page.replace(f'value="{HER}"', "")
    assert "没有找到" in client.post(find, {"number": "13800000009"}).content.decode()
    assert client.post(find, {"number": ""}).status_code == 422
    page = client.get(file).content.decode()
    assert HER not in page and "13800000001" not in page and "听澜半岛 ****" in page and "501" not in page
    assert client.post(reverse("people:unmask", args=[her.pk]), {"reason": ""}).status_code == 422
    assert HER in client.post(reverse("people:unmask", args=[her.pk]), {"reason": "核对低保材料"}).content.decode()
    change = reverse("people:change", args=[her.pk])
    assert client.post(change, {"name": "", "phone": "1"}).status_code == 422
    assert client.post(change, {"name": "周婉蓉", "phone": "13800000007"}).status_code == 302
    assert client.post(reverse("people:link", args=[her.pk]), {"account": "13900000005"}).status_code == 302
    resident = Client()
    resident.force_login(users["resident"])
    mine = resident.get(reverse("people:reads")).content.decode()
    assert "核对低保材料" in mine and "desk员" in mine
    assert resident.get(file).status_code == 200 and resident.get(find).status_code == 404
    known = client.post(reverse("people:new"), {"name": "周婉蓉", "citizen_number": HER, "form_key": "k" * 32})
    assert known.status_code == 422 and "已有档案" in known.content.decode()
    made = client.post(
        reverse("people:new"), {"name": "新来的", "citizen_number": HIS, "area": users["desk"].posts.get().area_id}
    )
    assert made.status_code == 302 and Person.objects.filter(name="新来的").count() == 1


def test_cards_show_no_more_than_one_may_see(her, users):
    """The same file, two viewers."""
    assert person_card(v(users["desk"]), her).line.startswith("周婉容")
    assert person_card(v(users["district"]), her).name == "周**"
