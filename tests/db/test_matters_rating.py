"""Rating, its named rates, the call-back to its end, who follows a matter: what a resident and a street rely on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState
from sanshe.kernel.notices import Notice
from sanshe.matters import actions
from sanshe.matters.access import Bearer
from sanshe.matters.figures.counting import DIMENSIONS, Asking, behind, counted, last_months
from sanshe.matters.figures.open import _hidden, satisfaction
from sanshe.matters.figures.said import inquiries, ratings, window
from sanshe.matters.mine import supports_of, waiting_for_me
from sanshe.matters.models import CallBack, Inquiry, Matter, Rating, Support
from tests.matters_cast import assigned, done, handled, make_cast, report


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def moment(now, settings):
    settings.SANSHE_DEMO = True
    with clock.frozen(now):
        yield now


def as_(cast, name: str) -> Client:
    client = Client()
    if name != "public":
        client.force_login(cast.users[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def rated(cast, now, grade: int, **more) -> Matter:
    matter = done(cast, now, who="public")
    holder = Bearer(cast.public, matter.pk)
    return actions.rate(matter_id=matter.pk, grade=grade, by=holder, now=now, **more)


# -- the link that asks for a rating -----------------------------------------------------------------------------------


def test_a_mail_scanner_uses_nothing_up_and_an_invited_rating_is_told_apart(cast, moment):
    matter = done(cast, moment)
    told = Notice.objects.filter(user=cast.users["resident"]).latest("pk")
    assert told.url == f"/matters/t/{matter.token}/?ask=1"
    scanner = Client()
    page = scanner.get(told.url)
    link = f"/matters/t/{matter.token}/do/rate/?ask=1"
    assert link in page.content.decode()
    for way in (scanner.get, scanner.head, scanner.options):
        way(link, headers={"sec-purpose": "prefetch", "purpose": "prefetch"})
        way(told.url, headers={"sec-purpose": "prefetch"})
    assert not Rating.objects.exists()
    form = scanner.get(link).content.decode()
    assert 'name="invited" value="1"' in form
    assert 'name="invited"' not in scanner.get(link.split("?")[0]).content.decode()
    answer = scanner.post(link, {"grade": "5", "invited": "1"})
    assert answer.status_code == 302
    assert Rating.objects.get().invited is True
    again = scanner.post(link, {"grade": "1", "invited": "1"})
    assert again.status_code == 422 and "已经评价过" in again.content.decode()
    assert Rating.objects.get().grade == 5, "once a handling"


def test_who_comes_by_the_receipt_rates_of_his_own_accord(cast, moment):
    matter = done(cast, moment, who="public")
    Client().post(f"/matters/t/{matter.token}/do/rate/", {"grade": "4"})
    assert Rating.objects.get().invited is False


# -- the loop of a poor rating, to its end -----------------------------------------------------------------------------


def test_after_the_putting_right_the_resident_is_asked_once_without_an_account(cast, moment):
    matter = rated(cast, moment, 1, comment="等了三天没人来")
    callback = CallBack.objects.get()
    with pytest.raises(WrongState):
        actions.say_satisfied(callback_id=callback.pk, satisfied=True, by=Bearer(cast.public, matter.pk), now=moment)
    actions.list_callback(
        callback_id=callback.pk, found="确实拖了三天", plan="当天换好", until=moment.date() + timedelta(days=2),
        by=cast.handler, now=moment,
    )  # fmt: skip
    actions.complete_callback(callback_id=callback.pk, answer="灯已换好，向您致歉。", by=cast.handler, now=moment)
    browser = Client()
    address = f"/matters/t/{matter.token}/satisfied/{callback.pk}/"
    assert address in browser.get(f"/matters/t/{matter.token}/").content.decode()
    browser.get(address)
    browser.head(address)
    callback.refresh_from_db()
    assert callback.satisfied is None, "looking is not answering"
    assert browser.post(address, {}).status_code == 422
    assert browser.post(address, {"satisfied": "0", "said": "又坏了"}).status_code == 302
    callback.refresh_from_db()
    assert callback.satisfied is False and callback.state == "closed"
    assert Notice.objects.filter(user=cast.users["street"], text__contains="不满意").exists()
    assert browser.post(address, {"satisfied": "1"}).status_code == 422, "asked once"
    callback.refresh_from_db()
    assert callback.satisfied is False
    other = done(cast, moment, who="public")
    assert Client().get(f"/matters/t/{other.token}/satisfied/{callback.pk}/").status_code in (403, 404)


def test_explained_is_not_put_right_so_nobody_is_asked(cast, moment):
    matter = rated(cast, moment, 2)
    callback = CallBack.objects.get()
    actions.explain_callback(
        callback_id=callback.pk, found="已联系", answer="按规定不能装", by=cast.handler, now=moment
    )
    with pytest.raises(Invalid):
        actions.say_satisfied(callback_id=callback.pk, satisfied=True, by=Bearer(cast.public, matter.pk), now=moment)


# -- the rates, worked out by hand -------------------------------------------------------------------------------------


def test_the_named_rates_are_what_one_counts_by_hand_and_each_has_its_rows(cast, moment):
    rated(cast, moment, 5)  # good, own accord
    rated(cast, moment, 3, invited=True)  # good, asked
    rated(cast, moment, 2)  # poor: put right, satisfied
    rated(cast, moment, 1)  # poor: still open
    rated(cast, moment, 1)  # found mistaken: counts as not rated
    done(cast, moment)  # not rated
    fixed, _still, mistaken = CallBack.objects.order_by("pk")
    actions.fix_callback(callback_id=fixed.pk, found="已联系", answer="已改", by=cast.handler, now=moment)
    actions.say_satisfied(callback_id=fixed.pk, satisfied=True, by=Bearer(cast.public, fixed.matter_id), now=moment)
    actions.appeal_callback(callback_id=mistaken.pk, appeal="评的是别件", by=cast.handler, now=moment)
    actions.uphold_appeal(callback_id=mistaken.pk, review="核实属实", by=cast.street, now=moment)
    months = last_months(moment.date())
    expected = {
        "good": (2, 4), "own": (1, 3), "unrated": (2, 6), "answered": (1, 2), "righted": (1, 1), "satisfied": (1, 1),
        "named": (1, 2),
    }  # fmt: skip
    for viewer, by in ((cast.street, "area"), (cast.street, "unit"), (cast.desk, "month"), (cast.district, "street"),
                       (cast.handler, "criterion")):  # fmt: skip
        asking = Asking("ratings", viewer, months, None, DIMENSIONS[by])
        lines = counted(asking, ratings(moment))
        assert len(lines) == 2, (by, lines)
        for line in lines:
            found = {c.figure.name: (c.tally.numerator, c.tally.denominator) for c in line.cells}
            assert found == expected, (by, line.label)
            for cell in line.cells:
                assert behind(asking, cell.figure, line.key, "good").count() == cell.tally.numerator
                assert behind(asking, cell.figure, line.key, "all").count() == cell.tally.denominator
    far = counted(Asking("ratings", cast.street_far, months, None, DIMENSIONS["area"]), ratings(moment))
    assert len(far) == 1 and all(c.tally.share is None for c in far[0].cells), "nothing is no zero"


def test_what_was_heard_on_the_phone_never_enters_the_rate_of_good_ratings(cast, moment):
    matter = done(cast, moment)
    for who in ("handler", "desk_far", "resident", "public"):
        with pytest.raises(Exception) as refused:
            actions.inquire(matter_id=matter.pk, reached=True, grade=5, by=cast.viewer(who), now=moment)
        assert refused.type.__name__ in ("NotAllowed", "NotVisible"), who
    with pytest.raises(Invalid):
        actions.inquire(matter_id=matter.pk, reached=True, by=cast.desk, now=moment)
    actions.inquire(matter_id=matter.pk, reached=False, by=cast.desk, now=moment)
    actions.inquire(matter_id=matter.pk, reached=True, grade=5, solved=True, said="修好了", by=cast.desk, now=moment)
    with pytest.raises(Invalid):
        actions.inquire(matter_id=matter.pk, reached=True, grade=5, by=cast.lead, now=moment)
    assert not Rating.objects.exists() and Inquiry.objects.count() == 2
    asking = Asking("ratings", cast.street, last_months(moment.date()), None, DIMENSIONS["month"])
    good, _, unrated = counted(asking, ratings(moment))[0].cells[:3]
    assert good.tally.share is None and (unrated.tally.numerator, unrated.tally.denominator) == (1, 1)
    heard = {
        c.figure.name: (c.tally.numerator, c.tally.denominator) for c in counted(asking, inquiries(moment))[0].cells
    }
    assert heard == {"reached": (1, 2), "solved": (1, 1), "spoken": (1, 1)}


def test_the_public_sees_areas_where_enough_rated_and_nothing_that_can_be_worked_out(cast, moment, monkeypatch):
    from sanshe.matters.figures import open as shown

    monkeypatch.setattr(shown, "home_area", lambda: cast.areas["district"])
    for _ in range(5):
        rated(cast, moment, 5)
    whole, places, _ = satisfaction(None, moment)
    assert whole.good is not None and whole.good.denominator == 5
    found = {p.area.short_name: p.good for p in places}
    assert found["甲街道"] is not None and found["乙街道"] is None
    assert _hidden({1: 9, 2: 3, 3: 7}, 5) == {2, 3}, "one alone would follow from the whole"
    assert _hidden({1: 9, 2: 3, 3: 2, 4: 8}, 5) == {2, 3}
    assert _hidden({1: 9, 2: 0, 3: 7}, 5) == {2}, "nobody rated: there is nothing to find out"


def test_the_numbers_of_the_window(cast, moment):
    done(cast, moment)
    before = moment - timedelta(days=20)
    assigned(cast, before, matter=report(cast, before, who="desk", channel="phone"))
    report(cast, moment)
    asking = Asking("window", cast.lead, last_months(moment.date()), None, DIMENSIONS["desk"])
    whole, desk = counted(asking, window(moment))
    found = {c.figure.name: (c.tally.numerator, c.tally.denominator) for c in whole.cells}
    assert found["taken"][0] == 3 and found["in_time"] == (1, 1) and found["overdue"] == (1, 3)
    assert found["rated"] == (0, 1) and found["merged"] == (0, 3)
    assert desk.label == cast.users["desk"].name and desk.cells[0].tally.numerator == 1


def test_pages_of_figures_and_who_may_see_them(cast, moment):
    rated(cast, moment, 5)
    for name, status in (("public", 302), ("resident", 404), ("auditor", 404), ("desk", 200), ("handler", 200),
                         ("street", 200), ("district", 200)):  # fmt: skip
        browser = as_(cast, name)
        for address in ("/matters/ratings/", "/matters/figures/", "/matters/figures/ratings/rows/?figure=good&part=all",
                        "/matters/figures/window/rows/?figure=taken"):  # fmt: skip
            assert browser.get(address).status_code == status, (name, address)
    browser = as_(cast, "street")
    page = browser.get("/matters/ratings/?by=unit").content.decode()
    assert "甲街道平安办" in page and "100%" in page.replace("100.0%", "100%") and "未评的不算好评" in page
    sheet = browser.get("/matters/ratings/?by=unit&as=xlsx")
    assert sheet["Content-Type"].endswith("sheet") and sheet.content[:2] == b"PK"
    for wrong in ("figure=x", "figure=good&key=x&by=zz", "figure=good&from=2026-13&to=x"):
        assert browser.get(f"/matters/figures/ratings/rows/?{wrong}").status_code in (200, 404)


# -- reopening ---------------------------------------------------------------------------------------------------------


def test_a_second_reopening_is_told_to_the_street(cast, moment):
    matter = done(cast, moment)
    street = Notice.objects.filter(user=cast.users["street"], text__contains="重新打开")
    actions.reopen(matter_id=matter.pk, reason="晚上又不亮了", by=cast.resident, now=moment)
    assert not street.exists()
    actions.finish(matter_id=matter.pk, result="又换了一次。", by=cast.handler, now=moment)
    actions.reopen(matter_id=matter.pk, reason="还是不亮", by=cast.resident, now=moment)
    assert "第 2 次重新打开" in street.get().text


# -- me too ------------------------------------------------------------------------------------------------------------


def test_me_too_counts_each_neighbour_once_tells_them_the_end_and_shows_nobody(cast, moment):
    matter = handled(cast, moment)
    with pytest.raises(NotAllowed):
        actions.support(matter_id=matter.pk, by=cast.public, now=moment)
    with pytest.raises(Invalid):
        actions.support(matter_id=matter.pk, by=cast.resident, now=moment)
    browser = as_(cast, "neighbour")
    address = f"/matters/p/{matter.number}/"
    assert "我也遇到了" in browser.get(address).content.decode()
    for _ in range(2):
        assert browser.post(f"{address}too/add/").status_code == 302
    assert supports_of([matter.pk]) == {matter.pk: 1} and Support.objects.count() == 1
    for reader in ("public", "resident", "desk"):
        page = as_(cast, reader).get(address).content.decode()
        assert "1 位邻居也遇到了" in page and cast.users["neighbour"].name not in page
    assert "1 位邻居也遇到了" in Client().get("/matters/").content.decode()
    history = as_(cast, "desk").get(f"/matters/{matter.pk}/").content.decode()
    assert cast.users["neighbour"].name not in history
    assert address in browser.get("/matters/mine/").content.decode()
    actions.finish(matter_id=matter.pk, result="灯已换好，今晚亮。", by=cast.handler, now=moment)
    told = Notice.objects.get(user=cast.users["neighbour"])
    assert "已办结" in told.text and told.url == address and "路灯不亮，晚上看不清路" not in told.text
    assert browser.post(f"{address}too/back/").status_code == 302
    assert supports_of([matter.pk]) == {}
    assert Client().post(f"{address}too/add/").status_code == 302, "led to the sign-in page"
    assert Support.objects.count() == 1


# -- what the public reads ---------------------------------------------------------------------------------------------


def test_anothers_number_in_a_released_text_is_masked(cast, moment):
    matter = assigned(
        cast, moment, public_title="找 13912345678 王师傅修灯", public_text="可联系 023-67890123 或 139 1234 5678。"
    )
    page = Client().get(f"/matters/p/{matter.number}/").content.decode()
    board = Client().get("/matters/?text=王师傅").content.decode()
    for number in ("13912345678", "67890123", "1234 5678"):
        assert number not in page and number not in board
    assert "139****5678" in page and "139****5678" in board
    assert "看不清路" not in Client().get("/matters/?text=看不清路").content.decode().split("</form>")[1]


# -- my matters --------------------------------------------------------------------------------------------------------


def test_what_waits_for_me_in_order_of_use(cast, moment):
    done(cast, moment)
    asked = handled(cast, moment)
    actions.ask_resident(matter_id=asked.pk, question="是几号灯杆？", by=cast.handler, now=moment)
    poor = done(cast, moment)
    actions.rate(matter_id=poor.pk, grade=1, by=cast.resident, now=moment)
    actions.fix_callback(
        callback_id=CallBack.objects.get().pk, found="已联系", answer="已改", by=cast.handler, now=moment
    )
    found = [w.label for w in waiting_for_me(cast.resident, moment)]
    assert found == ["补充情况", "说说整改是否满意", "评价这次办理"]
    browser = as_(cast, "resident")
    page = browser.get("/matters/mine/").content.decode()
    assert all(label in page for label in found) and "3 件事" in page
    for waiting in waiting_for_me(cast.resident, moment):
        assert browser.get(waiting.url).status_code == 200
    assert waiting_for_me(cast.neighbour, moment) == []


def test_the_resident_sees_who_looked_up_the_contact(cast, moment):
    matter = handled(cast, moment)
    asked = {"reason": "约上门查看的时间", "form_key": "0123456789abcdef0123"}
    seen = as_(cast, "handler").post(f"/matters/{matter.pk}/contact/", asked)
    assert matter.contact_phone in seen.content.decode()
    page = Client().get(f"/matters/t/{matter.token}/").content.decode()
    assert "谁看过您的联系方式" in page and "约上门查看的时间" in page
