"""Encryption at rest and searchable hashes: SM4-GCM and HMAC-SM3, with key ids and rotation.

A stored value looks like `k1-3f9a12:<base64>`; the part before the colon names its key, so that old values
stay readable after a rotation. The *context* (`model.field`) is bound in as associated data: a value that is
moved to another column can not be decrypted there. What this does not prevent is written in
docs/adr/0003-encryption-at-rest.md.
"""

from __future__ import annotations

import base64
import binascii
import os
import threading
from dataclasses import dataclass, replace
from functools import lru_cache
from time import monotonic
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sanshe.kernel import keyring
from sanshe.kernel.keyring import Keyring, KeyTrouble

__all__ = [
    "PROVIDERS",
    "KeyTrouble",
    "Provider",
    "Tampered",
    "decrypt",
    "decrypt_bytes",
    "encrypt",
    "encrypt_bytes",
    "forget",
    "key_of",
    "lookup",
    "ring",
    "sm3",
]


class Tampered(KeyTrouble):
    """A stored value does not fit its key and its place: changed, cut short, or moved from another column."""


class Provider(Protocol):
    """A source of cryptography: in software here, a hardware module where one is required (GB/T 39786)."""

    name: str

    def new_key(self) -> str:
        """Return a new key as text for the key file; a hardware module returns a handle."""
        ...

    def seal(self, key: str, plain: bytes, context: bytes) -> bytes:
        """Encrypt and authenticate `plain`, bound to `context`."""
        ...

    def open(self, key: str, sealed: bytes, context: bytes) -> bytes:
        """Undo `seal`; raise `Tampered` when key, context or bytes are not those of the sealing."""
        ...

    def mac(self, key: str, data: bytes) -> bytes:
        """Return the keyed hash of `data`, 32 bytes."""
        ...


NONCE, TAG = 12, 16  # bytes; the sizes GCM is specified for


class SoftwareSM:
    """SM4-GCM (GB/T 32907) and HMAC-SM3 (GB/T 32905) of the `cryptography` package.

    hashlib's sm3 depends on how the system's OpenSSL was built, so it is not used.
    """

    name = "sm"

    def new_key(self) -> str:
        """32 random bytes in hex: the first 16 are the SM4 key, all 32 the HMAC key."""
        return os.urandom(32).hex()

    def seal(self, key: str, plain: bytes, context: bytes) -> bytes:
        """nonce ‖ ciphertext ‖ tag. A fresh random nonce a value: rotate long before 2^32 values a key."""
        nonce = os.urandom(NONCE)
        sealer = Cipher(_cipher_of(key), modes.GCM(nonce)).encryptor()
        sealer.authenticate_additional_data(context)
        return nonce + sealer.update(plain) + sealer.finalize() + sealer.tag

    def open(self, key: str, sealed: bytes, context: bytes) -> bytes:
        """Plain bytes of `seal`'s result."""
        if len(sealed) < NONCE + TAG:
            raise Tampered("一项加密内容已损坏，无法读出。请联系系统管理员核对数据库备份。")
        nonce, body, tag = sealed[:NONCE], sealed[NONCE:-TAG], sealed[-TAG:]
        opener = Cipher(algorithms.SM4(bytes.fromhex(key)[:16]), modes.GCM(nonce, tag)).decryptor()
        opener.authenticate_additional_data(context)
        try:
            return opener.update(body) + opener.finalize()
        except InvalidTag:
            raise Tampered("一项加密内容与它的位置或密钥不符，可能被改动过。请联系系统管理员。") from None

    def mac(self, key: str, data: bytes) -> bytes:
        """HMAC-SM3."""
        digest = _mac_of(key).copy()
        digest.update(data)
        return digest.finalize()


@lru_cache(maxsize=8)
def _cipher_of(key: str) -> algorithms.SM4:
    """The algorithm with its key, for all values of one key."""
    return algorithms.SM4(bytes.fromhex(key)[:16])


@lru_cache(maxsize=8)
def _mac_of(key: str) -> hmac.HMAC:
    """The keyed beginning of a hash, to be copied: making it anew takes twice as long as the hash itself."""
    return hmac.HMAC(bytes.fromhex(key), hashes.SM3())


PROVIDERS: dict[str, Provider] = {"sm": SoftwareSM()}
"""By name, as the key file names them. A hardware module registers itself here in its app's ready()."""

DEFAULT_PROVIDER = "sm"


@dataclass(frozen=True)
class _Loaded:
    signature: tuple[int, int, int]
    ring: Keyring
    looked: float


