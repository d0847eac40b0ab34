"""The read API: who gets which status, pages by key, what may never leave, one shape of error."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sanshe.areas.public import Place
from sanshe.deliberation.models import Deliberation
from sanshe.kernel import clock
from sanshe.matters.models import Matter
from sanshe.purchase.models import Call, Contract, Need, Project
from sanshe.web.api import document
from sanshe.web.api.shapes import PersonalField, shape
from sanshe.workforce.public import SocialWorkRoom
from tests import purchase_cast as cast

SECRETS = ("王女士的原话", "门口那位老人", "13900000001", "王女士", "凭证凭证凭证凭证凭证", "内部理由只给街道看")


def matter(w, nr: int, area, public: bool) -> Matter:
    return Matter.objects.create(
        number=f"20260610-{nr:06d}-1", token=f"凭证凭证凭证凭证凭证{nr}",
        title="王女士的原话", text="门口那位老人摔倒了",
        channel="web", area=area, reporter=w.residents[0], contact_name="王女士", contact_phone="13900000001",
        state="received", created_at=w.now + timedelta(minutes=nr), public=public,
        public_title="路灯不亮" if public else "", triage_reason="内部理由只给街道看",
    )  # fmt: skip


@pytest.fixture
def w(now):
    with clock.frozen(now):
        world = cast.world(now)
        world.shown = matter(world, 1, world.home, True)
        world.hidden = matter(world, 2, world.home, False)
        world.away_matter = matter(world, 3, world.away, False)
        Place.objects.create(name="向阳小区", area=world.home, aliases=["向阳院"])
        SocialWorkRoom.objects.create(
            area=world.home, name="甲一社工室", in_charge=["贾社工"], valid_from=date(2024, 1, 1)
        )
        talk = {"area": world.home, "scope": "community", "form": "council", "created_at": now}
        world.talk = Deliberation.objects.create(
            number="X1", title="怎么停车", question="停哪里", state="collecting", opened_at=now, **talk
        )
        world.quiet = Deliberation.objects.create(
            number="X2", title="内部筹备的题目", question="…", state="draft", **talk
        )
        world.need = cast.need(world)
        world.plan = cast.draft(world, title="还没有批准的项目")
        yield world


def browser(who) -> Client:
    client = Client()
    if who is not None:
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def get(client: Client, path: str, **query):
    return client.get(f"/api/v1/{path}", query)


def addresses(w) -> dict[str, str]:
    return {
        "areas": "areas", "area": f"areas/{w.home.code}", "places": "places", "orgs": "organisations",
        "org": f"organisations/{w.orgs[0].organisation.pk}", "rooms": "social-work-rooms", "matters": "matters",
        "matter": f"matters/{w.shown.number}", "hidden": f"matters/{w.hidden.number}", "work": "work/matters",
        "work one": f"work/matters/{w.hidden.number}", "work away": f"work/matters/{w.away_matter.number}",
        "talks": "deliberations", "talk": f"deliberations/{w.talk.pk}", "quiet talk": f"deliberations/{w.quiet.pk}",
        "needs": "needs", "need": f"needs/{w.need.pk}", "projects": "projects", "draft": f"projects/{w.plan.pk}",
        "calls": "calls", "contracts": "contracts", "indicators": "indicators", "figure": "indicators/satisfaction",
        "rows": "indicators/communities_with_social_work_room/rows",
    }  # fmt: skip


# Status for: the public · a resident · the community's secretary · the officer of its street · of another street.
TABLE = {
    "areas": (200, 200, 200, 200, 200),
    "area": (200, 200, 200, 200, 200),
    "places": (200, 200, 200, 200, 200),
    "orgs": (200, 200, 200, 200, 200),
    "org": (200, 200, 200, 200, 200),
    "rooms": (200, 200, 200, 200, 200),
    "matters": (200, 200, 200, 200, 200),
    "matter": (200, 200, 200, 200, 200),
    "hidden": (404, 404, 404, 404, 404),
    "work": (401, 200, 200, 200, 200),
    "work one": (401, 404, 200, 200, 404),
    "work away": (401, 404, 404, 404, 200),
    "talks": (200, 200, 200, 200, 200),
    "talk": (200, 200, 200, 200, 200),
    "quiet talk": (404, 404, 404, 404, 404),
    "needs": (200, 200, 200, 200, 200),
    "need": (200, 200, 200, 200, 200),
    "projects": (200, 200, 200, 200, 200),
    "draft": (404, 404, 200, 200, 404),
    "calls": (200, 200, 200, 200, 200),
    "contracts": (200, 200, 200, 200, 200),
    "indicators": (200, 200, 200, 200, 200),
    "figure": (401, 404, 200, 200, 200),
    "rows": (401, 404, 200, 200, 200),
}


@pytest.fixture
def people(w):
    far = cast.user("钱专干", cast.Role.STREET_OFFICER, w.other_street)
    return [browser(p) for p in (None, w.residents[1], w.lead, w.officer, far)]


def test_who_gets_which_status_and_nothing_personal_leaves(w, people):
    seen = {}
    for name, path in addresses(w).items():
        answers = [get(client, path) for client in people]
        seen[name] = tuple(a.status_code for a in answers)
        for answer in answers:
            text = answer.content.decode()
            assert not [s for s in SECRETS if s in text], f"{name} tells something personal"
            if answer.status_code >= 400:
                assert set(answer.json()["error"]) == {"status", "code", "sentence"}
    assert seen == TABLE


def test_the_answers_hold_only_fields_of_allowed_classes():
    with pytest.raises(PersonalField):
        shape("Wrong", Matter, "number title", "…")
    with pytest.raises(PersonalField):
        shape("Wrong", Matter, "number contact_phone", "…", internal=True)
    with pytest.raises(PersonalField):
        shape("Wrong", Matter, "number triage_reason", "…")
    parts = document.schema()["components"]["schemas"]
    computed = {"id", "page", "shown_title"}
    for name, model in {
        "PublicMatter": Matter, "Deliberation": Deliberation, "Need": Need, "Project": Project, "Call": Call,
        "Contract": Contract,
    }.items():  # fmt: skip
        public = set(model.privacy["public"].split())
        assert set(parts[name]["properties"]) - computed <= public, name
    known = set(Matter.privacy["public"].split()) | set(Matter.privacy["internal"].split())
    assert set(parts["WorkMatter"]["properties"]) - computed <= known


def test_a_public_matter_reads_as_the_board_shows_it(w):
    found = get(browser(None), f"matters/{w.shown.number}").json()
    assert found["shown_title"] == "路灯不亮"
    assert found["state"] == {"code": "received", "label": "待分流"}
    assert found["route"] is None
    assert found["area"] == {"code": w.home.code, "name": "甲一社区", "level": "community"}
    assert found["page"] == reverse("matters:public", args=[w.shown.number])


def test_staff_read_what_their_posts_cover(w):
    items = get(browser(w.officer), "work/matters").json()["items"]
    assert [i["number"] for i in items] == [w.hidden.number, w.shown.number]
    assert items[0]["channel"]["label"] == "网上"
    assert get(browser(w.residents[1]), "work/matters").json() == {"items": [], "next": None}


def test_pages_by_key_show_each_row_once(w):
    more = [matter(w, nr, w.home, True) for nr in range(10, 21)]
    client, after, numbers = browser(None), {}, []
    for _ in range(9):
        answer = get(client, "matters", limit=3, **after).json()
        numbers += [i["number"] for i in answer["items"]]
        if answer["next"] is None:
            break
        after = {"after": answer["next"]}
    assert numbers == [m.number for m in reversed([w.shown, *more])]
    first = get(client, "areas", limit=4).json()
    rest = get(client, "areas", limit=4, after=first["next"]).json()
    assert [i["code"] for i in first["items"] + rest["items"]] == [
        w.district.code, w.street.code, w.home.code, w.other_street.code, w.away.code,
    ]  # fmt: skip
    assert rest["next"] is None


def test_lists_narrow_by_area_state_day_and_text(w):
    public = browser(None)
    assert len(get(public, "areas", below=w.street.code).json()["items"]) == 2
    assert len(get(public, "areas", level="community").json()["items"]) == 2
    assert get(public, "matters", area=w.other_street.code).json()["items"] == []
    assert len(get(public, "matters", area=w.street.code, state="received").json()["items"]) == 1
    assert get(public, "matters", state="done").json()["items"] == []
    assert len(get(public, "places", text="向阳").json()["items"]) == 1
    assert get(public, "social-work-rooms", on="2023-12-31").json()["items"] == []
    assert len(get(public, "social-work-rooms", on="2024-01-01").json()["items"]) == 1


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("matters?limit=0", "limit"), ("matters?limit=101", "limit"), ("matters?limit=many", "limit"),
        ("matters?after=x", "after"), ("matters?after=9999999999999999-1000000000000000000", "after"),
        ("matters?state=gone", "state"), ("matters?area=12", "area"), ("matters?areas=500112990000", "areas"),
        ("places?text=%00", "text"), (f"places?text={'长' * 81}", "text"), ("areas?on=0", "on"),
        ("areas?on=2026-02-30", "on"), ("areas?on=20260101", "on"), ("organisations/0", "pk"),
        ("organisations/99999999999999999999", "pk"), ("matters/a%00b", "number"),
    ],
)  # fmt: skip
def test_what_can_not_be_taken_is_said_in_a_sentence(path, word):
    answer = Client().get(f"/api/v1/{path}")
    said = answer.json()["error"]
    assert (answer.status_code, said["status"], said["code"]) == (422, 422, "invalid")
    assert word in said["sentence"] and said["sentence"].endswith("。")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_are_refused(method):
    answer = getattr(Client(), method)("/api/v1/areas")
    assert answer.status_code == 405 and answer.headers["Allow"] == "GET, HEAD"
    assert answer.json()["error"]["code"] == "method"


def test_head_is_get_without_the_body(w):
    answer = Client().head("/api/v1/areas")
    assert answer.status_code == 200 and answer.content == b""


def test_unknown_addresses_and_areas_are_not_found(w):
    for path in ("/api/v1/nothing", "/api/v2/areas", "/api/v1/areas/000000000000", "/api/v1/matters?area=000000000000"):
        answer = Client().get(path)
        assert answer.status_code == 404 and answer.json()["error"]["code"] == "not_found", path


def test_a_figure_stands_on_its_rows(w):
    client = browser(w.officer)
    name = "communities_with_social_work_room"
    figure = get(client, f"indicators/{name}", area=w.street.code).json()
    assert (figure["numerator"], figure["denominator"], figure["value"]) == (1, 1, 100.0)
    assert figure["target"]["at_least"] == 100 and figure["met"] is True
    rows = get(client, f"indicators/{name}/rows", area=w.street.code).json()
    assert len(rows["items"]) == figure["numerator"]
    assert rows["items"][0]["area"]["code"] == w.home.code and len(rows["items"][0]["cells"]) == len(rows["columns"])
    empty = get(client, "indicators/satisfaction", area=w.street.code).json()
    assert empty["value"] is None and empty["met"] is None and empty["denominator"] == 0
    assert get(client, f"indicators/{name}", area=w.other_street.code).status_code == 404
    assert get(client, f"indicators/{name}", on="2099-01-01").json()["on"] == "2026-06-10"
    assert get(client, "indicators/nothing").status_code == 404


def test_a_contract_with_its_project_and_call(w):
    one = cast.running(w)
    found = get(browser(None), f"contracts/{one.pk}").json()
    assert found["project"]["name"] == "老年助餐与探访" and found["supplier"]["name"] == "甲老年服务社"
    assert found["amount"] == one.amount and found["earlier"] is None
    call = get(browser(None), f"calls/{one.call_id}").json()
    assert call["state"]["code"] == "awarded" and call["area"]["code"] == w.home.code
    assert not [s for s in ("居民1", "经采购", "专家1") if s in json.dumps(found) + json.dumps(call)]


def test_chinese_is_written_as_it_is(w):
    assert "甲街道" in Client().get("/api/v1/areas").content.decode()
    assert "没有" in Client().get("/api/v1/areas?x=1").content.decode()


def test_the_page_and_the_document(w):
    page = Client().get("/api/docs")
    text = page.content.decode()
    assert page.status_code == 200 and "/api/v1/matters" in text and "<script>" not in text
    assert Client().get("/api/").status_code in (301, 302)
    found = Client().get("/api/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    for path, methods in found["paths"].items():
        assert set(methods) <= {"get", "post"}, path
        assert all(one["summary"] and one["description"] for one in methods.values()), path
        assert "post" not in methods or path.startswith("/api/v1/matters"), "only matters are written by it"


def test_lists_take_the_same_queries_however_many_rows(w):
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert Client().get(path).status_code == 200
        return len(caught)

    few = count("/api/v1/matters")
    for nr in range(40, 60):
        matter(w, nr, w.home, True)
    assert count("/api/v1/matters") == few <= 2
    assert count("/api/v1/needs") <= 2
