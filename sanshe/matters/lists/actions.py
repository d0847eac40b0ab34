"""The verbs of the lists: draft, change, put in force, recall, discard. Each one transaction with one audit entry.

A draft is shared by those who keep the list; one at a time. Whoever saves names the edition that was read: if somebody
else has changed the same item meanwhile, nothing is overwritten and the other is named.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState

from ..actions.telling import clean
from .checking import check
from .kinds import Kind
from .words import ListEvent

#: The keys under which a form names the edition of a draft or an item that it was made from.
SEEN = "seen"


def _must_keep(kind: Kind, by: Viewer) -> None:
    if kind.access.rule("change").q(by) is not True:
        raise NotAllowed(f"{kind.title}由新区工作人员维护。")


def _record(kind: Kind, version: Any, event: ListEvent, by: Viewer, now: datetime, sentence: str, **data: Any) -> None:
    audit.record(
        by=by, event=event, obj=version, sentence=sentence, now=now, public=False,
        data={"version": version.version, **data},
    )  # fmt: skip


def _draft(kind: Kind, pk: int, by: Viewer) -> Any:
    """A draft, locked. Raises NotVisible, or WrongState when it has been put in force meanwhile."""
    _must_keep(kind, by)
    seen = kind.access.get(by, pk)
    version = kind.versions.objects.select_for_update().get(pk=seen.pk)
    if not version.is_draft:
        raise WrongState(
            f"{version.name}已定于{clock.say_day(version.valid_from)}起施行，不能再改。要修订，请由它另起草一版。"
        )
    return version


@transaction.atomic
def start_draft(*, kind: Kind, base_id: int, name: str, version: str, by: Viewer, now: datetime) -> Any:
    """Begin a draft with the items of a version. Only one draft at a time: a second one would be lost beside it."""
    _must_keep(kind, by)
    base = kind.access.get(by, base_id)
    # All versions are locked, few as they are: two people who begin at once get one draft.
    rows = list(kind.versions.objects.select_for_update().order_by("pk"))
    there = next((row for row in rows if row.is_draft), None)
    if there is not None:
        raise WrongState(f"已有一份正在修改的草案「{there.name}」，请在它上面改；不再需要的，先放弃它。")
    name = clean(name, "name", 120, "请填写这一版的名称。", 2)
    version = clean(version, "version", 20, "请填写版本号，例如 2027-1。", 1)
    if any(row.version == version for row in rows):
        raise Invalid({"version": f"已经有版本号为 {version} 的一版，请换一个。"})
    draft = kind.versions.objects.create(
        version=version, name=name, source=base.source, based_on=base, drafted_by_id=by.user_id, drafted_at=now
    )
    copies = [
        kind.items(set=draft, code=item.code, **kind.values(item)) for item in kind.items.objects.filter(set=base)
    ]
    kind.items.objects.bulk_create(copies)
    _record(
        kind, draft, ListEvent.DRAFT_BEGUN, by, now,
        f"{{actor}}由 {base.version} 版起草了 {version} 版（{len(copies)} 条）", base=base.version,
    )  # fmt: skip
    return draft


def next_code(kind: Kind, group: str) -> str:
    """The next free code of a group, never one that some version had: codes tell items apart across versions."""
    letter = kind.letters.get(group, "N")
    used = kind.items.objects.filter(code__startswith=f"{letter}-").values_list("code", flat=True)
    numbers = [int(code[2:]) for code in used if code[2:].isdigit()]
    return f"{letter}-{max(numbers, default=0) + 1:02d}"


@transaction.atomic
def save_item(
    *, kind: Kind, draft_id: int, item_id: int | None, seen: int, values: dict[str, Any], by: Viewer, now: datetime
) -> Any:
    """Add an item to a draft (`item_id` None) or change one. `seen`: the edition of the item that was read."""
    draft = _draft(kind, draft_id, by)
    if item_id is None:
        item = kind.items(set=draft, code=next_code(kind, str(values[kind.group])), **values)
        _may_stand(kind, draft, item)
        item.save()
        _touch(draft)
        _record(
            kind, draft, ListEvent.ITEM_ADDED, by, now,
            f"{{actor}}在 {draft.version} 版草案里增加了 {item.code}「{item.name}」", item=item.code,
        )  # fmt: skip
        return item
    item = _item(kind, draft, item_id, seen)
    before = kind.values(item)
    changed = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    if not changed:
        return item
    for name, value in values.items():
        setattr(item, name, value)
    _may_stand(kind, draft, item)
    item.edition += 1
    item.save()
    _touch(draft)
    labels = "、".join(one.label for one in kind.fields if one.name in changed)
    _record(
        kind, draft, ListEvent.ITEM_CHANGED, by, now,
        f"{{actor}}在 {draft.version} 版草案里修改了 {item.code}「{item.name}」的{labels}",
        item=item.code, changed=changed,
    )  # fmt: skip
    return item


@transaction.atomic
def remove_item(*, kind: Kind, draft_id: int, item_id: int, seen: int, by: Viewer, now: datetime) -> Any:
    """Take an item out of a draft; the versions before keep it."""
    draft = _draft(kind, draft_id, by)
    item = _item(kind, draft, item_id, seen)
    _record(
        kind, draft, ListEvent.ITEM_REMOVED, by, now,
        f"{{actor}}从 {draft.version} 版草案里删去了 {item.code}「{item.name}」", item=item.code,
    )  # fmt: skip
    item.delete()
    _touch(draft)
    return draft


def _touch(draft: Any) -> None:
    draft.edition += 1
    draft.save(update_fields=["edition"])


def _item(kind: Kind, draft: Any, item_id: int, seen: int) -> Any:
    item = kind.items.objects.select_for_update().filter(set=draft, pk=item_id).first()
    if item is None:
        raise WrongState(f"这一{kind.item_title}刚刚被删去了。{_last(draft)}您填写的内容还在，请核对后再决定。")
    if item.edition != seen:
        raise WrongState(
            f"您打开之后，这一{kind.item_title}被别人改过了，没有用您的内容覆盖。{_last(draft)}"
            "下面列出了现在的内容，请对照后再保存。"
        )
    return item


def _last(draft: Any) -> str:
    """Who changed the draft last, in a sentence."""
    entry = audit.history(draft).order_by("-pk").first()
    return f"{entry.told()}（{clock.say_moment(entry.at)}）。" if entry is not None else ""


def _may_stand(kind: Kind, draft: Any, item: Any) -> None:
    same = kind.items.objects.filter(set=draft, name=item.name).exclude(pk=item.pk).first()
    if same is not None:
        raise Invalid({"name": f"这一版里已有同名的 {same.code}「{same.name}」，请换一个名称，或改那一条。"})


@transaction.atomic
def put_in_force(
    *, kind: Kind, draft_id: int, begins: date, note: str, source: str, seen: int, by: Viewer, now: datetime
) -> Any:
    """Put a draft in force from a day on, today at the earliest; the version before ends on that day."""
    draft = _draft(kind, draft_id, by)
    if draft.edition != seen:
        raise WrongState(f"您打开之后，草案又有改动。{_last(draft)}请重新核对一遍再定施行日期。")
    today = clock.local(now).date()
    if begins < today:
        raise Invalid({"begins": f"施行日期不能早于今天（{clock.say_day(today)}）：已经办过的事按当时的标准。"})
    last = kind.versions.objects.select_for_update().filter(valid_from__isnull=False).first()
    if last is not None and last.valid_from >= begins:
        raise Invalid({
            "begins": f"{last.name}从{clock.say_day(last.valid_from)}起施行，新的一版要晚于这一天；"
            "如要用新的一版代替它，请先收回它。"
        })  # fmt: skip
    wrong = [one.sentence for one in check(kind, kind.items_of(draft)) if one.blocks]
    if wrong:
        raise Invalid(f"还有 {len(wrong)} 处要先改好：{wrong[0]}")
    draft.note = clean(note, "note", 1000, "请写明这次修订了什么、为什么。", 4)
    draft.source = clean(source, "source", 500, "请写明依据。", 2)
    draft.valid_from = begins
    draft.save(update_fields=["note", "source", "valid_from"])
    if last is not None and (last.valid_to is None or last.valid_to > begins):
        last.valid_to = begins
        last.save(update_fields=["valid_to"])
    _record(
        kind, draft, ListEvent.PUT_IN_FORCE, by, now,
        f"{{actor}}定 {draft.version} 版{kind.title}自{clock.say_day(begins)}起施行", begins=begins.isoformat(),
        ends=last.version if last is not None else None,
    )  # fmt: skip
    return draft


@transaction.atomic
def recall(*, kind: Kind, version_id: int, by: Viewer, now: datetime) -> Any:
    """Take a version back that has not begun: it is a draft again, and the version before goes on."""
    _must_keep(kind, by)
    seen = kind.access.get(by, version_id)
    rows = list(kind.versions.objects.select_for_update().order_by("pk"))
    version = next(row for row in rows if row.pk == seen.pk)
    if version.is_draft or version.valid_from <= clock.local(now).date():
        raise WrongState(f"{version.name}已经施行或还是草案，不能收回。要改，请另起草一版。")
    if any(row.is_draft for row in rows):
        raise WrongState("另有一份草案正在修改，请先施行或放弃它。")
    for row in rows:
        if row.valid_to == version.valid_from:
            row.valid_to = version.valid_to
            row.save(update_fields=["valid_to"])
    begins, version.valid_from, version.valid_to = version.valid_from, None, None
    version.save(update_fields=["valid_from", "valid_to"])
    _record(
        kind, version, ListEvent.RECALLED, by, now,
        f"{{actor}}收回了原定{clock.say_day(begins)}起施行的 {version.version} 版{kind.title}",
    )  # fmt: skip
    return version


@transaction.atomic
def discard(*, kind: Kind, draft_id: int, by: Viewer, now: datetime) -> None:
    """Give a draft up. What it held stays in the audit."""
    draft = _draft(kind, draft_id, by)
    _record(kind, draft, ListEvent.DISCARDED, by, now, f"{{actor}}放弃了 {draft.version} 版草案")
    kind.items.objects.filter(set=draft).delete()
    draft.delete()