_loaded: _Loaded | None = None
_lock = threading.Lock()
LOOK_AGAIN = 0.2  # seconds before the key file is looked at again; a rotation waits longer than this


def ring() -> Keyring:
    """The keys in force; a rotation by another process is noticed within `LOOK_AGAIN`."""
    global _loaded
    held, moment = _loaded, monotonic()
    if held is not None and moment - held.looked < LOOK_AGAIN:
        return held.ring
    path = keyring.path()
    signature = keyring.signature(path)
    if held is not None and held.signature == signature:
        _loaded = replace(held, looked=moment)
        return held.ring
    with _lock:
        if signature is None:
            keyring.create(path, PROVIDERS[DEFAULT_PROVIDER].new_key, DEFAULT_PROVIDER)
            signature = keyring.signature(path)
        fresh = keyring.read(path)
        if signature is not None:
            _loaded = _Loaded(signature, fresh, moment)
        return fresh


def forget() -> None:
    """Drop the keys held in memory; they are read again at the next use."""
    global _loaded
    _loaded = None


def _provider(name: str) -> Provider:
    try:
        return PROVIDERS[name]
    except KeyError:
        raise KeyTrouble(f"密钥文件要求使用密码模块“{name}”，本系统没有装载它。请联系系统管理员。") from None


def _bind(key_id: str, context: str) -> bytes:
    return f"{key_id}|{context}".encode()


def encrypt(text: str, context: str) -> str:
    """Encrypt `text` under the current key, bound to `context` (`"people.person.phone"`).

    An empty text stays empty: that nothing is there is visible to whoever reads the table.
    """
    if text == "":
        return ""
    keys = ring()
    key = keys.keys[keys.current]
    sealed = _provider(key.provider).seal(key.secret, text.encode(), _bind(keys.current, context))
    return f"{keys.current}:{base64.urlsafe_b64encode(sealed).decode()}"


def decrypt(stored: str, context: str) -> str:
    """Undo `encrypt`. Raises `KeyTrouble` for an unknown key, `Tampered` for a changed or moved value."""
    if stored == "":
        return ""
    key_id, colon, body = stored.partition(":")
    if not colon:
        raise Tampered("一项应当加密的内容没有加密，可能被改动过。请联系系统管理员。")
    key = ring().keys.get(key_id)
    if key is None:
        raise KeyTrouble(
            f"找不到编号为“{key_id}”的密钥，用它加密的内容无法读出。"
            f"请系统管理员从备份恢复密钥文件（{keyring.path().name}）后再试。"
        )
    try:
        sealed = base64.urlsafe_b64decode(body.encode())
    except (binascii.Error, ValueError):
        raise Tampered("一项加密内容已损坏，无法读出。请联系系统管理员核对数据库备份。") from None
    return _provider(key.provider).open(key.secret, sealed, _bind(key_id, context)).decode()


def encrypt_bytes(data: bytes, context: str) -> bytes:
    """Encrypt the bytes of a file under the current key: `key id`, newline, sealed bytes."""
    keys = ring()
    key = keys.keys[keys.current]
    sealed = _provider(key.provider).seal(key.secret, data, _bind(keys.current, context))
    return keys.current.encode() + b"\n" + sealed


def decrypt_bytes(stored: bytes, context: str) -> bytes:
    """Undo `encrypt_bytes`. Raises `KeyTrouble` for an unknown key, `Tampered` for changed bytes."""
    key_id, _, sealed = stored.partition(b"\n")
    key = ring().keys.get(key_id.decode("ascii", "replace"))
    if key is None:
        raise KeyTrouble("找不到加密这个文件的密钥，无法读出。请系统管理员从备份恢复密钥文件后再试。")
    return _provider(key.provider).open(key.secret, sealed, _bind(key_id.decode(), context))


def key_of(stored: str) -> str:
    """The id of the key that `stored` was encrypted with, "" when it is empty or not encrypted."""
    key_id, colon, _ = stored.partition(":")
    return key_id if colon else ""


def lookup(kind: str, normalised: str) -> str:
    """Keyed hash (64 hex characters) by which an encrypted value is found; "" stays "".

    `kind` ("phone", "citizen") keeps equal digits of two kinds apart. The caller normalises first
    (kernel.identifiers), for one spelling must give one hash. This key is not rotated with the others.
    """
    if normalised == "":
        return ""
    key = ring().lookup
    return _provider(key.provider).mac(key.secret, f"{kind}|{normalised}".encode()).hex()


def sm3(data: bytes) -> str:
    """SM3 of `data` (no key), 64 hex characters: fingerprints of files, bids and the audit chain."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()
