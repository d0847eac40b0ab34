"""Suggestions for triage: the golden cases, what is stored and shown, learning from decisions, and how right it was."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from sanshe.accounts.public import SETUP
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.notices import Notice
from sanshe.matters.actions import load_criteria, triage_government, triage_joint
from sanshe.matters.actions.criteria import pack_file
from sanshe.matters.actions.suggesting import learn_from_decided, suggest_waiting
from sanshe.matters.models import Criterion, Matter, Triage
from sanshe.matters.suggesting import stored
from sanshe.matters.suggesting.thinking import Thinker
from sanshe.matters.words import MatterState
from tests.matters_cast import make_cast, report
from tests.unit.test_suggest_model import invented

GOLDEN = Path(__file__).parents[1] / "golden" / "triage.csv"
UNSURE = "拿不准"


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def moment(now, settings, tmp_path):
    settings.SANSHE_DEMO, settings.VAR = True, tmp_path
    with clock.frozen(now):
        yield now


def as_(cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.users[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_golden_cases(moment, capsys):
    """Of what is suggested on day one nearly all is right; the rest is called 「拿不准」, nonsense always."""
    load_criteria(file=pack_file(), by=Viewer.system_account(SETUP), now=moment)
    with GOLDEN.open(encoding="utf-8") as file:
        cases = list(csv.DictReader(file))
    names = set(Criterion.objects.values_list("name", flat=True))
    assert len(cases) >= 150 and all(c["标准"] in names for c in cases if c["分类"] != UNSURE)
    thoughts = Thinker(clock.today()).think([case["描述"] for case in cases])
    said = right = way = real = 0
    for case, thought in zip(cases, thoughts, strict=True):
        if case["分类"] == UNSURE:
            assert not thought.certain, case["描述"]
            continue
        real += 1
        if thought.certain:
            said += 1
            right += thought.criterion.name == case["标准"]
            way += thought.criterion.get_route_display() == case["分类"]
    with capsys.disabled():
        print(f"\n分流用例 {real} 条：给出建议 {said}，标准相符 {right}，分类相符 {way}，拿不准 {real - said}")
    assert right >= 0.97 * said and way >= 0.99 * said
    assert right >= 0.70 * real


def test_traditional_characters_are_read_and_shown_as_written(cast, moment):
    traditional, simple = Thinker(clock.today()).think(["東門的路燈不亮。", "东门的路灯不亮。"])
    assert traditional.criterion == simple.criterion == cast.criteria["lamp"] and traditional.certain and simple.certain
    assert traditional.words == ("路燈不亮",) and simple.words == ("路灯不亮",)


@pytest.mark.parametrize("text", ["啊", "灯", "😀🎉" * 9, "無" * 8, "路灯" * 25_000, "。" * 4000, "zzz 123"])
def test_odd_texts_never_fail_and_are_not_guessed(cast, moment, text):
    thought = Thinker(clock.today()).think([text])[0]
    assert thought.certain is ("路灯" in text)


def test_the_worker_stores_what_the_page_shows_and_nothing_is_applied(cast, moment):
    matter = report(cast, moment)
    vague = report(cast, moment, text="那个事情你们看着办吧。")
    assert suggest_waiting(moment) == 2 and suggest_waiting(moment) == 0
    row = matter.suggestions.get()
    assert row.certain and row.criterion == cast.criteria["lamp"] and row.words == ["路灯不亮"] and row.percent >= 60
    assert row.version == "标准 t1" and row.subject == "utilities" and row.unit is None
    page = as_(cast, "desk").get(f"/matters/{matter.pk}/").content.decode()
    assert "大事：道路照明" in page and "「路灯不亮」" in page and "把握" in page
    form = as_(cast, "desk").get(f"/matters/{vague.pk}/do/triage_joint/").content.decode()
    assert UNSURE in form
    matter.refresh_from_db()
    assert matter.state == MatterState.RECEIVED and not matter.route
    # Who decides nothing is shown nothing.
    assert "分流建议" not in as_(cast, "lead").get(f"/matters/{matter.pk}/").content.decode()


def test_the_unit_is_the_one_that_took_such_matters_before(cast, moment):
    first = report(cast, moment)
    decide(cast, first, moment)
    second = report(cast, moment, text="车库门口路灯不亮。")
    suggest_waiting(moment)
    assert second.suggestions.get().unit == cast.bodies["unit"]
    form = as_(cast, "desk").get(f"/matters/{second.pk}/do/triage_government/").content.decode()
    assert "多半由它承办" in form


def decide(cast, matter, now, key="lamp"):
    given = {"matter_id": matter.pk, "criterion": cast.criteria[key].pk, "reason": "按标准办理。", "now": now}
    if cast.criteria[key].route == "joint":
        return triage_joint(by=cast.viewer("desk"), **given)
    return triage_government(by=cast.viewer("desk"), host_unit=cast.bodies["unit"].pk, **given)


def test_how_right_it_was_with_the_rows_behind(cast, moment):
    for text, key in (
        ("路灯不亮了。", "lamp"),
        ("东门路灯不亮。", "complex"),
        ("路灯不亮，车也停不下。", "parking"),
        ("你们看着办。", "lamp"),
    ):
        decide(cast, report(cast, moment, text=text), moment, key)
    assert list(Triage.objects.order_by("pk").values_list("followed", flat=True)) == [True, False, False, None]
    page = as_(cast, "desk").get("/matters/suggestions/").content.decode()
    assert "给出分流建议 <b>3</b> 次，工作人员采用 <b>1</b> 次" in page and "违法搭建" in page
    month = f"{clock.today():%Y-%m}"
    for what, texts in (("followed", ["路灯不亮了"]), ("route", ["车也停不下"]), ("unsure", ["你们看着办"])):
        rows = as_(cast, "street").get(f"/matters/suggestions/rows/?month={month}&what={what}").content.decode()
        assert "共 1 件" in rows and all(text in rows for text in texts), what
    # Another street sees none of them, residents no such page.
    assert "还没有可以比较的建议" in as_(cast, "desk_far").get("/matters/suggestions/").content.decode()
    assert "共 0 件" in as_(cast, "street_far").get("/matters/suggestions/rows/").content.decode()
    for path in ("/matters/suggestions/", "/matters/suggestions/rows/"):
        assert as_(cast, "resident").get(path).status_code == 404
        assert Client().get(path).status_code == 302
    odd = as_(cast, "desk").get("/matters/suggestions/rows/?month=2026-99&what=x&route=y&page=abc")
    assert odd.status_code == 200


def test_it_learns_from_what_was_decided_here(cast, moment):
    assert learn_from_decided(moment) is None, "nothing was decided yet"
    decided(cast, moment, 330)
    about = learn_from_decided(moment)
    assert about and about["texts"] == 330 and about["classes"] == 3 and stored.about()["version"] == about["version"]
    leak = report(cast, moment, text="五单元，屋顶漏水，请来看看。下雨就渗进来")
    danger = report(cast, moment, text="五单元，屋顶漏水，请来看看。下雨就渗进来，还有煤气味")
    strange = report(cast, moment, text="這裡壞了很久，請派人處理")
    lamp = report(cast, moment, text="路灯不亮，路灯杆也歪了")
    suggest_waiting(moment)
    row = leak.suggestions.get()
    assert row.learned and row.certain and row.criterion == cast.criteria["complex"] and row.subject == "noise"
    assert row.words and row.version.startswith("学习")
    assert not danger.suggestions.get().certain, "words of danger are never passed over"
    assert not strange.suggestions.get().certain
    by_words = lamp.suggestions.get()
    assert by_words.criterion == cast.criteria["lamp"] and not by_words.learned, "what was not learned, the words tell"
    page = as_(cast, "desk").get("/matters/suggestions/").content.decode()
    assert "330 件已分流的事项" in page


def decided(cast, moment, count: int, first: int = 0) -> None:
    """So many matters that were decided in the hours before a moment."""
    keys = {"停车": "parking", "噪声": "question", "漏水": "complex"}
    texts, kinds = invented(count, seed=first)
    Matter.objects.bulk_create(
        Matter(
            number=f"T{n}", token=f"t{n}", title="反映", text=text, channel="web", area=cast.areas["home"],
            state="done", done_at=moment, created_at=moment, triaged_at=moment - timedelta(seconds=n), subject="noise",
            criterion=cast.criteria[keys[kind]], route=cast.criteria[keys[kind]].route, criterion_version="t1",
        ) for n, (text, kind) in enumerate(zip(texts, kinds, strict=True), first)
    )  # fmt: skip


def test_a_broken_model_is_put_aside_and_the_former_takes_its_place(cast, moment):
    keeper = cast.users["system_admin"]
    decided(cast, moment, 320)
    first = learn_from_decided(moment)
    assert first and learn_from_decided(moment + timedelta(days=1)) is None, "nothing new was decided"
    later = moment + timedelta(days=2)
    decided(cast, later, 30, first=400)
    second = learn_from_decided(later)
    assert second and second["texts"] == 350 and stored.about()["version"] == second["version"]
    # Cut off by a full disk: the former is in use again at once, nobody's suggestion fails.
    whole = stored.file().read_bytes()
    stored.file().write_bytes(whole[: len(whole) // 2])
    leak = report(cast, moment, text="五单元，屋顶漏水，请来看看。下雨就渗进来")
    assert suggest_waiting(later) == 1
    row = leak.suggestions.get()
    assert row.learned and row.version == first["version"] == stored.about()["version"]
    assert "已换回上一次学到的" in Notice.objects.get(user=keeper).text
    assert "换回了上一次学到的" in as_(cast, "desk").get("/matters/suggestions/").content.decode()
    # Broken again, and no former left: the words of the criteria.
    stored.file().write_bytes(b"broken")
    lamp = report(cast, moment, text="路灯不亮。")
    assert suggest_waiting(later) == 1 and suggest_waiting(later) == 0
    row = lamp.suggestions.get()
    assert row.certain and not row.learned and not stored.file().exists()
    assert Notice.objects.filter(user=keeper, text__contains="暂按分流标准里的词").count() == 1
    page = as_(cast, "desk").get("/matters/suggestions/").content.decode()
    assert "暂按标准里的词给出建议" in page
    assert learn_from_decided(later), "what was put aside is learned anew, however little is new"
    assert "读不出来" not in as_(cast, "desk").get("/matters/suggestions/").content.decode()
