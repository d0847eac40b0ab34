"""What each figure says: its rows, what counts, of what, in words; nowhere is anybody ranked.

国办发〔2019〕51号 and GB/T 39735-2020 name the rates; the text of their formulas was not found, so the wording here is
ours and stands beside each figure. Not rated is never good. A figure of nothing is 无数据, never zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from sanshe.kernel import clock, params

from ..words import RIGHTED, RUNNING, CallBackState, Channel, MaterialState, MatterKind, MatterState


@dataclass(frozen=True)
class Figure:
    """One figure over the rows of a `base`: how many of those that count (`among`) are `good`.

    `says`: numerator and denominator in words. `count`: a number of its own, without a share.
    """

    name: str
    label: str
    says: str
    base: str
    good: Q
    among: Q | None = None
    count: bool = False

    @property
    def whole(self) -> Q:
        """What counts at all."""
        return self.among if self.among is not None else Q()

    @property
    def part(self) -> Q:
        """What counts and is good."""
        return self.whole & self.good


_RATED = Q(rating__isnull=False) & Q(rating__void_at__isnull=True)
_KEPT = ~Q(state=CallBackState.VOID)
_ANSWERED = Q(state__in=[CallBackState.LISTED.value, CallBackState.CLOSED.value])
_RIGHT = Q(state=CallBackState.CLOSED, outcome__in=[o.value for o in RIGHTED])
_NAMED = Q(rating__by__isnull=False) | ~Q(matter__contact_phone_hash="")


def ratings(now: datetime) -> list[Figure]:
    """The named rates of service rating, with the grades that count as good on the day."""
    least = int(params.get("rating.good_at_least", on=clock.local(now).date()).value)
    good = Q(rating__grade__gte=least)
    own = _RATED & Q(rating__invited=False)
    return [
        Figure("good", "好评率", "好评（基本满意及以上）÷ 全部有效评价。未评的不算好评，也不算差评；认定误评的不计。",
               "handlings", good, _RATED),
        Figure("own", "主动评价好评率", "居民自己来评（不是点通知里的邀请）的好评 ÷ 全部主动评价。", "handlings", good,
               own),
        Figure("unrated", "未评率", "办结后没有有效评价的 ÷ 全部办结。还在评价期内、没来得及评的也算未评。",
               "handlings", ~_RATED),
        Figure("answered", "差评回复率",
               "已回访核实并答复（当场改正、列入整改或解释说明）的差评 ÷ 全部差评；认定误评的不计。",
               "callbacks", _ANSWERED, _KEPT),
        Figure("righted", "回访整改率", "已经整改到位的 ÷ 回访后应当整改的（当场改正和限期整改）；解释说明的不在内。",
               "callbacks", _RIGHT, _RIGHT | Q(state=CallBackState.LISTED)),
        Figure("satisfied", "整改满意率", "居民说满意的 ÷ 整改到位后居民作了答复的；没有答复的不算满意。",
               "callbacks", Q(satisfied=True), _RIGHT & Q(satisfied__isnull=False)),
        Figure("named", "实名差评回访率", "已回访核实的实名差评（有账号或留了电话）÷ 全部实名差评；应为 100%。",
               "callbacks", _ANSWERED, _KEPT & _NAMED),
    ]  # fmt: skip


def inquiries(now: datetime) -> list[Figure]:
    """What was heard on the phone from those who did not rate: apart, never among the ratings."""
    least = int(params.get("rating.good_at_least", on=clock.local(now).date()).value)
    return [
        Figure("reached", "联系上的", "联系上的 ÷ 全部回访。", "inquiries", Q(reached=True)),
        Figure("solved", "说已经解决的", "说问题已经解决的 ÷ 问到是否解决的。", "inquiries", Q(solved=True),
               Q(solved__isnull=False)),
        Figure("spoken", "口头说满意的", "口头评价基本满意及以上的 ÷ 问到评价的。不计入好评率。", "inquiries",
               Q(grade__gte=least), Q(grade__isnull=False)),
    ]  # fmt: skip


def window(now: datetime) -> list[Figure]:
    """The numbers of the window, over the matters that came in during the time."""
    done, late = Q(state=MatterState.DONE), Q(done_at__gt=F("promised_at"))
    running = [s.value for s in RUNNING]
    return [
        Figure("taken", "受理", "这段时间里收到的全部事项，不论渠道。", "matters", Q(pk__isnull=False), count=True),
        Figure("in_time", "按期办结", "在答应居民的日期前办结的 ÷ 已办结的。", "matters",
               Q(promised_at__isnull=True) | Q(done_at__lte=F("promised_at")), done),
        Figure("overdue", "逾期", "超过答应居民的日期才办结，或现在还没办结而内部期限已过的 ÷ 受理的。", "matters",
               (done & late) | Q(state__in=running, due_at__lt=now)),
        Figure("returned", "退回", "被承办单位退回过的 ÷ 受理的。", "matters", Q(returned__gt=0)),
        Figure("retriaged", "重新分流", "重新分流过的 ÷ 受理的。", "matters", Q(retriaged__gt=0)),
        Figure("merged", "并案", "并入另一件一起办的 ÷ 受理的。", "matters", Q(merged_into__isnull=False)),
        Figure("reopened", "重新打开", "居民重新打开过的 ÷ 受理的。", "matters", Q(reopened__gt=0)),
        Figure("rated", "有评价", "居民评价了的 ÷ 已办结的。", "matters", Q(rated_at__isnull=False), done),
        Figure("home", "网上申请", "居民自己在网上提交的申请 ÷ 全部申请。", "matters", Q(channel=Channel.WEB),
               Q(kind=MatterKind.APPLICATION)),
        Figure("saved", "没有再收的材料", "档案里已有、没有再向居民收的材料 ÷ 按目录应交的材料。按申请日期归月。",
               "materials", Q(state=MaterialState.KNOWN)),
    ]  # fmt: skip


#: Page → its figures.
TOLD: dict[str, Callable[[datetime], list[Figure]]] = {
    "ratings": ratings,
    "inquiries": inquiries,
    "window": window,
}


def figure(kind: str, name: str, now: datetime) -> Figure | None:
    """One figure of a page by its name; None for a name that it has not."""
    return next((one for one in TOLD[kind](now) if one.name == name), None)


def explain(figures: list[Figure]) -> list[dict[str, Any]]:
    """Name and definition of each, for the page and the sheet."""
    return [{"label": one.label, "says": one.says} for one in figures]
