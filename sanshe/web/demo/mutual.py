"""Neighbours help each other and settle their disputes: played in one community, a little elsewhere.

Every name and number is invented. Who has no account is entered by the desk, as it would be.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from sanshe.accounts.public import Role, User, appoint
from sanshe.areas.public import Area
from sanshe.disputes import actions as disputes
from sanshe.disputes.models import Dispute, Party
from sanshe.disputes.words import Side
from sanshe.kernel import clock
from sanshe.neighbours import actions as mutual
from sanshe.neighbours.models import Pair, Post
from sanshe.people.public import invented_name

from . import invent
from .cast import Cast
from .stage import Line

#: Where it is told in full.
HOME, MEDIATOR = "龙寿路社区", "和桂芬"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

ASKED = (
    ("carry", "旧书柜要从四楼搬到楼下，想请人周末搭把手，半小时就够。", ["weekend"]),
    ("clinic", "想请人陪我去街道医院复查，来回一上午。", ["workday"]),
    ("phone", "手机上的医保码总打不开，想请人教一教。", ["evening", "weekend"]),
    ("repair", "厨房柜门掉了一扇，家里没有螺丝刀。", ["weekend"]),
    ("errand", "腿脚不便，想请人顺路带一袋米上来。", []),
    ("company", "一个人住，想有人周末来下盘棋。", ["weekend"]),
)
OFFERED = (
    ("carry", "周末在家，有力气，可以帮忙抬东西。", ["weekend"]),
    ("phone", "退休教师，可以慢慢教手机、挂号。", ["workday", "weekend"]),
    ("errand", "每天下班路过菜市，可以顺路带菜。", ["evening"]),
    ("repair", "会修门锁、水龙头这类小东西，自带工具。", ["weekend", "evening"]),
    ("clinic", "倒班，工作日白天有空，可以陪着去医院。", ["workday"]),
    ("lessons", "大学生，可以给楼里的初中生讲讲数学，在社区阅览室。", ["weekend"]),
)
THANKS = ("周六上午有空，可以来。", "下班后过去，您先歇着。", "就在隔壁楼，随时喊我。")

CASES = (
    ("adjoining", "楼上卫生间漏水，楼下吊顶起了霉斑，说了两个月没有修。",
     "水管接头老化，双方都认可漏水的位置。", "楼上十日内修好接头；楼下吊顶的粉刷费用双方各出一半。"),
    ("neighbours", "两家共用的过道堆了鞋柜和自行车，另一家推轮椅进出不方便。",
     "过道宽一米二，堆物后只剩六十厘米。", "鞋柜搬进屋内，自行车停到楼下车棚；过道不再堆物。"),
    ("support", "兄妹三人对母亲的照料和费用分担说不到一起。",
     "母亲八十一岁，能自理，需要有人陪同就医。", "三家轮流，每家一个月；就医陪同由当月的一家负责，费用三家平摊。"),
    ("property", "物业公司换了门禁，业主认为没有征求意见，拒交物业费半年。",
     "门禁更换前贴过告示，没有逐户征求意见。", "物业公司补开说明会并公示费用；业主在说明会后补交物业费，不收滞纳金。"),
)  # fmt: skip


def lines(cast: Cast) -> list[Line]:
    """All that is told here."""
    told: list[Line] = []
    if HOME in cast.neighbours and MEDIATOR in cast.users:
        told.append(_invited(cast))
        told += _disputes(cast)
        told += _at_home(cast)
    others = [name for name in sorted(cast.neighbours) if name != HOME and len(cast.neighbours[name]) >= 2]
    told += [_elsewhere(cast, cast.area[name], Random(name)) for name in others[:14]]
    return told


def _ago(cast: Cast, days: float, hour: int = 10) -> datetime:
    """So many days ago; before six in the evening on a day on which the offices are open."""
    moment = cast.times.now - days * DAY
    moment = moment.replace(hour=hour, minute=(int(days * 7) * 13) % 60, second=0, microsecond=0)
    return moment if hour >= 18 else cast.times.open_day(moment)


def _residents(cast: Cast, name: str) -> list[User]:
    """Those with accounts, the one whom most readers sign in as first."""
    found = [u for u in cast.neighbours[name] if u.name != MEDIATOR]
    return sorted(found, key=lambda u: u.username != "resident")


# -- disputes --------------------------------------------------------------------------------------------------------


def _invited(cast: Cast) -> Line:
    """The community's mediator serves the whole street as well."""
    yield _ago(cast, 420)
    appoint(
        user_id=cast.users[MEDIATOR].pk, role=Role.MEDIATOR, by=cast.setup, now=clock.now(),
        valid_from=date(2021, 1, 1), area_id=cast.street(cast.area[HOME]).pk,
    )  # fmt: skip
    cast._grants.pop(cast.users[MEDIATOR].pk, None)


