"""Filters and the HTML contracts of the component tags. No database: samples stand in for objects."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace as Sample

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template, engines
from django.test import RequestFactory

from sanshe.accounts.words import Role
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.money import money_wan
from sanshe.web import drawing, navigation, samples, words

NOW = clock.at(2026, 11, 23, 9, 0)  # a Monday


@pytest.fixture(autouse=True)
def _monday():
    with clock.frozen(NOW):
        yield


def render(text: str, **context: object) -> str:
    return Template("{% load sanshe %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("yuan", "said"),
    [(None, "未填"), (0, "0 元"), (8600, "8,600 元"), (9999.5, "9,999.5 元"), (10000, "1 万元"), (125000, "12.5 万元"),
     (126_000_000, "1.26 亿元"), (-30000, "-3 万元"), ("不是数", "不是数")],
)  # fmt: skip
def test_money(yuan, said):
    assert money_wan(yuan) == said


@pytest.mark.parametrize(
    ("on", "said"),
    [(date(2026, 11, 23), "今天（周一）"), (date(2026, 11, 24), "明天（周二）"), (date(2026, 11, 21), "前天（周六）"),
     (date(2026, 7, 3), "7月3日（周五）"), (date(2025, 7, 3), "2025年7月3日"), (None, "未定")],
)  # fmt: skip
def test_day(on, said):
    assert words.day(on) == said


def test_a_moment_late_in_the_evening_utc_is_the_next_day_here():
    assert words.moment(datetime.fromisoformat("2026-11-22T17:30:00+00:00")) == "今天 01:30"


@pytest.mark.parametrize(
    ("at", "said"),
    [(clock.at(2026, 11, 24, 17), "明天 17:00 前"), (clock.at(2026, 11, 26, 17), "本周四 17:00 前"),
     (clock.at(2026, 11, 30, 17), "下周一 17:00 前"), (clock.at(2026, 12, 4, 17), "12月4日（周五）前"),
     (date(2026, 11, 23), "今天内"), (None, "未定期限")],
)  # fmt: skip
def test_until(at, said):
    assert words.until(at) == said


def test_masks_leave_nothing_of_the_middle():
    assert words.masked("500112199001010002") == "500112********0002"
    assert words.masked("13800000001") == "138****0001"
    assert words.masked("杨小满") == "杨**"
    assert "199001" not in render("{% mask number %}", number="500112199001010002")


def test_percent_of_nothing_is_no_data():
    assert render("{{ a|percent }} {{ b|percent }} {{ c|percent }}", a=None, b=0, c=0.952) == "无数据 0 % 95.2 %"


def test_state_has_colour_sign_and_word():
    html = render("{% badge '已逾期' 'bad' %}")
    assert "tone-bad" in html and "!" in html and "已逾期" in html


def test_due_says_late_in_words_and_names_the_day():
    html = render("{% due at %}", at=NOW - timedelta(days=3))
    assert "due-late" in html and "已逾期" in html and "应在" in html


def test_due_of_a_finished_thing_is_silent_about_time_left():
    assert "还剩" not in render("{% due at done=True %}", at=NOW + timedelta(days=3))
    assert "已暂停计时" in render("{% due at paused=True %}", at=NOW + timedelta(days=3))


def test_thread_has_seven_stations_marks_where_we_are_and_links_only_what_may_be_seen():
    html = render("{% thread stations=stations %}", stations=samples.samples()["stations"])
    assert html.count('class="st st-') == 7
    assert html.count('aria-current="step"') == 1
    assert "尚未开始" in html
    hidden = Sample(label="比选", status="now", entries=[Sample(title="不可看", state="", who="", when=None, url="")])
    assert "<a" not in render("{% thread stations=stations %}", stations=[hidden])


def test_offers_fill_the_primary_ask_before_danger_and_grey_with_the_reason():
    html = render("{% offers matter offers=offers %}", matter=None, offers=samples.samples()["offers"])
    assert 'aria-disabled="true"' in html and "还没有填写办理结果" in html
    assert "<details" in html and "确定恢复办理" in html
    assert 'name="form_key"' in html
    assert "btn-danger-line" in html


def test_offers_can_leave_steps_out():
    html = render("{% offers matter offers=offers skip='close, return' %}", matter=None,
                  offers=samples.samples()["offers"])  # fmt: skip
    assert "办结此事项" not in html and "退回此事项" not in html and "恢复办理" in html


class Asked(forms.Form):
    name = forms.CharField(label="联系人", help_text="例如 杨小满", max_length=5)
    route = forms.ChoiceField(label="分流", choices=[("g", "大事")], widget=forms.RadioSelect)
    open = forms.BooleanField(label="公开", required=False)


def test_a_field_ties_label_hint_and_error_to_its_input():
    html = render("{% field form.name %}", form=Asked({"name": ""}))
    assert '<label class="label" for="id_name">' in html
    assert 'id="id_name_error"' in html and "请填写「联系人」" in html
    assert 'id="id_name_helptext"' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described and set(described[1].split()) == {"id_name_helptext", "id_name_error"}
    assert 'aria-invalid="true"' in html


def test_what_was_typed_stays_and_is_escaped():
    html = render("{% field form.name %}", form=Asked({"name": "<script>alert(1)</script>"}))
    assert "&lt;script&gt;" in html and "<script>" not in html


def test_errors_on_top_link_to_their_fields():
    html = render("{% errors form %}", form=Asked({}))
    assert 'href="#id_name"' in html and 'href="#f-route"' in html and 'role="alert"' in html
    assert "有 2 处" in html
    assert render("{% errors form %}", form=Asked()).strip() == ""


def test_radio_buttons_are_a_group_with_a_legend():
    html = render("{% field form.route %}", form=Asked())
    assert "<fieldset" in html and "<legend" in html and html.count("</fieldset>") == 1


def test_known_values_are_marked_only_when_there_is_one():
    form = Asked(initial={"name": "杨小满"})
    form.known = {"name"}
    assert "已有，无需填写" in render("{% field form.name %}", form=form)
    assert "已有，无需填写" not in render("{% field form.name known=True %}", form=Asked())


def test_forms_print_with_our_templates():
    assert 'class="field' in str(Asked()) and 'class="field' in Asked()["name"].as_field_group()


def test_head_turns_the_order_and_keeps_the_filters():
    request = RequestFactory().get("/x/?area=500112&sort=due&after=9")
    html = render("{% th '期限' 'due' %}", request=request)
    assert 'aria-sort="ascending"' in html and "sort=-due" in html
    assert "area=500112" in html and "after" not in html


def test_pager_pages_by_key():
    request = RequestFactory().get("/x/?area=1&after=40")
    html = render("{% pager page %}", request=request, page={"total": "1000+", "next": 60, "previous": 41})
    assert "1000+" in html and "after=60" in html and "before=41" in html and "area=1" in html


def test_export_is_what_is_seen():
    html = render("{% export %}", request=RequestFactory().get("/x/?area=1&after=40"))
    assert "/x/?area=1&amp;as=xlsx" in html


def test_empty_states_teach():
    html = render("{% nothing '这里会列出事项' icon='matter' %}怎样开始{% endnothing %}")
    assert "这里会列出事项" in html and "怎样开始" in html


def test_history_tells_sentences_and_keeps_posts_from_the_public():
    entry = Sample(sentence="周敏分流此事项", at=NOW, post="街道专干", note="理由")
    html = render("{% history entries=entries %}", entries=[entry])
    assert "周敏分流此事项" in html and "街道专干" in html and "理由" in html and "今天 09:00" in html
    assert "街道专干" not in render("{% history entries=entries public=True %}", entries=[entry])


def test_diagram_shows_every_reachable_state_and_where_we_are():
    shown = samples.samples()
    svg = drawing.diagram(shown["flow"], samples.SampleState.HANDLING)
    for state in samples.SampleState:
        assert state.label in svg
    assert svg.count("您在这里") == 1
    assert "style=" not in svg
    html = render("{% stepper flow matter %}", flow=shown["flow"], matter=shown["matter"])
    assert "办结此事项" in html


def test_qr_is_a_data_image():
    assert 'src="data:image/svg+xml' in render("{% qr '/m/abc' %}")


def test_chart_carries_its_table():
    html = render("{% chart '一句话' data %}", data=samples.samples()["chart"])
    assert "<table" in html and "示范街道" in html and 'type="application/json"' in html and "一句话" in html


def test_form_keys_differ():
    assert render("{% form_key %}") != render("{% form_key %}")


def test_an_empty_block_leaves_no_trace():
    page = engines["django"].from_string("{% extends 'web/portal.html' %}{% block title %}标题{% endblock %}")
    request = RequestFactory().get("/")
    request.viewer, request.user = Viewer.public(), Sample(is_authenticated=False)
    html = page.render(request=request)
    assert "<h1>标题</h1>" in html and "<title>标题 · " in html
    assert 'class="actions"' not in html and "<aside" not in html and 'class="history"' not in html


@pytest.mark.parametrize("role", Role)
def test_the_rail_of_a_post_has_at_most_eight_places_and_the_portal_five(role):
    offered = [place for place in navigation.WORKBENCH if place.roles is None or role.value in place.roles]
    assert 2 <= len(offered) <= 8 and len(navigation.PORTAL) <= 5


def test_nothing_inline_in_our_templates():
    """The CSP refuses inline style, script and handlers; data blocks (application/json) are not scripts."""
    for path in (Path(settings.BASE_DIR) / "sanshe").glob("*/templates/**/*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle\s*=", text), path
        assert not re.search(r"\son(click|change|submit|load|input)\s*=", text), path
        for tag in re.findall(r"<script\b[^>]*>", text):
            assert "src=" in tag or "application/json" in tag, path


def test_optional_is_said_only_where_something_is_required():
    class Free(forms.Form):
        text = forms.CharField(label="什么事", required=False)
        place = forms.CharField(label="在哪里", required=False)

    assert "选填" not in render("{% field form.text %}", form=Free())
    free = Free()
    free.optional = {"place"}
    assert "选填" in render("{% field form.place %}", form=free)
    assert "选填" not in render("{% field form.text %}", form=free)


def test_a_chart_without_any_value_says_so_instead_of_drawing_nothing():
    data = {"kind": "bar", "names": ["甲"], "series": [{"name": "满意率", "values": [None]}]}
    html = render("{% chart '还没有评价' data %}", data=data)
    assert "还没有可以画出来的数据" in html and "data-chart=" not in html and "无数据" in html
