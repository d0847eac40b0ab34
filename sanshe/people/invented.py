"""Citizen numbers and names of invented people: valid in form and check digit, never given out.

Sequence 000 is not given out at all and 999 lies beyond what a county uses in a day; so no real person carries one.
"""

from __future__ import annotations

from datetime import date
from random import Random

from stdnum.cn import ric

from .words import Sex

#: 渝北区, in which the New Area's directly managed streets lie.
REGION = "500112"

SURNAMES = "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马方任袁柳"
GIVEN = ("安宁", "柏舟", "晨光", "岱青", "泓宇", "和风", "嘉木", "景行", "静姝", "可欣", "兰心", "乐山", "明远", "宁远",
         "清源", "若水", "书恒", "思源", "文澜", "向阳", "晓棠", "星河", "雅宁", "依然", "映雪", "予安", "云帆", "知行",
         "子衿", "自牧")  # fmt: skip


def invented_citizen_number(born: date, sex: Sex | str = Sex.FEMALE, region: str = REGION) -> str:
    """Return the invented number of a birth date: one for a woman (sequence 000), one for a man (999)."""
    body = f"{region}{born:%Y%m%d}{'999' if sex == Sex.MALE else '000'}"
    return body + ric.calc_check_digit(body + "0")


def invented_name(rng: Random, surname: str = "") -> str:
    """An invented name, of a family if its surname is given. (`rng.choice` takes three times as long.)"""
    return (surname or SURNAMES[int(rng.random() * len(SURNAMES))]) + GIVEN[int(rng.random() * len(GIVEN))]
