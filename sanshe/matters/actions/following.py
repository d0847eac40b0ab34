"""Neighbours who met with the same (我也遇到了), what is said of a putting right, calls to those who did not rate."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from sanshe.accounts.public import Role
from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.notices import notify

from ..access import PublicMatterAccess, SupportAccess
from ..flow import FLOW
from ..flow_parts import CALLBACK
from ..models import CallBack, Handling, Inquiry, Matter, PublicMatter, Support
from ..words import CallBackState, Grade, MattersEvent, MatterState
from .telling import clean, tell_posts, tell_unit

# -- the same, met with by a neighbour ---------------------------------------------------------------------------------


@transaction.atomic
def support(*, matter_id: int, by: Viewer, now: datetime) -> PublicMatter:
    """Say that one met with the same as a public matter tells of, and follow it. Once a person; nothing is published.

    Only for those who have signed in: whoever may press without a name could press a thousand times.
    """
    if not by.signed_in:
        raise NotAllowed("请先登录，再告诉我们您也遇到了：一人只算一次，办结时才好告诉您。")
    matter = PublicMatterAccess.get(by, matter_id)
    if not PublicMatterAccess.may(by, "support", matter):
        raise Invalid("这件事是您反映的，或者已经办结，不用再点“我也遇到了”。仍有同样的问题，请另行反映。")
    try:
        with transaction.atomic():
            made = Support.objects.create(matter_id=matter.pk, user_id=by.account_id, at=now)
    except IntegrityError:  # pressed twice: it stands already
        return matter
    # On record with the row, not with the matter: its history would tell the staff who it was.
    audit.record(by=by, event=MattersEvent.SUPPORTED, obj=made, sentence="{actor}也遇到了同样的问题", now=now)
    return matter


@transaction.atomic
def take_back_support(*, matter_id: int, by: Viewer, now: datetime) -> PublicMatter:
    """Take it back: it counts no more, and nothing more is told."""
    matter = PublicMatterAccess.get(by, matter_id)
    mine = SupportAccess.rows(by).select_for_update().filter(matter=matter_id, withdrawn_at__isnull=True).first()
    if mine is not None:
        mine.withdrawn_at = now
        mine.save(update_fields=["withdrawn_at"])
        said = "{actor}收回了“我也遇到了”"
        audit.record(by=by, event=MattersEvent.SUPPORT_TAKEN_BACK, obj=mine, sentence=said, now=now)
    return matter


@FLOW.after(
    "finish", "finish_joint", "guide_done", "help_done", "decline", "withdraw", "terminate", "end_waiting", "reopen",
    "reopen_desk",
)  # fmt: skip
def _tell_followers(matter: Matter, by: Viewer, now: datetime) -> None:
    """Those who met with the same hear how it ended, and when it is opened again: in the public's words."""
    if not matter.public and matter.state != MatterState.DECLINED:
        return
    people = list(Support.objects.filter(matter=matter, withdrawn_at__isnull=True).values_list("user", flat=True))
    if not people:
        return
    said = {
        MatterState.DONE: "已办结，请查看结果",
        MatterState.DECLINED: "不予受理",
        MatterState.ENDED: "已终止办理；您那里仍有同样的问题，请另行反映",
        MatterState.WITHDRAWN: "反映人已撤回；您那里仍有同样的问题，请另行反映",
    }
    text = f"您也遇到的「{matter.shown_title}」{said.get(MatterState(matter.state), '已重新打开，继续办理')}。"
    url = PublicMatter(number=matter.number).get_absolute_url() if matter.public else ""
    notify(people, text, url, now, "我关注的事项")


# -- was it put right? -------------------------------------------------------------------------------------------------


@transaction.atomic
def say_satisfied(*, callback_id: int, satisfied: bool | None, by: Viewer, now: datetime, said: str = "") -> CallBack:
    """The resident says, once, whether the putting right satisfies. A "no" goes to the street as well."""
    callback = CALLBACK.take(callback_id, "say", by)
    if satisfied is None:
        raise Invalid({"satisfied": "请选择满意或不满意。"})
    said = clean(said, "said", 500)
    CALLBACK.move(callback, "say", by, now, data={"satisfied": satisfied})
    callback.satisfied, callback.satisfied_at, callback.satisfied_said = satisfied, now, said
    callback.save(update_fields=["satisfied", "satisfied_at", "satisfied_said"])
    word = "满意" if satisfied else "不满意"
    text = f"反映人对整改表示{word}：{callback.matter}"
    if callback.unit_id is not None:
        tell_unit(callback.matter, callback.unit_id, text, now)
    if not satisfied:
        tell_posts(callback.matter, (Role.STREET_OFFICER,), text, now)
    return callback


# -- calls to those who did not rate -----------------------------------------------------------------------------------


@transaction.atomic
def inquire(
    *,
    matter_id: int,
    reached: bool,
    by: Viewer,
    now: datetime,
    grade: int | None = None,
    solved: bool | None = None,
    said: str = "",
) -> Matter:
    """Write down a call to somebody who did not rate a finished matter. It is kept apart and is never a rating.

    Never by the one who handled it. Nobody reached: it may be tried again; else once a handling.
    """
    matter = FLOW.take(matter_id, "inquire", by)
    said = clean(said, "said", 500)
    if reached and grade is None and solved is None and not said:
        raise Invalid({"grade": "联系上了的，请记下居民怎么评价、是否解决，至少一项。"})
    if grade is not None and grade not in Grade.values:
        raise Invalid({"grade": "请在五个等级中选择一个，也可以不选。"})
    FLOW.move(matter, "inquire", by, now, data={"round": matter.reopened, "reached": reached, "grade": grade})
    handling = Handling.objects.get(matter=matter, round=matter.reopened)
    Inquiry.objects.create(
        handling=handling, matter=matter, area_id=matter.area_id, unit_id=matter.host_unit_id, by_id=by.account_id,
        at=now, reached=reached, grade=grade if reached else None, solved=solved if reached else None,
        said=said if reached else "",
    )  # fmt: skip
    return matter


def satisfaction_waits(callback: CallBack) -> bool:
    """Whether the resident is still to say what there is to say of the putting right."""
    return callback.state == CallBackState.CLOSED and callback.satisfied is None and callback.was_put_right
