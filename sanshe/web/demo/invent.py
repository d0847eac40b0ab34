"""Names and numbers that nobody has: deterministic, well-formed, plainly invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from stdnum.cn import uscc

SURNAMES = "陈李王张刘黄周杨吴何罗唐谢曾彭邓蒋杜任蒲向冉秦谭樊庞程袁喻舒谯涂晏汤魏龚熊胡夏卢田邱付余代韩甘严姚"
FIRST = "国春秀明德玉桂华长小光兴世泽天佳文庆仁素银治永淑忠昌清开远良"
LAST = "芳蓉林容兰萍琼英才福全贵珍平蓉勇生云川江霞梅伟红梁惠碧书美学"


def names(taken: set[str]) -> Iterator[str]:
    """Names of three characters, none twice, none of those taken."""
    number = 0
    while True:
        surname = SURNAMES[number % len(SURNAMES)]
        name = surname + FIRST[number * 7 % len(FIRST)] + LAST[(number * 11 + number // len(LAST)) % len(LAST)]
        number += 1
        if name not in taken:
            taken.add(name)
            yield name


def phone(number: int) -> str:
    """The `number`-th telephone of somebody with an account: 138 0000 0001 and on."""
    return f"1380000{number:04d}"


def caller_phone(number: int) -> str:
    """The `number`-th telephone of a caller without an account: 139 0000 0001 and on."""
    return f"1390000{number:04d}"


def born(number: int, age: int, on: date) -> date:
    """A day of birth for somebody of that age on a day; `number` keeps people of one age apart."""
    return date(on.year - age, 1, 1) - timedelta(days=1 + number % 364)


def credit_code(number: int) -> str:
    """A credit code with a valid check digit for the `number`-th invented organisation (52: a social organisation)."""
    head = f"52500112MJ{number:07d}"[:17]
    return head + uscc.calc_check_digit(head)
