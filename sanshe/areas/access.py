"""Who may see and who may keep areas, places, bodies and applications for new communities."""

from __future__ import annotations

from django.db.models import Q

from sanshe.kernel.access import Access, everyone, holds, nobody, own, signed_in, system, where

from .models import (
    Area,
    AreaSuccession,
    AreaVersion,
    Body,
    BodyMember,
    BodySuccession,
    CommitteeNotice,
    ManagedBy,
    NoticeQuestion,
    Place,
    SetupApplication,
)
from .words import Duty, QuestionState

#: The commands that set an installation up.
SETUP = "区域初始化"
_near = (Duty.COMMUNITY_WORKER, Duty.COMMUNITY_LEAD)
_above = (Duty.STREET_OFFICER, Duty.DISTRICT_OFFICER)


class AreaAccess(Access[Area]):
    """The tree is public; it changes by dated decisions of the district alone."""

    model = Area
    see = everyone()
    change = holds(Duty.DISTRICT_OFFICER, area="self") | system(SETUP)


class AreaVersionAccess(Access[AreaVersion]):
    """So are its earlier forms."""

    model = AreaVersion
    see = everyone()


class AreaSuccessionAccess(Access[AreaSuccession]):
    """And who stands for whom."""

    model = AreaSuccession
    see = everyone()


class PlaceAccess(Access[Place]):
    """Places are public and kept by those who serve there."""

    model = Place
    see = everyone()
    add = holds(*_near, *_above) | system(SETUP)
    keep = holds(*_near, *_above) | system(SETUP)


class BodyAccess(Access[Body]):
    """Bodies are public. The community's lead and those above enter and change them."""

    model = Body
    see = everyone()
    add = holds(Duty.COMMUNITY_LEAD, *_above) | system(SETUP)
    keep = holds(Duty.COMMUNITY_LEAD, *_above) | system(SETUP)


class BodySuccessionAccess(Access[BodySuccession]):
    """Which body goes on with what another held is public."""

    model = BodySuccession
    see = everyone()


class BodyMemberAccess(Access[BodyMember]):
    """Names and duties of office are public; kept by the community's lead and those above."""

    model = BodyMember
    see = everyone()
    add = holds(Duty.COMMUNITY_LEAD, *_above, area="body__area") | system(SETUP)
    keep = holds(Duty.COMMUNITY_LEAD, *_above, area="body__area") | system(SETUP)


class ManagedByAccess(Access[ManagedBy]):
    """Who looks after an area without a community of its own is public."""

    model = ManagedBy
    see = everyone()
    arrange = nobody()


class SetupAccess(Access[SetupApplication]):
    """An application is the street's to prepare and the district's to decide."""

    model = SetupApplication
    see = holds(*_above)
    prepare = holds(Duty.STREET_OFFICER)
    decide = holds(Duty.DISTRICT_OFFICER)


class CommitteeNoticeAccess(Access[CommitteeNotice]):
    """What a committee publishes is for everyone; its lead publishes, anyone who signed in may ask."""

    model = CommitteeNotice
    see = everyone()
    publish = holds(Duty.COMMUNITY_LEAD)
    ask = signed_in()


class NoticeQuestionAccess(Access[NoticeQuestion]):
    """A question is public once it is answered; before that its asker, the community and the street see it."""

    model = NoticeQuestion
    see = (
        where(Q(state=QuestionState.ANSWERED), "已答复的提问")
        | own("asked_by", "提问人")
        | holds(*_near, *_above, area="notice__area")
    )
    answer = holds(Duty.COMMUNITY_LEAD, area="notice__area")
