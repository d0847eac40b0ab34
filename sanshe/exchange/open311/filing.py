"""Filing by Open311: with a key of a connected system; the text goes the ordinary way, the service is a hint."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from sanshe.facilities.public import Position
from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid, NotAllowed, SansheError
from sanshe.matters.public import criteria_in_force, plain

from ..actions import arrive, note_call
from ..actions.calls import refuse_often
from ..models import Source
from ..places import community_of, nearest_community
from ..places import placed as places_of
from ..signing import TooOften, digest
from ..words import SourceKind
from .reading import OTHER, TRAPPED, jurisdiction, token_of
from .writing import Refused

WHERE = (
    "请给出 address_string（街道、小区或社区的名称，例如“木棉社区 3 栋”）、address_id（12 位社区代码），"
    "或者落在社区附近的 lat 和 long。"
)
#: «The description field … may not exceed 4,000 characters.»
DESCRIPTION = 4000


def file(
    given: Mapping[str, str], path: str, now: datetime, uploads: Sequence[UploadedFile[Any]] = ()
) -> dict[str, Any]:
    """Take in a request; returns its token. Raises Refused as the specification has it."""
    source = _source(given.get("api_key", "").strip(), now)
    try:
        token = _file(source, given, now, uploads)
    except SansheError as error:
        status = error.status if error.status in (400, 403, 404) else 400
        note_call(method="POST", path=path, status=status, said=error.sentence, now=now, source=source)
        raise Refused(status, error.sentence) from None
    note_call(method="POST", path=path, status=201, said=token["token"].partition(".")[0], now=now, source=source)
    return token


def _source(key: str, now: datetime) -> Source:
    if not key:
        raise Refused(403, "缺少 api_key。密钥由本平台的系统管理员发放。")
    source = Source.objects.select_related("area").filter(key_hash=digest(key), kind=SourceKind.OPEN311).first()
    if source is None or not source.active:
        raise Refused(403, "api_key 不对或已停用，请联系本平台的系统管理员。")
    try:
        refuse_often(f"source:{source.pk}", now)
    except TooOften as error:
        raise Refused(403, error.sentence) from None
    return source


def _file(
    source: Source, given: Mapping[str, str], now: datetime, uploads: Sequence[UploadedFile[Any]]
) -> dict[str, Any]:
    jurisdiction(given)
    if any("\ufffd" in value for value in given.values()):
        raise Refused(400, "文字不是 UTF-8 编码，读出来是乱码；请用 UTF-8 重新发送。")
    code = given.get("service_code", "").strip()
    if not code:
        raise Refused(400, "缺少 service_code，请先读取 services。")
    row = None if code == OTHER else criteria_in_force(clock.local(now).date()).filter(code=code[:20]).first()
    if row is None and code != OTHER:
        raise Refused(404, f"没有代码为「{code[:40]}」的服务，请先读取 services。")
    address, at = plain(given.get("address_string", "")), _coordinates(given)
    area = given.get("address_id", "").strip()
    if not (address or at or area):
        raise Refused(400, f"缺少地点。{WHERE}")
    if area:
        if community_of(area) is None:
            raise Refused(400, f"没有代码为「{area[:20]}」的社区。{WHERE}")
    elif at is not None and (not address or not places_of(address)):
        near = nearest_community(at, now)
        if near is None and not address:
            raise Refused(400, f"这个坐标附近没有已知位置的社区，认不出属于哪个社区。{WHERE}")
        area = near.code if near is not None else ""
    text = plain(given.get("description", ""))
    if not text:
        raise Refused(400, "缺少 description：请写明是什么事、在哪里。")
    if len(text) > DESCRIPTION:
        raise Refused(400, f"description 最多 {DESCRIPTION} 个字，现在有 {len(text)} 个字。")
    for label, said in _extras(given):
        text += f"\n（{label}：{said}）"
    if at is not None:
        text += f"\n（来件的坐标：{at[0]:.6f}，{at[1]:.6f}）"
    name = f"{plain(given.get('last_name', ''))}{plain(given.get('first_name', ''))}"
    sender = next((f"{n}:{plain(given[n])}" for n in ("account_id", "device_id", "phone", "email") if given.get(n)), "")
    try:
        received, _ = arrive(
            source=source, now=now, note=f"应用里选的类别：{row.name if row else '其他事项'}",
            message={"text": text, "place": address, "area": area, "name": name[:40], "sender": sender,
                     "phone": plain(given.get("phone", "")),
                     "photos": [base64.b64encode(one.read()).decode() for one in uploads]},
        )  # fmt: skip
    except (Invalid, NotAllowed) as error:
        raise Refused(400 if isinstance(error, Invalid) else 403, error.sentence) from None
    return {
        "token": token_of(received.matter.number),
        "service_notice": "已收到。公开后可凭此查到编号。",
        "account_id": "",
    }


def _coordinates(given: Mapping[str, str]) -> Position | None:
    lat, long = given.get("lat", "").strip(), given.get("long", "").strip()
    if not lat and not long:
        return None
    try:
        found = float(lat), float(long)
        if not (-90 <= found[0] <= 90 and -180 <= found[1] <= 180):
            raise ValueError
    except ValueError:
        raise Refused(400, "lat 和 long 要一起写，是以度计的数字（WGS84）。") from None
    return found


def _extras(given: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the form of the specification holds beside the words, kept as words."""
    found = []
    trapped = given.get("attribute[trapped]", "")
    names = {str(v["key"]): str(v["name"]) for v in TRAPPED["values"]}  # type: ignore[attr-defined]
    if trapped in names:
        found.append((str(TRAPPED["description"]).rstrip("？"), names[trapped]))
    media = plain(given.get("media_url", ""))
    if media:
        # Kept as words for who handles it, and never fetched: it may lead anywhere.
        if not media.startswith(("http://", "https://")) or len(media) > 300 or any(c.isspace() for c in media):
            raise Refused(400, "media_url 应是一个以 https:// 或 http:// 开头的网址，不超过 300 个字。")
        found.append(("附图的网址，本平台没有打开过", media))
    if given.get("email"):
        found.append(("电子邮箱", plain(given["email"])[:100]))
    return found
