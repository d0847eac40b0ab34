"""Numbers in free texts: found, masked, put back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import DatabaseError, transaction

from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid

from ..access import FindingAccess
from ..models import Finding
from ..scanning import CANDIDATE, area_path, field_of, masked_text, numbers_in, text_fields
from ..words import FindingState, PeopleEvent

CHUNK = 2000
SCAN = "文字扫描"


def scan(now: datetime) -> dict[str, int]:
    """Look through the free texts of all tables; return how many numbers are new and how many are gone.

    Run twice, it finds nothing new. What somebody decided to keep stays decided.
    """
    new = 0
    still: set[tuple[str, str, int, str]] = set()
    for model, field in text_fields():
        path, label = area_path(model), model._meta.label
        columns = ("pk", field.name, path) if path else ("pk", field.name)
        rows = model._base_manager.filter(**{f"{field.name}__regex": CANDIDATE}).values_list(*columns)
        batch: list[Finding] = []
        for row in rows.iterator(chunk_size=CHUNK):
            area = row[2] if path else None
            for one in numbers_in(row[1] or ""):
                key = (label, field.name, int(row[0]), one.masked)
                if key in still:
                    continue
                still.add(key)
                batch.append(
                    Finding(
                        model=label, field=field.name, row=row[0], area_id=area, kind=one.kind, masked=one.masked,
                        found_at=now,
                    )
                )  # fmt: skip
        new += _keep(batch)
    gone = 0
    for finding in Finding.objects.filter(state=FindingState.OPEN).iterator(chunk_size=CHUNK):
        if (finding.model, finding.field, finding.row, finding.masked) not in still:
            Finding.objects.filter(pk=finding.pk).update(state=FindingState.GONE, done_at=now)
            gone += 1
    audit.record(
        by=Viewer.system_account(SCAN),
        event=PeopleEvent.SCANNED,
        obj=None,
        sentence=f"扫描文字中的号码：新发现 {new} 处，已消失 {gone} 处",
        data={"new": new, "gone": gone},
        now=now,
        public=False,
    )
    return {"new": new, "gone": gone}


def _keep(batch: list[Finding]) -> int:
    """Enter what is new; one that was gone and is back is open again."""
    new = 0
    for finding in batch:
        known, made = Finding.objects.get_or_create(
            model=finding.model, field=finding.field, row=finding.row, masked=finding.masked,
            defaults={"area_id": finding.area_id, "kind": finding.kind, "found_at": finding.found_at},
        )  # fmt: skip
        if not made and known.state in (FindingState.GONE, FindingState.MASKED):
            Finding.objects.filter(pk=known.pk).update(state=FindingState.OPEN, done_at=None)
            made = True
        new += made
    return new


def _change(finding: Finding, by: Viewer, now: datetime, back: bool) -> None:
    """Mask the number in its text, or put it back."""
    place = field_of(finding.model, finding.field)
    row = place[0]._base_manager.filter(pk=finding.row).first() if place else None
    if place is None or row is None:
        finding.state, finding.done_at = FindingState.GONE, now
        finding.save()
        return
    model, field = place
    text = str(getattr(row, field.name) or "")
    if back:
        changed = text.replace(finding.masked, finding.number or "")
        finding.state, finding.number = FindingState.KEPT, None
    else:
        changed, originals = masked_text(text, finding.masked)
        finding.state = FindingState.MASKED if originals else FindingState.GONE
        finding.number = originals[0] if originals else None
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=row.pk).update(**{field.name: changed})
    except DatabaseError:
        raise Invalid("这条记录按规定不能改动，只能按原样保留。") from None
    finding.done_at = now
    finding.save()
    audit.record(
        by=by,
        event=PeopleEvent.TEXT_MASKED,
        obj=row,
        sentence=f"{{actor}}{'恢复' if back else '掩去'}了「{field.verbose_name}」中的{finding.get_kind_display()}",
        now=now,
        public=False,
    )


@transaction.atomic
def mask_findings(*, ids: Iterable[int], by: Viewer, now: datetime) -> int:
    """Mask numbers in their texts; each original is kept encrypted for a while. Returns how many."""
    done = 0
    for pk in ids:
        FindingAccess.get(by, pk, "settle")
        finding = Finding.objects.select_for_update().get(pk=pk)
        if finding.state == FindingState.OPEN:
            _change(finding, by, now, back=False)
            done += 1
    return done


@transaction.atomic
def put_back(*, finding_id: int, by: Viewer, now: datetime) -> Finding:
    """Put the original back where it stood. Raises Invalid when it is no longer kept."""
    FindingAccess.get(by, finding_id, "settle")
    finding = Finding.objects.select_for_update().get(pk=finding_id)
    if finding.state != FindingState.MASKED or not finding.number:
        raise Invalid("原号码已按留存规则删除，不能恢复。")
    _change(finding, by, now, back=True)
    return finding


@transaction.atomic
def settle(*, ids: Iterable[int], by: Viewer, now: datetime) -> int:
    """Leave numbers as they stand: a hotline, a number that is meant to be read. Returns how many."""
    done = 0
    for pk in ids:
        FindingAccess.get(by, pk, "settle")
        done += Finding.objects.filter(pk=pk, state=FindingState.OPEN).update(state=FindingState.KEPT, done_at=now)
    return done
