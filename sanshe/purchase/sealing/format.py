"""The container of a sealed bid, version 1, byte by byte (all numbers big-endian).

    offset    bytes  what
    0         8      magic: 89 53 42 49 44 0D 0A 1A (spoilt by any transfer that takes it for text)
    8         1      version: 01
    9         32     salt, random for every sealing
    41        32     commitment to the key (below)
    73        1      c, 1…64
    74        c      id of the call, visible ASCII
    74+c      1      b, 1…64
    75+c      b      id of the bidder, visible ASCII
    H=75+c+b  n      ciphertext, n a multiple of 65,536 and at least that
    H+n       16     tag of AES-GCM
    H+n+16    32     SHA-256 of all bytes before it: tells damage from a wrong key without any key

HKDF-SHA-256 (key material: the bidder's 16 bytes; salt: the salt; info: the ASCII text `sanshe sealed
bid 1`) gives 76 bytes: 32 for the AES-256 key, 12 for the nonce, 32 for the commitment. The associated
data of AES-GCM are the H bytes of the header, so call and bidder cannot be exchanged. The plaintext is

    u64 length of the archive · the archive (see archive.py) · zeros up to the next multiple of 65,536

so the size tells the content's size in steps of 64 KB and no finer.

Why a commitment: AES-GCM alone does not fix the key. A bidder could craft one file that opens to a low
price with one key and to a high one with another, and choose after the others are known. Two keys with
the same commitment would be a collision of SHA-256.
"""

import hashlib
import hmac
import re
import secrets
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sanshe.purchase.sealing.archive import Bid, BidFile, pack, unpack
from sanshe.purchase.sealing.errors import Altered, BadContent, NotForThisCall, NotSealed, WrongKey
from sanshe.purchase.sealing.key import SealKey

MAGIC = b"\x89SBID\r\n\x1a"
VERSION = 1
SALT = 32
COMMITMENT = 32
STEP = 64 * 1024
TAG = 16
CHECKSUM = 32
INFO = b"sanshe sealed bid 1"

_ID = re.compile(r"[!-~]{1,64}\Z")
_FIXED = len(MAGIC) + 1 + SALT + COMMITMENT


@dataclass(frozen=True)
class Header:
    """What anyone can read of a sealed bid without its key. `steps`: the size in units of 64 KB."""

    call: str
    bidder: str
    salt: bytes
    commitment: bytes
    length: int
    steps: int


def seal(
    fields: Mapping[str, Any],
    files: Iterable[BidFile],
    *,
    call: str,
    bidder: str,
    key: SealKey,
    salt: bytes | None = None,
) -> bytes:
    """Seal a bid for one call and one bidder.

    `call` and `bidder` are ids of 1 to 64 visible ASCII characters. `salt` is for tests only; it must never
    be used twice with one key. Raises BadContent for content that may not go into a bid.
    """
    for name, value in (("call", call), ("bidder", bidder)):
        if not _ID.match(value):
            raise ValueError(f"{name} must be 1 to 64 visible ASCII characters")
    salt = secrets.token_bytes(SALT) if salt is None else salt
    if len(salt) != SALT:
        raise ValueError("the salt has 32 bytes")
    archive = pack(fields, files)
    plain = struct.pack(">Q", len(archive)) + archive
    plain += bytes(-len(plain) % STEP)
    cipher, nonce, commitment = _derive(key, salt)
    header = b"".join(
        (
            MAGIC,
            bytes([VERSION]),
            salt,
            commitment,
            *tuple(bytes([len(value)]) + value.encode("ascii") for value in (call, bidder)),
        )
    )
    body = header + cipher.encrypt(nonce, plain, header)
    return body + hashlib.sha256(body).digest()


def inspect(blob: bytes, *, call: str | None = None, bidder: str | None = None) -> Header:
    """Read the header and check, without a key, that the file is whole and meant for this call and bidder.

    Raises NotSealed, Altered or NotForThisCall. Ids that are None are not compared.
    """
    if not blob.startswith(MAGIC):
        raise NotSealed("这不是密封的投标文件。")
    if len(blob) <= _FIXED or blob[len(MAGIC)] != VERSION:
        raise NotSealed("这份密封文件的版本无法识别，请用本次比选页面上的密封工具重新生成。")
    salt = blob[9 : 9 + SALT]
    commitment = blob[9 + SALT : _FIXED]
    at, ids = _FIXED, []
    for _ in range(2):
        length = blob[at] if at < len(blob) else 0
        ids.append(blob[at + 1 : at + 1 + length].decode("latin-1"))
        at += 1 + length
        if not _ID.match(ids[-1]):
            raise Altered()
    padded = len(blob) - at - TAG - CHECKSUM
    if padded < STEP or padded % STEP:
        raise Altered("文件不完整：长度与密封时不一致，请重新上传。")
    if not hmac.compare_digest(hashlib.sha256(memoryview(blob)[:-CHECKSUM]).digest(), blob[-CHECKSUM:]):
        raise Altered()
    if call is not None and ids[0] != call:
        raise NotForThisCall("不是本次比选的投标文件：它是为另一次比选密封的。")
    if bidder is not None and ids[1] != bidder:
        raise NotForThisCall("不是本次比选中贵单位的投标文件：它是以另一家单位的名义密封的。")
    return Header(ids[0], ids[1], salt, commitment, at, padded // STEP)


def check_key(blob: bytes, key: SealKey) -> None:
    """Whether a key belongs to a sealed file, told by its commitment, without opening it. Raises WrongKey."""
    header = inspect(blob)
    if not hmac.compare_digest(_derive(key, header.salt)[2], header.commitment):
        raise WrongKey()


def open_sealed(blob: bytes, *, call: str, bidder: str, key: SealKey) -> Bid:
    """Open a sealed bid; raises NotSealed, Altered, NotForThisCall, WrongKey or BadContent."""
    header = inspect(blob, call=call, bidder=bidder)
    cipher, nonce, commitment = _derive(key, header.salt)
    if not hmac.compare_digest(commitment, header.commitment):
        raise WrongKey()
    view = memoryview(blob)
    try:
        plain = cipher.decrypt(nonce, view[header.length : -CHECKSUM], view[: header.length])
    except InvalidTag:
        raise Altered() from None
    (length,) = struct.unpack(">Q", plain[:8])
    # the padding is fixed in length and value, so that one content has one plaintext
    if not len(plain) - STEP < 8 + length <= len(plain) or any(plain[8 + length :]):
        raise BadContent("投标文件的内部结构不合规格，不能打开。")
    return unpack(memoryview(plain)[8 : 8 + length])


def _derive(key: SealKey, salt: bytes) -> tuple[AESGCM, bytes, bytes]:
    """The cipher, the nonce and the commitment that follow from a key and a salt."""
    made = HKDF(algorithm=hashes.SHA256(), length=76, salt=salt, info=INFO).derive(key.secret)
    return AESGCM(made[:32]), made[32:44], made[44:]
