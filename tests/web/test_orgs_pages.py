"""Pages of organisations and of the workforce: who gets what, and what the pages say."""

from __future__ import annotations

from datetime import date

import pytest

from sanshe.kernel import clock
from sanshe.orgs.models import Organisation, TriageAnswer
from sanshe.workforce import actions
from sanshe.workforce.models import AllowanceSheet, Certificate, SocialWorkRoom, Worker
from tests.matters_cast import make_cast

FULL = {"form": "association", "individuals": "50", "units": "0", "funds": "30000", "charter": "1", "head": "1",
        "organs": "1", "place": "1", "staff": "1", "liability": "1", "sponsor": "1"}  # fmt: skip


@pytest.fixture
def cast(db):
    cast = make_cast()
    home = cast.areas["home"]
    cast.org = Organisation.objects.create(
        name="梧桐合唱团", area=home, kind="社区文体活动类", x_kind="文化体育", standing="guided",
        valid_from=date(2021, 1, 1), contact="孟联系", members=18,
    )  # fmt: skip
    cast.room = SocialWorkRoom.objects.create(
        area=home, name="桥头一间", valid_from=date(2024, 1, 1), in_charge=["温静姝"]
    )
    cast.person = Worker.objects.create(name="苏晓禾", area=home, kind="community_worker", valid_from=date(2021, 1, 1))
    Certificate.objects.create(
        worker=cast.person, level="assistant", issued_on=date(2023, 1, 1), registered_on=date(2024, 1, 1),
        registered_until=clock.today().replace(year=clock.today().year + 1),
    )  # fmt: skip
    cast.sheet = actions.compute(area=cast.areas["street"], month=date(2026, 5, 1), by=cast.street, now=clock.now())
    return cast


def get(client, cast, who, url, **data):
    client.logout()
    if who != "public":
        client.force_login(cast.users[who])
    return client.get(url, data)


def test_who_gets_which_page(client, cast):
    public, resident, lead, far, street = "public", "resident", "lead", "street_far", "street"
    table = {
        "/orgs/": {public: 200}, "/orgs/triage/": {public: 200, street: 200},
        "/orgs/picture/": {public: 200, street: 200},
        "/orgs/picture/?area=nowhere": {public: 404}, f"/orgs/{cast.org.pk}/": {public: 200, street: 200},
        "/orgs/999999/": {public: 404}, f"/orgs/triage/?organisation={cast.org.pk}": {resident: 403, street: 200},
        "/workforce/rooms/": {public: 200}, f"/workforce/rooms/{cast.room.pk}/": {public: 200, lead: 200},
        "/workforce/": {public: 302, resident: 404, lead: 200, street: 200},
        "/workforce/lapsing/": {resident: 404, lead: 200}, "/workforce/staffing/": {resident: 404, "worker": 200},
        f"/workforce/people/{cast.person.pk}/": {public: 302, resident: 404, far: 404, lead: 200},
        "/workforce/allowance/": {lead: 404, street: 200, far: 200},
        f"/workforce/allowance/{cast.sheet.pk}/": {lead: 404, far: 404, street: 200, "district": 200},
    }  # fmt: skip
    wrong = []
    for url, expected in table.items():
        for who, status in expected.items():
            found = get(client, cast, who, url).status_code
            if found != status:
                wrong.append(f"{url} for {who}: {found}, not {status}")
    assert not wrong, "\n".join(wrong)


def test_anybody_triages_and_nothing_is_kept(client, cast):
    page = get(client, cast, "public", "/orgs/triage/", **FULL).content.decode()
    assert "申请法人登记" in page and "社会团体登记管理条例 第十条" in page and "登记这家组织" not in page
    page = get(client, cast, "public", "/orgs/triage/", **{**FULL, "individuals": "47", "place": ""}).content.decode()
    assert "由街道办事处管理" in page and "差 3 个" in page and "还差 2 项（个人会员数、固定的住所）" in page
    assert get(client, cast, "public", "/orgs/triage/", **{**FULL, "funds": "-1"}).status_code == 422
    assert not TriageAnswer.objects.exists()
    posted = {**FULL, "name": "新社", "area": cast.areas["home"].pk, "kind": "社区文体活动类", "since": "2026-01-01"}
    assert client.post("/orgs/triage/", posted).status_code == 403


def test_an_officer_enters_what_was_triaged(client, cast):
    given = {**FULL, "individuals": "12", "head": "0", "name": "乒乓小队", "area": cast.areas["home"].pk,
             "kind": "社区文体活动类", "x_kind": "文化体育", "since": "2026-01-01"}  # fmt: skip
    client.force_login(cast.users["street"])
    assert client.post("/orgs/triage/", {**given, "name": "梧桐合唱团"}).status_code == 422
    response = client.post("/orgs/triage/", given, follow=True)
    made = Organisation.objects.get(name="乒乓小队")
    assert (made.standing, made.is_loose, made.members) == ("guided", True, 12)
    assert "规模较小" in TriageAnswer.objects.get(organisation=made).because
    assert "测算结果一并保存" in response.content.decode()
    client.post("/orgs/triage/", {**FULL, "organisation": cast.org.pk})
    assert TriageAnswer.objects.get(organisation=cast.org).road == "register"


def test_the_one_file_keeps_the_contact_for_its_keepers(client, cast):
    page = get(client, cast, "public", f"/orgs/{cast.org.pk}/").content.decode()
    assert "梧桐合唱团" in page and "孟联系" not in page and "修改台账" not in page
    page = get(client, cast, "street", f"/orgs/{cast.org.pk}/").content.decode()
    assert "孟联系" in page and "修改台账" in page and cast.org.own_number in page


def test_the_picture_and_the_rooms_say_what_is_missing(client, cast, monkeypatch):
    monkeypatch.setattr("sanshe.orgs.pages.home_area", lambda: cast.areas["district"])
    monkeypatch.setattr("sanshe.workforce.pages.home_area", lambda: cast.areas["district"])
    page = get(client, cast, "street", "/orgs/picture/", area=cast.areas["street"].code).content.decode()
    assert "7 处空白" in page and page.index("银杏社区") < page.index("梧桐社区")
    assert f"/registers/organisations/?area={cast.areas['home'].code}" in page
    page = get(client, cast, "public", "/workforce/rooms/", missing="1").content.decode()
    assert "3 个社区中，1 个已有社会工作室" in page and "负责的专业人员还差 2 名" in page and "温静姝" in page


def test_the_sheet_is_worked_out_handed_on_and_taken_away(client, cast):
    client.force_login(cast.users["street"])
    made = client.post("/workforce/allowance/", {"area": cast.areas["street"].pk, "month": "2026-04"}, follow=True)
    page = made.content.decode()
    assert "以区文件为准" in page and "报送新区核准" in page and AllowanceSheet.objects.count() == 2
    assert (
        client.post("/workforce/allowance/", {"area": cast.areas["other_street"].pk, "month": "2026-04"}).status_code
        == 422
    )
    page = client.get(f"/workforce/allowance/{cast.sheet.pk}/").content.decode()
    assert "与上月相比有 0 人变动" in page and "苏晓禾" in page
    sheet = client.get(f"/workforce/allowance/{cast.sheet.pk}/?as=xlsx")
    assert sheet["Content-Type"].endswith("sheet") and sheet.content[:2] == b"PK"
    client.post(f"/workforce/allowance/{cast.sheet.pk}/do/submit/")
    client.force_login(cast.users["district"])
    client.post(f"/workforce/allowance/{cast.sheet.pk}/do/approve/")
    cast.sheet.refresh_from_db()
    assert cast.sheet.state == "approved"
