"""What a person does with a message that did not fit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanshe.kernel import audit
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.matters.public import Matter, plain, receive, reporters_voice, take_step

from ..flow import HEARD
from ..models import Heard
from ..places import CHANNEL
from ..words import ExchangeEvent, SourceKind
from .answering import their_key


@transaction.atomic
def settle(*, heard_id: int, note: str, by: Viewer, now: datetime) -> Heard:
    """Say what was done about it."""
    heard = HEARD.take(heard_id, "settle", by)
    heard.note = plain(note)[:1000]
    if len(heard.note) < 2:
        raise Invalid({"note": "请写明怎样处理的，例如：已与对方电话核对，按我方结果为准。"})
    return HEARD.move(heard, "settle", by, now, note=heard.note)


@transaction.atomic
def reopen(*, heard_id: int, by: Viewer, now: datetime) -> Heard:
    """Open the finished matter again, with what its reporter said over there as the reason."""
    heard = HEARD.take(heard_id, "reopen", by)
    heard.note = "已重新打开。"
    HEARD.move(heard, "reopen", by, now)
    take_step(_reporter(heard), heard.matter.number, "reopen", {"reason": heard.text[:1000]})
    return heard


@transaction.atomic
def renew(*, heard_id: int, by: Viewer, now: datetime) -> Heard:
    """File what was said as a matter of its own, linked with the one before; its results go to the same system."""
    heard = HEARD.take(heard_id, "renew", by)
    old, source = heard.matter, heard.source
    key = their_key(old)
    number = 2 + Matter.objects.filter(source=source.name, source_key__startswith=f"{key}（续").count()
    received = receive(
        text=heard.text, area_id=old.area_id, by=Viewer.system_account(source.voice), now=now,
        channel=str(CHANNEL[SourceKind(source.kind)]), place_text=old.place_text, contact_name=old.contact_name,
        contact_phone=old.contact_phone, origin=old, source=source.name, source_key=f"{key}（续{number}）",
    )  # fmt: skip
    audit.record(
        by=Viewer.system_account(source.voice), event=ExchangeEvent.ARRIVED, obj=received.matter, now=now,
        sentence="{actor}又来了补充，原事项已经结束，另立此事项", data={"source": source.pk, "heard": heard.pk},
    )  # fmt: skip
    heard.note = f"已另立 {received.matter.number}。"
    return HEARD.move(heard, "renew", by, now)


def _reporter(heard: Heard) -> Viewer:
    return reporters_voice(heard.source.voice, heard.matter_id)
