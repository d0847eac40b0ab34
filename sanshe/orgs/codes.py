"""The older organisation code (组织机构代码, GB 11714), checked by the kernel like the other numbers of bodies."""

from sanshe.kernel.identifiers import clean_organisation_code
from sanshe.kernel.identifiers import normal_credit_code as normal_organisation_code
from sanshe.kernel.identifiers import organisation_check_character as check_character

__all__ = ["check_character", "clean_organisation_code", "normal_organisation_code"]
