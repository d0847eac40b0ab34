"""Needs and projects: stated in the open, planned by those near, approved by the street."""

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.areas.public import Area
from sanshe.kernel.access import Access, Rule, Viewer, anywhere, everyone, given_to, holds, own, system, where

from ..models import Need, Project
from ..words import ProjectState

_street = holds(Role.STREET_OFFICER, Role.STREET_PURCHASE, Role.DISTRICT_OFFICER)
_centre = holds(Role.SERVICE_CENTRE)
_community = holds(Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER)


#: Who may begin something in an area, asked of the area itself, before there is a row.
may_propose = holds(
    Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER, Role.STREET_OFFICER, Role.STREET_PURCHASE, Role.DISTRICT_OFFICER,
    area="self",
) | anywhere(Role.ORG_MANAGER)  # fmt: skip
may_take_over = holds(Role.STREET_PURCHASE, area="self") | system()


def covers(rule: Rule, viewer: Viewer, area_id: int) -> bool:
    """Whether one of the two rules above holds for the viewer in an area."""
    found = rule.q(viewer)
    return found if isinstance(found, bool) else Area.objects.filter(found, pk=area_id).exists()


class NeedAccess(Access[Need]):
    """What residents said they need is for everybody to read."""

    model = Need
    see = everyone()
    state_need = _community | _street | _centre | system("deliberation")
    take = _community | _street | anywhere(Role.ORG_MANAGER)
    set_aside = holds(Role.STREET_OFFICER)


class ProjectAccess(Access[Project]):
    """Drafts are for those who make and judge them; from approval on a project is public (notice 二(四)3)."""

    model = Project
    see = (
        where(~Q(state__in=[ProjectState.DRAFT, ProjectState.SUBMITTED, ProjectState.CANCELLED]), "已批准的")
        | given_to("made_by", "编制人")
        | _street
        | _centre
        | _community
        | system()
    )
    inside = given_to("made_by", "编制人") | _street | _centre | _community
    edit = given_to("made_by", "编制人") | _community
    submit = given_to("made_by", "编制人") | _community
    # The maker of a project does not approve it.
    approve = holds(Role.STREET_OFFICER) & ~own("made_by", "编制人")
    cancel = holds(Role.STREET_OFFICER)
    buy = holds(Role.STREET_PURCHASE)
    move = holds(Role.STREET_PURCHASE) | system()
