"""A small world for the tests of buying services: a street that buys, suppliers, experts, residents."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sanshe.accounts.public import Post, Role, User
from sanshe.areas.public import Area, Body
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.orgs.public import Organisation
from sanshe.purchase.actions import calls, contracts, judging, projects
from sanshe.purchase.models import Bid, Call, Contract, Drawn, Need, Project
from sanshe.purchase.sealing import SealKey, seal
from sanshe.workforce.public import Expert

FROM = date(2020, 1, 1)
NAMES = ("甲老年服务社", "乙邻里中心", "丙社工机构", "丁助餐社")


def v(who: User | None) -> Viewer:
    """A fresh viewer, as at the beginning of a request."""
    return Viewer.public() if who is None else Viewer.of(User.objects.get(pk=who.pk))


def _area(code: str, name: str, level: str, parent: Area | None, lo: int, hi: int) -> Area:
    return Area.objects.create(
        code=code, name=name, short_name=name, level=level, parent=parent, lo=lo, hi=hi, valid_from=FROM
    )


def user(name: str, role: Role | None = None, where: Any = None, phone: str | None = None) -> User:
    """A user, with a post if one is named."""
    made = User.objects.create(
        username=f"p{User.objects.count() + 1:03d}", name=name, phone=phone, created_at=clock.at(2025, 1, 1)
    )
    if role is not None:
        held = {"area": where} if isinstance(where, Area) else {"body": where}
        Post.objects.create(user=made, role=role, valid_from=FROM, **held)
    return made


def world(now: datetime) -> SimpleNamespace:
    """Everybody and everything, by short names."""
    w = SimpleNamespace(now=now)
    w.district = _area("LJ0000000009", "新区", "district", None, 0, 7)
    w.street = _area("500112990000", "甲街道", "street", w.district, 1, 4)
    w.home = _area("500112990001", "甲一社区", "community", w.street, 2, 3)
    w.other_street = _area("500112991000", "乙街道", "street", w.district, 4, 6)
    w.away = _area("500112991001", "乙一社区", "community", w.other_street, 5, 6)
    w.office = Body.objects.create(name="甲街道办事处", kind="street_office", area=w.street, valid_from=FROM)
    w.lead = user("陈书记", Role.COMMUNITY_LEAD, w.home)
    w.worker = user("李干事", Role.COMMUNITY_WORKER, w.home)
    w.officer = user("赵专干", Role.STREET_OFFICER, w.street)
    w.buyer = user("经采购", Role.STREET_PURCHASE, w.street)
    w.centre = user("成中心", Role.SERVICE_CENTRE, w.street)
    w.district_officer = user("陶处", Role.DISTRICT_OFFICER, w.district)
    w.other_buyer = user("钱采购", Role.STREET_PURCHASE, w.other_street)
    w.orgs, w.heads = [], []
    for name in NAMES:
        body = Body.objects.create(name=name, kind="social_organisation", area=w.street, valid_from=FROM)
        Organisation.objects.create(
            body=body, name=name, area=w.street, kind="生活服务类", standing="registered", valid_from=FROM
        )
        w.orgs.append(body)
        w.heads.append(user(f"{name}负责人", Role.ORG_MANAGER, body))
    w.social_worker = user("禹社工", Role.SOCIAL_WORKER, w.orgs[0])
    w.experts = []
    for nr in range(5):
        who = user(f"专家{nr + 1}", Role.EXPERT, w.district)
        w.experts.append(who)
        Expert.objects.create(user=who, area=w.district, valid_from=FROM)
    w.residents = [user(f"居民{nr + 1}", phone=f"1380000020{nr}") for nr in range(5)]
    return w


PROJECT: dict[str, Any] = {
    "title": "老年助餐与探访", "aims": "老人中午有热饭", "beneficiaries": "六十岁以上居民", "expected_people": 120,
    "field": "老年", "plan": [{"when": "第1—3个月", "what": "开餐"}],
    "budget_lines": [{"item": "人员", "fen": 10_000_000}, {"item": "餐补", "fen": 8_000_000}],
}  # fmt: skip
CRITERIA = [
    {"name": "服务方案", "weight": 50}, {"name": "团队", "weight": 30}, {"name": "报价", "weight": 20},
]  # fmt: skip


def need(w: SimpleNamespace, key: str = "") -> Need:
    """A need in the pool."""
    return projects.state_need(
        title="老人吃饭难", area=w.home, source="协商「午饭」", by=v(w.lead), now=w.now, source_key=key
    )


def draft(w: SimpleNamespace, **more: Any) -> Project:
    """A draft by the community's secretary."""
    return projects.propose(area=w.home, by=v(w.lead), now=w.now, **{**PROJECT, **more})


