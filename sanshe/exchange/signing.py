"""Keys, signatures and digests: how another system proves that a message is its own, and we that an answer is ours.

The signature is an HMAC over `time.body`, with the time in a header of its own: `X-Sanshe-Time: 1790000000` (seconds)
and `X-Sanshe-Sign: sm3=<hex>` or `sha256=<hex>`. A message that is caught and sent again has the same number, so it is
the same matter; with another number the signature is wrong.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from sanshe.kernel import clock, crypto, params
from sanshe.kernel.errors import SansheError

KINDS = {"sm3": hashes.SM3, "sha256": hashes.SHA256}
TIME, SIGN = "X-Sanshe-Time", "X-Sanshe-Sign"


class NotProven(SansheError):
    """Who calls is not proven (401)."""

    status = 401
    code = "sign_in"
    default = "没有提供有效的凭据。"


class TooOften(SansheError):
    """Too many calls (429)."""

    status = 429
    code = "too_often"
    default = "调用过于频繁，请一分钟后再试。"


class TooLarge(SansheError):
    """More than is taken at once (413)."""

    status = 413
    code = "too_large"
    default = "消息太大（最多 12 兆字节），请减少照片后再发。"


def new_secret() -> str:
    """A key of 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """By what a key or token is found: a keyed hash of it."""
    return crypto.lookup("exchange", secret)


def sign(key: str, moment: int, body: bytes, kind: str = "sm3") -> str:
    """The value of the signature's header."""
    mac = HMAC(key.encode(), KINDS[kind]())
    mac.update(f"{moment}.".encode() + body)
    return f"{kind}={mac.finalize().hex()}"


def check(key: str, given_time: str, given: str, body: bytes, now: datetime) -> None:
    """Raise NotProven, with what is wrong, unless the message is fresh and signed with the key."""
    minutes = int(params.get("intake.signed_minutes", on=clock.local(now).date()).value)
    if not (given_time.isascii() and given_time.isdigit() and len(given_time) < 12):
        raise NotProven(f"缺少 {TIME}，或它不是以秒计的时间。")
    if abs(int(now.timestamp()) - int(given_time)) > minutes * 60:
        raise NotProven(f"签名时间与本平台相差超过 {minutes} 分钟，请校准时钟后重新签名再发。")
    kind, _, value = given.partition("=")
    if kind not in KINDS or not value:
        raise NotProven(f"缺少 {SIGN}，应写成 sm3=… 或 sha256=…。")
    wanted = sign(key, int(given_time), body, kind).partition("=")[2]
    if not hmac.compare_digest(wanted.encode(), value.strip().lower().encode("utf-8", "replace")):
        raise NotProven("签名不对：请核对密钥，并确认签的是“时间.正文”的原始字节。")
