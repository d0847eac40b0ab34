"""Applying from home, by page: statuses, what stays typed, the receipt, what is owed on the phone and at the desk."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from sanshe.kernel import clock
from sanshe.kernel.models import StoredFile
from sanshe.matters import actions
from sanshe.matters.models import DraftFile, Matter, ServiceItem
from tests.db.test_applying_online import cast, days, item, mother, photo  # noqa: F401
from tests.web.test_window_pages import as_


@pytest.fixture
def moment(now, settings):
    settings.SANSHE_DEMO = True
    with clock.frozen(now):
        yield now


def sent(cast, browser, **more):  # noqa: F811
    page = browser.get("/matters/services/T-1/apply/").content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    given = {"form_key": key, "item": ServiceItem.objects.latest("pk").pk, "whom": "self", "contact_name": "周小满",
             "contact_phone": "13900000099", "area": cast.areas["home"].pk, "place_text": "", "text": ""}  # fmt: skip
    return browser.post("/matters/services/T-1/apply/", given | more), given


# Who: status of (apply, the owed list of the desk, the page to bring, the sending back, another's draft file).
STATUSES = {
    "public": (302, 302, 200, 302, 302), "resident": (200, 404, 200, 403, 200), "neighbour": (200, 404, 200, 404, 404),
    "desk": (200, 200, 200, 403, 404), "desk_far": (200, 200, 200, 404, 404), "worker": (200, 200, 200, 403, 404),
    "handler": (200, 404, 200, 200, 404), "handler_far": (200, 404, 200, 404, 404),
    "district": (200, 404, 200, 403, 404),
}  # fmt: skip


def test_status_table(cast, moment, item, mother):  # noqa: F811
    given = {"area_id": cast.areas["home"].pk, "service_id": item.pk, "by": cast.resident, "now": moment}
    matter = actions.apply_online(files={1: [photo()]}, **given)
    actions.keep_files(code="T-1", files={1: [photo()]}, by=cast.resident, now=moment)
    addresses = ("/matters/services/T-1/apply/", "/matters/owed/", f"/matters/t/{matter.token}/materials/",
                 f"/matters/material/{matter.materials.get(position=1).pk}/back/",
                 f"/matters/draft/{DraftFile.objects.get().pk}/")  # fmt: skip
    for who, expected in STATUSES.items():
        browser = as_(cast, who)
        assert tuple(browser.get(address).status_code for address in addresses) == expected, who
        assert browser.post(f"/matters/{matter.pk}/materials/right/").status_code in (302, 403, 404)
        asked = browser.post("/matters/services/T-1/apply/materials/", {"whom": "self"}).status_code
        assert asked == (404 if who == "public" else 200), who
    assert Client().get("/matters/t/" + "x" * 24 + "/materials/").status_code == 404
    assert Client().get("/matters/services/T-9/apply/").status_code == 302
    # Of the file of one, another sees nothing: only where it is the own is it "known".
    assert "已有，无需填写" in as_(cast, "resident").get(addresses[0]).content.decode()
    assert "已有，无需填写" not in as_(cast, "neighbour").get(addresses[0]).content.decode()


def test_from_the_phone_to_the_receipt(cast, moment, item, mother, settings):  # noqa: F811
    browser = as_(cast, "resident")
    page = browser.get("/matters/services/T-1/").content.decode()
    assert "在线申请" in page and "去哪儿办" in page and "已有 2 份" in page
    answer, given = sent(cast, browser, **{"file-1": photo(), "file-2": photo("x.exe", b"MZ"), "text": "月底前要用"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "不是一张照片" in page and "月底前要用" in page and not Matter.objects.exists()
    assert "已选好 1 个，不用再选" in page, "the good photo stays chosen"
    answer = browser.post("/matters/services/T-1/apply/", given)
    again = browser.post("/matters/services/T-1/apply/", given)
    matter = Matter.objects.get()
    assert answer.status_code == again.status_code == 302 and again["Location"] == answer["Location"]
    filed = browser.get(answer["Location"]).content.decode()
    assert "已收到申请" in filed and matter.number in filed and "<svg" in filed and "还没有交" in filed
    other, _ = sent(cast, browser)
    assert other.status_code == 422 and "已经申请过" in other.content.decode()
    assert "您已经申请过这一项" in browser.get("/matters/services/T-1/").content.decode()
    # The office: the photo waits for the scanner, then may be opened by who handles it and nobody else.
    StoredFile.objects.update(state="pending")
    office = as_(cast, "handler")
    page = office.get(f"/matters/{matter.pk}/").content.decode()
    assert "容缺受理" in page and "一次性告知补材料" in page and "安全检查" in page
    StoredFile.objects.update(state="clean")
    shown = matter.attachments.get()
    assert office.get(f"/matters/{matter.pk}/photo/{shown.pk}/").status_code == 200
    assert as_(cast, "handler_far").get(f"/matters/{matter.pk}/photo/{shown.pk}/").status_code == 404
    # The desk notes the paper; the applicant reads what is owed and sends it by the receipt.
    address = f"/matters/{matter.pk}/do/accept_owed/"
    assert "还没有交" in office.get(address).content.decode()
    wrong = office.post(address, {"need-2": "on", "until": str(moment.date() + timedelta(days=200))})
    assert wrong.status_code == 422 and "之间" in wrong.content.decode()
    assert office.post(address, {"need-2": "on", "why-2": "白底", "until": str(days(moment, 5))}).status_code == 302
    progress = Client().get(matter.progress_url).content.decode()
    assert "补交材料" in progress and "白底" in progress and "前补齐" in progress
    assert "补交材料" in browser.get("/matters/mine/").content.decode()
    desk = as_(cast, "desk")
    assert "近期照片" in desk.get("/matters/owed/").content.decode()
    assert "容缺待补的材料" in desk.get("/matters/desk/").content.decode()
    bring = f"/matters/t/{matter.token}/materials/"
    assert Client().post(bring, {}).status_code == 422
    assert Client().post(bring, {"file-2": photo()}).status_code == 302
    assert Client().post(bring, {"file-2": photo()}).status_code == 409
    assert office.post(f"/matters/{matter.pk}/materials/right/").status_code == 302
    assert not matter.materials.filter(state="sent").exists()


def test_between_the_draft_and_the_sending(cast, moment, item, mother):  # noqa: F811
    """The service ended meanwhile: nothing is filed, the page says so and where to go."""
    browser = as_(cast, "resident")
    _, given = sent(cast, browser, keep="1", **{"file-1": photo()})
    assert DraftFile.objects.count() == 1 and "接着申请" in browser.get("/matters/mine/").content.decode()
    ServiceItem.objects.update(valid_to=moment.date())
    answer = browser.post("/matters/services/T-1/apply/", given, follow=True)
    page = answer.content.decode()
    assert not Matter.objects.exists() and "没有提交" in page and "不再办理" in page
