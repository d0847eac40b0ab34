"""A small world for the tests of deliberation: two streets, three communities, and everybody a rule speaks of."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.utils.crypto import get_random_string

from sanshe.accounts.public import Post, Role, User
from sanshe.areas.public import Area, Body
from sanshe.deliberation import actions
from sanshe.deliberation.models import Deliberation, Participant, Statement
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.matters.public import FLOW as MATTER_FLOW
from sanshe.matters.public import Matter
from sanshe.people.public import Person

FROM = date(2020, 1, 1)


def area(code: str, name: str, level: str, parent: Area | None, lo: int, hi: int) -> Area:
    return Area.objects.create(
        code=code, name=name, short_name=name, level=level, parent=parent, lo=lo, hi=hi, valid_from=FROM
    )


def user(name: str, now: datetime, lives: Area | None = None, phone: str | None = None) -> User:
    made = User.objects.create(username=f"u{User.objects.count() + 1:03d}", name=name, phone=phone, created_at=now)
    if lives is not None:
        Person.objects.create(name=name, area=lives, user=made, created_at=now)
    return made


def post(who: User, role: Role, where: Any) -> None:
    held = {"area": where} if isinstance(where, Area) else {"body": where}
    Post.objects.create(user=who, role=role, valid_from=FROM, **held)


def world(now: datetime) -> SimpleNamespace:
    """Everybody and everything, by short names."""
    w = SimpleNamespace(now=now)
    w.district = area("LJ0000000009", "新区", "district", None, 0, 7)
    w.street = area("500112990000", "甲街道", "street", w.district, 1, 4)
    w.home = area("500112990001", "甲一社区", "community", w.street, 2, 3)
    w.next = area("500112990002", "甲二社区", "community", w.street, 3, 4)
    w.other_street = area("500112991000", "乙街道", "street", w.district, 4, 6)
    w.away = area("500112991001", "乙一社区", "community", w.other_street, 5, 6)

    def body(name: str, kind: str, where: Area, **more: Any) -> Body:
        return Body.objects.create(name=name, kind=kind, area=where, valid_from=FROM, **more)

    w.party = body("甲一社区党委", "party_organisation", w.home)
    w.committee = body("甲一社区居委会", "residents_committee", w.home)
    w.unit = body("甲街道物业科", "street_section", w.street, handles_matters=True)
    w.lead = user("陈书记", now)
    post(w.lead, Role.COMMUNITY_LEAD, w.home)
    w.worker = user("李干事", now)
    post(w.worker, Role.COMMUNITY_WORKER, w.home)
    w.desk = user("王窗口", now)
    post(w.desk, Role.FRONT_DESK, w.home)
    w.officer = user("赵专干", now)
    post(w.officer, Role.STREET_OFFICER, w.street)
    w.centre = user("成中心", now)
    post(w.centre, Role.SERVICE_CENTRE, w.street)
    w.district_officer = user("陶处", now)
    post(w.district_officer, Role.DISTRICT_OFFICER, w.district)
    w.other_officer = user("钱专干", now)
    post(w.other_officer, Role.STREET_OFFICER, w.other_street)
    w.other_lead = user("孙书记", now)
    post(w.other_lead, Role.COMMUNITY_LEAD, w.away)
    w.handler = user("房经办", now)
    post(w.handler, Role.UNIT_HANDLER, w.unit)
    w.resident = user("居民甲", now, lives=w.home, phone="13800000101")
    w.neighbour = user("居民乙", now, lives=w.home, phone="13800000102")
    w.stranger = user("居民丙", now, lives=w.away)
    w.homeless = user("居民丁", now)  # signed in, but the person index knows no address
    # Both a resident of the community and its worker: moderates, but not their own sentence.
    w.both = user("住在本社区的干事", now, lives=w.home)
    post(w.both, Role.COMMUNITY_WORKER, w.home)
    return w


def v(who: User | None) -> Viewer:
    """A fresh viewer, as at the beginning of a request."""
    return Viewer.public() if who is None else Viewer.of(User.objects.get(pk=who.pk))


def matter(w: SimpleNamespace, reporter: User | None = None, title: str = "单元门前总停满电动车") -> Matter:
    """A matter that was received."""
    return Matter.objects.create(
        number=f"T{get_random_string(10)}",
        token=get_random_string(20),
        title=title,
        text="门口出不去。",
        channel="web",
        area=w.home,
        reporter=reporter,
        state="received",
        created_at=w.now,
    )


def together(w: SimpleNamespace, reporter: User | None = None) -> Matter:
    """A matter that the front desk triaged as 小事."""
    one = matter(w, reporter)
    one.route, one.triage_reason, one.triaged_at = "joint", "涉及几十户", w.now
    MATTER_FLOW.move(one, "triage_joint", v(w.desk), w.now)
    return one


PLAN = {"title": "单元门前怎么停车", "question": "电动车停在哪里合适？", "scope": "community", "form": "council"}


def draft(w: SimpleNamespace, **more: Any) -> Deliberation:
    """A draft by the worker."""
    return actions.start(area=w.home, by=v(w.worker), now=w.now, **{**PLAN, **more})


def opened(w: SimpleNamespace, **more: Any) -> Deliberation:
    """Views are being collected, for five days."""
    one = draft(w, **more)
    deadline = w.now + timedelta(days=5)
    return actions.open_collecting(deliberation_id=one.pk, deadline=deadline, by=v(w.lead), now=w.now)


def invite_members(w: SimpleNamespace, one: Deliberation, count: int) -> list[Participant]:
    """So many members without accounts."""
    return [
        actions.invite(deliberation_id=one.pk, capacity="resident", name=f"成员{i}", by=v(w.worker), now=w.now)
        for i in range(count)
    ]


def met(w: SimpleNamespace, members: int = 5, come: int = 3, **more: Any) -> tuple[Deliberation, datetime]:
    """The meeting has begun and so many members signed in. Returns the deliberation and the moment."""
    one = opened(w, **more)
    people = invite_members(w, one, members)
    starts = clock.local(w.now) + timedelta(days=6)
    one = actions.call_meeting(
        deliberation_id=one.pk,
        place="二楼会议室",
        starts_at=starts,
        agenda="介绍\n讨论\n表决",
        by=v(w.worker),
        now=w.now,
    )
    meeting = one.meetings.get()
    for person in people[:come]:
        actions.sign_in_on_paper(meeting_id=meeting.pk, participant_id=person.pk, by=v(w.worker), now=starts)
    return one, starts + timedelta(hours=1)


def resolved(w: SimpleNamespace, **more: Any) -> tuple[Deliberation, datetime]:
    """Three of five came, all in favour."""
    one, moment = met(w, **more)
    one = actions.resolve(
        deliberation_id=one.pk, resolution="画线停车。", votes_for=3, votes_against=0, votes_abstain=0,
        by=v(w.lead), now=moment,
    )  # fmt: skip
    return one, moment


def published(w: SimpleNamespace, need: bool = False, **more: Any) -> tuple[Deliberation, datetime]:
    """The outcome is out, with one task of the unit, and a need if wanted."""
    one, moment = resolved(w, **more)
    actions.write_outcome(deliberation_id=one.pk, text="东侧画线停车，六月前完成。", by=v(w.worker), now=moment)
    if need:
        actions.state_need(
            deliberation_id=one.pk, title="楼栋议事员培训", field="community", for_whom="本社区居民", people=40,
            by=v(w.worker), now=moment,
        )  # fmt: skip
    actions.add_task(
        deliberation_id=one.pk, title="东侧画线", owner_body=w.unit, due_on=(moment + timedelta(days=20)).date(),
        by=v(w.worker), now=moment,
    )  # fmt: skip
    return actions.publish(deliberation_id=one.pk, by=v(w.lead), now=moment), moment


def closed(w: SimpleNamespace, **more: Any) -> tuple[Deliberation, datetime]:
    """All done and closed."""
    one, moment = published(w, **more)
    one = actions.carry_out(deliberation_id=one.pk, by=v(w.lead), now=moment)
    task = one.tasks.get()
    actions.finish(task_id=task.pk, result="线已画好。", by=v(w.handler), now=moment)
    one = actions.close(deliberation_id=one.pk, result="车位已画好，单元门前通畅。", by=v(w.lead), now=moment)
    return one, moment


def shown_statement(
    w: SimpleNamespace, one: Deliberation, text: str = "东侧空地可以画线", by: User | None = None
) -> Statement:
    """A statement of a resident that the worker let through."""
    said = actions.speak(deliberation_id=one.pk, text=text, by=v(by or w.resident), now=w.now)
    return actions.show_statement(statement_id=said.pk, by=v(w.worker), now=w.now)