def approved(w: SimpleNamespace, **more: Any) -> Project:
    """A project that the street approved."""
    one = draft(w, **more)
    projects.submit(project_id=one.pk, by=v(w.lead), now=w.now)
    return projects.approve(project_id=one.pk, opinion="同意", budget_source="年度预算", by=v(w.officer), now=w.now)


def call_draft(w: SimpleNamespace, **more: Any) -> Call:
    """A call that is being written."""
    one = approved(w)
    calls.buy(
        project_id=one.pk, by=v(w.buyer), now=w.now,
        **{"requirements": "每个工作日供餐", "ceiling": 18_000_000, "criteria": CRITERIA, **more},
    )  # fmt: skip
    return Call.objects.get(project=one)


def published(w: SimpleNamespace, **more: Any) -> Call:
    """A call that takes bids, for ten days."""
    one = call_draft(w, **more)
    return calls.publish(call_id=one.pk, closes_at=w.now + timedelta(days=10), by=v(w.buyer), now=w.now)


def sealed(call: Call, body: Body, price: int | None = 16_000_000, **fields: Any) -> tuple[bytes, SealKey]:
    """The bytes and the key of a bid."""
    key = SealKey.new()
    content = {"price_fen": price, "plan": f"{body.name}的方案", "team": "三名社工", **fields}
    return seal(content, [], call=call.number, bidder=str(body.pk), key=key), key


def hand_in(w: SimpleNamespace, call: Call, nr: int, price: int | None = 16_000_000) -> SealKey:
    """Supplier number `nr` hands in."""
    blob, key = sealed(call, w.orgs[nr], price)
    calls.hand_in(call_id=call.pk, body_id=w.orgs[nr].pk, blob=blob, by=v(w.heads[nr]), now=w.now)
    return key


def bidden(w: SimpleNamespace, prices: tuple[int | None, ...] = (16_000_000, 17_000_000, 18_000_000)) -> Call:
    """A call with so many bids; their keys are kept in `w.keys`."""
    call = published(w)
    w.keys = [hand_in(w, call, nr, price) for nr, price in enumerate(prices)]
    w.closed = call.closes_at
    return call


def opening(w: SimpleNamespace, **more: Any) -> Call:
    """Two officers have begun to take keys."""
    call = bidden(w, **more)
    calls.start_opening(call_id=call.pk, by=v(w.buyer), now=w.closed)
    call = calls.confirm_opening(call_id=call.pk, by=v(w.officer), now=w.closed)
    w.over = call.keys_until
    return call


def give_keys(w: SimpleNamespace, call: Call, count: int | None = None) -> None:
    """The first so many bidders send their keys."""
    for nr, key in enumerate(w.keys[:count]):
        calls.give_key(call_id=call.pk, body_id=w.orgs[nr].pk, key_code=key.code, by=v(w.heads[nr]), now=w.closed)


def scoring(w: SimpleNamespace, **more: Any) -> Call:
    """All are open."""
    call = opening(w, **more)
    give_keys(w, call)
    return calls.unseal(call_id=call.pk, by=v(w.buyer), now=w.over)


def drawn(w: SimpleNamespace, **more: Any) -> Call:
    """Three experts were drawn and declared themselves."""
    call = scoring(w, **more)
    judging.draw(call_id=call.pk, by=v(w.buyer), now=w.over)
    for one in Drawn.objects.filter(call=call):
        judging.declare(call_id=call.pk, free=True, by=v(one.user), now=w.over)
    return Call.objects.get(pk=call.pk)


