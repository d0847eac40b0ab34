"""Two files of one person made one, and taken apart again when they were two people after all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, WrongState

from ..access import MergeAccess, PersonAccess
from ..models import Distinct, FormerNumber, Merge, Person
from ..words import PeopleEvent

#: Rows that tell of one file's own history stay with it.
_STAYS = (Merge, FormerNumber, Distinct, Person)
#: What the kept file takes over where it has nothing itself. A number is not among it: that file is kept that has one.
_FILLED = ("phone", "address", "area", "user")


def _pointing() -> Iterator[tuple[type[models.Model], str]]:
    """Every foreign key to a person, of every module, also those without a way back."""
    for relation in Person._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        model = relation.related_model
        if not isinstance(model, str) and not issubclass(model, _STAYS) and not model._meta.proxy:  # type: ignore[union-attr, arg-type]
            yield model, relation.field.name  # type: ignore[misc, union-attr]


def _lead(model: type[models.Model], field: str, pks: list[Any], old: int, new: int) -> list[Any]:
    """Let the rows point to the new person; return those that do. A row that would be there twice stays as it is."""
    rows = model._base_manager.filter(pk__in=pks, **{field: old})
    try:
        with transaction.atomic():
            held = list(rows.values_list("pk", flat=True))
            rows.update(**{field: new})
            return held
    except IntegrityError:
        led = []
        for pk in pks:
            try:
                with transaction.atomic():
                    if model._base_manager.filter(pk=pk, **{field: old}).update(**{field: new}):
                        led.append(pk)
            except IntegrityError:
                continue
        return led


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if len(reason) < 4 or len(reason) > 200 or not reason.isprintable():
        raise Invalid({"reason": "请写明理由（4 至 200 个字），例如核对了哪些证件。"})
    return reason


def _both(kept_id: int, gone_id: int, by: Viewer) -> tuple[Person, Person]:
    if kept_id == gone_id:
        raise Invalid("同一份档案不用合并。")
    for pk in (kept_id, gone_id):
        PersonAccess.get(by, pk, "merge")
    rows = {p.pk: p for p in Person.objects.select_for_update().filter(pk__in=(kept_id, gone_id)).order_by("pk")}
    if len(rows) != 2:
        raise WrongState("其中一份档案刚刚已被合并，请刷新后再看。")
    return rows[kept_id], rows[gone_id]


@transaction.atomic
def merge(*, kept_id: int, gone_id: int, reason: str, by: Viewer, now: datetime) -> Merge:
    """Make one file of two: everything that points to `gone` points to `kept` afterwards.

    The merged file keeps its columns, so both numbers go on being found. Raises Invalid without a reason, when both
    files have an account, or when only the other file has a citizen number; NotAllowed, NotVisible; WrongState when
    somebody else was quicker.
    """
    reason = _reason(reason)
    kept, gone = _both(kept_id, gone_id, by)
    if not kept.citizen_hash and gone.citizen_hash:
        raise Invalid("请保留有公民身份号码的那一份档案，把另一份并入它。")
    if kept.anonymised_at or gone.anonymised_at:
        raise Invalid("已匿名化的档案不能合并。")
    if kept.user_id and gone.user_id:
        raise Invalid("两份档案都关联了本人账号，不能合并。请先由账号管理员停用其中一个账号。")
    filled = [name for name in _FILLED if not getattr(kept, _column(name)) and getattr(gone, _column(name))]
    moved = []
    for model, field in _pointing():
        pks = list(model._base_manager.filter(**{field: gone.pk}).values_list("pk", flat=True))
        led = _lead(model, field, pks, gone.pk, kept.pk) if pks else []
        if led:
            moved.append([model._meta.label, field, led])
    gone.merged_into = kept
    account = gone.user
    if "user" in filled:
        gone.user = None
    gone.save()
    for name in filled:
        setattr(kept, name, account if name == "user" else getattr(gone, name))
    if "phone" in filled:
        kept.phone_masked = gone.phone_masked
    if "address" in filled:
        kept.house = gone.house
    kept.save()
    done = Merge.objects.create(
        kept=kept, gone=gone, reason=reason, moved=moved, filled=filled, at=now, by_id=by.user_id
    )
    count = sum(len(pks) for _, _, pks in moved)
    _told(
        by, PeopleEvent.MERGED, kept, "{actor}把档案 {gone} 并入本档案（理由：{note}）", kept, gone, reason, count, now
    )
    _told(by, PeopleEvent.MERGED, gone, "{actor}把本档案并入 {kept}（理由：{note}）", kept, gone, reason, count, now)
    return done


def _column(name: str) -> str:
    return Person._meta.get_field(name).attname  # type: ignore[union-attr]


@transaction.atomic
def split(*, merge_id: int, reason: str, by: Viewer, now: datetime) -> Merge:
    """Undo a merging: everything that was led to the kept file goes back, what the kept file took over is emptied.

    What was entered at the kept file after the merging stays there. Raises WrongState when it was undone already or
    the kept file was itself merged later.
    """
    reason = _reason(reason)
    MergeAccess.get(by, merge_id, "split")
    done = Merge.objects.select_for_update().get(pk=merge_id)
    if done.split_at is not None:
        raise WrongState("这次合并已经拆分过了。")
    people = {p.pk: p for p in Person.every.select_for_update().filter(pk__in=(done.kept_id, done.gone_id))}
    kept, gone = people[done.kept_id], people[done.gone_id]
    if kept.merged_into_id is not None:
        raise WrongState("保留的档案后来又被并入另一份档案，请先拆分较晚的那一次合并。")
    if kept.anonymised_at is not None:
        raise WrongState("保留的档案已匿名化，不能再拆分。")
    account = kept.user
    for name in done.filled:
        if name == "user":
            kept.user = None
        elif getattr(kept, _column(name)) == getattr(gone, _column(name)):
            setattr(kept, name, None)
            if name == "phone":
                kept.phone_masked = ""
            if name == "address":
                kept.house = None
    kept.save()
    if "user" in done.filled:
        gone.user = account
    gone.merged_into = None
    gone.save()
    from django.apps import apps

    count = 0
    for label, field, pks in done.moved:
        try:
            model = apps.get_model(label)
        except LookupError:
            continue
        count += len(_lead(model, field, pks, kept.pk, gone.pk))
    done.split_at = now
    done.save(update_fields=["split_at"])
    _told(by, PeopleEvent.SPLIT, kept, "{actor}把 {gone} 从本档案拆出（理由：{note}）", kept, gone, reason, count, now)
    _told(by, PeopleEvent.SPLIT, gone, "{actor}把本档案从 {kept} 拆出（理由：{note}）", kept, gone, reason, count, now)
    return done


@transaction.atomic
def not_the_same(*, one_id: int, other_id: int, reason: str, by: Viewer, now: datetime) -> None:
    """Say that two files which look alike are two people; they are no longer listed. Raises Invalid."""
    reason = _reason(reason)
    one, other = _both(min(one_id, other_id), max(one_id, other_id), by)
    Distinct.objects.get_or_create(one=one, other=other, defaults={"at": now})
    _told(
        by, PeopleEvent.DISTINCT, one, "{actor}认定 {kept} 与 {gone} 不是同一人（{note}）", one, other, reason, 0, now
    )


def _told(
    by: Viewer, event: PeopleEvent, obj: Person, sentence: str, kept: Person, gone: Person, reason: str, count: int,
    now: datetime,
) -> None:  # fmt: skip
    audit.record(
        by=by,
        event=event,
        obj=obj,
        sentence=sentence,
        data={"kept": kept.pk, "gone": gone.pk, "rows": count},
        personal={"kept": kept.name, "gone": gone.name},
        note=reason,
        now=now,
        public=False,
    )
