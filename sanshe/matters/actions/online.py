"""Applying for a service from home: by oneself, for somebody of one's own household, and without an account where the
service need not know who one is. What was chosen and not sent yet is kept with the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Q

from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.fields import hash_of
from sanshe.kernel.files import StoredFile, discard
from sanshe.people.public import HouseholdMember, Person, ReadKind, find_person, log_read, person_of

from .. import deadlines
from ..catalogue import item_of, known_facts, materials_for
from ..models import ApplicationMaterial, Attachment, DraftFile, Matter, ServiceItem
from ..words import OPEN, Channel, MaterialState, MatterKind, OnlineWay
from .filing import file_matter
from .owed import SAID
from .photos import store_material
from .receiving import limit_hourly
from .telling import clean


def of_household(viewer: Viewer, name: str, number: str, now: datetime, why: str) -> Person | None:
    """The person of a whole name and number who lives in one household with the viewer; None for everyone else.

    Both must be typed in full, so nobody learns anything but of one's own household. The person can see that it was
    looked up, by whom and why.
    """
    mine = person_of(viewer.user_id)
    found = find_person(citizen_number=number.strip()) if number.strip() and mine is not None else None
    if found is None or mine is None or found.name != name.strip() or found.pk == mine.pk:
        return None
    today = clock.local(now).date()
    now_there = HouseholdMember.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today)
    homes = now_there.filter(person=mine).values("household")
    if not now_there.filter(person=found, household__in=homes).exists():
        return None
    log_read(person=found, kind=ReadKind.FOUND, by=viewer, now=now, reason=f"家人代为申请：{why}")
    return found


@transaction.atomic
def apply_online(
    *,
    service_id: int,
    area_id: int | None,
    by: Viewer,
    now: datetime,
    text: str = "",
    place_text: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    for_name: str = "",
    for_number: str = "",
    relation: str = "",
    files: Mapping[int, Sequence[UploadedFile[Any]]] | None = None,
    said: Mapping[int, str] | None = None,
    address: str = "",
) -> Matter:
    """Apply for an item as it was shown. Raises Invalid with a sentence at each field.

    `for_name`: the other person for whom one applies; with the whole `for_number`, what the file of one's own household
    holds of them need not be sent. `said` and `files`: position of a material → words or uploads; what the account
    chose before and did not send is taken too. `address`: the network address of who has no account.
    """
    item = _in_force(service_id, by, now)
    other, for_name = bool(for_name.strip()), clean(for_name, "for_name", 40)
    relation = clean(relation, "relation", 20)
    if other and not item.for_others:
        raise Invalid({"for_name": f"「{item.name}」要本人申请；本人不方便的，请到窗口办理。"})
    person = person_of(by.user_id)
    if other:
        person = of_household(by, for_name, for_number, now, item.name)
        who = f"（{relation}）" if relation else ""
        text = f"{text.strip()}\n由{contact_name.strip() or by.name}代{for_name}申请{who}。"
    elif not by.signed_in:
        person = None
    if not by.signed_in and not contact_phone.strip():
        raise Invalid({"contact_phone": "请填写联系电话，办理的人要找您核对。"})
    _not_twice(item, person, for_name, by, contact_phone, now)
    limit_hourly(by, contact_phone, address, now)
    files, said = files or {}, dict(said or {})
    kept = kept_files(by, item.code)
    asked = materials_for(item, known_facts(person, clock.local(now).date()))
    for material in asked:  # what stands in the form need not be sent once more
        if material.fact == "phone" and contact_phone.strip():
            said.setdefault(material.position, "见联系电话")
        if material.fact == "address" and place_text.strip():
            said.setdefault(material.position, "见填写的住址")
    words = {at: clean(value, f"said-{at}", SAID) for at, value in said.items() if value.strip()}
    given = {m.position for m in asked if files.get(m.position) or kept.get(m.position) or words.get(m.position)}
    matter = file_matter(
        text=text.strip(), area_id=area_id, place_text=place_text, contact_name=contact_name.strip() or by.name,
        contact_phone=contact_phone, channel=Channel.WEB, kind=MatterKind.APPLICATION, service_id=item.pk,
        applicant=person, on_behalf=other, materials={at: (MaterialState.SENT, None) for at in given}, by=by, now=now,
    )  # fmt: skip
    _attach(matter, files, kept, words, now)
    DraftFile.objects.filter(user=by.user_id, code=item.code).delete()
    return matter


def _in_force(service_id: int, by: Viewer, now: datetime) -> ServiceItem:
    """The item that was shown, if it still is the one in force. Raises Invalid."""
    today = clock.local(now).date()
    shown = ServiceItem.objects.filter(pk=service_id).first()
    present = item_of(by, shown.code, today) if shown is not None else None
    if shown is None or present is None:
        raise Invalid({"": "这一项服务已经停止办理，没有提交。请到服务事项目录看看替代的事项，或打社区电话问一问。"})
    if present.pk != shown.pk:
        day = present.valid_from
        raise Invalid({"": f"「{present.name}」从{day.month}月{day.day}日起换了新的要求，请核对下面的材料后再提交。"})
    return present


def _not_twice(
    item: ServiceItem, person: Person | None, for_name: str, by: Viewer, phone: str, now: datetime
) -> None:  # fmt: skip
    """Refuse a second application for the same while the first is open. Bookings and the like may be many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"apply:{item.code}:{by.user_id or hash_of('phone', phone)}:{person.pk if person else for_name}"],
        )
    rows = Matter.objects.filter(kind=MatterKind.APPLICATION, service__code=item.code, state__in=OPEN)
    if item.online == OnlineWay.SIGNED:
        if person is not None:
            rows = rows.filter(person=person)
        else:
            rows = rows.filter(reporter=by.user_id, person=None)
            if for_name:
                rows = rows.filter(text__contains=f"代{for_name}申请")
    else:
        mine = Q(reporter=by.user_id) if by.signed_in else Q(contact_phone_hash=hash_of("phone", phone) or "-")
        rows = rows.filter(mine, created_at__gte=now - timedelta(minutes=deadlines.days("same_minutes", now, "intake")))
    first = rows.order_by("-created_at").first()
    if first is not None:
        day = clock.say_moment(first.created_at)
        raise Invalid({"": f"「{item.name}」已经申请过了（{day}，编号 {first.number}），正在办理，不用再提交一次。"})


