"""Stand-ins (代理): set by oneself, by the lead of the same place or by the administrator of posts; they end by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.notices import notify

from ..access import PostAccess, StandInAccess
from ..models import Post, StandIn, User
from ..words import ADMINISTRATORS, NEVER_FOR_ANOTHER, STAFF_ROLES, AccountsEvent, Role


@transaction.atomic
def stand_in(
    *, absent_id: int, substitute_id: int, posts: Sequence[int], first_day: date, last_day: date, reason: str,
    by: Viewer, now: datetime,
) -> StandIn:  # fmt: skip
    """Let somebody do another's work from one day to another, both included, with some of the other's posts.

    Raises Invalid for days that are none or too many, for a post that nobody may hold for another, for somebody who
    is no colleague or is away at the time; NotAllowed where it is not for the asker to arrange.
    """
    absent = User.objects.filter(pk=absent_id, is_active=True).first()
    substitute = User.objects.select_for_update().filter(pk=substitute_id, is_active=True).first()
    today = clock.local(now).date()
    if absent is None or substitute is None:
        raise Invalid({"substitute": "请选择代理人；已停用的账号不能代理。"})
    lent = _lent(absent, posts, last_day, by)
    reason = " ".join(reason.split())
    most = int(params.get("watch.stand_in_most", on=today).value)
    errors: dict[str, str] = {}
    if absent.pk == substitute.pk:
        errors["substitute"] = "代理人应是另一个人。"
    elif (why := _unfit(substitute, first_day)) != "":
        errors["substitute"] = why
    elif _away(substitute, first_day, last_day):
        errors["substitute"] = f"{substitute.name}在这段时间里也由别人代理，请另选一人。"
    if first_day < today:
        errors["first_day"] = "开始日不能早于今天。"
    if last_day < first_day:
        errors["last_day"] = "结束日不能早于开始日。"
    elif (last_day - first_day).days >= most:
        errors["last_day"] = f"一次代理最长 {most} 天；更长的，请由安全管理员另行授予岗位。"
    if not 2 <= len(reason) <= 200:
        errors["reason"] = "请写明原因（2 至 200 个字），例如：休假、外出学习。"
    if errors:
        raise Invalid(errors)
    if _twice(absent, lent, first_day, last_day):
        raise Invalid({"posts": "这些岗位在这段时间里已经有人代理，请先结束原来的代理，或调整日期。"})
    made = StandIn(
        absent=absent, substitute=substitute, first_day=first_day, last_day=last_day, reason=reason,
        set_by_id=by.account_id, set_at=now,
    )  # fmt: skip
    made.save(force_insert=True)
    made.posts.set(lent)
    span = f"{clock.say_day(first_day)}至{clock.say_day(last_day)}"
    audit.record(
        by=by, event=AccountsEvent.STAND_IN, obj=absent, sentence="{actor}安排{substitute}代理{name}（{note}）",
        personal={"name": absent.name, "substitute": substitute.name}, note=f"{span}，{reason}",
        data={"stand_in": made.pk, "substitute": substitute.pk, "posts": [p.pk for p in lent], "from": first_day,
              "to": last_day},
        now=now, public=False,
    )  # fmt: skip
    named = "、".join(str(post) for post in lent)
    notify([substitute], f"{span}请您代理{absent.name}的工作：{named}", "/account/stand-ins/", now, "代理")
    if by.user_id != absent.pk:
        notify([absent], f"{span}由{substitute.name}代理您的工作：{named}", "/account/stand-ins/", now, "代理")
    return made


def _lent(absent: User, posts: Sequence[int], last_day: date, by: Viewer) -> list[Post]:
    """The posts named, each in force, each lendable, each for this asker to lend."""
    rows = Post.objects.filter(user=absent, pk__in=list(posts)).select_related("area", "body")
    found = list(rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=clock.today())))
    if not found or len(found) != len(set(posts)):
        raise Invalid({"posts": "请选择要代理的岗位；已经结束的岗位不能代理。"})
    never = [str(post) for post in found if Role(post.role) in NEVER_FOR_ANOTHER]
    if never:
        said = "三员、评审专家另行授予或抽取，调解员由社区负责人更换。"
        raise Invalid({"posts": f"{'、'.join(never)}不能由别人代理。{said}"})
    for post in found:
        if not PostAccess.may(by, "lend", post):
            raise NotAllowed("只能安排自己的、本单位或本区域的岗位由别人代理。")
    return found


def _unfit(substitute: User, on: date) -> str:
    """Why somebody can not stand in for another, "" when nothing is against it."""
    held = list(Post.objects.filter(user=substitute).in_force(on))
    if any(Role(post.role) in ADMINISTRATORS for post in held):
        return f"三员分立：{substitute.name}现任三员，不得代理业务岗位。"
    if not any(Role(post.role) in STAFF_ROLES for post in held):
        return f"{substitute.name}没有工作人员的岗位，不能代理。请选择一位同事。"
    return ""


def _overlapping(first_day: date, last_day: date) -> Q:
    return Q(ended_at__isnull=True, first_day__lte=last_day, last_day__gte=first_day)


def _away(user: User, first_day: date, last_day: date) -> bool:
    return StandIn.objects.filter(_overlapping(first_day, last_day), absent=user).exists()


def _twice(absent: User, posts: Sequence[Post], first_day: date, last_day: date) -> bool:
    rows = StandIn.objects.filter(_overlapping(first_day, last_day), absent=absent)
    return rows.filter(posts__in=list(posts)).exists()


@transaction.atomic
def end_stand_in(*, stand_in_id: int, by: Viewer, now: datetime) -> StandIn:
    """End it before its day: the absent one is back. Raises Invalid when it is over already."""
    StandInAccess.get(by, stand_in_id, "end")
    row = StandIn.objects.select_for_update(of=("self",)).select_related("absent", "substitute").get(pk=stand_in_id)
    if row.ended_at is not None or row.last_day < clock.local(now).date():
        raise Invalid("这次代理已经结束。")
    finish(row, by, now)
    return row


def finish(row: StandIn, by: Viewer, now: datetime) -> None:
    """Mark it as ended, write it down, tell both."""
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    audit.record(
        by=by, event=AccountsEvent.STAND_IN_ENDED, obj=row.absent, sentence="{actor}结束了{substitute}对{name}的代理",
        personal={"name": row.absent.name, "substitute": row.substitute.name}, data={"stand_in": row.pk}, now=now,
        public=False,
    )  # fmt: skip
    others = [user for user in (row.absent_id, row.substitute_id) if user != by.user_id]
    notify(others, f"{row.substitute.name}对{row.absent.name}的代理已经结束", "/account/stand-ins/", now, "代理")
