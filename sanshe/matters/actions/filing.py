"""Filing a matter, for oneself or for a caller; adding to it; looking up its contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.areas.public import Area, AreaLevel, Place, in_force, managed_by
from sanshe.kernel import audit, clock, params, thread
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.identifiers import clean_phone
from sanshe.kernel.notices import notify
from sanshe.kernel.readings import reading
from sanshe.people.public import (
    Person,
    ReadKind,
    find_at_house,
    find_people,
    has_met,
    log_read,
    person_of,
)

from .. import deadlines
from ..access import MatterAccess
from ..flow import FLOW
from ..models import Matter
from ..numbers import new_numbers, new_token
from ..proposal import urgent_in
from ..window import window_of
from ..words import Channel, MatterKind, MattersEvent, MatterState
from .applying import Application, Said, assign, check_application, keep_materials
from .handling import close_round
from .heating import ask_for_topics
from .photos import keep_new_photos, keep_photos
from .suggesting import ask_for_suggestions
from .telling import clean, ring, tell_reporter, tell_unit

TITLE = 40
PLACE = 200
NAME = 40
#: Channels that a member of staff files by; the others are the residents' own.
STAFF_CHANNELS = (Channel.DESK, Channel.PHONE, Channel.PATROL, Channel.MEETING)


@transaction.atomic
def file_matter(
    *,
    text: str,
    area_id: int | None,
    by: Viewer,
    now: datetime,
    title: str = "",
    subject: str = "",
    channel: str = Channel.WEB,
    place_text: str = "",
    place_id: int | None = None,
    contact_name: str = "",
    contact_phone: str = "",
    person_id: int | None = None,
    wants_reply: bool = True,
    photos: Sequence[UploadedFile[Any]] = (),
    origin: Matter | None = None,
    kind: str = MatterKind.MATTER,
    answer: str = "",
    service_id: int | None = None,
    materials: Mapping[int, Said] | None = None,
    applicant: Person | None = None,
    on_behalf: bool = False,
) -> Matter:
    """Take in a new matter and return it, with its number, its receipt and the date that is promised.

    A question with an `answer` is filed and finished in one go. An application names its item and says of each material
    where it stands (see `applying`); it needs no triage and goes to who decides it for the community, wherever the
    window stands.

    By the web it is one's own (signed in or not). By any other channel it is filed for a caller by someone at a front
    desk: `contact_*` and `person_id` are the caller's; the one who files stays in `filed_by` and nothing of theirs is
    copied or changed. `on_behalf`: the application of a resident for somebody else, whose file is `applicant` where it
    may be used (see `online`). Raises Invalid with a sentence at each field.
    """
    channel, kind, today = Channel(channel), MatterKind(kind), clock.local(now).date()
    for_caller = channel in STAFF_CHANNELS
    if for_caller and not by.holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER):
        raise NotAllowed("只有综合窗口和社区工作者可以代为登记。")
    errors: dict[str, str] = {}

    def take(value: str, field: str, most: int, sentence: str = "", least: int = 0) -> str:
        try:
            return clean(value, field, most, sentence, least)
        except Invalid as wrong:
            errors.update(wrong.errors)
            return ""

    most = int(params.get("matter.text_most", on=clock.local(now).date()).value)
    needed = 0 if kind == MatterKind.APPLICATION else 1
    text = take(text, "text", most, "请写明是什么事、在哪里，一两句话即可。", needed)
    answer = take(answer, "answer", 2000)
    title = take(title, "title", TITLE * 2)
    place_text = take(place_text, "place_text", PLACE)
    contact_name = take(contact_name, "contact_name", NAME)
    if contact_phone.strip():
        try:
            contact_phone = clean_phone(contact_phone)
        except Invalid as wrong:
            errors["contact_phone"] = wrong.sentence
    where = in_force(clock.local(now).date()) & Q(level__in=[AreaLevel.COMMUNITY, AreaLevel.GROUP])
    area = Area.objects.filter(where, pk=area_id or 0).first()
    place = Place.objects.filter(pk=place_id).first() if place_id else None
    if place is not None and area is not None and place.area_id != area.pk:
        place = None
    # Where no community stands yet, who looks after the area takes the matter.
    managed = managed_by(area.pk) if area is not None and area.level == AreaLevel.GROUP else None
    if area is not None and area.level == AreaLevel.GROUP:
        area = managed.manager if managed is not None else None
    if area is None:
        errors["area"] = "请选择事情发生在哪个社区。"
    known = {item["code"] for item in params.get("matter.subjects", on=clock.local(now).date()).value}
    if subject and subject not in known:
        errors["subject"] = "请从列出的主题中选择。"
    limit = int(params.get("matter.photos_most", on=clock.local(now).date()).value)
    if len(photos) > limit:
        errors["photos"] = f"一次最多上传 {limit} 张照片，现在选了 {len(photos)} 张。"
    person = Person.objects.filter(pk=person_id).first() if person_id else None
    if person_id and (person is None or not for_caller or not has_met(by, person_id, clock.start_of(today))):
        errors["person"] = "没有找到这位居民的档案，请重新查找。"
    person = person if for_caller else applicant if on_behalf else person_of(by.user_id)
    application: Application | None = None
    if kind == MatterKind.APPLICATION:
        application, unmet = check_application(service_id, materials or {}, person, area, by, now, for_caller)
        errors |= unmet
        if not contact_name and person is None:
            errors["contact_name"] = "请填写申请人的姓名。"
    if errors:
        raise Invalid(errors)
    assert area is not None
    saved = 0
    if person is not None and for_caller:  # what the file knows is not asked again
        saved = sum(not typed and bool(held) for typed, held in (
            (contact_name, person.name), (contact_phone.strip(), person.phone)))  # fmt: skip
        contact_name, contact_phone = contact_name or person.name, contact_phone.strip() or person.phone or ""
    due, promised, version = deadlines.first_promise(now, question=kind == MatterKind.QUESTION)
    danger = urgent_in(text, today) if kind == MatterKind.MATTER else None
    if danger is not None:
        due = min(due, clock.add_hours(now, int(params.get("window.urgent_triage_hours", on=today).value)))
    if application is not None:
        title, saved = application.item.name, application.saved
        text = text or f"申请办理：{application.item.name}。"
    matter = Matter(
        number=new_numbers(now)[0],
        token=new_token(),
        title=title or _headline(text),
        text=text,
        subject=subject,
        channel=channel,
        area=area,
        place=place,
        place_text=place_text or (place.name if place else ""),
        reporter_id=(person.user_id if person else None) if for_caller else by.user_id,
        person=person,
        contact_name=contact_name,
        contact_phone=contact_phone.strip(),
        filed_by_id=by.user_id if for_caller else None,
        wants_reply=wants_reply,
        state=MatterState.RECEIVED,
        due_at=due,
        promised_at=promised,
        calendar_version=version,
        created_at=now,
        origin=origin,
        kind=kind,
        window=window_of(by, area, now) if for_caller else None,
        saved=saved,
    )
    how = f"{{actor}}在{area.short_name}代为登记了此事项" if for_caller else "{actor}反映了此事项"
    if application is not None:
        assign(matter, application.item, now)
        how = f"{{actor}}{'受理' if for_caller else '提出'}了申请「{application.item.name}」，交{matter.host_unit}办理"
    FLOW.begin(matter, by, now, how, data={"number": matter.number, "channel": str(channel), "kind": str(kind)})
    keep_new_photos(matter, photos, now, by_staff=False)
    if origin is not None:
        thread.link(origin, matter)
    if managed is not None and managed.receiver_id is not None:
        text = f"{managed.area.short_name}有新的事项：{matter.title}"
        notify([managed.receiver_id], text, matter.get_absolute_url(), now, kind="代管")
    if application is not None:
        keep_materials(matter, application, now)
        return matter
    if danger is not None:
        ring(matter, (Role.FRONT_DESK,), f"听起来紧急（{danger.criterion.name}），请马上分流：{matter}", now)
    if kind == MatterKind.QUESTION and for_caller and answer:
        matter.result, matter.handler_id = answer, by.user_id
        close_round(matter, by, now)
        FLOW.move(matter, "answer_now", by, now, note=answer)
        tell_reporter(matter, f"您咨询的「{matter}」已答复，请查看。", now)
        return matter
    ask_for_suggestions()
    ask_for_topics(matter.pk)
    return matter


def _headline(text: str) -> str:
    """The first sentence of a text, as its title."""
    first = text.replace("\n", "。").strip("。 ")
    for sign in "。！？；!?;":
        first = first.split(sign)[0] or first
    return first if len(first) <= TITLE else first[: TITLE - 1] + "…"


@transaction.atomic
def add_information(
    *, matter_id: int, note: str, by: Viewer, now: datetime, photos: Sequence[UploadedFile[Any]] = ()
) -> Matter:
    """Add words or photos to an open matter: by its reporter, or by the desk for a caller."""
    matter = FLOW.take(matter_id, "add", by)
    note = clean(note, "note", 2000)
    if not note and not photos:
        raise Invalid({"note": "请写几句话，或上传照片。"})
    keep_photos(matter, photos, now, by_staff=False)
    FLOW.move(matter, "add", by, now, note=note, data={"photos": len(photos)})
    tell_unit(matter, matter.host_unit_id, f"反映人补充了情况：{matter}", now)
    return matter


@transaction.atomic
def look_up_caller(*, typed: str, by: Viewer, now: datetime, house: str = "") -> list[Person]:
    """The people of a whole phone or citizen number, or of a name with building and room (`house`), for filing.

    Each can see that they were looked up, by whom and why.
    """
    people = find_at_house(by, typed, house) if house else find_people(by, typed)
    for person in people:
        log_read(person=person, kind=ReadKind.FOUND, by=by, now=now, reason="登记来电来访")
    return people


@reading
@transaction.atomic
def show_contact(*, matter_id: int, reason: str, by: Viewer, now: datetime) -> tuple[str, str]:
    """Show name and phone of the contact to who handles the matter; it is logged with the reason, every time."""
    matter = MatterAccess.get(by, matter_id, "contact")
    reason = clean(reason, "reason", 200, "请写明为什么需要联系反映人。", 2)
    audit.record(
        by=by,
        event=MattersEvent.CONTACT_SHOWN,
        obj=matter,
        sentence="{actor}查看了反映人的联系方式",
        note=reason,
        now=now,
    )
    if matter.person is not None:
        log_read(person=matter.person, kind=ReadKind.SHOWN, by=by, now=now, reason=reason)
    return matter.contact_name, matter.contact_phone


@transaction.atomic
def note_receipt(*, matter_id: int, by: Viewer, now: datetime) -> Matter:
    """Write down that the desk printed a receipt, which holds the address of the page of progress."""
    matter = MatterAccess.get(by, matter_id, "receipt")
    audit.record(
        by=by, event=MattersEvent.RECEIPT_PRINTED, obj=matter, sentence="{actor}打印了回执", now=now, public=False
    )
    return matter
