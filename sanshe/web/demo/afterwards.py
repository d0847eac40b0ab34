"""What comes after: neighbours who met with the same, the last word on a putting right, calls to who did not rate."""

from __future__ import annotations

from random import Random

from sanshe.kernel import clock
from sanshe.matters import actions
from sanshe.matters.models import CallBack, Matter
from sanshe.matters.words import OPEN, RIGHTED, CallBackState, MatterState

from .cast import Cast
from .reports import DAY, HOUR, Reports
from .stage import Line

#: Days before the present on which neighbours looked at the board, and how many matters each time found company.
EVENINGS = (13, 8, 5, 2)
MATTERS = 9
SAID = ("修好了，谢谢。", "这回做得快。", "好了，希望能管久一点。", "")
HEARD = ("已经好了，没顾上评。", "好了，就是慢了两天。", "没有再出现。", "还行，谢谢打电话来。")


def lines(cast: Cast, reports: Reports) -> list[Line]:
    """The three of them."""
    return [_me_too(cast), _last_word(cast, reports), _calls(cast)]


def _me_too(cast: Cast) -> Line:
    rng = Random("me too")
    everybody = [user for users in cast.neighbours.values() for user in users]
    for days in EVENINGS:
        yield cast.times.at_home(cast.times.now - days * DAY, rng)
        rows = Matter.objects.filter(public=True, state__in=OPEN, created_at__lt=clock.now()).order_by("pk")
        open_now = list(rows.select_related("area")[:200])
        for matter in rng.sample(open_now, min(MATTERS, len(open_now))):
            near = list(cast.neighbours.get(matter.area.short_name, []))
            pool = [user for user in dict.fromkeys([*near, *everybody]) if user.pk != matter.reporter_id]
            for user in rng.sample(pool, min(rng.randint(1, 7), len(pool))):
                actions.support(matter_id=matter.pk, by=cast.v(user), now=clock.now())


def _last_word(cast: Cast, reports: Reports) -> Line:
    rng = Random("last word")
    for days in (20, 6, 1):
        yield cast.times.at_home(cast.times.now - days * DAY, rng)
        waiting = CallBack.objects.filter(
            state=CallBackState.CLOSED, outcome__in=RIGHTED, satisfied__isnull=True, closed_at__lt=clock.now()
        ).order_by("pk")
        for callback in list(waiting.select_related("matter")):
            if rng.random() < 0.25:  # some never answer
                continue
            satisfied = rng.random() < 0.85
            actions.say_satisfied(
                callback_id=callback.pk, satisfied=satisfied, said=rng.choice(SAID) if satisfied else "又出现了一次。",
                by=reports.reporter(callback.matter), now=clock.now(),
            )  # fmt: skip


def _calls(cast: Cast) -> Line:
    rng = Random("calls")
    for days in (9, 4):
        yield cast.times.in_hours(cast.times.now - days * DAY - 2 * HOUR, rng)
        since = clock.now() - 25 * DAY
        quiet = Matter.objects.filter(
            state=MatterState.DONE, rated_at__isnull=True, done_at__gte=since, done_at__lt=clock.now() - 5 * DAY,
            inquiries__isnull=True,
        ).exclude(contact_phone_hash="")  # fmt: skip
        for matter in list(quiet.select_related("area").order_by("pk")[:12]):
            desk = cast.desk(matter.area)
            if desk.pk in (matter.handler_id, matter.reporter_id):
                continue
            reached = rng.random() < 0.75
            actions.inquire(
                matter_id=matter.pk, reached=reached, by=cast.v(desk), now=clock.now(),
                grade=rng.choice((5, 4, 4, 3)) if reached else None, solved=rng.random() < 0.9 if reached else None,
                said=rng.choice(HEARD) if reached else "",
            )  # fmt: skip
