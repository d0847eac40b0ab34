"""The bidder's key and the code in which people copy it.

A key is 128 random bits. Its code is 28 characters in seven groups of four,

    7KQ2-9MXD-...-4TRB

26 characters carry the key (5 bits each, most significant first; the last two of the 130 bits are
always zero), the last two are check characters. The alphabet has no I, L, O, U; on reading, I and L
count as 1, O as 0, U as V, full-width letters as plain ones, and spaces and dashes of any kind are
skipped.

The check characters are the two parity symbols of a Reed-Solomon code over GF(32): with c[0]…c[27] the
values of the 28 characters and a a root of x^5+x^2+1, both sum(c[i]) and sum(c[i]·a^(27-i)) are zero.
So any one or two wrong characters are noticed for certain, hence also any two exchanged ones; of graver
mistakes one in 1,024 passes. A single wrong character is also located, and the reader is told which
group to look at; it is never corrected silently.
"""

import hmac
import secrets
import unicodedata

from sanshe.purchase.sealing.errors import KeyCodeError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEY_BYTES = 16
KEY_CHARS = 26
CODE_CHARS = 28
GROUP = 4

_LOOKS_LIKE = str.maketrans("ILOU", "110V")
_SKIPPED = {"-", "_", "·", ".", "—", "–", "‐", "‑", "−", "－", "ー"}

_EXP: list[int] = []  # a^0 … a^30
_value = 1
for _ in range(31):
    _EXP.append(_value)
    _value <<= 1
    if _value & 32:
        _value ^= 0b100101
_LOG = {value: power for power, value in enumerate(_EXP)}
_INVERSE_OF_1_PLUS_A = _EXP[(31 - _LOG[1 ^ _EXP[1]]) % 31]


def _times(x: int, y: int) -> int:
    return _EXP[(_LOG[x] + _LOG[y]) % 31] if x and y else 0


def _sums(symbols: list[int]) -> tuple[int, int]:
    """The two sums of the check, over symbols that start at c[0]."""
    plain = weighted = 0
    for place, symbol in enumerate(symbols):
        plain ^= symbol
        weighted ^= _times(symbol, _EXP[(CODE_CHARS - 1 - place) % 31])
    return plain, weighted


class SealKey:
    """A bidder's secret of 128 bits. It never shows itself in logs or tracebacks; only `.code` does."""

    __slots__ = ("secret",)

    def __init__(self, secret: bytes) -> None:
        """Take 16 secret bytes; raises ValueError on any other length."""
        if len(secret) != KEY_BYTES:
            raise ValueError("a seal key has 16 bytes")
        self.secret = bytes(secret)

    @classmethod
    def new(cls) -> "SealKey":
        """A fresh random key from the system's generator."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def from_code(cls, text: str) -> "SealKey":
        """Read a typed code. Raises KeyCodeError with a sentence that says what to look at."""
        symbols = _symbols(text)
        plain, weighted = _sums(symbols)
        if plain or weighted:
            raise KeyCodeError(_where(plain, weighted))
        number = 0
        for symbol in symbols[:KEY_CHARS]:
            number = number << 5 | symbol
        if number & 3:
            raise KeyCodeError("钥匙码有误，请逐组核对后重新输入。")
        return cls((number >> 2).to_bytes(KEY_BYTES, "big"))

    @property
    def code(self) -> str:
        """The code for people: seven groups of four characters, joined by dashes."""
        number = int.from_bytes(self.secret, "big") << 2
        symbols = [number >> 5 * (KEY_CHARS - 1 - place) & 31 for place in range(KEY_CHARS)]
        plain, weighted = _sums(symbols)
        first = _times(plain ^ weighted, _INVERSE_OF_1_PLUS_A)
        text = "".join(ALPHABET[symbol] for symbol in [*symbols, first, plain ^ first])
        return "-".join(text[start : start + GROUP] for start in range(0, CODE_CHARS, GROUP))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SealKey) and hmac.compare_digest(self.secret, other.secret)

    def __hash__(self) -> int:
        return hash(self.secret)

    def __repr__(self) -> str:
        return "<SealKey>"


def _symbols(text: str) -> list[int]:
    """The values of the typed characters, after forgiving what a hand or an input method does to them."""
    plain = unicodedata.normalize("NFKC", text).upper()
    kept = [c for c in plain if not c.isspace() and c not in _SKIPPED]
    symbols = []
    for place, character in enumerate("".join(kept).translate(_LOOKS_LIKE)):
        value = ALPHABET.find(character)
        if value < 0:
            group = min(place, CODE_CHARS - 1) // GROUP + 1
            raise KeyCodeError(f"钥匙码只由数字和英文字母组成，请核对第 {group} 组里的「{kept[place]}」。")
        symbols.append(value)
    if not symbols:
        raise KeyCodeError("请输入钥匙码。")
    if len(symbols) < CODE_CHARS:
        raise KeyCodeError(f"钥匙码共 {CODE_CHARS} 位，还少 {CODE_CHARS - len(symbols)} 位。")
    if len(symbols) > CODE_CHARS:
        raise KeyCodeError(f"钥匙码共 {CODE_CHARS} 位，多了 {len(symbols) - CODE_CHARS} 位。")
    return symbols


def _where(plain: int, weighted: int) -> str:
    """A sentence for a failed check; names the group when a single wrong character would explain it."""
    if plain and weighted:
        place = CODE_CHARS - 1 - (_LOG[weighted] - _LOG[plain]) % 31
        if place >= 0:
            return f"钥匙码有误，多半在第 {place // GROUP + 1} 组，请核对后重新输入。"
    return "钥匙码有误，请逐组核对后重新输入。"
