"""What happened: one append-only table, sealed into a hash chain.

Every event has a sentence. What is personal in an entry (names, the words of a note) lies in a side table that can be
emptied; the entry holds a salted commitment to it, so that erasure and proof do not contradict. Writing is guarded by
trigger and grants (migration 0002), the order by `kernel.seal`.
"""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.db import models
from django.db.models import Model, QuerySet
from django.db.models.expressions import Func

from sanshe.kernel.access import Access, Viewer, nobody


def sm3(*parts: bytes) -> str:
    """SM3 of the parts, in hexadecimal."""
    digest = hashes.Hash(hashes.SM3())
    for part in parts:
        digest.update(part)
    return digest.finalize().hex()


def canonical(value: Any) -> bytes:
    """The one way in which a value is written before it is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


class XidField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's 64-bit transaction id of the transaction that wrote the row."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else str(value)


class Entry(models.Model):
    """One event. Never changed, never removed."""

    xid = XidField(db_default=Func(function="pg_current_xact_id"))
    at = models.DateTimeField("时间")
    actor = models.BigIntegerField("账号", null=True)
    system = models.CharField("系统任务", max_length=40, blank=True)
    post = models.CharField("岗位", max_length=200, blank=True)
    event = models.CharField("事件", max_length=60)
    kind = models.CharField("对象类别", max_length=60)
    object_id = models.BigIntegerField("对象", null=True)
    sentence = models.TextField("记录")
    data = models.JSONField("数据", default=dict)
    public = models.BooleanField("可向当事人显示", default=True)
    commitment = models.CharField("承诺", max_length=64, blank=True)

    privacy = {
        "internal": "xid at actor system post event kind object_id sentence data public commitment",
    }

    class Meta:
        db_table = "kernel_audit_entry"
        verbose_name = "审计记录"
        indexes = [
            models.Index(fields=["kind", "object_id", "id"], name="audit_object"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["xid", "id"], name="audit_xid"),
            models.Index(fields=["event", "-id"], name="audit_event"),
        ]

    def told(self) -> str:
        """The sentence with names filled in, or without them once they were erased."""
        side = getattr(self, "personal_side", None)
        names = dict(side.data) if side is not None else {}
        names.setdefault("actor", self.system or self.post or "（已删除）")
        names.setdefault("note", "")
        return self.sentence.format_map(_Gentle(names))

    @property
    def note(self) -> str:
        """What the actor wrote with it, if it still stands."""
        side = getattr(self, "personal_side", None)
        return str(side.data.get("note", "")) if side is not None else ""

    @property
    def who(self) -> str:
        """The actor's name with the post, as it was then."""
        side = getattr(self, "personal_side", None)
        name = str(side.data.get("actor", "")) if side is not None else ""
        return name or self.system or "（已删除）"

    def as_chained(self) -> dict[str, Any]:
        """What the seal covers."""
        return {
            "id": self.pk, "xid": str(self.xid), "at": self.at.astimezone(UTC).isoformat(), "actor": self.actor,
            "system": self.system, "post": self.post, "event": self.event, "kind": self.kind,
            "object": self.object_id, "sentence": self.sentence, "data": self.data,
            "public": self.public, "commitment": self.commitment,
        }  # fmt: skip


class _Gentle(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "（已删除）"


class Personal(models.Model):
    """What is personal in an entry: may be erased; the commitment in the entry then stands alone."""

    entry = models.OneToOneField(Entry, models.CASCADE, primary_key=True, related_name="personal_side")
    salt = models.CharField(max_length=32)
    data = models.JSONField()

    privacy = {"personal": "entry salt data"}

    class Meta:
        db_table = "kernel_audit_personal"
        verbose_name = "审计记录的个人信息部分"

    def commitment(self) -> str:
        return sm3(self.salt.encode(), canonical(self.data))


class Seal(models.Model):
    """A link of the chain: digest = SM3(previous digest ‖ entry)."""

    seq = models.BigIntegerField(primary_key=True)
    era = models.IntegerField()
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)

    privacy = {"internal": "seq era entry digest"}

    class Meta:
        db_table = "kernel_audit_seal"
        verbose_name = "审计封存"


class SealHead(models.Model):
    """The end of the chain. A restore into another cluster starts a new era."""

    era = models.IntegerField(primary_key=True)
    base_id = models.BigIntegerField(default=0)
    horizon = models.CharField(max_length=24, default="0")
    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(null=True)

    privacy = {"internal": "era base_id horizon seq digest at"}

    class Meta:
        db_table = "kernel_sealhead"
        verbose_name = "审计链首"


class EntryAccess(Access[Entry]):
    """Read as a list by the auditor only; the module of accounts widens this rule when it is loaded."""

    model = Entry
    see = nobody()


def record(
    *,
    by: Viewer,
    event: str,
    obj: Model | None,
    sentence: str,
    now: datetime,
    note: str = "",
    data: dict[str, Any] | None = None,
    personal: dict[str, Any] | None = None,
    public: bool = True,
) -> Entry:
    """Write one event.

    `sentence` may hold {actor}, {note} and the keys of `personal`; no names belong in it or in `data`.
    """
    side = {**(personal or {})}
    if by.user_id is not None:
        side["actor"] = by.name
    posts = (by.grants.own or by.grants).posts
    if by.acting_for is not None:
        # 「甲（代乙）」: who stood in, and for whom.
        side["actor"] = f"{by.name}（代{by.acting_for.name}）"
        posts, data = by.acting_for.grants.posts, {**(data or {}), "for": by.acting_for.user_id}
    if note:
        side["note"] = note
    salt = secrets.token_hex(16)
    entry = Entry.objects.create(
        at=now,
        actor=by.user_id,
        system=by.system or ("" if by.user_id else "未登录的访客"),
        post="、".join(posts)[:200],
        event=event,
        kind=obj._meta.label if obj is not None else "",
        object_id=obj.pk if obj is not None else None,
        sentence=sentence,
        data=json.loads(canonical(data or {})),
        public=public,
        commitment=sm3(salt.encode(), canonical(side)) if side else "",
    )
    if side:
        Personal.objects.create(entry=entry, salt=salt, data=json.loads(canonical(side)))
    return entry


def history(obj: Model) -> QuerySet[Entry]:
    """All events of an object, newest first."""
    return Entry.objects.filter(kind=obj._meta.label, object_id=obj.pk).select_related("personal_side").order_by("-id")


def last_step(obj: Model) -> Entry | None:
    """The last step that was taken with the object."""
    return history(obj).filter(event__startswith="step:").first()
