"""Pages of the indicators: who gets which, what they say, the plan from the gap to its end, reports, the notice."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from sanshe.indicators.actions import compute
from sanshe.indicators.models import GapPlan, StoredFigure
from sanshe.kernel import clock
from sanshe.kernel.flow import agenda
from sanshe.workforce.models import SocialWorkRoom, Worker
from tests.matters_cast import make_cast

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NAME = "professionals_per_community"


@pytest.fixture
def cast(db):
    made = make_cast()
    for key in ("home", "next"):
        Worker.objects.create(
            name=f"甲{key}", kind="community_worker", area=made.areas[key], valid_from=date(2024, 1, 1)
        )
    SocialWorkRoom.objects.create(area=made.areas["home"], name="室", valid_from=date(2024, 1, 1))
    return made


def browser(cast, who):
    client = Client()
    if who != "public":
        client.force_login(cast.users[who], backend=BACKEND)
    return client


def test_who_gets_which_page(cast):
    own, far = cast.areas["home"].pk, cast.areas["far"].pk
    asked = {
        "/indicators/": {"district": 200, "street": 200, "lead": 200, "resident": 404, "handler": 404, "public": 302},
        f"/indicators/?area={far}": {"district": 200, "street": 404, "lead": 404},
        f"/indicators/?area={own}": {"district": 200, "lead": 200, "street_far": 404},
        f"/indicators/{NAME}/": {"district": 200, "lead": 200, "resident": 404},
        f"/indicators/{NAME}/rows/": {"street": 200, "handler": 404},
        f"/indicators/{NAME}/plan/?area={own}": {"street": 200, "district": 200, "lead": 403, "street_far": 404},
        "/indicators/nothing/": {"district": 404},
        "/indicators/table/": {"district": 200, "resident": 404},
        "/indicators/report/": {"district": 200, "lead": 200, "resident": 404, "public": 302},
        "/indicators/report/pdf/": {"district": 404},
        "/indicators/plans/": {"district": 200, "resident": 404, "public": 302},
        "/indicators/notice/": {"public": 200, "resident": 200, "district": 200},
        "/evaluation/brands/": {"public": 200, "district": 200},
        "/evaluation/sites/": {"public": 200},
    }
    wrong = []
    people = {who: browser(cast, who) for statuses in asked.values() for who in statuses}
    for address, statuses in asked.items():
        for who, status in statuses.items():
            got = people[who].get(address).status_code
            if got != status:
                wrong.append(f"{address} {who}: {got}, not {status}")
    assert not wrong, "\n".join(wrong)


def test_the_cockpit_says_the_answer_first_and_missing_is_not_zero(cast):
    page = browser(cast, "district").get("/indicators/").content.decode()
    assert "离 2025 年目标还差 10 名社会工作专业人才，涉及 2 个社区" in page
    assert "1 个社区无数据" in page
    assert "没有数据的写“无数据”，不算达到，也不算零" in page
    detail = browser(cast, "district").get(f"/indicators/{NAME}/").content.decode()
    assert detail.count('class="judged-one') == 3  # at the end of 2020, of 2025, and today
    assert detail.index("梧桐社区</a>") < detail.index("木棉社区</a>")  # by what is missing, the unknown last
    carried = browser(cast, "district").get("/indicators/communities_with_social_work_room/").content.decode()
    assert "没有新的数，沿用 2020 年末的要求" in carried


def test_a_plan_from_the_gap_to_its_end(cast):
    officer, lead, own = browser(cast, "street"), browser(cast, "lead"), cast.areas["home"].pk
    address = f"/indicators/{NAME}/plan/?area={own}"
    wrong = {"aim": "5", "measures": "派驻", "owner": cast.users["lead"].pk, "due": "2020-01-01"}
    refused = officer.post(address, wrong)
    assert refused.status_code == 422 and "期限不能早于今天" in refused.content.decode()
    assert officer.post(address, {**wrong, "measures": ""}).status_code == 422 and not GapPlan.objects.exists()
    due = clock.today() + timedelta(days=90)
    given = {"aim": "5", "measures": "派驻两名社工", "owner": cast.users["lead"].pk, "due": due.isoformat()}
    made = officer.post(address, given)
    plan = GapPlan.objects.get()
    assert made.status_code == 302 and made["Location"] == plan.get_absolute_url()
    assert officer.post(address, given).status_code == 422  # one plan a gap
    assert [t.label for t in agenda(cast.viewer("lead")).items if t.kind == "补齐计划"] == ["报告补齐进展"]
    assert lead.post(f"{plan.get_absolute_url()}report/", {"note": "两名社工已到岗"}).status_code == 302
    page = lead.get(plan.get_absolute_url()).content.decode()
    assert "两名社工已到岗" in page and "要达到 5 人" in page
    assert browser(cast, "street_far").get(plan.get_absolute_url()).status_code == 404
    assert officer.post(f"{plan.get_absolute_url()}finish/", {"note": "已补齐"}).status_code == 302
    plan.refresh_from_db()
    assert plan.state == "done" and not agenda(cast.viewer("lead"), kinds=["补齐计划"]).items


def test_reports_hold_the_figures_with_their_sources(cast):
    client = browser(cast, "district")
    docx = client.get("/indicators/report/docx/")
    text = "\n".join(p.text for p in Document(BytesIO(docx.content)).paragraphs)
    assert "三社联动" in text and "渝两江党办发〔2020〕25号 一（三）" in text
    book = load_workbook(BytesIO(client.get("/indicators/report/xlsx/?period=year").content))
    rows = {row[0]: row for row in book["指标"].iter_rows(min_row=5, values_only=True)}
    assert rows["每个社区的社会工作专业人才"][5] == "未达到" and rows["居民满意度"][1] == "无数据"
    assert book.sheetnames == ["指标", "各区域", "还差什么", "补齐计划", "口径和来源"]


def test_the_notice_shows_figures_to_those_who_may_read_them_only(cast):
    public = browser(cast, "public").get("/indicators/notice/").content.decode()
    assert "尚未支持" in public and "未达到" not in public and "二（四）2" in public
    officer = browser(cast, "district").get("/indicators/notice/").content.decode()
    assert "未达到" in officer and "现状" in officer


def test_stored_figures_are_those_that_are_counted_now(cast):
    from sanshe.indicators import queries

    on = date(2026, 10, 31)
    made = compute(on, clock.now())
    assert made == StoredFigure.objects.filter(on=on).count() > 0
    for key in ("district", "street", "other_street"):
        area = cast.areas[key]
        live = queries.report(area, on, before=False)
        kept = queries.stored.on_day([area.pk], on).get(area.pk, {})
        for figure in live.figures:
            tally = kept.get(figure.indicator.name)
            if tally is None:
                assert not figure.has_data, figure.indicator.name
            elif figure.indicator.level != "anywhere":
                same = (tally.numerator, tally.denominator, tally.units, tally.unknown, tally.short, tally.lack)
                now = figure.tally
                assert same == (now.numerator, now.denominator, now.units, now.unknown, now.short, now.lack)
    assert compute(on, clock.now()) == made  # twice is once
