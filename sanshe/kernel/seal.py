"""The seal over the audit: entries are chained in the order of their transactions, up to the xmin horizon.

A watermark on the last id would miss entries of transactions that were open when it passed (7 % of them under load);
everything below the oldest running transaction is finished, so nothing can appear there any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils.timezone import localtime

from sanshe.kernel.audit import Entry, Personal, Seal, SealHead, canonical, sm3

GENESIS = "0" * 64
CHUNK = 5000


def _numbers() -> tuple[int, int]:
    """(this transaction's id, the oldest transaction still running)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text, pg_snapshot_xmin(pg_current_snapshot())::text")
        current, horizon = cursor.fetchone()
    return int(current), int(horizon)


def seal(now: datetime) -> int:
    """Chain all finished entries. One sealer at a time (row lock on the head). Returns how many were sealed."""
    total = 0
    while True:
        done = _seal_chunk(now)
        total += done
        if done < CHUNK:
            return total


@transaction.atomic
def _seal_chunk(now: datetime) -> int:
    head = SealHead.objects.select_for_update().order_by("-era").first()
    if head is None:
        SealHead.objects.get_or_create(era=1, defaults={"digest": GENESIS, "at": now})
        head = SealHead.objects.select_for_update().order_by("-era").get()
    current, horizon = _numbers()
    if current < int(head.horizon):
        # Transaction ids went backwards: this database was restored elsewhere. The chain goes on, in a new era.
        newest = Entry.objects.order_by("-id").first()
        head = SealHead.objects.create(
            era=head.era + 1, base_id=newest.pk if newest else 0, seq=head.seq, digest=head.digest, at=now
        )
    finished = Q(xid__gte=head.horizon, xid__lt=str(horizon), id__gt=head.base_id) | Q(id__lte=head.base_id)
    fresh = Entry.objects.filter(finished, seal__isnull=True).order_by("xid", "id")
    entries = list(fresh[:CHUNK])
    links, digest, seq = [], head.digest, head.seq
    for entry in entries:
        seq += 1
        digest = sm3(digest.encode(), canonical(entry.as_chained()))
        links.append(Seal(seq=seq, era=head.era, entry=entry, digest=digest))
    Seal.objects.bulk_create(links)
    if len(entries) < CHUNK:
        head.horizon = str(horizon)
    head.seq, head.digest, head.at = seq, digest, now
    head.save()
    return len(entries)


@dataclass(frozen=True)
class Verdict:
    """The result of reading the whole chain again. `problem` names the first entry that is wrong, or is empty."""

    sealed: int
    unsealed: int
    digest: str
    problem: str = ""

    @property
    def sound(self) -> bool:
        return not self.problem


def verify() -> Verdict:
    """Read the chain from its beginning; name the first entry that was changed or removed."""
    head = SealHead.objects.order_by("-era").first()
    unsealed = Entry.objects.filter(seal__isnull=True).count()
    digest, seq = GENESIS, 0
    while True:
        links = list(Seal.objects.filter(seq__gt=seq).order_by("seq")[:CHUNK].values_list("seq", "entry_id", "digest"))
        if not links:
            break
        entries = Entry.objects.select_related("personal_side").in_bulk([entry_id for _, entry_id, _ in links])
        for number, entry_id, sealed_digest in links:
            if number != seq + 1:
                return Verdict(seq, unsealed, digest, f"封存序号 {seq + 1} 缺失：有记录在封存之后被删除。")
            entry = entries.get(entry_id)
            if entry is None:
                return Verdict(seq, unsealed, digest, f"第 {entry_id} 号审计记录已被删除（封存序号 {number}）。")
            problem = _wrong(entry, digest, sealed_digest)
            if problem:
                return Verdict(seq, unsealed, digest, problem)
            seq, digest = number, sealed_digest
    if head is not None and (seq, digest) != (head.seq, head.digest):
        return Verdict(seq, unsealed, digest, f"封存链只到 {seq} 号，链首记为 {head.seq} 号：末尾有记录被删除。")
    return Verdict(seq, unsealed, digest)


def _wrong(entry: Entry, previous: str, sealed: str) -> str:
    """What is wrong with one entry, or an empty string."""
    if sm3(previous.encode(), canonical(entry.as_chained())) != sealed:
        when = localtime(entry.at).strftime("%Y-%m-%d %H:%M")
        return f"第 {entry.pk} 号审计记录（{when}，{entry.sentence}）的内容与封存时不符，已被改动。"
    side: Personal | None = getattr(entry, "personal_side", None)
    if side is not None and side.commitment() != entry.commitment:
        return f"第 {entry.pk} 号审计记录的个人信息部分已被改动。"
    return ""