def _disputes(cast: Cast) -> list[Line]:
    home, rng = cast.area[HOME], Random("disputes")
    first, *others = _residents(cast, HOME)
    told = [
        _by_party(cast, 96, home, others[0], first, CASES[0], "closed"),
        _by_party(cast, 31, home, others[1 % len(others)], others[2 % len(others)], CASES[1], "agreed"),
        _by_party(cast, 9, home, first, others[-1], CASES[2], "mediating"),
        _by_party(cast, 2, home, others[0], first, CASES[1], "received"),
        _at_desk(cast, 5, home, CASES[3], "ready", rng),
    ]
    there = [a for a in cast.by_id.values() if a.parent_id == home.parent_id and cast.holders.get(_lead_key(a))]
    ends = ("closed", "failed", "refused", "closed", "agreed", "closed")
    for nr in range(14):
        area, case = there[nr % len(there)], CASES[nr % len(CASES)]
        told.append(_at_desk(cast, 20 + 19 * nr, area, case, ends[nr % len(ends)], rng))
    return told


def _lead_key(area: Area) -> tuple[str, int]:
    return (f"{Role.COMMUNITY_LEAD}:Area", area.pk)


Case = tuple[str, str, str, str]


def _by_party(cast: Cast, days: float, area: Area, who: User, against: User, case: Case, until: str) -> Line:
    """A resident applies against another; it goes on as far as `until`."""
    yield _ago(cast, days, 20)
    given = disputes.PartyGiven(Side.SECOND, against.name, against.phone or "")
    one = disputes.file_dispute(
        area_id=area.pk, kind=case[0], about=case[1], wish="希望有人主持，当面说清楚。", parties=[given],
        by=cast.v(who), now=clock.now(),
    )  # fmt: skip
    if until == "received":
        return
    yield _ago(cast, days - 1, 19)
    disputes.agree_to(dispute_id=one.pk, by=cast.v(against), now=clock.now())
    yield from _mediated(cast, days - 2, one, case, until)


def _at_desk(cast: Cast, days: float, area: Area, case: Case, until: str, rng: Random) -> Line:
    """The desk enters one between people without accounts."""
    yield _ago(cast, days, 10)
    second = "小区物业服务公司" if case[0] == "property" else invented_name(rng)
    given = [disputes.PartyGiven(Side.FIRST, invented_name(rng)), disputes.PartyGiven(Side.SECOND, second)]
    one = disputes.file_dispute(
        area_id=area.pk, kind=case[0], about=case[1], parties=given, as_party=False,
        by=cast.v(cast.desk(area)), now=clock.now(),
    )  # fmt: skip
    head = cast.v(cast.lead(area))
    answers = ("agreed", "refused" if until == "refused" else "agreed")
    for party, answer in zip(Party.objects.filter(dispute=one).order_by("pk"), answers, strict=True):
        yield clock.now() + 5 * HOUR
        disputes.record_answer(dispute_id=one.pk, party=party.pk, answer=answer, how="phone", by=head, now=clock.now())
    if until not in ("ready", "refused"):
        yield from _mediated(cast, days - 2, one, case, until)


def _mediated(cast: Cast, days: float, one: Dispute, case: Case, until: str) -> Line:
    """Appointed, sat together, and how it ended."""
    by, user = cast.v(cast.users[MEDIATOR]), cast.users[MEDIATOR]
    yield _ago(cast, days, 11)
    disputes.appoint(dispute_id=one.pk, mediator=user, by=cast.v(cast.lead(one.area)), now=clock.now())
    yield _ago(cast, days - 3, 16)
    disputes.sit(
        dispute_id=one.pk, at=clock.now() - HOUR, place="社区调解室", present="双方当事人、楼栋长",
        record=f"双方各自说明了情况。{case[2]}调解员分别劝说，双方愿意各让一步。",
        next_step="各自回去商量，下次带上单据。", by=by, now=clock.now(),
    )  # fmt: skip
    if until == "mediating":
        return
    yield _ago(cast, days - 6, 16)
    if until == "failed":
        disputes.fail(
            dispute_id=one.pk, reason="双方对费用的承担差得太远，谈了两次没有达成一致。",
            other_way="可以依法向人民法院起诉；需要法律帮助的，可以拨打 12348 公共法律服务热线。",
            by=by, now=clock.now(),
        )  # fmt: skip
        return
    parties = list(Party.objects.filter(dispute=one).order_by("pk"))
    near = cast.times.now.date() + timedelta(days=1 if until == "agreed" else 0)
    due = near if until == "agreed" else clock.now().date() + timedelta(days=9)
    disputes.draft(
        dispute_id=one.pk, form="written", facts=case[2], terms_text=case[3],
        lines=[(parties[-1].pk, case[3].split("；")[0], due)], by=by, now=clock.now(),
    )  # fmt: skip
    yield _ago(cast, days - 7, 10)
    disputes.sign(
        dispute_id=one.pk, effect_on=clock.now().date(), signed=[p.pk for p in parties], sealed=True, by=by,
        now=clock.now(),
    )  # fmt: skip
    if until == "agreed":
        return
    yield _ago(cast, days - 17, 15)
    disputes.keep(term_id=one.terms.get().pk, note="上门看过，已按约定办好，双方没有意见。", by=by, now=clock.now())
    yield clock.now() + HOUR
    disputes.close(dispute_id=one.pk, by=by, now=clock.now())


