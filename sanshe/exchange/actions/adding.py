"""More words under a number that we have: added to its matter, or shown to the desk when the matter is closed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from sanshe.accounts.public import Role, on_duty
from sanshe.kernel.notices import notify
from sanshe.matters.public import Matter, MatterState, reporters_voice, take_step

from ..models import Heard, Source
from ..words import HeardState, TheirState
from .hearing import keep

#: As much is taken by one step of the matter.
AT_ONCE = 1900


def newest_of(source: Source, key: str) -> Matter | None:
    """The matter of a number; of those that went on with another, the last."""
    rows = Matter.objects.filter(Q(source_key=key) | Q(source_key__startswith=f"{key}（续"), source=source.name)
    return rows.order_by("-pk").first()


@transaction.atomic
def add_words(
    *, source: Source, matter: Matter, text: str, photos: Sequence[UploadedFile[Any]], now: datetime
) -> HeardState | None:
    """Add what the matter does not hold yet; None when it said nothing new.

    While it waits for its reporter this is the answer. After the end the desk decides: opened again inside the window,
    or a matter of its own, linked.
    """
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    if not photos and (not text or text == matter.text):
        return None
    prints = [hashlib.sha256(photo.read()).hexdigest() for photo in photos]
    for photo in photos:
        photo.seek(0)
    mark = hashlib.sha256("|".join(["more", str(matter.pk), text, *prints]).encode()).hexdigest()
    if Heard.objects.filter(source=source, digest=mark).exists():
        return None
    state, why = HeardState.APPLIED, ""
    step = {MatterState.WAITING: "answer_resident"}.get(MatterState(matter.state), "add")
    if matter.is_open:
        words = text if text != matter.text else ""
        pieces = [words[at : at + AT_ONCE] for at in range(0, len(words), AT_ONCE)] or [""]
        for at, piece in enumerate(pieces):
            voice = reporters_voice(source.voice, matter.pk)
            take_step(voice, matter.number, step if at == 0 else "add", {"note": piece}, photos if at == 0 else ())
        if matter.host_unit_id is None:
            people = on_duty(Role.FRONT_DESK, area=matter.area).values_list("pk", flat=True)
            notify(people, f"{source.name}补充了情况：{matter}", matter.get_absolute_url(), now)
    else:
        label = MatterState(matter.state).label
        state, why = HeardState.HELD, f"事项已经是「{label}」，对方又送来新的内容：请看是否重新打开或另立。"
    keep(source, None, matter, TheirState.MORE, text, mark, now, state, why, now)
    return state
