"""What a number or an address says: birth date and sex, the form that is stored, the house as a key. No database."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric

from sanshe.kernel.errors import Invalid
from sanshe.kernel.identifiers import clean_citizen, normal_citizen
from sanshe.kernel.mask import mask_citizen, mask_code

from .words import PaperKind, Sex


@dataclass(frozen=True)
class CitizenFacts:
    """A checked citizen number with what it says of its holder."""

    number: str
    masked: str
    born_on: date
    sex: Sex


def citizen_facts(text: str) -> CitizenFacts:
    """Check a citizen number and read it (GB 11643-1999). Raises Invalid with a sentence."""
    number = clean_citizen(text)
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return CitizenFacts(number, mask_citizen(number), born, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


_FORMS = {
    PaperKind.FOREIGN_PERMIT: (
        re.compile(r"[A-Z]{3}\d{12}|9\d{16}[\dX]"),
        "外国人永久居留身份证号码应为 15 位（3 个字母加 12 位数字）或以 9 开头的 18 位，请核对。",
    ),
    PaperKind.PASSPORT: (re.compile(r"[A-Z0-9]{5,20}"), "护照号码应为 5 至 20 位字母和数字，请核对。"),
    PaperKind.OTHER: (re.compile(r"[^\W_]{4,40}"), "证件号码应为 4 至 40 位字母、数字或汉字，请核对。"),
}


def clean_paper(kind: str, text: str) -> tuple[str, str]:
    """Check the number of another paper; return it as it is stored, and masked. Raises Invalid with a sentence."""
    number = normal_citizen(text)
    if not number:
        raise Invalid({"paper_number": "请填写证件号码。"})
    if kind not in PaperKind.values:
        raise Invalid({"paper_kind": "请选择证件类别。"})
    if kind == PaperKind.HK_MO_TW_PERMIT:
        # 国办发〔2018〕81号: 18 digits in the manner of the citizen number, beginning with 81, 82 or 83.
        digits = len(number) == 18 and number[:17].isascii() and number[:17].isdigit()
        if not digits or number[:2] not in ("81", "82", "83") or ric.calc_check_digit(number) != number[17]:
            raise Invalid(
                {"paper_number": "港澳台居民居住证号码应为 18 位，以 81、82 或 83 开头，且校验位相符，请逐位核对。"}
            )
        return number, mask_citizen(number)
    form, sentence = _FORMS[PaperKind(kind)]
    if not form.fullmatch(number):
        raise Invalid({"paper_number": sentence})
    return number, mask_code(number)


_BUILDING = re.compile(r"([A-Z]?\d{1,4}|[A-Z])(?:号楼|栋|幢|座)")
_UNIT = re.compile(r"(\d{1,2})单元")
_ROOM = re.compile(r"(\d{1,2}[-—]\d{1,3}|\d{3,5})(?:室|号|房)?$")
_SHORT = re.compile(r"([A-Z]?\d{1,4})[-—](\d{1,2})[-—](\d{2,5})(?:室|号|房)?$")


def house_key(address: str) -> str:
    """Return building, unit and room of an address in one spelling («3栋2单元501室»), "" when it names no room.

    By it a person is found by name and house; the road and the estate are left out, for they are written in many ways.
    """
    text = "".join(unicodedata.normalize("NFKC", address).upper().split())
    short = _SHORT.search(text)
    if short:
        return f"{short[1]}栋{short[2]}单元{short[3]}室"
    room = _ROOM.search(text)
    if not room:
        return ""
    building, unit = _BUILDING.search(text), _UNIT.search(text)
    return (
        (f"{building[1]}栋" if building else "") + (f"{unit[1]}单元" if unit else "") + f"{room[1].replace('—', '-')}室"
    )
