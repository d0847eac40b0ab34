"""Who may see a matter and do what with it, and the same for everything that hangs on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from sanshe.accounts.public import Role
from sanshe.kernel.access import (
    Access,
    Compiled,
    Rule,
    Viewer,
    anywhere,
    everyone,
    holds,
    inherits,
    not_own,
    own,
    signed_in,
    system,
    through,
    where,
    works_for,
)

from .models import (
    ApplicationMaterial,
    Assist,
    Attachment,
    CallBack,
    CriteriaSet,
    Criterion,
    DraftFile,
    Ending,
    Extension,
    Handling,
    HelpOffer,
    HotTopic,
    Inquiry,
    Matter,
    MatterReturn,
    Objection,
    OversightOrder,
    PublicMatter,
    Rating,
    ServiceItem,
    Support,
    TopicMember,
    Triage,
    WindowMatter,
)
from .words import OPEN, MatterKind, MatterState

#: The scheduled work of this module, under its name in the audit.
CLOCK = "事项期限提醒"

LOCAL = (Role.FRONT_DESK, Role.COMMUNITY_WORKER, Role.COMMUNITY_LEAD)
ABOVE = (Role.STREET_OFFICER, Role.SERVICE_CENTRE, Role.DISTRICT_OFFICER)
UNIT = (Role.UNIT_HANDLER, Role.UNIT_LEAD)


class Bearer(Viewer):
    """Someone who holds the receipt of one matter: acts on it as its reporter, without an account.

    One who is signed in as well keeps name, posts and account, so that a handler stays a handler.
    """

    def __init__(self, viewer: Viewer, matter_id: int) -> None:
        name = viewer.name if viewer.signed_in else "凭回执办理的人"
        super().__init__(viewer.user_id, name, viewer.grants)
        self.matter_id = matter_id


@dataclass(frozen=True)
class bearer(Rule):
    """The viewer holds the receipt of the matter that `field` names."""

    field: str = "pk"

    def q(self, viewer: Viewer, prefix: str = "") -> Compiled:
        return Q(**{f"{prefix}{self.field}": viewer.matter_id}) if isinstance(viewer, Bearer) else False

    def says(self) -> str:
        return "持有回执的人"


_reporter = own("reporter", "反映人本人") | bearer()
_host = works_for(*UNIT, body="host_unit")
_assists = through("matters.Assist", "matter_id", works_for(*UNIT, body="unit"), label="协办单位的经办人、负责人")
_not_mine = not_own("reporter", "反映人本人")


class MatterAccess(Access[Matter]):
    """Matters. Reading follows the post's area or the unit; each step its own verb."""

    model = Matter
    see = _reporter | holds(*LOCAL, *ABOVE) | _host | _assists | system(CLOCK)
    triage = holds(Role.FRONT_DESK) & _not_mine
    designate = holds(Role.STREET_OFFICER) & _not_mine
    oversee = holds(Role.STREET_OFFICER, Role.DISTRICT_OFFICER, Role.SERVICE_CENTRE)
    handle = _host & _not_mine
    # What an application lacks is the back office's to say, and its applicant's to bring.
    review = _host & _not_mine & where(Q(kind=MatterKind.APPLICATION), "申请服务的事项")
    bring = _reporter & where(Q(kind=MatterKind.APPLICATION), "申请服务的事项")
    assist = _assists
    # Ending without a result is the lead's to decide, on a written review.
    terminate = works_for(Role.UNIT_LEAD, body="host_unit") & _not_mine
    # What only the one who brought it up may do, or whoever holds the receipt.
    report = _reporter
    # A caller may add something by phone: the desk writes it down.
    add = _reporter | holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER)
    relay = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER) & _not_mine
    # Never by whoever handled it, nor by anyone who holds a post on it (国办发〔2019〕51号).
    rate = _reporter & ~(own("handler", "经办人") | holds(*LOCAL, *ABOVE) | _host | _assists)
    # A call to who did not rate: never by whoever handled it.
    inquire = holds(*LOCAL, Role.STREET_OFFICER, Role.SERVICE_CENTRE) & not_own("handler", "经办人") & _not_mine
    guide = holds(Role.FRONT_DESK, Role.COMMUNITY_WORKER) & _not_mine
    conclude = holds(Role.COMMUNITY_LEAD, Role.COMMUNITY_WORKER, Role.STREET_OFFICER)
    contact = (holds(*LOCAL, Role.STREET_OFFICER) | _host) & _not_mine
    receipt = _reporter | holds(Role.FRONT_DESK)
    # Two that are the same thing go on as one: whoever does it covers both.
    merge = (holds(Role.FRONT_DESK, Role.COMMUNITY_LEAD, Role.STREET_OFFICER) | _host) & _not_mine
    watch = system(CLOCK)
    # The pages of the staff; a reporter without a post reads the page of progress.
    work = holds(*LOCAL, *ABOVE) | _host | _assists


