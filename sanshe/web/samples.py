"""Sample data of the gallery. Everything here is invented; nothing is read from the database."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace as Sample
from typing import Any

from django import forms
from django.db.models import TextChoices

from sanshe.kernel import clock


class SampleState(TextChoices):
    """States of a sample procedure."""

    RECEIVED = "received", "已受理"
    TOGETHER = "together", "协商中"
    GOVERNMENT = "government", "待派单"
    HANDLING = "handling", "办理中"
    PAUSED = "paused", "暂停等待"
    DONE = "done", "已办结"
    RETURNED = "returned", "退回重派"


def _step(name: str, label: str, source: Any, target: Any, **more: Any) -> Sample:
    base = {"hidden": False, "verb": "handle", "primary": False, "danger": False, "form": True, "confirm": "",
            "hint": ""}  # fmt: skip
    return Sample(name=name, label=label, sources=(source,), target=target, **{**base, **more})


_S = SampleState
STEPS = [
    _step("joint", "分流为小事", _S.RECEIVED, _S.TOGETHER, primary=True),
    _step("government", "分流为大事", _S.RECEIVED, _S.GOVERNMENT),
    _step("assign", "派给承办单位", _S.GOVERNMENT, _S.HANDLING, primary=True),
    _step("return", "退回此事项", _S.HANDLING, _S.RETURNED, danger=True),
    _step("pause", "暂停等待居民补充", _S.HANDLING, _S.PAUSED),
    _step("resume", "恢复办理", _S.PAUSED, _S.HANDLING),
    _step("again", "重新派单", _S.RETURNED, _S.HANDLING),
    _step("close", "办结此事项", _S.HANDLING, _S.DONE, primary=True),
    _step("agreed", "形成协商意见", _S.TOGETHER, _S.DONE),
]


class _Access:
    @staticmethod
    def rule(verb: str) -> Any:
        return Sample(says=lambda: "承办单位的经办人")


class SampleForm(forms.Form):
    """Each kind of field once."""

    required_css_class = "required"
    name = forms.CharField(label="联系人", initial="杨小满")
    phone = forms.CharField(
        label="手机号码", required=False, help_text="只用于告知进展，不对外显示。例如 13800000001。"
    )
    place = forms.ChoiceField(label="在哪里", choices=[("", "请选择"), ("a", "示范苑小区 3 栋"), ("b", "滨河步道")])
    text = forms.CharField(
        label="发生了什么",
        widget=forms.Textarea,
        help_text="写清楚时间和地点，办得更快。例如「昨晚 3 栋楼下的路灯不亮」。",
    )
    route = forms.ChoiceField(label="分流", widget=forms.RadioSelect, choices=[
        ("g", "大事：由政府办"), ("j", "小事：大家商量着办"), ("s", "私事：自己办，邻里帮")])  # fmt: skip
    photo = forms.FileField(
        label="照片", required=False, help_text="最多 6 张，每张不超过 10 MB；位置等信息会自动去除。"
    )
    quiet = forms.BooleanField(label="不公开这件事", required=False)
    known = {"name"}


def samples() -> dict[str, Any]:
    """All that the gallery page shows."""
    now = clock.now()
    day = timedelta(days=1)
    matter = Sample(state=_S.HANDLING, pk=1, get_state_display=lambda: "办理中")
    flow = Sample(steps=STEPS, states=SampleState, start_state=_S.RECEIVED, title="事项", state_field="state",
                  access=_Access, state=lambda obj: _S(obj.state))  # fmt: skip

    def entry(title: str, state: str, who: str, when: Any, url: str = "#") -> Sample:
        return Sample(title=title, state=state, who=who, when=when, url=url)

    stations = [
        Sample(label="事项", status="done", entries=[
            entry("3 栋楼下路灯不亮，老人晚上不敢出门", "已受理", "居民", now - 40 * day)]),
        Sample(label="分流", status="done", entries=[
            entry("小事：大家商量着办", "", "示范社区 综合窗口", now - 39 * day)]),
        Sample(label="协商", status="done", entries=[
            entry("夜间照明怎么改、谁来管", "已形成协商意见", "示范社区党组织、居委会", now - 21 * day)]),
        Sample(label="项目", status="done", entries=[
            entry("夜归陪伴与照明巡护", "街道已批准", "示范街道", now - 14 * day)]),
        Sample(label="比选", status="now", entries=[
            entry("夜归陪伴与照明巡护服务比选", "公示中", "示范街道 采购经办", now - 2 * day),
            entry("补充邀请一家供应方", "已回应", "示范街道", now - 4 * day, ""),
            entry("第一次比选", "供应方不足三家", "示范街道", now - 9 * day)]),
        Sample(label="服务", status="ahead", entries=[]),
        Sample(label="评价", status="ahead", entries=[]),
    ]  # fmt: skip

    def offer(name: str, allowed: bool = True, why: str = "", **more: Any) -> Sample:
        step = next(s for s in STEPS if s.name == name)
        return Sample(step=Sample(**{**vars(step), **more}), allowed=allowed, why=why, url="#")

    offers = [
        offer("close", False, "还没有填写办理结果"), offer("pause"),
        offer("resume", form=False, confirm="恢复后期限继续计算，剩 2 个工作日。"), offer("return"),
    ]  # fmt: skip
    history = [
        Sample(sentence="朱清河（示范街道平安办）申请延长 3 个工作日", at=now - timedelta(hours=2),
               post="承办单位经办人",
               note="灯杆需要更换，配件周三到货。"),
        Sample(sentence="周敏把此事项派给示范街道平安办主办", at=now - day, post="街道三社联动专干", note=""),
        Sample(sentence="居民反映此事项", at=now - 3 * day, post="", note=""),
    ]  # fmt: skip
    bound = SampleForm({"name": "杨小满", "phone": "123", "text": "", "place": "a"})
    bound.add_error("phone", "手机号码应为 11 位数字，现在是 3 位。")
    rows = [
        Sample(
            title=title, number=number, state=state, get_state_display=(lambda s=state: s.label), due=due, money=money
        )
        for title, number, state, due, money in [
            ("3 栋楼下路灯不亮", "SX-2026-000128", _S.HANDLING, now + 2 * day, 8600),
            ("电动车占了消防通道", "SX-2026-000131", _S.GOVERNMENT, now - day, 125000),
            ("想在架空层办老年食堂", "SX-2026-000140", _S.TOGETHER, now + 12 * day, 1_260_000),
        ]
    ]
    chart = {
        "kind": "bar-h", "of": "街道", "names": ["示范街道", "滨江街道", "山茶街道", "翠岭街道"],
        "highlight": ["翠岭街道"], "target": 7,
        "series": [{"name": "已设社会工作室的社区", "unit": "个", "values": [9, 8, 7, 3]}],
    }  # fmt: skip
    line = {
        "kind": "line", "of": "月份", "names": [f"{m} 月" for m in range(1, 11)], "min": 80, "max": 100,
        "series": [{"name": "满意率", "unit": "%", "values": [88, 89, 91, 90, 92, 93, 93, 94, 95, 95]},
                   {"name": "去年", "unit": "%", "values": [86, 86, 87, 88, 88, 89, 88, 90, 90, 91]}],
    }  # fmt: skip
    return {
        "now": now, "matter": matter, "flow": flow, "stations": stations, "offers": offers, "entries": history,
        "form": SampleForm(initial={"name": "杨小满"}, auto_id="b_%s"), "bad_form": bound,
        "rows": rows, "chart": chart, "line": line,
        "dates": [now - 2 * day, now, now + day, now + 5 * day, now + 40 * day],
        "past": now - 3 * day, "soon": now + day, "later": now + 9 * day, "today": date.today(),
        "page": {"total": "1000+", "next": 20, "previous": 60},
    }  # fmt: skip
