"""Notices to people: in the application, by e-mail, and by the ways that each chose (ways.py, gateways.py).

The row and the mail job are written in the transaction of what they tell of: told if and only if it happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Model, QuerySet

from sanshe.kernel.access import Access, Viewer, own


class Notice(models.Model):
    """One message to one person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField("类别", max_length=40)
    text = models.TextField("内容")
    url = models.CharField("去向", max_length=300, blank=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True)
    mailed_at = models.DateTimeField("邮件时间", null=True)

    privacy = {"internal": "kind url created_at read_at mailed_at", "personal": "user text"}

    class Meta:
        db_table = "kernel_notice"
        verbose_name = "通知"
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_user"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class NoticeAccess(Access[Notice]):
    """A notice is its receiver's alone."""

    model = Notice
    see = own("user")


def notify(users: Iterable[Any], text: str, url: str, now: datetime, kind: str = "事项", *, short: str = "") -> int:
    """Tell each of the users (objects or ids; None is passed over) once. Returns how many were told.

    `short`: what a text message may say, where others look on: nothing personal beyond a number.
    """
    ids = sorted({u.pk if isinstance(u, Model) else int(u) for u in users if u is not None})
    if not ids:
        return 0
    made = Notice.objects.bulk_create([Notice(user_id=i, kind=kind, text=text, url=url, created_at=now) for i in ids])
    from sanshe.kernel.jobs import mail_notices

    mail_notices.defer(notice_ids=[n.pk for n in made])
    from sanshe.kernel.notices import ways

    ways.queue(ids, (short or f"您有一条新的通知（{kind}）")[:200], url, now)
    return len(made)


def notify_phone(phone: str, short: str, url: str, now: datetime) -> None:
    """Tell somebody without an account, by text message, if such a way is set up here. Nothing personal in `short`."""
    from sanshe.kernel.notices import ways

    ways.queue_phone(phone, short[:200], url, now)


def for_viewer(viewer: Viewer) -> QuerySet[Notice]:
    """The viewer's notices, newest first."""
    return NoticeAccess.rows(viewer).order_by("-id")


def unread_count(viewer: Viewer) -> int:
    """How many are unread, counted up to 100."""
    if not viewer.signed_in:
        return 0
    count: int = viewer.memo("unread", lambda: NoticeAccess.rows(viewer).filter(read_at=None)[:100].count())
    return count


def mark_read(*, by: Viewer, now: datetime, notice_id: int | None = None) -> int:
    """Mark one notice, or all, as read."""
    rows = NoticeAccess.rows(by).filter(read_at=None)
    if notice_id is not None:
        rows = rows.filter(pk=notice_id)
    return rows.update(read_at=now)