class HotTopicAccess(Access[HotTopic]):
    """What many speak of, for the posts of its area; its matters are seen by their own rule."""

    model = HotTopic
    see = holds(*LOCAL, *ABOVE)
    triage = holds(Role.FRONT_DESK)
    merge = holds(Role.FRONT_DESK, Role.COMMUNITY_LEAD, Role.STREET_OFFICER)
    oversee = holds(Role.STREET_OFFICER, Role.DISTRICT_OFFICER, Role.SERVICE_CENTRE)


class TopicMemberAccess(Access[TopicMember]):
    """Which matters belong to a topic is seen by who sees the matter."""

    model = TopicMember
    see = inherits("matter", MatterAccess)


class PublicMatterAccess(Access[PublicMatter]):
    """The public board: rows that were released, for everyone."""

    model = PublicMatter
    see = where(Q(public=True), "已公开的事项，任何人")
    help = signed_in() & where(Q(state=MatterState.GUIDED, help_wanted=True), "正在征集邻里帮助的事项") & _not_mine
    support = signed_in() & where(Q(state__in=[s.value for s in OPEN]), "还没有办结的事项") & _not_mine


class SupportAccess(Access[Support]):
    """Who met with the same is that neighbour's own; others know how many."""

    model = Support
    see = own("user", "点了“我也遇到了”的本人")


class InquiryAccess(Access[Inquiry]):
    """Calls to those who did not rate: seen by those who supervise and by the unit that handled it."""

    model = Inquiry
    see = holds(*LOCAL, *ABOVE) | works_for(*UNIT, body="unit")


class WindowMatterAccess(Access[WindowMatter]):
    """Any window accepts for any community; afterwards it knows number, state and progress, nothing of the person."""

    model = WindowMatter
    see = holds(*LOCAL, area="window")


class AssistAccess(Access[Assist]):
    """The part of an assisting unit."""

    model = Assist
    see = holds(*LOCAL, *ABOVE) | works_for(*UNIT, body="unit") | works_for(*UNIT, body="matter__host_unit")
    answer = works_for(*UNIT, body="unit")
    watch = system(CLOCK)


class ObjectionAccess(Access[Objection]):
    """An objection to the triage: raised by the reporter, decided by the street."""

    model = Objection
    see = holds(*LOCAL, *ABOVE) | own("matter__reporter", "反映人本人") | bearer("matter")
    decide = holds(Role.STREET_OFFICER) & not_own("matter__reporter", "反映人本人")
    watch = system(CLOCK)


class ExtensionAccess(Access[Extension]):
    """More time, asked for by the host unit; answered by the community's lead or by the street."""

    model = Extension
    see = holds(*LOCAL, *ABOVE) | works_for(*UNIT, body="unit")
    decide = holds(Role.COMMUNITY_LEAD, Role.STREET_OFFICER)
    watch = system(CLOCK)


class OversightAccess(Access[OversightOrder]):
    """An oversight order."""

    model = OversightOrder
    see = holds(*LOCAL, *ABOVE) | works_for(*UNIT, body="unit")
    answer = works_for(*UNIT, body="unit")
    close = holds(*ABOVE)
    watch = system(CLOCK)


