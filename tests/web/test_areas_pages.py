"""The pages of areas: who gets which status, the public directory, the way of an application and of a question."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from sanshe.areas import actions
from sanshe.areas.models import (
    Area,
    AreaVersion,
    Body,
    BodyMember,
    CommitteeNotice,
    NoticeQuestion,
    Place,
    SetupApplication,
)
from sanshe.kernel import clock
from tests.matters_cast import BEGAN, make_cast


@pytest.fixture
def cast(settings, now):
    settings.SANSHE_DEMO = True
    cast = make_cast()
    body = Body.objects.create(
        name="梧桐社区居民委员会", kind="residents_committee", area=cast.areas["home"], valid_from=BEGAN,
        phone="023-00000001", office_hours="周一至周五 09:00—18:00",
    )  # fmt: skip
    Place.objects.create(area=cast.areas["home"], name="春熙苑")
    for name, covers in (("周婉容", ""), ("吴清禾", "春熙苑、听松府")):
        BodyMember.objects.create(body=body, name=name, duty="委员", covers=covers, valid_from=date(2025, 1, 1))
    with clock.frozen(now):
        yield cast


def as_(cast, name: str) -> Client:
    """A browser of that person."""
    client = Client()
    if name != "public":
        client.force_login(cast.users[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(response) -> str:
    return response.content.decode()


# Who: status of (areas, community, publish, applications, new application, one application).
STATUSES = {
    "public": (200, 200, 302, 302, 302, 302),
    "resident": (200, 200, 404, 404, 404, 404),
    "desk": (200, 200, 404, 404, 404, 404),
    "lead": (200, 200, 200, 404, 404, 404),
    "street": (200, 200, 404, 200, 200, 200),
    "street_far": (200, 200, 404, 200, 200, 404),
    "district": (200, 200, 404, 200, 404, 200),
}


def test_who_gets_which_page(cast, now):
    """The directory is public; applications are the street's and the district's; publishing is the lead's."""
    made = actions.apply_for_setup(area_id=cast.areas["street"].pk, name="云岭社区", by=cast.street, now=now)
    home = cast.areas["home"].pk
    urls = ("/areas/", f"/areas/{home}/", f"/areas/{home}/affairs/new/", "/areas/setups/", "/areas/setups/new/",
            made.get_absolute_url())  # fmt: skip
    found = {}
    for name in STATUSES:
        browser = as_(cast, name)
        found[name] = tuple(browser.get(url).status_code for url in urls)
    assert found == STATUSES


def test_my_worker_by_a_typed_place(cast):
    """The one who covers the place; for a place nobody covers the first of the committee; nothing for nonsense."""
    public = as_(cast, "public")
    page = text(public.get("/areas/worker/", {"place": "春熙苑 3 栋"}))
    assert "吴清禾" in page and "周婉容" not in page and "023-00000001" in page and "周一至周五" in page
    assert "周婉容" in text(public.get("/areas/worker/", {"place": "梧桐社区"}))
    assert "还没有登记" in text(public.get("/areas/worker/", {"place": "没有这里"}))
    assert public.get("/areas/worker/", {"place": "\0'\"<script>"}).status_code == 200


def test_the_page_of_a_community_shows_its_organisation(cast):
    """Members and duties for all; what is missing and the checks of law for staff only."""
    url = f"/areas/{cast.areas['home'].pk}/"
    page = text(as_(cast, "public").get(url))
    assert "梧桐社区居民委员会" in page and "周婉容" in page and "还没有登记：" not in page and "还差 3 人" not in page
    page = text(as_(cast, "lead").get(url))
    assert "居务监督委员会" in page and "还差 3 人" in page


def test_old_and_new_codes_are_looked_up(cast, now):
    """Any code that the area had leads to all of them."""
    street = cast.areas["street"]
    AreaVersion.objects.create(area=street, code="500112009000", name="甲街道", short_name="甲街道", level="street",
                               valid_from=BEGAN, valid_to=date(2025, 11, 6))  # fmt: skip
    AreaVersion.objects.create(area=street, code=street.code, name="甲街道", short_name="甲街道", level="street",
                               valid_from=date(2025, 11, 6), provisional=True)  # fmt: skip
    page = text(as_(cast, "public").get("/areas/codes/", {"code": "500112009"}))
    assert street.code in page and "500112009000" in page and "待确认" in page
    assert "没有哪个区域" in text(as_(cast, "public").get("/areas/codes/", {"code": "999999999999"}))