def give_points(call: Call, expert: User, points: dict[int, tuple[int, ...]], now: datetime) -> None:
    """Points in whole numbers: supplier's place among the opened → points by criterion (no price)."""
    rules = list(call.criteria.filter(is_price=False))
    bids = list(Bid.objects.filter(call=call, state="opened").order_by("pk"))
    given = {
        (bids[nr].pk, rule.pk): value * 100
        for nr, values in points.items()
        for rule, value in zip(rules, values, strict=True)
    }
    judging.score(call_id=call.pk, points=given, by=v(expert), now=now)


POINTS = {0: (45, 25), 1: (40, 28), 2: (30, 20)}


def scored(w: SimpleNamespace, points: dict[int, tuple[int, ...]] | None = None, **more: Any) -> Call:
    """Every expert gave the same points."""
    call = drawn(w, **more)
    for one in Drawn.objects.filter(call=call):
        give_points(call, one.user, points or POINTS, w.over)
    return Call.objects.get(pk=call.pk)


def publicity(w: SimpleNamespace, **more: Any) -> Call:
    """The result is out for objections."""
    call = scored(w, **more)
    call = judging.conclude(call_id=call.pk, result_reason="方案扎实", by=v(w.buyer), now=w.over)
    w.free = call.publicity_until + timedelta(minutes=1)
    return call


def awarded(w: SimpleNamespace, **more: Any) -> Call:
    """The supplier is fixed."""
    call = publicity(w, **more)
    return judging.award(call_id=call.pk, by=v(w.buyer), now=w.free)


BEGINS = date(2026, 8, 1)


def contract_draft(w: SimpleNamespace, **more: Any) -> Contract:
    """The contract of a selection, drafted."""
    call = awarded(w)
    judging.draft_contract(
        call_id=call.pk, by=v(w.buyer), now=w.free, **{"begins_on": BEGINS, "terms": "按月服务", **more}
    )
    return Contract.objects.get(call=call)


def running(w: SimpleNamespace, **more: Any) -> Contract:
    """Agreed and signed."""
    one = contract_draft(w, **more)
    contracts.agree(contract_id=one.pk, by=v(w.heads[0]), now=w.free)
    one = contracts.sign(contract_id=one.pk, by=v(w.buyer), now=w.free)
    w.during = clock.at(2026, 9, 10, 10)
    return one


def delivered(w: SimpleNamespace, **more: Any) -> Contract:
    """One record of service."""
    one = running(w, **more)
    return contracts.record(
        contract_id=one.pk, on=date(2026, 9, 9), service="上门探访", minutes=90, people=12, spent=500_000,
        by=v(w.social_worker), now=w.during,
    )  # fmt: skip


def accepting(w: SimpleNamespace, count: int = 3, **more: Any) -> Contract:
    """So many residents were invited to the acceptance."""
    one = delivered(w, **more)
    phones = [f"1380000020{nr}" for nr in range(count)]
    return contracts.begin_acceptance(contract_id=one.pk, phones=phones, by=v(w.lead), now=w.during)


def answer(one: Contract, nr: int, now: datetime, agrees: bool = True, by: Viewer | None = None) -> None:
    """Resident number `nr` of those invited answers by the link, without signing in unless `by` says so."""
    row = one.acceptances.filter(round=one.acceptance_round).order_by("pk")[nr]
    contracts.answer_acceptance(
        token=row.token, agrees=agrees, grade=5 if agrees else 2, remark="", by=by or Viewer.public(), now=now
    )


def accepted(w: SimpleNamespace, **more: Any) -> Contract:
    """Three of three agreed."""
    one = accepting(w, **more)
    for nr in range(3):
        answer(one, nr, w.during)
    return contracts.accept(contract_id=one.pk, by=v(w.lead), now=w.during)


SCHEME = {"服务量完成": 25, "服务成效": 25, "居民满意度": 30, "资金使用": 10, "资料规范": 10}


def evaluated(w: SimpleNamespace, share: int = 90, **more: Any) -> Contract:
    """Evaluated with `share` percent of the points of each item."""
    one = accepted(w, **more)
    items = [{"name": name, "points": full * share} for name, full in SCHEME.items()]
    return contracts.evaluate(contract_id=one.pk, items=items, opinion="见附表", by=v(w.centre), now=w.during)
