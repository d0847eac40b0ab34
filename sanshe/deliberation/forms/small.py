"""Small forms: a reason, guidance, an invitation, a seat."""

from __future__ import annotations

from typing import Any

from django import forms

from sanshe.accounts.public import user_by_phone
from sanshe.areas.public import Body, bodies_in
from sanshe.kernel import params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.identifiers import clean_phone

from ..models import Deliberation, Participant
from ..words import Capacity, Seat
from .fields import Line, Lines, One, Pick


class ReasonForm(forms.Form):
    """Why."""

    reason = Lines(rows=3, label="原因", help_text="相关的人会看到，一两句话说清楚即可。")


class GuideForm(forms.Form):
    """Guidance of the street or the service centre."""

    note = Lines(rows=4, label="指导意见", help_text="只给社区和街道看，不公开。最多 1000 个字。")


class SeatForm(forms.Form):
    """Another seat for a participant."""

    wants_object = True
    seat = One(label="席位", choices=Seat.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, obj: Participant, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"seat": obj.seat}})
        self.fields["seat"].help_text = "应到的人计入开会人数和表决；会议开始后应到名单不能再改。"


class InviteForm(forms.Form):
    """Inviting somebody: by phone number, if there is an account, else by name."""

    name = Line(label="姓名", max_length=40, required=False, help_text="有账号的可以只填手机号码。")
    phone = Line(
        label="手机号码",
        required=False,
        max_length=20,
        help_text="用来找到对方的账号，找到后由系统发出邀请；不会另外保存。",
    )
    capacity = One(label="以什么身份参加", choices=Capacity.choices)
    body = Pick(Body.objects.none(), label="所代表的单位", required=False)
    seat = forms.ChoiceField(label="席位", required=False, choices=[("", "按身份默认"), *Seat.choices])

    def __init__(self, *args: Any, deliberation: Deliberation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = bodies_in(deliberation.area)  # type: ignore[attr-defined]
        names = params.get("deliberation.member_capacities").shown
        self.fields["seat"].help_text = f"默认应到：{names}；其他身份列席。"

    def clean(self) -> dict[str, Any]:
        """Find the account of a phone number; without one a name is needed."""
        given: dict[str, Any] = super().clean() or {}
        given["user"] = None
        phone = given.get("phone", "")
        if phone:
            try:
                given["user"] = user_by_phone(clean_phone(phone))
            except Invalid as wrong:
                self.add_error("phone", wrong.sentence)
            else:
                if given["user"] is None and not given.get("name"):
                    self.add_error("name", "这个号码还没有账号，请填写姓名，由社区另行通知。")
        elif not given.get("name"):
            self.add_error("name", "请填写姓名或手机号码。")
        return given
