"""Who may read and keep the lists of duties; the rules of the criteria stand with those of matters."""

from __future__ import annotations

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, anywhere, where

from ..models import DutyItem, DutyList

_keeper = anywhere(Role.DISTRICT_OFFICER)


class DutyListAccess(Access[DutyList]):
    """The lists of duties are public, drafts are the New Area's."""

    model = DutyList
    see = where(Q(valid_from__isnull=False), "已定施行日期的版本，任何人") | _keeper
    change = _keeper
    edit = _keeper & where(Q(valid_from__isnull=True), "还是草案")


class DutyItemAccess(Access[DutyItem]):
    """See DutyListAccess."""

    model = DutyItem
    see = where(Q(set__valid_from__isnull=False), "已定施行日期的版本，任何人") | _keeper
