"""The forms of steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from sanshe.accounts.public import User
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer

from .. import queries
from ..models import Dispute, Term
from ..words import Answer, Confirmation, Form, How
from .fields import Day, Line, Lines, Moment, One, Pick

#: Lines for what is agreed; more stands in the text.
LINES = 4


class _OfDispute(forms.Form):
    """A form that knows its dispute and who fills it in."""

    wants_object = True

    def __init__(self, *args: Any, obj: Dispute, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.obj, self.viewer = obj, viewer
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and hints from the dispute."""


class AnswerForm(_OfDispute):
    """What a party without an account said."""

    party = forms.TypedChoiceField(
        label="哪一位当事人", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "请选择当事人。", "invalid_choice": "请选择还没有答复的当事人。"},
    )  # fmt: skip
    answer = One("答复", [Answer.AGREED, Answer.REFUSED], widget=forms.RadioSelect)
    how = One("怎样答复的", [], widget=forms.RadioSelect)

    def prepare(self) -> None:
        """The parties who have not answered."""
        rows = queries.unanswered(self.viewer, self.obj)
        self.fields["party"].choices = [(p.pk, f"{p.name}（{p.get_side_display()}）") for p in rows]  # type: ignore[attr-defined]
        self.fields["answer"].choices = [(a.value, a.label) for a in (Answer.AGREED, Answer.REFUSED)]  # type: ignore[attr-defined]
        self.fields["how"].choices = [(h.value, h.label) for h in (How.IN_PERSON, How.PHONE, How.PAPER)]  # type: ignore[attr-defined]
        self.fields["answer"].help_text = "明确拒绝的，不得调解（人民调解法第十七条）。"


class EndForm(_OfDispute):
    """Why it ends, and what else the parties may do."""

    reason = Lines("原因", 3, help_text="双方当事人会看到。")
    other_way = Lines("告知的其他途径", 3)

    def prepare(self) -> None:
        """The usual other ways, to be made exact."""
        self.initial.setdefault("other_way", params.get("mediation.other_ways").value)


class MediatorForm(_OfDispute):
    """Whom to appoint."""

    mediator = Pick("调解员", User.objects.none(), widget=forms.RadioSelect, empty_label=None)

    def prepare(self) -> None:
        """Those who serve here, with what they have in hand; who must stand aside is refused with the reason."""
        found = queries.mediators(self.obj)
        busy = {user.pk: n for user, n in found}
        field: Any = self.fields["mediator"]
        field.queryset = User.objects.filter(pk__in=list(busy)).order_by("pk")
        field.label_from_instance = lambda u: f"{u.name}（在办 {busy.get(u.pk, 0)} 件）"
        field.help_text = (
            "当事人可以选择或者接受调解员；当事人一致选定的，请指定这一位。"
            if found
            else ("本社区、本街道还没有设调解员，请先请街道授予岗位。")
        )


class RecuseForm(forms.Form):
    """Why the mediator stands aside."""

    reason = Lines("回避的理由", 3, help_text="不写进通知；例如与一方当事人是亲属。")


class StopForm(forms.Form):
    """A party ends it."""

    reason = Lines("原因", 3, required=False, help_text="可以不填。")


class SittingForm(forms.Form):
    """One meeting."""

    at = Moment("调解时间")
    place = Line("地点", help_text="例如「社区调解室」。")
    present = Line("到场的人", help_text="当事人、调解员、邀请来的人，例如「双方当事人、楼栋长」。")
    record = Lines("调解记录", 8, help_text="各方说了什么、有哪些事实和证据、调解员怎样劝说。")
    next_step = Line("下一步", required=False, help_text="例如「11月30日再谈，双方各带账单」。")


