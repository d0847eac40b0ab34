"""Taking in from outside: the same again is counted on the first, too much is refused with a sentence, none is lost.

The rule, whoever the sender is:

* The same text and photos about the same place from the same sender within `intake.same_minutes` are one matter. Each
  further one is counted on it, and staff see how many there were. Who the sender is: the account; else the phone; else
  the network address; for a message of another system, the sender that it names.
* The same text from another sender is a matter of its own; the likely duplicates (hot.*) show that they are alike.
* Different texts are limited by the hour: an account, a phone, an address. Many residents behind one address each have
  the limit of their own phone or account.
* What staff file for callers is not limited: the one who files is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from sanshe.accounts.public import Role
from sanshe.kernel import clock, floods, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.identifiers import clean_phone

from ..models import Matter
from ..text import plain
from ..words import Channel
from .filing import STAFF_CHANNELS, file_matter

#: The kind under which what comes again is counted on its matter.
AGAIN = "matter_again"
ONLY_PHOTOS = "（没有写文字，请看照片。）"


@dataclass(frozen=True)
class Received:
    """What became of it. `again`: it was counted on a matter that stood already, as the `count`-th time (from 1).

    `own`: the sender is proven to be the first one, so that the receipt may be shown; a phone number or an address
    that somebody typed or shares proves nothing.
    """

    matter: Matter
    again: bool = False
    count: int = 1
    own: bool = True


@transaction.atomic
def receive(
    *,
    text: str,
    area_id: int | None,
    by: Viewer,
    now: datetime,
    channel: str = Channel.WEB,
    contact_phone: str = "",
    place_text: str = "",
    photos: Sequence[UploadedFile[Any]] = (),
    address: str = "",
    sender: str = "",
    source: str = "",
    source_key: str = "",
    **rest: Any,
) -> Received:
    """Take in a matter, as `file_matter`, unless it is the same again. Raises Invalid with a sentence.

    `address`: the network address (`floods.address_of`) of who has no account. `sender`: who wrote, as another system
    names them. `source` and `source_key`: the same number of the same system is the same matter, whatever it says now.
    """
    if source and source_key:
        held = _by_key(source, source_key)
        if held is not None:
            return Received(held, again=True, count=1 + floods.followed(AGAIN, held.pk)[0])
    text = plain(text)
    if not text and photos and not rest.get("service_id"):
        text, rest["title"] = ONLY_PHOTOS, rest.get("title") or "只有照片的反映"
    staff = channel in STAFF_CHANNELS and by.holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER)
    counted = None
    who = "" if staff else _sender(by, contact_phone, address, sender, source)
    if who:
        window = timedelta(minutes=_figure("same_minutes", now))
        counted = floods.count(
            floods.key_of("same", who, area_id, place_text, text, *_prints(photos)), AGAIN, now, window
        )
        if counted.target is not None:
            first = Matter.objects.filter(pk=counted.target).first()
            if first is not None:
                return Received(first, again=True, count=counted.count, own=by.signed_in or bool(source))
        if not source:
            limit_hourly(by, contact_phone, address, now)
    matter = file_matter(
        text=text, area_id=area_id, by=by, now=now, channel=channel, contact_phone=contact_phone,
        place_text=place_text, photos=photos, **rest,
    )  # fmt: skip
    if source:
        matter.source, matter.source_key = source[:40], source_key[:120]
        matter.save(update_fields=["source", "source_key"])
    if counted is not None:
        floods.became(counted, matter.pk)
    return Received(matter)


def _by_key(source: str, source_key: str) -> Matter | None:
    """The matter of this number of that system; holds the number until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"matters:{source}:{source_key}"])
    return Matter.objects.filter(source=source, source_key=source_key).first()


def _figure(name: str, now: datetime) -> int:
    return int(params.get(f"intake.{name}", on=clock.local(now).date()).value)


def _prints(photos: Sequence[UploadedFile[Any]]) -> list[str]:
    found = []
    for photo in photos:
        found.append(hashlib.sha256(b"".join(photo.chunks())).hexdigest())
        photo.seek(0)
    return found


def _phone(typed: str) -> str:
    try:
        return clean_phone(typed) if typed.strip() else ""
    except Invalid:
        return ""  # file_matter says what is wrong with it


def _sender(by: Viewer, phone: str, address: str, sender: str, source: str) -> str:
    """Who sends, as far as it can be told; "" when not at all."""
    if source:
        return f"source:{source}:{sender}" if sender else ""
    if by.signed_in:
        return f"account:{by.user_id}"
    phone = _phone(phone)
    return f"phone:{phone}" if phone else f"address:{address}" if address else ""


def limit_hourly(by: Viewer, phone: str, address: str, now: datetime) -> None:
    """Count this one within the hour. Raises Invalid above the limit; what was refused is then not counted."""
    hour = timedelta(hours=1)

    def over(key: str, limit: int) -> bool:
        return floods.count(floods.key_of("hourly", key), "hourly", now, hour).count > limit

    if by.signed_in:
        most = _figure("account_hourly", now)
        if over(f"account:{by.user_id}", most):
            raise Invalid(f"您一小时内已经提交 {most} 件，请稍后再提交；急事请打社区电话。您填写的内容都还在。")
        return
    phone = _phone(phone)
    if phone:
        most = _figure("phone_hourly", now)
        if over(f"phone:{phone}", most):
            raise Invalid(
                f"这个联系电话一小时内已经提交 {most} 件，请稍后再提交，或登录后提交；急事请打社区电话。"
                "您填写的内容都还在。"
            )
        if address and over(f"address-phone:{address}", _figure("address_hourly", now)):
            raise Invalid("这个网络地址一小时内提交得太多，请登录后提交，或打社区电话。您填写的内容都还在。")
    elif address:
        most = int(params.get("matter.filing_hourly", on=clock.local(now).date()).value)
        if over(f"address:{address}", most):
            raise Invalid(
                f"这个网络地址一小时内已有 {most} 件没有留电话的反映。请填写联系电话后再提交，或登录后提交。"
                "您填写的内容都还在。"
            )
