"""Open311 GeoReport v2 as its specification has it, and as two public clients read it over the wire."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from civicbot.http import HttpTransport, RateLimiter
from civicbot.open311 import Open311Client
from civicbot.registry import Endpoint
from django.test import Client
from georeport import GeoReport

from sanshe.exchange.models import Call
from sanshe.kernel import clock
from sanshe.matters.models import Matter
from tests.exchange_cast import source
from tests.matters_cast import assigned, done, make_cast, report

BASE = "/open311/v2"
SECRET = ("小区门口的路灯不亮", "王女士", "13900000001", "属于市政设施维护")


@pytest.fixture
def w(now, settings):
    settings.SANSHE_HOME_AREA = ""
    with clock.frozen(now):
        cast = make_cast()
        cast.open = assigned(
            cast, now - timedelta(days=2), public_title="门口路灯不亮，问 13900000002", public_text="晚上看不清路"
        )
        cast.done = done(cast, now - timedelta(days=1), who="neighbour", public_title="换路灯")
        cast.hidden = report(cast, now, text="不公开的事")
        _, cast.key = source(cast, now, "open311", "城市随手报")
        yield cast


def ask(path: str, **query):
    return Client().get(f"{BASE}/{path}", query)


def test_services_are_the_criteria_in_force(w):
    found = ask("services.json").json()
    assert {"D-1", "D-2", "X-1", "other"} <= {s["service_code"] for s in found}
    lamp = next(s for s in found if s["service_code"] == "D-1")
    assert (lamp["service_name"], lamp["metadata"], lamp["type"], lamp["group"]) == ("道路照明", False, "batch", "大事")
    gas = ask("services/D-2.json").json()
    assert gas["attributes"][0]["code"] == "trapped" and ask("services/D-1.json").json()["attributes"] == []
    top = ET.fromstring(ask("services.xml").content)
    assert top.tag == "services" and top[0].tag == "service" and top.findtext("service/metadata") in ("true", "false")


def test_requests_hold_only_what_is_public(w, now):
    answer = ask("requests.json", extensions="true")
    text = answer.content.decode()
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert {r["service_request_id"] for r in answer.json()} == {w.open.number, w.done.number}
    assert not any(secret in text for secret in (*SECRET, "13900000002", w.open.token, w.hidden.number))
    one = next(r for r in answer.json() if r["status"] == "open")
    assert (one["service_code"], one["agency_responsible"], one["address"]) == ("D-1", "甲街道平安办", "梧桐社区")
    assert datetime.fromisoformat(one["requested_datetime"]) == now - timedelta(days=2)
    assert datetime.fromisoformat(one["expected_datetime"]) > now and one["requested_datetime"].endswith("+08:00")
    assert next(r for r in answer.json() if r["status"] == "closed")["expected_datetime"] == ""
    xml = ask("requests.xml")
    assert xml["Content-Type"] == "text/xml; charset=utf-8"
    assert ET.fromstring(xml.content).tag == "service_requests"
    assert ask(f"requests/{w.open.number}.xml").status_code == 200


def numbers(**query) -> set[str]:
    return {r["service_request_id"] for r in ask("requests.json", **query).json()}


def test_requests_are_narrowed_as_the_specification_says(w, now):
    both = {w.open.number, w.done.number}
    assert numbers(status="open") == {w.open.number} and numbers(status="open,closed") == both
    assert numbers(service_code="D-1,X-1") == both and numbers(service_code="X-1") == set()
    assert numbers(service_request_id=f"{w.done.number},nothing", status="open") == {w.done.number}
    first = (now - timedelta(days=1, hours=1)).isoformat()
    assert numbers(start_date=first) == {w.done.number}
    assert numbers(end_date=first) == {w.open.number}
    assert numbers(start_date="2026-03-20T00:00:00Z", end_date="2026-06-12T00:00:00Z") == both
    assert numbers(page_size="1", page="2") == {w.open.number}
    with clock.frozen(now + timedelta(days=95)):
        assert numbers() == set(), "without dates: the last 90 days"


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("requests", {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, 400),
        ("requests", {"start_date": "yesterday"}, 400),
        ("requests", {"start_date": "0001-01-01T00:00:00+14:00"}, 400),
        ("requests", {"status": "finished"}, 400),
        ("requests", {"page": "0"}, 400),
        ("requests", {"page_size": "1001"}, 400),
        ("requests", {"page": "٣"}, 400),
        ("requests", {"jurisdiction_id": "nowhere"}, 404),
        ("services/nothing", {}, 404),
        ("requests/20260610-000000-0", {}, 404),
        ("requests/hidden", {}, 404),
        ("tokens/nothing", {}, 404),
        ("tokens/20260610-000000-0.abcdef", {}, 404),
        ("nothing", {}, 404),
    ],
)
def test_errors_have_a_code_and_a_description_in_both_forms(w, path, query, status):
    path = path.replace("hidden", w.hidden.number)
    found = ask(f"{path}.json", **query)
    assert found.status_code == status and found.json()[0]["code"] == status and found.json()[0]["description"]
    xml = ask(f"{path}.xml", **query)
    assert xml.status_code == status and ET.fromstring(xml.content).findtext("error/code") == str(status)


def send(form: str = "json", **given):
    return Client().post(f"{BASE}/requests.{form}", given)


def test_filing_gives_a_token_and_the_number_once_it_is_public(w, now):
    answer = send(
        api_key=w.key, service_code="D-2", address_string="木棉社区 3 栋", description="楼道里有煤气味\n很浓",
        first_name="安宁", last_name="王", phone="13900000077", lat="29.6", long="106.5", device_id="d1",
        **{"attribute[trapped]": "yes"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.content.decode()
    said = answer.json()[0]
    assert "service_request_id" not in said
    matter = Matter.objects.order_by("-pk").first()
    assert (matter.area, matter.contact_name, matter.source) == (w.areas["far"], "王安宁", "城市随手报")
    assert "很浓" in matter.text and "现在有没有人被困或受伤：有" in matter.text
    assert ask(f"tokens/{said['token']}.json").json()[0]["service_request_id"] == ""
    Matter.objects.filter(pk=matter.pk).update(public=True)
    assert ask(f"tokens/{said['token']}.json").json()[0]["service_request_id"] == matter.number
    assert ET.fromstring(ask(f"tokens/{said['token']}.xml").content).findtext("request/token") == said["token"]
    again = send(
        "xml", api_key=w.key, service_code="D-2", address_string="木棉社区 3 栋", description="x", device_id="d1"
    )
    assert again.status_code == 201 and ET.fromstring(again.content).findtext("request/token")
    assert Call.objects.filter(status=201).count() == 2


@pytest.mark.parametrize(
    ("without", "more", "status"),
    [
        ("api_key", {}, 403),
        ("", {"api_key": "wrong"}, 403),
        ("service_code", {}, 400),
        ("", {"service_code": "nothing"}, 404),
        ("address_string", {}, 400),
        ("address_string", {"lat": "29.6"}, 400),
        ("address_string", {"lat": "291", "long": "106"}, 400),
        ("description", {}, 400),
        ("", {"description": "长" * 4001}, 400),
        ("", {"description": "\x00\x07 "}, 400),
        ("", {"jurisdiction_id": "nowhere"}, 404),
    ],
)
def test_what_is_refused_in_filing(w, without, more, status):
    given = {"api_key": w.key, "service_code": "D-1", "address_string": "梧桐社区", "description": "路灯坏了", **more}
    if without:
        del given[without]
    before = Matter.objects.count()
    answer = send(**given)
    assert answer.status_code == status, answer.content.decode()
    assert answer.json()[0]["description"] and Matter.objects.count() == before


def test_discovery_and_other_methods(w):
    for path in ("/open311/discovery.xml", "/open311/discovery.json", f"{BASE}/discovery.json"):
        assert "/open311/v2" in Client().get(path).content.decode()
    assert Client().delete(f"{BASE}/requests.json").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_two_public_clients_read_it(live_server):
    now = clock.now()  # the server runs in a thread of its own, where no clock is frozen
    cast = make_cast()
    shown = assigned(cast, now - timedelta(days=2), public_title="门口路灯不亮")
    _, key = source(cast, now, "open311", "城市随手报")
    root = f"{live_server.url}{BASE}"
    for form in ("json", "xml"):
        client = GeoReport(root, api_key=key, output_format=form)
        assert any(s["service_name"] == "道路照明" for s in client.get_service_list())
        assert client.get_service_definition("D-2")["service_code"] == "D-2"
        found = client.get_service_requests(status="open")
        assert (found if isinstance(found, list) else [found])[0]["service_request_id"] == shown.number
        one = client.get_service_request(shown.number)
        assert (one[0] if isinstance(one, list) else one)["status"] == "open"
    other = Open311Client(
        Endpoint(id="here", name="这里", base_url=root, write=True), HttpTransport(rate_limiter=RateLimiter(0))
    )
    assert "D-1" in {s["service_code"] for s in other.list_services()}
    assert other.list_requests(service_code="D-1", page_size=5)[0]["service_request_id"] == shown.number
    assert other.get_request(shown.number)["service_name"] == "道路照明"
    sent = other.create_request(
        "D-1", address_string="梧桐社区", description="又一盏灯坏了", api_key=key, dry_run=False, confirm="SEND"
    )
    token = sent.response[0]["token"]
    assert other.get_token(token)[0]["token"] == token
    assert Matter.objects.filter(source="城市随手报").count() == 1


def test_a_position_names_the_nearest_community_or_it_is_said_what_is_needed(w, now):
    from sanshe.facilities.models import AreaPoint

    given = {"api_key": w.key, "service_code": "D-1", "description": "路灯坏了", "lat": "29.7000", "long": "106.5500"}
    nowhere = send(**given)
    assert nowhere.status_code == 400 and "address_string" in nowhere.json()[0]["description"]
    AreaPoint.objects.create(area=w.areas["far"], lat="29.701000", lng="106.551000", source="测试")
    AreaPoint.objects.create(area=w.areas["home"], lat="29.720000", lng="106.560000", source="测试")
    picture = "https://photos.example/1.jpg"
    assert send(**given, media_url=picture).status_code == 201
    matter = Matter.objects.order_by("-pk").first()
    assert matter.area == w.areas["far"] and "坐标：29.700000，106.550000" in matter.text and picture in matter.text
    # Words say more than an estimate.
    assert send(**given, address_string="梧桐社区 2 栋").status_code == 201
    assert Matter.objects.order_by("-pk").first().area == w.areas["home"]
    assert send(**given, media_url="file:///etc/passwd").status_code == 400
    assert send(**{**given, "address_id": "000000000000"}).status_code == 400
    garbled = Client().post(
        f"{BASE}/requests.json", b"description=" + "路灯".encode("gb18030") + b"&service_code=D-1&address_id="
        + w.areas["home"].code.encode() + b"&api_key=" + w.key.encode(),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert garbled.status_code == 400 and "UTF-8" in garbled.json()[0]["description"]
    odd = Client().post(f"{BASE}/requests.xml", {"a": 1}, content_type="application/json")
    assert odd.status_code == 400 and "multipart/form-data" in odd.content.decode()