class DraftForm(_OfDispute):
    """The agreement, with what is to be done by when."""

    form = One("协议的形式", Form.choices, widget=forms.RadioSelect)
    facts = Lines("纠纷的主要事实和双方的责任", 4)
    terms_text = Lines("协议内容", 6, help_text="双方自愿达成的内容；不得违反法律，不得损害别人的利益。")

    def prepare(self) -> None:
        """Lines of who, what, by when; known texts when it is written anew."""
        for name in ("form", "facts", "terms_text"):
            if getattr(self.obj, name):
                self.initial.setdefault(name, getattr(self.obj, name))
        self.initial.setdefault("form", Form.WRITTEN)
        parties = [("", "（不填）"), *((p.pk, p.name) for p in queries.parties_of(self.viewer, self.obj))]
        before = [t for t, _ in queries.terms_of(self.viewer, self.obj)][:LINES]
        for nr in range(1, LINES + 1):
            self.fields[f"who{nr}"] = forms.TypedChoiceField(
                label=f"第 {nr} 项由谁履行", coerce=int, empty_value=0, required=False, choices=parties,
                error_messages={"invalid_choice": "请从当事人中选择。"},
            )  # fmt: skip
            self.fields[f"what{nr}"] = Line(f"第 {nr} 项做什么", required=False)
            self.fields[f"due{nr}"] = Day(f"第 {nr} 项什么时候以前", required=False)
        for nr, term in enumerate(before, 1):
            due = clock.local(term.due_at).date()
            self.initial |= {f"who{nr}": term.who_id, f"what{nr}": term.what, f"due{nr}": due}

    def clean(self) -> dict[str, Any]:
        """Each line whole or empty; the lines in one list."""
        given: dict[str, Any] = super().clean() or {}
        lines: list[tuple[int, str, date]] = []
        for who, what, due, nr in self._typed(given):
            if not (who or what or due):
                continue
            if not who:
                self.add_error(f"who{nr}", "请选择由谁履行。")
            if not what:
                self.add_error(f"what{nr}", "请写明做什么。")
            if not due:
                self.add_error(f"due{nr}", "请填写期限，到期由调解员回访。")
            if who and what and due:
                lines.append((who, what, due))
        return {k: v for k, v in given.items() if k in ("form", "facts", "terms_text")} | {"lines": lines}

    @staticmethod
    def _typed(given: dict[str, Any]) -> Iterator[tuple[int, str, date | None, int]]:
        for nr in range(1, LINES + 1):
            yield given.get(f"who{nr}") or 0, given.get(f"what{nr}") or "", given.get(f"due{nr}"), nr


class SignForm(_OfDispute):
    """Who has signed, and from which day it holds."""

    effect_on = Day(
        "生效日期", help_text="书面协议：双方签名、盖章或按指印，调解员签名并加盖印章之日；口头协议：达成之日。"
    )
    signed = forms.TypedMultipleChoiceField(
        label="已签名、盖章或按指印的当事人", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    sealed = forms.BooleanField(label="调解员已签名，已加盖人民调解委员会印章", required=False)

    def prepare(self) -> None:
        """An oral agreement asks for the day alone."""
        self.initial.setdefault("effect_on", clock.today())
        if self.obj.form == Form.ORAL:
            del self.fields["signed"], self.fields["sealed"]
            return
        rows = queries.parties_of(self.viewer, self.obj)
        self.fields["signed"].choices = [(p.pk, p.name) for p in rows]  # type: ignore[attr-defined]


class ConfirmForm(_OfDispute):
    """The judicial confirmation."""

    confirmation = One("办到哪一步", Confirmation.choices, widget=forms.RadioSelect)
    confirmation_on = Day("共同申请的日期")
    court = Line("人民法院", help_text="例如「某某区人民法院」。")

    def prepare(self) -> None:
        """What is noted already."""
        self.initial.setdefault("confirmation", self.obj.confirmation or Confirmation.APPLIED)
        self.initial.setdefault("confirmation_on", self.obj.confirmation_on or clock.today())
        self.initial.setdefault("court", self.obj.court or "")


class VisitForm(forms.Form):
    """What a visit found."""

    note = Lines("回访的情况", 4, help_text="什么时候、怎样回访的，履行得怎样。")


class MoveForm(forms.Form):
    """Another date for what was agreed."""

    wants_object = True
    due_on = Day("新的期限", help_text="须双方都同意。")

    def __init__(self, *args: Any, obj: Term, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