class HelpAccess(Access[HelpOffer]):
    """A neighbour's offer: the reporter accepts or declines it."""

    model = HelpOffer
    see = own("helper", "愿意帮忙的人") | own("matter__reporter", "反映人本人") | bearer("matter") | holds(*LOCAL)
    accept = own("matter__reporter", "反映人本人") | bearer("matter")
    take_back = own("helper", "愿意帮忙的人")


class HandlingAccess(Access[Handling]):
    """Completed rounds, for the counts of satisfaction."""

    model = Handling
    see = holds(*LOCAL, *ABOVE) | works_for(*UNIT, body="unit")


class RatingAccess(Access[Rating]):
    """A rating is known to the rater and to those who supervise; who rated, to nobody else."""

    model = Rating
    see = own("by", "评价人") | holds(*ABOVE)


class CallBackAccess(Access[CallBack]):
    """The loop of a poor rating: who handled it calls back (谁办理谁负责); the street decides on an appeal."""

    model = CallBack
    see = (
        holds(*LOCAL, *ABOVE) | works_for(*UNIT, body="unit") | own("matter__reporter", "反映人本人") | bearer("matter")
    )
    check = (
        works_for(*UNIT, body="unit")
        | (holds(Role.COMMUNITY_LEAD, Role.FRONT_DESK) & where(Q(unit=None), "没有承办单位的事项"))
    ) & not_own("rating__by", "评价人")
    review = holds(Role.STREET_OFFICER) & not_own("rating__by", "评价人")
    watch = system(CLOCK)
    # Whether it was put right, says the one who brought it up.
    say = own("matter__reporter", "反映人本人") | bearer("matter")


class MatterReturnAccess(Access[MatterReturn]):
    """Who returned a matter and why is seen by who works on it."""

    model = MatterReturn
    see = inherits("matter", MatterAccess, "work")


class EndingAccess(Access[Ending]):
    """How a matter ended is seen by who sees the matter; the written review by those who work on it (see the page)."""

    model = Ending
    see = inherits("matter", MatterAccess)


class TriageAccess(Access[Triage]):
    """The log of triages is seen by who sees the matter."""

    model = Triage
    see = inherits("matter", MatterAccess)


class ApplicationMaterialAccess(Access[ApplicationMaterial]):
    """What an application stands on is seen by who sees it."""

    model = ApplicationMaterial
    see = inherits("matter", MatterAccess)
    settle = inherits("matter", MatterAccess, "relay") | inherits("matter", MatterAccess, "handle")
    judge = inherits("matter", MatterAccess, "review")
    work = inherits("matter", MatterAccess, "work")


class DraftFileAccess(Access[DraftFile]):
    """What was chosen for an application that is not sent yet is the chooser's own."""

    model = DraftFile
    see = own("user", "申请人本人")


class AttachmentAccess(Access[Attachment]):
    """Photos are seen by who sees the matter; they are never public."""

    model = Attachment
    see = inherits("matter", MatterAccess)


class CriteriaSetAccess(Access[CriteriaSet]):
    """The criteria are public, a draft of them is not: everybody may know how triage is decided."""

    model = CriteriaSet
    see = where(Q(valid_from__isnull=False), "已定施行日期的版本，任何人") | anywhere(Role.DISTRICT_OFFICER)
    change = anywhere(Role.DISTRICT_OFFICER)
    edit = anywhere(Role.DISTRICT_OFFICER) & where(Q(valid_from__isnull=True), "还是草案")


class CriterionAccess(Access[Criterion]):
    """See CriteriaSetAccess."""

    model = Criterion
    see = where(Q(set__valid_from__isnull=False), "已定施行日期的版本，任何人") | anywhere(Role.DISTRICT_OFFICER)


class ServiceItemAccess(Access[ServiceItem]):
    """The catalogue of services is public; the New Area keeps it."""

    model = ServiceItem
    see = everyone()
    add = anywhere(Role.DISTRICT_OFFICER)
    keep = anywhere(Role.DISTRICT_OFFICER)
