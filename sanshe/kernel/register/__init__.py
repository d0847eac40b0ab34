"""Registers (台账): a ledger declared once gives list, search, filters, form, history, sheets and API.

    @declare
    class FacilityRegister(Register):
        name, title, group, access = "facilities", "设施台账", "设施", FacilityAccess
        columns = [Column("name"), Column("area", reference=AREAS), Column("floor_area", unit="平方米")]

Nothing of what a register does is written per register: docs/adr/0013. Every app's `registers.py` is imported when the
application starts.
"""

from .declare import Column, Reference, Register, declare, register_of, registers
from .values import check_end

__all__ = ["Column", "Reference", "Register", "check_end", "declare", "register_of", "registers"]
