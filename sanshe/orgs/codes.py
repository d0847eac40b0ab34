"""The older organisation code (组织机构代码, GB 11714): eight characters and a check character."""

from __future__ import annotations

import unicodedata

from sanshe.kernel.errors import Invalid

_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def normal_organisation_code(text: str) -> str:
    """Upper case, half-width, without the dash before the check character."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in plain if sign not in " -‐—–·")


def check_character(first: str) -> str:
    """The ninth character to the first eight: 11 less the weighted sum modulo 11; 10 is X, 11 is 0."""
    rest = 11 - sum(_SIGNS.index(sign) * weight for sign, weight in zip(first, _WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)


def clean_organisation_code(text: str) -> str:
    """The one stored spelling of an organisation code. Raises `Invalid` with a sentence."""
    code = normal_organisation_code(text)
    if not code:
        raise Invalid("请填写组织机构代码。")
    if len(code) != 9:
        raise Invalid(f"组织机构代码应为 9 位（含校验位），现在是 {len(code)} 位，请核对。")
    if not (code.isascii() and code.isalnum()):
        raise Invalid("组织机构代码里只能有数字和大写字母，请核对。")
    if check_character(code[:8]) != code[8]:
        raise Invalid("组织机构代码的校验位不符，可能有一位写错了，请逐位核对。")
    return code
