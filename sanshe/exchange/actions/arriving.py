"""A message of another system becomes a matter; the same number again is the same matter."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.db.models import Q

from sanshe.kernel import audit, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.identifiers import clean_phone
from sanshe.matters.public import Matter, Received, plain, receive

from ..access import DOOR
from ..models import Forward, Source
from ..places import CHANNEL, community
from ..words import ExchangeEvent, HeardState, SourceKind
from .adding import add_words, newest_of

#: What a message may hold; anything else is told to the sender, so that a misspelt name is not lost quietly.
FIELDS = {
    "key": "来源编号", "text": "内容", "title": "标题", "place": "地点", "area": "社区代码", "name": "称呼",
    "phone": "电话", "sender": "发送人", "photos": "照片",
}  # fmt: skip


@transaction.atomic
def arrive(
    *, source: Source, message: Mapping[str, Any], now: datetime, note: str = ""
) -> tuple[Received, HeardState | None]:
    """Take in one message: a new matter, or more words of one that we have (then also what became of them).

    Raises Invalid with a sentence at each field. What is doubtful but not needed (a phone that is none) is kept as
    words. Of a matter that we handed to this very system it makes no second one here.
    """
    if not source.active:
        raise NotAllowed("这个系统已停用，请联系系统管理员。")
    given = _texts(message)
    if source.kind != SourceKind.OPEN311 and not given["key"]:
        raise Invalid({"key": "请给出来源编号（key）：同一编号再发来，还是同一件事项。"})
    if len(given["key"]) > 120:
        raise Invalid({"key": "来源编号最多 120 个字。"})
    phone, extra = given["phone"], ""
    if phone:
        try:
            phone = clean_phone(phone)
        except Invalid:
            # A number that is none is kept as it was written, where only those who handle it read it.
            phone, extra = "", f"\n（来件所写的联系方式：{phone[:60]}）"
    by = Viewer.system_account(DOOR)
    text = (given["text"] + extra) if given["text"] else extra.strip()
    known = _ours(source, given["key"]) or newest_of(source, given["key"]) if given["key"] else None
    if known is not None:
        added = add_words(source=source, matter=known, text=text, photos=pictures(message.get("photos")), now=now)
        return Received(Matter.objects.get(pk=known.pk), again=True), added
    received = receive(
        text=text, title=given["title"][:80],
        area_id=community(source, given["area"], given["place"], given["text"]), by=by, now=now,
        channel=str(CHANNEL[SourceKind(source.kind)]), place_text=given["place"][:200],
        contact_name=given["name"][:40], contact_phone=phone, photos=pictures(message.get("photos")),
        source=source.name, source_key=given["key"], sender=given["sender"][:200],
    )  # fmt: skip
    if not received.again:
        audit.record(
            by=by, event=ExchangeEvent.ARRIVED, obj=received.matter, now=now, note=note,
            sentence="由「{source}」转来".replace("{source}", source.name.replace("{", "（").replace("}", "）")),
            data={"source": source.pk},
        )  # fmt: skip
    return received, None


def _ours(source: Source, key: str) -> Matter | None:
    """The matter that we handed to the system, when it sends it back under its number or ours."""
    rows = Forward.objects.select_related("matter").filter(source=source)
    found = rows.filter(Q(foreign=key) | Q(key=key) | Q(matter__number=key)).order_by("-pk").first()
    return found.matter if found is not None else None


def _texts(message: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    unknown = sorted(str(name) for name in set(message) - set(FIELDS))
    if unknown:
        errors[unknown[0][:40]] = f"没有这一项，可用的有：{'、'.join(FIELDS)}。"
    out = {}
    for name, label in FIELDS.items():
        value = message.get(name, "")
        if name == "photos":
            continue
        if value is None:
            value = ""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            errors[name] = f"{label}应是文字。"
            value = ""
        out[name] = plain(value)
    if errors:
        raise Invalid(errors)
    return out


def pictures(given: Any) -> Sequence[UploadedFile[Any]]:
    """Photos sent as a list of base64 texts. Raises Invalid."""
    if given in (None, "", []):
        return []
    if not isinstance(given, list) or any(not isinstance(one, str) for one in given):
        raise Invalid({"photos": "照片应是 base64 文字的列表。"})
    most = int(params.get("matter.photos_most").value)
    if len(given) > most:
        raise Invalid({"photos": f"一次最多上传 {most} 张照片，现在有 {len(given)} 张。"})
    out = []
    for number, text in enumerate(given, 1):
        try:
            data = base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text, validate=True)
        except (binascii.Error, ValueError):
            raise Invalid({"photos": f"第 {number} 张照片的 base64 写法不对。"}) from None
        out.append(SimpleUploadedFile(f"{number}.jpg", data))
    return out
