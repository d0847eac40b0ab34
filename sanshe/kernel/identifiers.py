"""Numbers that stand for people and organisations: one spelling for each, and a sentence for what is wrong.

`normal_*` brings a spelling to the one that is stored and hashed and never fails (for searching);
`clean_*` also checks it and raises `Invalid` with a sentence (for entry).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from stdnum import numdb
from stdnum.cn import ric, uscc

from sanshe.kernel import clock
from sanshe.kernel.errors import Invalid

_GAPS = re.compile(r"[\s\-‐-―·.（）()_]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{9,11}")


def _plain(text: str) -> str:
    """Full-width characters to half-width, no spaces, dashes or brackets."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text))


def normal_phone(text: str) -> str:
    """`+86 138-0000-0001`, `１３８…`, `(023) 6741 1234` → digits without the country code."""
    digits = _plain(text)
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    return digits


def clean_phone(text: str) -> str:
    """A mobile number or a landline with its area code. Raises `Invalid`."""
    number = normal_phone(text)
    if not number:
        raise Invalid("请填写电话号码。")
    if not number.isascii() or not number.isdigit():
        raise Invalid("电话号码里只能有数字，请核对。")
    if number.startswith("0"):
        if not _LANDLINE.fullmatch(number):
            raise Invalid("座机号码请连同区号一起填写，例如 023 开头的 11 位号码。")
    elif len(number) != 11:
        raise Invalid(f"手机号码应为 11 位，现在是 {len(number)} 位，请核对；座机请加区号。")
    elif not _MOBILE.fullmatch(number):
        raise Invalid("没有这样开头的手机号码，请核对前几位。")
    return number


def normal_citizen(text: str) -> str:
    """Citizen number with an upper-case X and nothing between the digits."""
    return _plain(text).upper()


def clean_citizen(text: str) -> str:
    """Check a citizen number by GB 11643: length, region, birth date, check digit. Raises `Invalid`.

    Not `ric.validate`: it refuses people born before their county got its code (500112 exists since 1997),
    although numbers were given out later than births. So the region only has to exist at some time, down to
    the prefecture: a county founded after the table was made must not be refused either, and a slip of the
    pen is caught by the check digit.
    """
    number = normal_citizen(text)
    if not number:
        raise Invalid("请填写公民身份号码。")
    if len(number) != 18:
        hint = "，15 位的旧号码请换成 18 位" if len(number) == 15 else ""
        raise Invalid(f"公民身份号码应为 18 位，现在是 {len(number)} 位{hint}，请核对。")
    if not (number[:17].isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")):
        raise Invalid("公民身份号码的前 17 位应为数字，末位为数字或 X，请核对。")
    if not region_known(number[:6]):
        raise Invalid("公民身份号码的前 6 位不是已有的行政区划，请核对。")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Invalid("公民身份号码第 7 至 14 位不是一个日期，请核对。") from None
    if born > clock.today() or born.year < 1880:
        raise Invalid("公民身份号码里的出生日期不合情理，请核对第 7 至 14 位。")
    if ric.calc_check_digit(number) != number[17]:
        raise Invalid("公民身份号码的校验位不符，可能有一位写错了，请逐位核对。")
    return number


@lru_cache(maxsize=4096)
def region_known(code: str) -> bool:
    """Whether the county of this code, or another of its prefecture, exists or existed (python-stdnum)."""
    table = numdb.get("cn/loc")
    tails = (code[4:], "00", "01", "02", "03", "21", "22", "23", "24", "25", "26", "27", "81")
    return any("county" in found for tail in tails for _, found in table.info(code[:4] + tail))


def normal_credit_code(text: str) -> str:
    """Unified social credit code in upper case, nothing between the characters."""
    return _plain(text).upper()


def clean_credit_code(text: str) -> str:
    """Check a unified social credit code by GB 32100. Raises `Invalid`."""
    typed = _plain(text)
    code = typed.upper()
    if not code:
        raise Invalid("请填写统一社会信用代码。")
    if len(code) != 18:
        raise Invalid(f"统一社会信用代码应为 18 位，现在是 {len(code)} 位，请核对。")
    if not code.isascii():
        raise Invalid("统一社会信用代码里只有数字和大写字母，现在有别的文字或乱码，请对照证书核对。")
    wrong = sorted({c for c in code if c not in "0123456789ABCDEFGHJKLMNPQRTUWXY"})
    if wrong:
        raise Invalid(f"统一社会信用代码里不会出现“{'、'.join(wrong)}”，请核对（0 与 O、1 与 I 容易看错）。")
    if typed != code:
        # GB 32100 knows capitals only; a small letter in a sheet is how most wrong codes begin.
        small = "、".join(sorted({c for c in typed if c.islower()}))
        raise Invalid(f"统一社会信用代码里的字母应为大写，现在有小写的“{small}”，请对照证书核对。")
    if not code[2:8].isdigit():
        raise Invalid("统一社会信用代码的第 3 至 8 位应为数字，请核对。")
    if uscc.calc_check_digit(code[:17]) != code[17]:
        raise Invalid("统一社会信用代码的校验位不符，可能有一位写错了，请逐位核对。")
    return code


_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_check_character(body: str) -> str:
    """Check character of the first 8 characters of an organisation code (GB 11714): weighted sum modulo 11, X is 10."""
    rest = 11 - sum(weight * int(char, 36) for weight, char in zip(_WEIGHTS, body, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def clean_organisation_code(text: str) -> str:
    """Check an older organisation code (组织机构代码, GB 11714): 8 characters, a check character, no dash.

    Raises `Invalid`. The nine stand in the unified code of the same body as its characters 9 to 17.
    """
    code = _plain(text).upper()
    if not code:
        raise Invalid("请填写组织机构代码。")
    if len(code) == 18:
        raise Invalid("这是 18 位的统一社会信用代码，请填在统一社会信用代码一栏。")
    if len(code) != 9:
        raise Invalid(f"组织机构代码应为 9 位（8 位本体代码加 1 位校验位），现在是 {len(code)} 位，请核对。")
    if not (code.isascii() and code.isalnum()) or not (code[8].isdigit() or code[8] == "X"):
        raise Invalid("组织机构代码只有数字和大写字母，末位为数字或 X，请核对。")
    if organisation_check_character(code[:8]) != code[8]:
        raise Invalid("组织机构代码的校验位不符，可能有一位写错了，请逐位核对。")
    return code


def organisation_code_of(credit_code: str) -> str:
    """The organisation code within a unified social credit code, "" for anything else."""
    return credit_code[8:17] if len(credit_code) == 18 else ""


def normal_text(text: str) -> str:
    """For exact search of names and addresses: half-width, no gaps, lower case."""
    return _plain(text).lower()


NORMALISERS: dict[str, Callable[[str], str]] = {
    "phone": normal_phone,
    "citizen": normal_citizen,
    "credit_code": normal_credit_code,
    "organisation_code": normal_credit_code,
    "text": normal_text,
}
"""By kind, as `LookupHash(kind=…)` and `fields.hash_of` name them."""
