"""Writing for programs: filing a matter, taking its steps and those of its parts, as the pages do.

Only matters so far, and the ledgers (/api/registers/). With `If-Match` and the version that was read, a step is refused
(409) when somebody else was quicker. A request that is sent again with the same `Idempotency-Key` has
one effect and the first one's answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from sanshe.exchange.public import pictures
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.floods import address_of
from sanshe.kernel.http import once_by_key
from sanshe.matters.public import (
    Channel,
    Matter,
    MatterState,
    matter_of,
    offers,
    part_offers,
    receive,
    take_part_step,
    take_step,
    waiting_parts,
)

from .reading import AreaCode, Key, Number, Read, Write, area_of, signed_in
from .shapes import Choice

#: Words of a program; the lengths and the NUL are the actions' to judge, with their own sentences.
Words = Annotated[str, StringConstraints(max_length=100_000)]
Photo = Annotated[
    str, StringConstraints(pattern=r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")
]  # fmt: skip
PartKind = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,20}$")]
StepName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,40}$")]
Value = str | int | float | bool | None


class FieldShape(Schema):
    """A field that a step takes."""

    name: str = Field(title="名称")
    label: str = Field(title="说明")
    required: bool = Field(title="必填")
    kind: str = Field(title="类型", description="text, choice, list, boolean, integer, date or photos")
    hint: str = Field(title="提示")
    choices: list[dict[str, str]] = Field(title="可选的值")
    initial: str | None = Field(title="缺省值")


class StepShape(Schema):
    """A step that the caller's posts could take now."""

    name: str = Field(title="步骤")
    label: str = Field(title="名称")
    allowed: bool = Field(title="现在可以办")
    why: str = Field(title="不能办的原因")
    fields: list[FieldShape] = Field(title="填写项")


class StepsShape(Schema):
    """What may be done with a matter now."""

    number: str = Field(title="编号")
    state: Choice = Field(title="状态")
    version: str = Field(title="版本", description="For If-Match; changes with every step")
    steps: list[StepShape] = Field(title="步骤")


class PartShape(Schema):
    """What hangs on a matter and somebody must act on: an assisting unit's part, an extension, an oversight order …"""

    kind: str = Field(title="种类", description="assist, objection, extension, oversight, help or callback")
    id: int = Field(title="部分的编号")
    label: str = Field(title="名称")
    number: str = Field(title="事项编号")
    state: Choice = Field(title="状态")
    version: str = Field(title="版本", description="For If-Match; changes with every step")
    unit: str = Field(title="单位")
    asked: str = Field(title="要做什么")
    due_at: datetime | None = Field(title="期限")
    steps: list[StepShape] = Field(title="步骤")


class PartsShape(Schema):
    """The parts of a matter."""

    number: str = Field(title="编号")
    state: Choice = Field(title="状态")
    parts: list[PartShape] = Field(title="部分")


class WaitingParts(Schema):
    """The parts that wait for the caller's posts."""

    items: list[PartShape] = Field(title="部分")


class Taken(Schema):
    """A matter after what was done."""

    number: str = Field(title="编号")
    state: Choice = Field(title="状态")
    promised_at: datetime | None = Field(title="答应答复的日期")


class Filed(Taken):
    """A matter that was filed; `again` when the same had come before and this was counted on it."""

    again: bool = Field(title="此前已收到")
    count: int = Field(title="第几次收到")


class StepBody(Schema):
    """The fields of a step by their names, and photos as base64 texts."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[str, Value | list[Value]] = Field(default={}, title="填写项")
    photos: list[Photo] = Field(default=[], title="照片", max_length=20)


class PartBody(Schema):
    """The fields of a step by their names."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[str, Value | list[Value]] = Field(default={}, title="填写项")


class FileBody(Schema):
    """A matter to file: for oneself by `web`; by the other channels a front desk files for a caller."""

    model_config = ConfigDict(extra="forbid")

    text: Words = Field(title="什么事")
    area: AreaCode = Field(title="社区代码")
    title: Words = Field(default="", title="标题")
    place: Words = Field(default="", title="在哪里")
    subject: Words = Field(default="", title="主题")
    channel: Literal["web", "phone", "desk", "patrol", "meeting"] = Field(default="web", title="渠道")
    name: Words = Field(default="", title="怎么称呼")
    phone: Words = Field(default="", title="联系电话")
    wants_reply: bool = Field(default=True, title="需要答复")
    photos: list[Photo] = Field(default=[], title="照片", max_length=20)


