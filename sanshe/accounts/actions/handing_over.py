"""A leaver's work goes to a named person in one action, with the record of it; then the posts end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from sanshe.areas.public import Body
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.notices import notify

from ..access import SETUP, UserAccess
from ..holdings import Holding, held_by, in_words, to_hand_over
from ..models import Handover, Post, StandIn, User
from ..queries import same_post
from ..words import AccountsEvent, Role
from .keeping import appoint, close_post
from .standing_in import finish


@transaction.atomic
def hand_over(
    *, leaver_id: int, successor_id: int | None, reason: str, by: Viewer, now: datetime, with_posts: bool = False
) -> Handover:
    """Move everything that hangs on the leaver's account to the successor, then end the leaver's posts and stand-ins.

    `with_posts`: the successor gets the leaver's posts too, those that are not held already. All of it or nothing.
    Raises Invalid when something is open and nobody is named, NotAllowed for anyone but the security administrator.
    """
    UserAccess.get(by, leaver_id, "appoint")
    if by.user_id == leaver_id:
        raise NotAllowed("自己的离岗移交由另一位安全管理员办理。")
    both = User.objects.select_for_update().filter(pk__in=[leaver_id, successor_id or 0]).order_by("pk")
    people = {user.pk: user for user in both}
    leaver, successor = people[leaver_id], people.get(successor_id or 0)
    every = held_by(leaver.pk)
    held = to_hand_over(every)
    reason = " ".join(reason.split())
    if not 2 <= len(reason) <= 200:
        raise Invalid({"reason": "请写明离岗的原因（2 至 200 个字），例如：调离、退休。"})
    if held and successor is None:
        raise Invalid({"successor": f"{leaver.name}名下还有{in_words(held)}，请指定一位接手人。"})
    if successor is not None and (successor.pk == leaver.pk or not successor.is_active):
        raise Invalid({"successor": "请选择另一位在岗的同事接手。"})
    today = clock.local(now).date()
    posts = list(
        Post.objects.select_for_update(of=("self",)).select_related("area", "body")
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today), user=leaver)
    )  # fmt: skip
    if successor is not None and not with_posts and held and not _in_post(successor, today):
        raise Invalid({"successor": f"{successor.name}没有岗位，看不到要接手的事。请另选一人，或把岗位一并授予。"})
    moved = {one.holding.what: _move(one.holding, leaver, successor, by, now) for one in held if successor}
    for one in every:
        if one.holding.instead:
            moved[f"{one.holding.what}（{one.holding.instead}）"] = _move(one.holding, leaver, None, by, now)
    for post in posts:
        close_post(post, by, now)
        if with_posts and successor is not None and not _holds(successor, post, today):
            appoint(
                user_id=successor.pk, role=Role(post.role), area_id=post.area_id, body_id=post.body_id, by=by, now=now
            )  # fmt: skip
    for row in StandIn.objects.filter(
        Q(absent=leaver) | Q(substitute=leaver), ended_at__isnull=True, last_day__gte=today
    ).select_related("absent", "substitute"):
        finish(row, by, now)
    record = Handover(
        leaver=leaver, successor=successor, reason=reason, moved=moved, posts=[str(post) for post in posts],
        by_id=by.account_id, at=now,
    )  # fmt: skip
    record.save(force_insert=True)
    _tell(record, [one.holding.what for one in held], by, now)
    return record


def _in_post(user: User, today: date) -> bool:
    return Post.objects.filter(user=user).in_force(today).exists()


def _holds(user: User, post: Post, today: date) -> bool:
    return same_post(post, today).filter(user=user).exists()


def _move(holding: Holding, leaver: User, successor: User | None, by: Viewer, now: datetime) -> int:
    """Move the open rows of one kind, each with an entry in its own history."""
    rows = list(holding.of(leaver.pk).select_for_update(of=("self",)))
    for row in rows:
        if holding.passes is not None:
            holding.passes(row, successor, by, now)
        elif successor is not None:
            setattr(row, f"{holding.field}_id", successor.pk)
            row.save(update_fields=[holding.field])
        if successor is None:
            continue
        audit.record(
            by=by, event=AccountsEvent.TAKEN_OVER, obj=row, sentence="{actor}把它由{leaver}移交给{successor}",
            personal={"leaver": leaver.name, "successor": successor.name},
            data={"from": leaver.pk, "to": successor.pk}, now=now, public=False,
        )  # fmt: skip
    return len(rows)


def _tell(record: Handover, taken: list[str], by: Viewer, now: datetime) -> None:
    """`taken`: the kinds that went to the successor."""
    successor = record.successor
    said = "、".join(f"{what} {record.moved[what]} 件" for what in taken if what in record.moved) or "没有未办结的事"
    audit.record(
        by=by, event=AccountsEvent.HANDED_OVER, obj=record.leaver,
        sentence="{actor}办理了{name}的离岗移交" + ("，接手人是{successor}" if successor else "") + "（{note}）",
        personal={"name": record.leaver.name, **({"successor": successor.name} if successor else {})},
        note=record.reason, data={"handover": record.pk, "moved": record.moved, "posts": record.posts}, now=now,
        public=False,
    )  # fmt: skip
    if successor is not None:
        notify([successor], f"{record.leaver.name}离岗，由您接手：{said}", "/workbench/", now, "移交")


def posts_end_with(body: Body, on: date, now: datetime) -> None:
    """A body is dissolved: the posts in it end on the same day."""
    by = Viewer.system_account(SETUP)
    rows = Post.objects.select_for_update(of=("self",)).select_related("user", "area", "body")
    for post in rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), body=body):
        post.valid_to = max(on, post.valid_from)
        post.save(update_fields=["valid_to"])
        audit.record(
            by=by, event=AccountsEvent.POST_ENDED, obj=post.user,
            sentence="机构撤销，{name}的岗位随之结束：" + str(post).replace("{", "（").replace("}", "）"),
            personal={"name": post.user.name}, data={"post": post.pk, "to": post.valid_to}, now=now, public=False,
        )  # fmt: skip


def receive_for(row: Any, successor: User | None, by: Viewer, now: datetime) -> None:
    """Whoever receives a group's matters is public by name; the phone of the office stays."""
    if successor is not None:
        row.receiver, row.receiver_name = successor, successor.name
        row.save(update_fields=["receiver", "receiver_name"])
