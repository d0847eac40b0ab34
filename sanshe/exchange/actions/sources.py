"""Connecting a system, its key, stopping it."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from sanshe.areas.public import Area, AreaLevel, in_force
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, WrongState
from sanshe.matters.public import plain

from ..access import SourceAccess
from ..models import Source
from ..signing import digest, new_secret
from ..words import ExchangeEvent, SourceKind

_CODE = re.compile(r"^[a-z][a-z0-9-]{1,28}[a-z0-9]$")


def _checked(
    name: str, area_id: int | None, answers_to: str, forwards_to: str, now: datetime, pk: int | None = None
) -> tuple[str, str, str]:  # fmt: skip
    """Name and addresses as they are kept. Raises Invalid at the fields."""
    errors: dict[str, str] = {}
    name, answers_to, forwards_to = plain(name), plain(answers_to), plain(forwards_to)
    if not 2 <= len(name) <= 40:
        errors["name"] = "请填写系统名称，2 至 40 个字。"
    elif Source.objects.filter(name=name).exclude(pk=pk or 0).exists():
        errors["name"] = "已经接入过同名的系统，请换一个名称。"
    where = in_force(clock.local(now).date())
    if not Area.objects.filter(where, pk=area_id or 0, level=AreaLevel.COMMUNITY).exists():
        errors["area"] = "请选择由哪个社区受理没有写明地点的来件。"
    for field, address in (("answers_to", answers_to), ("forwards_to", forwards_to)):
        if address and not _is_address(address):
            errors[field] = "地址应以 https:// 或 http:// 开头，不带用户名和密码，不超过 300 个字。"
    if errors:
        raise Invalid(errors)
    return name, answers_to, forwards_to


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
        return fits and (parts.port or 1) > 0 and len(text) <= 300
    except ValueError:
        return False


@transaction.atomic
def make_source(
    *, name: str, code: str, kind: str, area_id: int | None, by: Viewer, now: datetime, answers_to: str = "",
    forwards_to: str = "", gives_contact: bool = False,
) -> tuple[Source, str]:  # fmt: skip
    """Connect a system; returns it and its key, which is shown once."""
    if SourceAccess.rule("keep").q(by) is not True:
        raise NotAllowed("其他系统由系统管理员接入。")
    errors: dict[str, str] = {}
    try:
        name, answers_to, forwards_to = _checked(name, area_id, answers_to, forwards_to, now)
    except Invalid as wrong:
        errors.update(wrong.errors)
    code = code.strip().lower()
    if not _CODE.match(code):
        errors["code"] = "代号用 3 至 30 个小写字母、数字或短横线，以字母开头。"
    elif Source.objects.filter(code=code).exists():
        errors["code"] = "这个代号已经用过，请换一个。"
    if kind not in SourceKind.values:
        errors["kind"] = "请选择系统的种类。"
    if errors:
        raise Invalid(errors)
    secret = new_secret()
    source = Source.objects.create(
        name=name, code=code, kind=kind, area_id=area_id or 0, answers_to=answers_to, forwards_to=forwards_to,
        gives_contact=gives_contact,
        key=secret, key_hash=digest(secret), key_at=now, created_at=now,
    )  # fmt: skip
    audit.record(by=by, event=ExchangeEvent.SOURCE_MADE, obj=source, sentence="{actor}接入了这个系统", now=now,
                 data={"code": code, "kind": kind})  # fmt: skip
    return source, secret


def _held(code: str, by: Viewer) -> Source:
    source: Source = SourceAccess.get(by, Source.objects.filter(code=code).values_list("pk", flat=True).first(), "keep")
    return Source.objects.select_for_update().get(pk=source.pk)


@transaction.atomic
def change_source(
    *, code: str, name: str, area_id: int | None, answers_to: str, by: Viewer, now: datetime, forwards_to: str = "",
    gives_contact: bool = False,
) -> Source:  # fmt: skip
    """Change community, addresses, what goes along. The name stays, for matters are kept under it."""
    source = _held(code, by)
    if plain(name) != source.name:
        raise Invalid({"name": "已有来件按这个名称记着，名称不能改；要换名称请另接一个系统，再停用这个。"})
    source.name, source.answers_to, source.forwards_to = _checked(
        name, area_id, answers_to, forwards_to, now, source.pk
    )
    source.area_id = area_id  # type: ignore[assignment]
    source.gives_contact = gives_contact
    source.save(update_fields=["name", "answers_to", "forwards_to", "gives_contact", "area"])
    audit.record(by=by, event=ExchangeEvent.SOURCE_CHANGED, obj=source, sentence="{actor}修改了接入", now=now,
                 data={"contact": gives_contact})  # fmt: skip
    return source


@transaction.atomic
def new_key(*, code: str, by: Viewer, now: datetime) -> tuple[Source, str]:
    """Give another key; the one before ends at once."""
    source = _held(code, by)
    secret = new_secret()
    source.key, source.key_hash, source.key_at = secret, digest(secret), now
    source.save(update_fields=["key", "key_hash", "key_at"])
    audit.record(by=by, event=ExchangeEvent.KEY_CHANGED, obj=source, sentence="{actor}更换了密钥", now=now)
    return source, secret


@transaction.atomic
def stop_source(*, code: str, by: Viewer, now: datetime) -> Source:
    """Take nothing more from the system. Answers that wait stay."""
    source = _held(code, by)
    if not source.active:
        raise WrongState("这个系统已经停用。")
    source.active = False
    source.save(update_fields=["active"])
    audit.record(by=by, event=ExchangeEvent.SOURCE_STOPPED, obj=source, sentence="{actor}停用了接入", now=now)
    return source


@transaction.atomic
def resume_source(*, code: str, by: Viewer, now: datetime) -> Source:
    """Take from the system again."""
    source = _held(code, by)
    if source.active:
        raise WrongState("这个系统正在使用。")
    source.active = True
    source.save(update_fields=["active"])
    audit.record(by=by, event=ExchangeEvent.SOURCE_RESUMED, obj=source, sentence="{actor}恢复了接入", now=now)
    return source
