"""The verbs of tasks to communities. What is asked is checked first; only what passes reaches a community."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from sanshe.accounts.public import Post, Role
from sanshe.kernel import clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.notices import notify

from ..actions.telling import clean
from ..lists.kinds import DUTIES
from ..lists.queries import duty_items
from ..lists.words import DutyKind
from ..models import DutyItem, TaskOrder, TaskPart
from .flow import ORDER, PART
from .matching import Judgement, judge
from .queries import asking_posts, gate_of, reach_of, reachable
from .words import OrderState, PartState, Verdict

KIND = "下派任务"
#: The hour at which the day of completion ends for a community: the end of office hours.
CLOSES = 18


@transaction.atomic
def ask(
    *, post: int, title: str, text: str, basis: str, until: date, hours: int, communities: Iterable[int], by: Viewer,
    now: datetime, item: int | None = None, funds: str = "", people: str = "",
) -> TaskOrder:  # fmt: skip
    """Ask a task of communities, for one of one's posts; it is checked against the lists before it reaches anyone.

    Kept whatever the lists say: refused with the item cited, the community's own, waiting to be admitted, or out.
    Raises Invalid when something is missing, also what the item of the assistance list demands (funds, people).
    """
    today = clock.local(now).date()
    held = next((one for one in asking_posts(by, today) if one.pk == post), None)
    if held is None:
        raise NotAllowed("下派任务由部门、街道、新区的岗位提出，请从您的岗位中选择。")
    order = TaskOrder(
        title=clean(title, "title", 80, "请用一句话写明是什么任务。", 4),
        text=clean(text, "text", 2000, "请写明要社区做什么、做到什么程度。", 10),
        basis=clean(basis, "basis", 500, "请写明依据哪个文件或哪条规定。", 4),
        funds=clean(funds, "funds", 300), people=clean(people, "people", 300), until=until, hours=_hours(hours, today),
        unit=held.body, area=reach_of(held), asked_by_id=held.user_id, asked_at=now,
    )  # fmt: skip
    _in_time(until, now)
    wanted = set(communities)
    areas = [area for area in reachable(held) if area.pk in wanted]
    if not areas:
        raise Invalid({"communities": "请选择由哪些社区承担，至少一个。"})
    if len(areas) < len(wanted):
        raise Invalid({"communities": "选择的社区里有不归您管辖的，请重新选择。"})
    found = judge(f"{order.title}。{order.text}", duty_items(today), _chosen(item, today))
    if found.state == OrderState.OUT and found.item is not None:
        _demanded(order, found.item)
    order.gate = gate_of(areas)
    _keep(order, found, today)
    ORDER.begin(order, by, now, _told(order, found, len(areas)), data={"verdict": str(found.verdict)})
    due = clock.at(until.year, until.month, until.day, CLOSES)
    version = clock.calendar_version()
    TaskPart.objects.bulk_create(
        [TaskPart(order=order, area=a, state=PartState.HELD, due_at=due, calendar_version=version) for a in areas]
    )
    if order.state == OrderState.OUT:
        _send(order, now)
    elif order.state == OrderState.OWN:
        _tell_leads(order, f"{order.asker}建议：{order.title}（属自治事项，由社区自行安排）", now)
    return order


def _hours(hours: int, today: date) -> int:
    most = int(params.get("task.hours_most", on=today).value)
    if not 1 <= hours <= most:
        raise Invalid({"hours": f"每个社区的预计工时应为 1 至 {most} 小时；再多的应当拆开，或由部门自己办。"})
    return hours


def _in_time(until: date, now: datetime) -> None:
    least = int(params.get("task.least_days", on=clock.local(now).date()).value)
    first = clock.local(clock.add_working_days(now, least)).date()
    if until < first:
        raise Invalid({"until": f"至少提前 {least} 个工作日，最早是{clock.say_day(first)}。"})


def _chosen(item: int | None, today: date) -> DutyItem | None:
    if item is None:
        return None
    found: DutyItem | None = next((one for one in duty_items(today, DutyKind.ASSIST) if one.pk == item), None)
    if found is None:
        raise Invalid({"item": "请从现行的协助清单中选择。"})
    return found


def _demanded(order: TaskOrder, item: DutyItem) -> None:
    """What the item of the assistance list demands must be stated with the task."""
    wrong = {}
    if item.needs_funds and len(order.funds) < 2:
        wrong["funds"] = f"按{item}，经费要随任务拨付，请写明数额和来源。"
    if item.needs_people and len(order.people) < 2:
        wrong["people"] = f"按{item}，部门要派人到场，请写明派谁、几人、什么时候。"
    if wrong:
        raise Invalid(wrong)


def _keep(order: TaskOrder, found: Judgement, today: date) -> None:
    version = DUTIES.in_force(today)
    order.verdict, order.state, order.item = found.verdict, found.state, found.item
    order.words, order.by_hand = list(found.words), found.by_hand
    order.list_version = version.version if version is not None else ""


def _told(order: TaskOrder, found: Judgement, places: int) -> str:
    begun = f"{{actor}}提出下派任务，涉及 {places} 个社区；"
    if found.state == OrderState.REFUSED:
        return f"{begun}对照{found.item}，拒收"
    if found.state == OrderState.OWN:
        return f"{begun}对照{found.item}，属社区自治事项，不作任务"
    if found.state == OrderState.OUT:
        return f"{begun}对照{found.item}，作为协助事项下达"
    return f"{begun}不能由清单直接判定，等待审核准入"


def _send(order: TaskOrder, now: datetime) -> None:
    """Let the task reach its communities. `order` is saved by who calls when it was not begun just now."""
    order.sent_at = now
    TaskOrder.objects.filter(pk=order.pk).update(sent_at=now)
    TaskPart.objects.filter(order=order, state=PartState.HELD).update(state=PartState.SENT)
    _tell_leads(order, f"{order.asker}下派任务：{order.title}", now)


def _tell_leads(order: TaskOrder, text: str, now: datetime) -> None:
    places = TaskPart.objects.filter(order=order).values("area")
    posts = Post.objects.in_force(clock.local(now).date()).filter(role=Role.COMMUNITY_LEAD, area__in=places)
    notify(posts.values_list("user", flat=True), text, order.get_absolute_url(), now, KIND)


def _decide(order: TaskOrder, decision: str, item: int | None, by: Viewer, now: datetime) -> None:
    """The decision with its reason and, where one was named, the item that it cites."""
    order.decision = clean(decision, "decision", 500, "请写明理由。", 4)
    order.decided_by_id, order.decided_at = by.user_id, now
    if item is not None:
        named = next((one for one in duty_items(clock.local(now).date()) if one.pk == item), None)
        if named is None:
            raise Invalid({"item": "请从现行的清单中选择。"})
        order.by_hand = order.by_hand or named.pk != order.item_id
        order.item = named


@transaction.atomic
def admit(*, order_id: int, decision: str, by: Viewer, now: datetime, item: int | None = None) -> TaskOrder:
    """Let a task that stands on no list reach the communities (准入)."""
    order = ORDER.take(order_id, "admit", by)
    _decide(order, decision, item, by, now)
    ORDER.move(order, "admit", by, now, note=order.decision)
    _send(order, now)
    _tell_asker(order, f"「{order.title}」已准入，下达到社区。", now)
    return order


@transaction.atomic
def turn_away(*, order_id: int, decision: str, by: Viewer, now: datetime, item: int | None = None) -> TaskOrder:
    """Refuse what stands on no list; an item may be cited."""
    order = ORDER.take(order_id, "turn_away", by)
    _decide(order, decision, item, by, now)
    ORDER.move(order, "turn_away", by, now, note=order.decision)
    _tell_asker(order, f"「{order.title}」未准入：{order.decision}", now)
    return order


@transaction.atomic
def raise_objection(*, order_id: int, objection: str, by: Viewer, now: datetime) -> TaskOrder:
    """The asker holds that the refusal is wrong; the New Area decides."""
    order = ORDER.take(order_id, "object", by)
    order.objection = clean(objection, "objection", 1000, "请写明为什么应当由社区办。", 6)
    ORDER.move(order, "object", by, now, note=order.objection)
    # Set after the step: the step asks whether it was set before.
    order.objected_at = now
    order.save(update_fields=["objected_at"])
    return order


@transaction.atomic
def uphold(*, order_id: int, decision: str, by: Viewer, now: datetime, item: int | None = None) -> TaskOrder:
    """The objection holds: the task reaches the communities."""
    order = ORDER.take(order_id, "uphold", by)
    _decide(order, decision, item, by, now)
    if order.verdict == Verdict.EXCLUDED:
        order.verdict = Verdict.NONE
    ORDER.move(order, "uphold", by, now, note=order.decision)
    _send(order, now)
    _tell_asker(order, f"「{order.title}」的异议成立，已下达到社区。", now)
    return order


@transaction.atomic
def dismiss(*, order_id: int, decision: str, by: Viewer, now: datetime) -> TaskOrder:
    """The objection does not hold: it stays refused."""
    order = ORDER.take(order_id, "dismiss", by)
    _decide(order, decision, None, by, now)
    order.closed_at = now
    ORDER.move(order, "dismiss", by, now, note=order.decision)
    _tell_asker(order, f"「{order.title}」的异议不成立：{order.decision}", now)
    return order


@transaction.atomic
def withdraw(*, order_id: int, by: Viewer, now: datetime) -> TaskOrder:
    """Take a task back: communities that have not finished need not go on."""
    order = ORDER.take(order_id, "withdraw", by)
    order.closed_at = now
    was_out = order.state == OrderState.OUT
    ORDER.move(order, "withdraw", by, now)
    if was_out:
        _tell_leads(order, f"{order.asker}撤回了任务：{order.title}", now)
    TaskPart.objects.filter(order=order, state__in=(PartState.SENT, PartState.ACCEPTED)).update(state=PartState.ENDED)
    return order


def _tell_asker(order: TaskOrder, text: str, now: datetime) -> None:
    notify([order.asked_by_id], text, order.get_absolute_url(), now, KIND)


@transaction.atomic
def accept(*, part_id: int, by: Viewer, now: datetime) -> TaskPart:
    """The community takes its part."""
    part = PART.take(part_id, "accept", by)
    part.accepted_at, part.handler_id = now, by.user_id
    return PART.move(part, "accept", by, now)


@transaction.atomic
def report(*, part_id: int, report: str, spent: int | None, by: Viewer, now: datetime) -> TaskPart:
    """The community says what was done and how many hours it took; the last one closes the task."""
    # The task is locked first: two communities that finish at once both see what the other did.
    key = TaskPart.objects.values_list("order_id", flat=True).filter(pk=part_id).first()
    order = TaskOrder.objects.select_for_update().filter(pk=key or 0).first()
    part = PART.take(part_id, "report", by)
    part.report = clean(report, "report", 2000, "请写明做了什么。", 4)
    if spent is not None and not 0 <= spent <= 9999:
        raise Invalid({"spent": "实际工时请填 0 至 9999 的整数。"})
    part.spent, part.done_at = spent, now
    PART.move(part, "report", by, now, note=part.report)
    left = TaskPart.objects.filter(order_id=part.order_id).exclude(state=PartState.DONE)
    if order is not None and order.state == OrderState.OUT and not left.exists():
        order.closed_at = now
        ORDER.move(order, "complete", by, now)
        _tell_asker(order, f"「{order.title}」各社区都已完成。", now)
    return part
