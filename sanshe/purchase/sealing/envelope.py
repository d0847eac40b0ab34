"""Digests of files: on the receipt, in the audit, and typed in by the desk for a bid in a paper envelope."""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes

from sanshe.purchase.sealing.errors import DigestError

SHA256, SM3 = "sha256", "sm3"
HEX = 64
GROUP = 8
_PREFIX = re.compile(r"(sha-?256|sm3)[:=]?(?=.)", re.IGNORECASE)


@dataclass(frozen=True)
class Digests:
    """The two digests of one file, 64 hexadecimal digits each."""

    sha256: str
    sm3: str


def digest(blob: bytes) -> Digests:
    """SHA-256 and SM3 of the bytes as they are."""
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(blob)
    return Digests(hashlib.sha256(blob).hexdigest(), sm3.finalize().hex())


def grouped(hexadecimal: str) -> str:
    """A digest for reading aloud and comparing: groups of eight digits."""
    return " ".join(hexadecimal[start : start + GROUP] for start in range(0, len(hexadecimal), GROUP))


@dataclass(frozen=True)
class EnvelopeDigest:
    """A digest that was typed in for a bid in an envelope: which kind, and its 64 digits in lower case."""

    algorithm: str
    hexadecimal: str

    def matches(self, blob: bytes) -> bool:
        """Whether these bytes are the ones that were announced."""
        return hmac.compare_digest(getattr(digest(blob), self.algorithm), self.hexadecimal)

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hexadecimal}"


def envelope_digest(text: str, again: str | None = None) -> EnvelopeDigest:
    """Read a digest typed in at the desk; `again` is the second typing, to be compared group by group.

    Blanks, dashes, colons, capitals and full-width characters do not matter; `sm3:` or `sha256:` in front
    names the kind, SHA-256 where nothing is said. Raises DigestError with a sentence that says where to look.
    """
    first = _read(text)
    if again is not None:
        second = _read(again)
        pairs = zip(first.hexadecimal, second.hexadecimal, strict=True)
        wrong = next((place for place, (one, two) in enumerate(pairs) if one != two), None)
        if wrong is not None:
            raise DigestError(f"两次输入不一致，从第 {wrong // GROUP + 1} 组（每组 {GROUP} 位）起，请对照信封核对。")
        if first.algorithm != second.algorithm:
            raise DigestError("两次输入的校验值种类不一致，请核对。")
    return first


def _read(text: str) -> EnvelopeDigest:
    plain = re.sub(r"[\s\-—–]", "", unicodedata.normalize("NFKC", text))
    algorithm = SHA256
    if named := _PREFIX.match(plain):
        algorithm = SM3 if named[1].lower() == SM3 else SHA256
        plain = plain[named.end() :]
    plain = plain.replace(":", "").lower()
    if not plain:
        raise DigestError("请输入文件的校验值。")
    for place, character in enumerate(plain):
        if character not in "0123456789abcdef":
            hint = {"o": "是不是数字 0？", "l": "是不是数字 1？", "i": "是不是数字 1？"}.get(character, "请核对。")
            raise DigestError(f"校验值只含数字和字母 a 至 f，第 {place + 1} 位是「{character}」，{hint}")
    if len(plain) != HEX:
        said = f"少 {HEX - len(plain)} 位" if len(plain) < HEX else f"多 {len(plain) - HEX} 位"
        raise DigestError(f"校验值应为 {HEX} 位，现在{said}，请核对。")
    if len(set(plain)) == 1:
        raise DigestError("校验值不会全是同一个字符，请对照信封核对。")
    return EnvelopeDigest(algorithm, plain)