def _state(matter: Matter) -> dict[str, str]:
    state = MatterState(matter.state)
    return {"code": str(state), "label": str(state.label)}


def _taken(matter: Matter) -> dict[str, Any]:
    return {"number": matter.number, "state": _state(matter), "promised_at": matter.promised_at}


def _once(request: HttpRequest, viewer: Viewer, body: Schema, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer of `act`, or of the first request with the same key. What fails gives its key back."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return act()
    said = json.dumps(body.model_dump(mode="json"), sort_keys=True)
    digest = hashlib.sha256(f"{request.method} {request.path} {said}".encode("utf-8", "replace")).hexdigest()[:32]
    return once_by_key(key, viewer.user_id, digest, act)


def file_matter(request: HttpRequest, body: FileBody):
    """File a matter. The same text again within the hour is counted on the first and answers with it."""
    viewer = signed_in(request)

    def act() -> dict[str, Any]:
        received = receive(
            text=body.text, area_id=area_of(body.area).pk, by=viewer, now=clock.now(), title=body.title,
            place_text=body.place, subject=body.subject, channel=Channel(body.channel), contact_name=body.name,
            contact_phone=body.phone, wants_reply=body.wants_reply, photos=pictures(list(body.photos)),
            address=address_of(request),
        )  # fmt: skip
        return {**_taken(received.matter), "again": received.again, "count": received.count}

    return _once(request, viewer, body, act)


def matter_steps(request: HttpRequest, number: Number):
    """The steps that the caller could take with a matter now, each with its fields, or why it can not be taken."""
    found = offers(signed_in(request), number)
    state = MatterState(found["state"])
    return {**found, "state": {"code": str(state), "label": str(state.label)}}


def take_matter_step(request: HttpRequest, number: Number, step: StepName, body: StepBody):
    """Take a step of a matter: triage, accept, ask, finish, return, rate and all others, as its page would."""
    viewer = signed_in(request)
    matter_of(viewer, number)  # who may not see it does not learn what is wrong with the photos

    def act() -> dict[str, Any]:
        photos = pictures(list(body.photos))
        return _taken(take_step(viewer, number, step, body.fields, photos, seen=_seen(request)))

    return _once(request, viewer, body, act)


def _seen(request: HttpRequest) -> str:
    """The version that the program has read, from If-Match; "" when it does not say."""
    given = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('" ')
    return "" if given == "*" else given


def _part(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "state": {"code": found["state"], "label": found["state_label"]}}


def matter_parts(request: HttpRequest, number: Number):
    """What hangs on a matter (assistance, extension, oversight, objection, call-back), each with its steps now."""
    found = part_offers(signed_in(request), number)
    state = MatterState(found["state"])
    return {
        "number": found["number"], "state": {"code": str(state), "label": str(state.label)},
        "parts": [_part(part) for part in found["parts"]],
    }  # fmt: skip


def work_parts(request: HttpRequest):
    """The parts of matters that wait for my posts, most urgent first, at most 100."""
    return {"items": [_part(part) for part in waiting_parts(signed_in(request))]}


def take_part(request: HttpRequest, number: Number, kind: PartKind, id: Key, step: StepName, body: PartBody):
    """Take a step of a part: answer an assistance, an oversight order, a request for more time, and all others."""
    viewer = signed_in(request)
    matter_of(viewer, number)

    def act() -> dict[str, Any]:
        return _part(take_part_step(viewer, number, kind, id, step, body.fields, seen=_seen(request)))

    return _once(request, viewer, body, act)


WRITES = [
    Write("/matters", Filed, file_matter, "File a matter"),
    Write("/matters/{number}/steps/{step}", Taken, take_matter_step, "Take a step of a matter"),
    Write("/matters/{number}/parts/{kind}/{id}/steps/{step}", PartShape, take_part, "Take a step of a part"),
]
READS = [
    Read("/matters/{number}/steps", StepsShape, matter_steps, "List the steps of a matter", signed_in=True),
    Read("/matters/{number}/parts", PartsShape, matter_parts, "List the parts of a matter", signed_in=True),
    Read("/work/parts", WaitingParts, work_parts, "List the parts that wait for my posts", signed_in=True),
]