def test_an_affair_is_published_questioned_and_answered(cast):
    """Asked by anyone who signed in, answered by the lead, public from then on without the asker's name."""
    home = cast.areas["home"].pk
    lead, resident, public = as_(cast, "lead"), as_(cast, "resident"), as_(cast, "public")
    sent = lead.post(
        f"/areas/{home}/affairs/new/", {"kind": "money", "title": "五月收支", "text": "收入与支出见附表。"}
    )
    notice = CommitteeNotice.objects.get()
    assert sent.status_code == 302 and "五月收支" in text(public.get(f"/areas/{home}/"))
    url = notice.get_absolute_url()
    assert public.post(f"{url}ask/", {"text": "绿化费是多少？"}).status_code == 302
    assert NoticeQuestion.objects.count() == 0
    assert resident.post(f"{url}ask/", {"text": "？"}).status_code == 422
    assert resident.post(f"{url}ask/", {"text": "绿化费是多少？"}).status_code == 302
    question = NoticeQuestion.objects.get()
    assert "绿化费" not in text(public.get(url)) and "绿化费" in text(resident.get(url))
    step = f"/areas/questions/{question.pk}/answer/"
    assert resident.get(step).status_code == 403 and public.get(step).status_code == 404
    assert lead.post(step, {"answer": "三千二百元，见附表。"}).status_code == 302
    page = text(public.get(url))
    assert "绿化费" in page and "三千二百元" in page and str(cast.users["resident"]) not in page


def test_the_way_of_an_application_in_the_browser(cast):
    """Drafted, the gap shown, mended, sent, approved, established."""
    street, district = as_(cast, "street"), as_(cast, "district")
    area = cast.areas["street"].pk
    refused = street.post("/areas/setups/new/", {"area": area, "name": "云岭社区", "rooms": "大厅 二百"})
    assert refused.status_code == 422 and "第 1 行" in text(refused)
    street.post("/areas/setups/new/", {"area": area, "name": "云岭社区", "registered_households": "2900",
                                       "other_households": "0"})  # fmt: skip
    made = SetupApplication.objects.get()
    url = made.get_absolute_url()
    page = text(street.get(url))
    assert "还差 100 户" in page and "无数据" in page and "二(一)1" in page
    full = {
        "name": "云岭社区", "planned_households": "5000", "registered_households": "3100", "other_households": "500",
        "moved_in_households": "2600", "radius_minutes": "9", "office_m2": "820", "rooms": "大厅 200",
        "elderly_m2": "760", "boundary_fits": "yes", "boundary_reference": "图 3",
    }  # fmt: skip
    assert street.post(f"{url}edit/", full).status_code == 302
    assert 'value="3100"' in text(street.get(f"{url}edit/")) and "大厅 200" in text(street.get(f"{url}edit/"))
    home = cast.areas["home"].pk
    assert street.post(f"{url}arrange/", {"kind": "managed", "manager_id": home}).status_code == 302
    assert "由梧桐社区代管" in text(street.get(url))
    assert street.post(f"{url}submit/").status_code == 302
    assert district.post(f"{url}approve/", {"document": "3号"}).status_code == 302
    assert district.post(f"{url}establish/", {"on": "2026-06-10"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "established" and made.established.short_name == "云岭社区"
    assert "云岭社区居民委员会" in text(district.get(f"/areas/{made.established_id}/"))


def test_the_district_registers_changes_with_their_day(cast):
    """Renamed, split, merged by form; nobody else has the pages; what can not be is said at its field."""
    home, following = cast.areas["home"].pk, cast.areas["next"].pk
    district = as_(cast, "district")
    for name, status in {"public": 302, "resident": 404, "lead": 404, "street": 404, "district": 200}.items():
        assert as_(cast, name).get(f"/areas/{home}/change/rename/").status_code == status
    assert district.get(f"/areas/{home}/change/nonsense/").status_code == 404
    given = {"on": "2026-06-01", "source": "批复 3 号"}
    wrong = district.post(f"/areas/{home}/change/rename/", {**given, "on": "2027-01-01", "name": "青桐社区居民委员会"})
    assert wrong.status_code == 422 and "不能晚于今天" in text(wrong)
    sent = district.post(
        f"/areas/{home}/change/rename/", {**given, "name": "青桐社区居民委员会", "short_name": "青桐社区"}
    )
    assert sent.status_code == 302
    page = text(as_(cast, "public").get(f"/areas/{home}/"))
    assert "青桐社区" in page and "梧桐社区" in page and "批复 3 号" in page
    url = f"/areas/{following}/change/split/"
    assert district.post(url, {**given, "parts": "银东社区居民委员会"}).status_code == 422
    parts = "银东社区居民委员会\n银西社区居民委员会 500112009088"
    assert district.post(url, {**given, "parts": parts}).status_code == 302
    assert district.get(f"/areas/{following}/change/merge/").status_code == 404
    east, west = Area.objects.get(short_name="银东社区"), Area.objects.get(code="500112009088")
    merged = {**given, "on": "2026-06-02", "into_id": east.pk}
    assert district.post(f"/areas/{west.pk}/change/merge/", merged).status_code == 302
    assert "撤销" in text(as_(cast, "public").get(f"/areas/{west.pk}/"))