def _attach(
    matter: Matter, files: Mapping[int, Sequence[UploadedFile[Any]]], kept: Mapping[int, Sequence[DraftFile]],
    words: Mapping[int, str], now: datetime,
) -> None:  # fmt: skip
    most = deadlines.days("files_most", now, "apply")
    for row in ApplicationMaterial.objects.filter(matter=matter, state=MaterialState.SENT):
        chosen, drafts = files.get(row.position, ()), kept.get(row.position, ())
        if len(chosen) + len(drafts) > most:
            raise Invalid(
                {f"file-{row.position}": f"一份材料最多上传 {most} 个文件，现在有 {len(chosen) + len(drafts)} 个。"}
            )
        stored = [draft.file for draft in drafts]
        stored += [store_material(upload, f"file-{row.position}") for upload in chosen]
        Attachment.objects.bulk_create(Attachment(matter=matter, material=row, file=one, at=now) for one in stored)
        if words.get(row.position):
            row.said = words[row.position]
            row.save(update_fields=["said"])


# -- what is not sent yet ----------------------------------------------------------------------------------------------


def kept_files(viewer: Viewer, code: str) -> dict[int, list[DraftFile]]:
    """What the account chose for an item and did not send yet, by material."""
    found: dict[int, list[DraftFile]] = {}
    if viewer.user_id is not None:
        for row in DraftFile.objects.filter(user=viewer.user_id, code=code).select_related("file"):
            found.setdefault(row.position, []).append(row)
    return found


@transaction.atomic
def keep_files(
    *, code: str, files: Mapping[int, Sequence[UploadedFile[Any]]], by: Viewer, now: datetime
) -> dict[str, str]:  # fmt: skip
    """Keep what was chosen with the account, so that it need not be chosen again. Returns the refusals by field."""
    refused: dict[str, str] = {}
    if by.user_id is None:
        return refused
    most = deadlines.days("files_most", now, "apply")
    for position, uploads in files.items():
        there = DraftFile.objects.filter(user=by.user_id, code=code, position=position).count()
        for upload in uploads:
            try:
                if there >= most:
                    raise Invalid({f"file-{position}": f"一份材料最多上传 {most} 个文件。"})
                stored = store_material(upload, f"file-{position}")
            except Invalid as wrong:
                refused |= wrong.errors
                continue
            DraftFile.objects.create(user_id=by.user_id, code=code, position=position, file=stored, at=now)
            there += 1
    return refused


@transaction.atomic
def drop_kept(*, code: str, by: Viewer, now: datetime, only: int | None = None) -> int:
    """Throw away what was chosen for an item: all, or one file. Returns how many."""
    rows = DraftFile.objects.filter(user=by.user_id, code=code) if by.user_id is not None else DraftFile.objects.none()
    return _drop(list((rows.filter(pk=only) if only is not None else rows).select_related("file")))


def _drop(rows: Sequence[DraftFile]) -> int:
    stored: list[StoredFile] = [row.file for row in rows]
    DraftFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for one in stored:
        discard(one)
    return len(rows)


def drop_old_drafts(now: datetime, stop: Callable[[], bool]) -> None:
    """Throw away what was chosen long ago and never sent."""
    old = now - timedelta(days=deadlines.days("draft_days", now, "apply"))
    rows = list(DraftFile.objects.filter(at__lt=old).select_related("file")[:200])
    if rows and not stop():
        with transaction.atomic():
            _drop(rows)
