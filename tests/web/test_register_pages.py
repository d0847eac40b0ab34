"""Pages and API of registers, for one ledger as for all: who gets which status, nothing typed is lost."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from sanshe.accounts import actions as accounts
from sanshe.accounts.access import SETUP
from sanshe.accounts.models import User
from sanshe.accounts.words import Role
from sanshe.areas.models import Area
from sanshe.kernel.access import Viewer
from sanshe.kernel.audit import Entry
from sanshe.kernel.register import actions, register_of, registers
from sanshe.kernel.register.declare import check


@pytest.fixture
def w(now):
    class World:
        pass

    world = World()
    row = {"level": "community", "valid_from": date(2020, 1, 1)}
    root = Area.objects.create(
        code="LJ0000000000", name="新区", short_name="新区", **{**row, "level": "district"}, lo=1, hi=4
    )
    world.home = Area.objects.create(
        code="500000001001", name="甲社区", short_name="甲社区", parent=root, lo=2, hi=3, **row
    )
    world.away = Area.objects.create(
        code="500000001002", name="乙社区", short_name="乙社区", parent=root, lo=3, hi=4, **row
    )
    by, world.clients, world.viewers = Viewer.system_account(SETUP), {"public": Client()}, {}
    roles = {"lead": (Role.COMMUNITY_LEAD, world.home), "other": (Role.COMMUNITY_LEAD, world.away), "resident": None}
    for n, (key, post) in enumerate(roles.items()):
        user, _ = accounts.make_account(username=key, name=key, phone=f"1390000020{n}", by=by, now=now)
        if post:
            accounts.appoint(user_id=user.pk, role=post[0], area_id=post[1].pk, by=by, now=now)
        User.objects.filter(pk=user.pk).update(must_change_password=False)
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        world.clients[key], world.viewers[key] = client, Viewer.of(user)
    world.register = register_of("facilities")
    world.cells = {"name": "一号活动室", "area": "甲社区", "kind": "文化活动室", "state": "在用", "source": "新建",
                   "floor_area": "120", "valid_from": "2021-03-01"}  # fmt: skip
    world.row = actions.create(register=world.register, given=world.cells, by=world.viewers["lead"], now=now)
    return world


def test_every_register_is_declared_without_a_slip():
    assert len(registers()) >= 10
    assert [wrong for register in registers() for wrong in check(register)] == []


STATUSES = {
    "index": {"public": 302, "resident": 404, "lead": 200},
    "rows": {"public": 302, "resident": 404, "lead": 200, "other": 200},
    "new": {"public": 302, "resident": 404, "lead": 200},
    "detail": {"public": 302, "resident": 404, "lead": 200, "other": 200},
    "change": {"public": 302, "resident": 404, "lead": 200, "other": 403},
}


@pytest.mark.parametrize(("page", "who"), [(p, who) for p, statuses in STATUSES.items() for who in statuses])
def test_who_gets_which_status(w, page, who):
    keys = {"index": {}, "rows": {"name": "facilities"}, "new": {"name": "facilities"}}.get(
        page, {"name": "facilities", "pk": w.row.pk}
    )
    assert w.clients[who].get(reverse(f"registers:{page}", kwargs=keys)).status_code == STATUSES[page][who]


def test_every_register_that_one_may_open_opens(w):
    for register in registers():
        answer = w.clients["lead"].get(reverse("registers:rows", kwargs={"name": register.name}))
        expected = 200 if register.access.q(w.viewers["lead"]) is not False else 404
        assert answer.status_code == expected, register.name


def test_a_wrong_form_keeps_what_was_typed_and_says_how_to_mend_it(w):
    url = reverse("registers:new", kwargs={"name": "facilities"})
    answer = w.clients["lead"].post(url, {**w.cells, "name": "二号活动室", "floor_area": "很大"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "二号活动室" in page and "这里应填数字，现在是「很大」" in page


def test_a_change_is_seen_in_the_history_and_an_older_form_is_told(w):
    client, url = w.clients["lead"], reverse("registers:change", kwargs={"name": "facilities", "pk": w.row.pk})
    form = client.get(url).context["form"]
    cells = {name: form[name].value() or "" for name in form.fields}
    assert client.post(url, {**cells, "name": "新名字", "reason": "换牌子"}).status_code == 302
    late = client.post(url, {**cells, "name": "更新的名字"})
    assert late.status_code == 422 and "已被别人修改过" in late.content.decode()
    again = {**cells, "name": "更新的名字", "seen": late.context["form"]["seen"].value()}
    assert client.post(url, again).status_code == 302
    page = client.get(reverse("registers:detail", kwargs={"name": "facilities", "pk": w.row.pk})).content.decode()
    assert "<del>一号活动室</del> → <ins>新名字</ins>" in page and "换牌子" in page


def test_the_sheet_holds_what_the_list_shows_and_the_audit_knows_of_it(w):
    answer = w.clients["lead"].get(reverse("registers:rows", kwargs={"name": "facilities"}), {"as": "csv", "q": "活动"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "一号活动室" in text and "甲社区" in text
    entry = Entry.objects.get(event=actions.EXPORTED)
    assert entry.data["rows"] == 1 and "导出了社区服务设施台账" in entry.sentence


def test_ticked_rows_are_changed_together(w):
    client, url = w.clients["lead"], reverse("registers:bulk", kwargs={"name": "facilities"})
    assert client.post(url, {"row": [w.row.pk], "query": ""}).status_code == 200
    given = {"row": [w.row.pk], "step": "do", "column": "state", "value": "闲置", "reason": "盘点"}
    assert client.post(url, given).status_code == 302
    w.row.refresh_from_db()
    assert w.row.get_state_display() == "闲置"
    assert w.clients["resident"].post(url, given).status_code == 404


def test_columns_and_views_are_kept(w):
    client, kwargs = w.clients["lead"], {"name": "facilities"}
    answer = client.post(reverse("registers:columns", kwargs=kwargs), {"col": ["name", "owner"], "query": "q=活动"})
    assert "cols=name%2Cowner" in answer["Location"] and "q=" in answer["Location"]
    client.post(reverse("registers:keep", kwargs=kwargs), {"name": "", "query": "cols=name,owner"})
    heads = [column.name for column, _ in client.get(reverse("registers:rows", kwargs=kwargs)).context["heads"]]
    assert heads == ["name", "owner"]


def api(client, path, body=None, verb="get", **headers):
    more = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return getattr(client, verb)(f"/api/registers/{path}", headers=headers, **more)


def test_programs_read_and_write_by_the_same_rules(w):
    lead, other = w.clients["lead"], w.clients["other"]
    assert api(w.clients["public"], "facilities/").status_code == 401
    assert api(w.clients["resident"], "facilities/").status_code == 404
    listed = api(lead, "facilities/?limit=10").json()["items"]
    assert [row["cells"]["name"] for row in listed] == ["一号活动室"]
    made = api(lead, "facilities/", {**w.cells, "name": "三号活动室"}, "post")
    assert made.status_code == 201 and made.json()["cells"]["area"]["text"] == "甲社区"
    assert api(other, "facilities/", {**w.cells, "name": "四号"}, "post").status_code == 403
    wrong = api(lead, "facilities/", {"name": "缺很多"}, "post")
    assert wrong.status_code == 422 and "请填写" in wrong.json()["error"]["sentence"]
    row, key = made.json(), f"facilities/{made.json()['id']}/"
    changed = api(lead, key, {"floor_area": 88}, "patch", **{"If-Match": row["version"]})
    assert changed.status_code == 200 and changed.json()["cells"]["floor_area"] == 88
    stale = api(lead, key, {"floor_area": 99}, "patch", **{"If-Match": row["version"]})
    assert stale.status_code == 422 and "被别人修改过" in stale.json()["error"]["sentence"]
    assert api(lead, key, {"id": 5}, "patch").status_code == 422
    assert api(lead, "nothing/").status_code == 404
    assert api(lead, "facilities/", [1], "post").status_code == 422


def test_the_document_of_the_api_tells_every_register(w):
    document = api(w.clients["public"], "openapi.json").json()
    assert {f"/api/registers/{r.name}/" for r in registers()} <= set(document["paths"])
    cells = document["components"]["schemas"]["facilities"]["properties"]["cells"]["properties"]
    assert cells["floor_area"]["type"] == ["number", "null"] and "enum" in cells["state"]
