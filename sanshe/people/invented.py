"""Citizen numbers of invented people: valid in form and check digit, never given out.

Sequence 000 is not given out at all and 999 lies beyond what a county uses in a day; so no real person carries one.
"""

from __future__ import annotations

from datetime import date

from stdnum.cn import ric

from .words import Sex

#: 渝北区, in which the New Area's directly managed streets lie.
REGION = "500112"


def invented_citizen_number(born: date, sex: Sex | str = Sex.FEMALE, region: str = REGION) -> str:
    """Return the invented number of a birth date: one for a woman (sequence 000), one for a man (999)."""
    body = f"{region}{born:%Y%m%d}{'999' if sex == Sex.MALE else '000'}"
    return body + ric.calc_check_digit(body + "0")