# -- mutual help -----------------------------------------------------------------------------------------------------


def _at_home(cast: Cast) -> list[Line]:
    """In the community of the main accounts: each state once, and something that waits for resident, desk and lead."""
    first, *others = _residents(cast, HOME)
    area = cast.area[HOME]
    return [
        _helped(cast, 40, others[0], first, ASKED[4], "1"),
        _helped(cast, 26, others[1 % len(others)], first, ASKED[2], "1.5"),
        _helped(cast, 12, first, others[0], ASKED[0], "0.5", until="reported"),
        _helped(cast, 6, others[0], others[-1], ASKED[3], "2", until="differ"),
        _helped(cast, 1.2, first, others[1 % len(others)], ASKED[1], "2", until="proposed"),
        _open(
            cast, 5, [(others[0], "offer", OFFERED[0]), (others[-1], "offer", OFFERED[1]), (first, "offer", OFFERED[2])]
        ),
        _open(cast, 3, [(others[1 % len(others)], "request", ASKED[5]), (others[-1], "request", ASKED[2])]),
        _for_an_elder(cast, 5, area, others[0]),
        _reported(cast, 2, others[-1], others[0]),
    ]


Wish = tuple[str, str, list[str]]


def _post(cast: Cast, user: User, side: str, wish: Wish) -> Post:
    kind, text, times = wish
    return mutual.post(side=side, kind=kind, text=text, times=times, by=cast.v(user), now=clock.now())


def _helped(cast: Cast, days: float, seeker: User, helper: User, wish: Wish, hours: str, until: str = "") -> Line:
    """A request that somebody answers, as far as `until`, to the confirmed hours without it."""
    yield _ago(cast, days, 19)
    wanted = _post(cast, seeker, "request", wish)
    yield clock.now() + 3 * HOUR
    words = THANKS[len(wish[1]) % len(THANKS)]
    pair = mutual.propose(post_id=wanted.pk, words=words, by=cast.v(helper), now=clock.now())
    if until == "proposed":
        return
    yield clock.now() + 12 * HOUR
    mutual.agree(pair_id=pair.pk, by=cast.v(seeker), now=clock.now())
    yield clock.now() + 2 * DAY
    on = clock.now().date()
    mutual.report_hours(pair_id=pair.pk, done_on=on, hours=Decimal(hours), by=cast.v(helper), now=clock.now())
    if until == "reported":
        return
    yield clock.now() + 4 * HOUR
    if until == "differ":
        mutual.differ(pair_id=pair.pk, hours=Decimal("1"), by=cast.v(seeker), now=clock.now())
        return
    mutual.confirm(pair_id=pair.pk, by=cast.v(seeker), now=clock.now())


def _open(cast: Cast, days: float, told: list[tuple[User, str, Wish]]) -> Line:
    """Offers and requests that wait."""
    for nr, (user, side, wish) in enumerate(told):
        yield _ago(cast, days - 0.3 * nr, 18)
        _post(cast, user, side, wish)


def _for_an_elder(cast: Cast, days: float, area: Area, helper: User) -> Line:
    """The desk asks for somebody who has no phone of that kind; a neighbour answers, the desk is to reply."""
    yield _ago(cast, days, 10)
    kind, text, times = ASKED[1]
    made = mutual.post(
        side="request", kind=kind, text=text, times=times, on_behalf=True, area_id=area.pk, name="屈淑芬",
        phone=invent.caller_phone(7001), by=cast.v(cast.desk(area)), now=clock.now(),
    )  # fmt: skip
    yield clock.now() + 6 * HOUR
    mutual.propose(post_id=made.pk, words="我工作日白天有空，可以陪着去。", by=cast.v(helper), now=clock.now())


def _reported(cast: Cast, days: float, who: User, by: User) -> Line:
    """A post that somebody finds out of place; the community is to look at it."""
    yield _ago(cast, days, 18)
    made = _post(cast, who, "offer", ("other", "专业疏通，保证满意，先到先得，电话预约。", []))
    yield clock.now() + 2 * HOUR
    mutual.report(why="money", text="像是做生意的。", post_id=made.pk, by=cast.v(by), now=clock.now())


def _elsewhere(cast: Cast, area: Area, rng: Random) -> Line:
    """Some help in another community over the last months."""
    people = _residents(cast, area.short_name)
    if len(people) < 2:
        return
    for nr, days in enumerate(sorted((rng.uniform(20, 250) for _ in range(rng.randint(1, 3))), reverse=True)):
        seeker, helper = rng.sample(people, 2)
        yield from _helped(cast, days, seeker, helper, rng.choice(ASKED), rng.choice(("0.5", "1", "1.5", "2", "3")))
        if nr == 0:
            _post(cast, helper, "offer", rng.choice(OFFERED))
    if Pair.objects.filter(area=area).exists():
        yield _ago(cast, rng.uniform(1, 12), 20)
        _post(cast, rng.choice(people), rng.choice(("offer", "request")), rng.choice((ASKED[2], ASKED[4])))
