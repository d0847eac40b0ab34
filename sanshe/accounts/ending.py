"""A post that ends by its own date: whoever still holds work then is shown in time to the one who hands it over."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Max, Q
from django.urls import reverse

from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.flow import Todo

from .access import UserAccess
from .holdings import holdings
from .models import Post, User
from .words import Role

KIND = "离岗移交"
SHOWN = 50


def ending_posts(viewer: Viewer) -> list[Todo]:
    """One entry for each person whose last post has ended or soon will, and on whom open work still hangs.

    For the security administrator alone, until all of it has been handed over or a new post is given. What is due is
    the post's last day; `watch.post_ends_ahead` says how many days before it is shown.
    """
    if not viewer.holds(Role.SECURITY_ADMIN):
        return []
    today = clock.today()
    soon = today + timedelta(days=int(params.get("watch.post_ends_ahead", on=today).value))
    staying = Post.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=soon)).values("user")
    leaving = dict(
        Post.objects.filter(valid_to__isnull=False, user__in=UserAccess.rows(viewer))
        .exclude(user__in=staying)
        .values_list("user")
        .annotate(Max("valid_to"))
    )
    busy = _with_open_work(list(leaving))
    rows = User.objects.filter(pk__in=busy).order_by("pk")[:SHOWN]
    todos = []
    for user in rows:
        last = leaving[user.pk] - timedelta(days=1)  # `valid_to` is the first day without the post
        said = "岗位已到期" if last < today else f"岗位到{last.month}月{last.day}日为止"
        entry = Todo(
            title=f"{user.name}{said}，名下还有未办结的事", label="办理离岗移交",
            due=clock.at(last.year, last.month, last.day, 18), url=reverse("accounts:leave", args=[user.pk]),
            kind=KIND, place="", obj=None, step="",
        )  # fmt: skip
        todos.append(entry)
    return todos


def _with_open_work(users: list[int]) -> set[int]:
    """Those of the accounts on which something hangs that must go to somebody."""
    if not users:
        return set()
    busy: set[int] = set()
    for one in holdings():
        if not one.instead:
            rows = one.model._base_manager.filter(one.still_open, **{f"{one.field}__in": users})
            busy.update(rows.values_list(f"{one.field}_id", flat=True).distinct())
    return busy
