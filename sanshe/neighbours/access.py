"""Who sees offers and requests: their own, neighbours of the community while they are open, and the community's posts.

Nobody outside the community, nobody who blocked or was blocked, and no visitor sees one. Figures are counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.kernel.access import Access, Compiled, Rule, Viewer, anywhere, holds, not_own, own, system, where
from sanshe.people.public import lives_in

from .models import Bar, Block, Pair, Post, Report
from .words import PostState, Side

#: The name under which scheduled work acts.
CLOCK = "互助到期"

LOCAL = (Role.FRONT_DESK, Role.COMMUNITY_WORKER, Role.COMMUNITY_LEAD)
DESK = (Role.FRONT_DESK, Role.COMMUNITY_WORKER)
COUNTS = (Role.COMMUNITY_LEAD, Role.STREET_OFFICER, Role.DISTRICT_OFFICER, Role.SERVICE_CENTRE)


def apart_from(viewer: Viewer) -> list[int]:
    """Ids of the users whom the viewer blocked or who blocked the viewer."""

    def find() -> list[int]:
        me = viewer.user_id
        pairs = Block.objects.filter(Q(by=me) | Q(whom=me)).values_list("by_id", "whom_id")
        return sorted({pk for pair in pairs for pk in pair if pk != me})

    found: list[int] = viewer.memo("neighbours.apart", find) if viewer.user_id else []
    return found


@dataclass(frozen=True)
class blocked(Rule):
    """The row's person and the viewer do not want to meet."""

    field: str = "user"

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        """The row's user is one of those apart."""
        ids = apart_from(viewer)
        return Q(**{f"{prefix}{self.field}__in": ids}) if ids else False

    def says(self) -> str:
        """For the reference."""
        return "互相不想看到的人"


_mine = own("user", "本人")
_open = where(Q(state=PostState.OPEN), "等待邻居的")
_for_another = where(Q(user__isnull=True), "由窗口代发的") & holds(*DESK)


class PostAccess(Access[Post]):
    """Offers and requests."""

    model = Post
    see = _mine | (_open & lives_in() & ~blocked()) | holds(*LOCAL) | system(CLOCK)
    own = _mine | _for_another
    answer = _open & lives_in() & not_own("user", "本人") & ~blocked()
    answer_for = _open & holds(*DESK) & not_own("user", "本人")
    report = not_own("user", "本人") & lives_in()
    moderate = holds(*LOCAL) & not_own("user", "本人")
    watch = system(CLOCK)


_helper = own("helper", "帮忙的人") | (where(Q(helper__isnull=True), "帮忙的人没有账号") & holds(*DESK))
_seeker = own("seeker", "求助的人") | (where(Q(seeker__isnull=True), "求助的人没有账号") & holds(*DESK))
_by_helper, _by_seeker = (
    where(Q(proposed_by=Side.OFFER), "由帮忙的人提出"),
    where(Q(proposed_by=Side.REQUEST), "由求助的人提出"),
)
_told_by_helper, _told_by_seeker = (
    where(Q(reported_by=Side.OFFER), "由帮忙的人填写"),
    where(Q(reported_by=Side.REQUEST), "由求助的人填写"),
)
_two = own("helper", "帮忙的人") | own("seeker", "求助的人")


class PairAccess(Access[Pair]):
    """Two neighbours, each with their own buttons; the desk stands for one without an account."""

    model = Pair
    see = _two | holds(*LOCAL)
    reply = (_by_helper & _seeker) | (_by_seeker & _helper)
    ask = (_by_helper & _helper) | (_by_seeker & _seeker)
    take_part = _helper | _seeker
    confirm = (_told_by_helper & _seeker) | (_told_by_seeker & _helper)
    correct = holds(Role.COMMUNITY_LEAD) & ~_two
    contact = _two | ((where(Q(helper__isnull=True) | Q(seeker__isnull=True), "一方没有账号的")) & holds(*DESK))
    report = _two


class ReportAccess(Access[Report]):
    """A report is the reporter's and the community's; never decided by who is concerned."""

    model = Report
    see = own("by", "举报人") | (holds(*LOCAL) & not_own("about", "被举报的人"))
    decide = holds(Role.FRONT_DESK, Role.COMMUNITY_LEAD) & not_own("about", "被举报的人") & not_own("by", "举报人")
    bar = holds(Role.COMMUNITY_LEAD) & not_own("about", "被举报的人") & not_own("by", "举报人")


class BlockAccess(Access[Block]):
    """Whom one does not want to see is one's own business."""

    model = Block
    see = own("by", "本人")


class BarAccess(Access[Bar]):
    """A bar is known to the person and to the community's lead, who may lift it."""

    model = Bar
    see = own("user", "本人") | holds(*LOCAL)
    lift = holds(Role.COMMUNITY_LEAD) & not_own("user", "本人")


MAY_WATCH = anywhere(*LOCAL)
MAY_COUNT = anywhere(*COUNTS)
MAY_ENTER = anywhere(*DESK)


def may_watch(viewer: Viewer) -> bool:
    """Whether the viewer watches over mutual help somewhere."""
    return MAY_WATCH.q(viewer) is True


def may_count(viewer: Viewer) -> bool:
    """Whether the viewer may read the counts."""
    return MAY_COUNT.q(viewer) is True


def may_enter(viewer: Viewer) -> bool:
    """Whether the viewer may post for somebody without an account."""
    return MAY_ENTER.q(viewer) is True
