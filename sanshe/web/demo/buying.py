"""Buying services: from a stated need to the selection, the contracts, their delivery, acceptance and renewal."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sanshe.accounts.public import User
from sanshe.areas.public import Area
from sanshe.kernel import clock, params
from sanshe.purchase import sealing
from sanshe.purchase.actions import calls, contracts, judging, projects
from sanshe.purchase.models import Acceptance, Call, Contract, Need, Objection, Project

from .cast import Cast
from .reports import DAY, HOUR
from .source import Row
from .stage import Line, Stage
from .times import Times

#: The story's fields of service in the words of the notice's list.
FIELDS = {"企业社会工作服务": "企业"}
MONEY = "街道年度部门预算（政府购买服务）"
QUALIFIED = "依法登记的社会组织；近三年没有违法记录；有持证的社会工作者。"


def seal_key(call: str, bidder: int) -> sealing.SealKey:
    """The key of an invented bidder: computable, so that the demo can show it to whoever plays that bidder."""
    return sealing.SealKey(hashlib.sha256(f"demo {call} {bidder}".encode()).digest()[:16])


class Buying:
    """Lines for needs, projects, selections and contracts."""

    def __init__(self, cast: Cast, stage: Stage) -> None:
        self.cast, self.times, self.stage = cast, cast.times, stage

    # -- project ------------------------------------------------------------------------------------------------

    def need(self, row: Row, source: str = "社区走访") -> Line:
        """A need that no deliberation stated: written down by the community's secretary."""
        area = self.cast.area[row["community"]]
        told = row["need"]
        yield self.times.office(told["day"], 10, 20)
        need = projects.state_need(
            title=told["title"], area=area, source=source, detail=told["statement"],
            beneficiaries=row["project"]["beneficiaries"]["who"], field=field_of(row["project"]),
            by=self.cast.v(self.cast.lead(area)), now=clock.now(),
        )  # fmt: skip
        row["need_pk"] = need.pk

    def project(self, row: Row) -> Line:
        """The project made of the need, approved by the street."""
        told, area = row["project"], self.cast.area[row["community"]]
        need = row.get("need_pk") or Need.objects.get(title=row["need"]["title"], area=area).pk
        lead = self.cast.lead(area)
        yield self.times.office(told["proposed_on"], 10, 5)
        with_whom = "按居民协商形成的意见编制。" if "deliberation" in row else "走访居民后编制，居民代表看过初稿。"
        projects.take(
            need_id=need, by=self.cast.v(lead), now=clock.now(), planned_with=with_whom, **given(told, self.times)
        )
        project = Project.objects.get(need=need)
        row["project_pk"] = project.pk
        yield clock.now() + 2 * HOUR
        projects.submit(project_id=project.pk, by=self.cast.v(lead), now=clock.now())
        yield self.times.office(told["approved_on"], 15, 30)
        officer = self.cast.users.get(told["approved_by"]) or self.cast.officer(area)
        projects.approve(
            project_id=project.pk, opinion="需求清楚，预算合理，同意立项。", budget_source=MONEY,
            by=self.cast.v(officer), now=clock.now(),
        )  # fmt: skip

    # -- selection ----------------------------------------------------------------------------------------------

    def selection(self, row: Row) -> Line:
        """Call, sealed bids, keys inside the window, experts' points, publicity, award."""
        told, area = row["call"], self.cast.area[row["community"]]
        buyer = self.cast.users[told["handled_by"]]
        officer = self.cast.officer(area)
        published = self.times.office(told["published_on"], 10)
        yield published - 20 * HOUR
        criteria = [{"name": c["name"], "weight": c["weight"], "detail": c["how"]} for c in told["criteria"]]
        calls.buy(
            project_id=row["project_pk"], requirements=requirements(row), ceiling=told["ceiling"] * 100,
            qualification=QUALIFIED, criteria=criteria, by=self.cast.v(buyer), now=clock.now(),
        )  # fmt: skip
        call = Call.objects.get(project=row["project_pk"])
        row["call_pk"] = call.pk
        yield published
        closes = self.closing(told, bool(row.get("sealed_bids")))
        calls.publish(call_id=call.pk, closes_at=closes, by=self.cast.v(buyer), now=clock.now())
        for bid in row.get("bids") or row["sealed_bids"]:
            yield self.times.at(bid["submitted_at"])
            self._hand_in(call, bid)
        if "bids" not in row:
            return
        window = int(params.get("purchase.key_window", on=closes.date()).value)
        confirmed = self.times.at(told["keys_until"]) - timedelta(minutes=window)
        yield confirmed - timedelta(minutes=8)
        calls.start_opening(call_id=call.pk, by=self.cast.v(buyer), now=clock.now())
        yield confirmed
        calls.confirm_opening(call_id=call.pk, by=self.cast.v(officer), now=clock.now())
        for nr, bid in enumerate(row["bids"]):
            yield confirmed + timedelta(minutes=6 + 11 * nr)
            org = self.cast.orgs[bid["org"]].body_id
            code = seal_key(call.number, org).code
            manager = self.cast.v(self.cast.manager(bid["org"]))
            calls.give_key(call_id=call.pk, body_id=org, key_code=code, by=manager, now=clock.now())
        yield max(self.times.at(told["opened_at"]), confirmed + timedelta(minutes=window))
        calls.unseal(call_id=call.pk, by=self.cast.v(buyer), now=clock.now())
        yield from self._judging(row, call, buyer)
        yield from self._publicity(row, call, buyer, officer)

    def closing(self, told: Row, is_open: bool) -> datetime:
        """When bids close; a selection that is open stays so for some days after the day of loading."""
        closes = self.times.at(told["closes_at"])
        while is_open and closes < self.times.now + 2 * DAY:
            closes = self.times.open_day(closes + DAY)
        return closes

    def _hand_in(self, call: Call, bid: Row) -> None:
        body = self.cast.orgs[bid["org"]].body_id
        fields = {"price_fen": bid["price"] * 100, "plan": bid["plan"], "team": "；".join(bid.get("team", []))}
        blob = sealing.seal(fields, [], call=call.number, bidder=str(body), key=seal_key(call.number, body))
        manager = self.cast.v(self.cast.manager(bid["org"]))
        calls.hand_in(call_id=call.pk, body_id=body, blob=blob, by=manager, now=clock.now())

    def _judging(self, row: Row, call: Call, buyer: User) -> Line:
        scored = self.times.office(row["call"]["scored_on"], 15)
        yield clock.now() + HOUR / 2
        judging.draw(call_id=call.pk, by=self.cast.v(buyer), now=clock.now())
        drawn = sorted(call.drawn.values_list("user__name", flat=True))
        bids = {b.bidder_id: b for b in call.bids.all()}
        rules = list(call.criteria.filter(is_price=False))
        for nr, name in enumerate(drawn):
            yield max(clock.now() + timedelta(minutes=10), scored - timedelta(minutes=90 - 9 * nr))
            judging.declare(call_id=call.pk, free=True, by=self.cast.named(name), now=clock.now())
        for name in drawn:
            yield max(clock.now() + timedelta(minutes=12), scored - timedelta(minutes=50))
            points = {}
            for bid in row["bids"]:
                body = bids[self.cast.orgs[bid["org"]].body_id]
                for rule, value in zip(rules, bid["scores"][name], strict=False):
                    points[(body.pk, rule.pk)] = round(value * 100)
            judging.score(call_id=call.pk, points=points, by=self.cast.named(name), now=clock.now())

    def _publicity(self, row: Row, call: Call, buyer: User, officer: User) -> Line:
        told = row["result"]
        yield self.times.office(told["publicity"]["from"], 10)
        judging.conclude(call_id=call.pk, result_reason=told["reasons"], by=self.cast.v(buyer), now=clock.now())
        objection = told["objection"]
        if objection:
            yield self.times.office(objection["day"], 11, 10)
            by = self.cast.v(self.cast.manager(objection["org"]))
            judging.object_to(call_id=call.pk, text=objection["text"], by=by, now=clock.now())
            yield self.times.office(objection["answered_on"], 16)
            pk = Objection.objects.get(call=call).pk
            judging.answer_objection(
                objection_id=pk, upheld=False, answer=objection["answer"], by=self.cast.v(officer), now=clock.now()
            )
        call.refresh_from_db()
        assert call.publicity_until is not None
        yield self.times.workdays(clock.local(call.publicity_until), 1, 9, 40)
        judging.award(call_id=call.pk, by=self.cast.v(buyer), now=clock.now())

    # -- contract -----------------------------------------------------------------------------------------------

    def contract(self, row: Row, told: Row) -> Line:
        """The contract of an awarded selection: drafted, agreed, signed."""
        buyer = self.cast.buyer(self.cast.area[row["community"]])
        signed = self.times.office(told["signed_on"], 15)
        yield signed - 3 * DAY
        judging.draft_contract(
            call_id=row["call_pk"], begins_on=self.times.day(told["from"]), ends_on=self.times.day(told["to"]),
            terms=terms(told, self.times), by=self.cast.v(buyer), now=clock.now(),
        )  # fmt: skip
        contract = Contract.objects.get(call=row["call_pk"])
        row["contract_pk"] = contract.pk
        yield from self._signed(contract.pk, told["org"], buyer, signed)

    def _signed(self, pk: int, org: str, buyer: User, signed: datetime) -> Line:
        yield max(clock.now() + HOUR, signed - 22 * HOUR)
        contracts.agree(contract_id=pk, by=self.cast.v(self.cast.manager(org)), now=clock.now())
        yield max(clock.now() + HOUR, signed)
        contracts.sign(contract_id=pk, by=self.cast.v(buyer), now=clock.now())

    def direct(self, row: Row, told: Row, years_before: int = 0) -> Line:
        """A contract without a selection here: one that ran before the platform and is taken over."""
        project = Project.objects.get(pk=row["project_pk"])
        area = project.area
        buyer = self.cast.buyer(area)
        signed = self.times.office(told["signed_on"], 15)
        yield signed - 2 * DAY
        office = self.cast.units[f"{self.cast.street(area).short_name}办事处"]
        contract = contracts.draft_contract(
            project=project, buyer=office, supplier=self.cast.orgs[told["org"]].body, amount=told["amount"] * 100,
            begins_on=self.times.day(told["from"]), ends_on=self.times.day(told["to"]), years_before=years_before,
            terms=terms(told, self.times), by=self.cast.v(buyer), now=clock.now(),
        )  # fmt: skip
        row["contract_pk"] = contract.pk
        yield from self._signed(contract.pk, told["org"], buyer, signed)

    def delivered(self, row: Row, records: list[Row], org: str) -> Line:
        """What the organisation's people write down, month by month."""
        for told in records:
            yield self.times.at(told["recorded_on"], 16, 10)
            by = self.cast.users.get(told.get("by", "")) or self.cast.worker_of(org)
            contracts.record(
                contract_id=row["contract_pk"], on=self.times.day(told["recorded_on"]), service=told["service"],
                minutes=int(told["hours"] * 60), people=told["beneficiaries"], spent=told["spending"] * 100,
                detail=told["words"], by=self.cast.v(by), now=clock.now(),
            )  # fmt: skip

    def accepted(self, row: Row) -> Line:
        """Residents who used it take part in the acceptance; then the evaluation by the scheme in force."""
        area, told, rng = self.cast.area[row["community"]], row["acceptance"], Random(row["id"])
        lead = self.cast.v(self.cast.lead(area))
        yield self.times.office(told["day"], 9, 5)
        answers = [(self.cast.users[p["person"]], p["rating"], p["remark"]) for p in told["people"]]
        while len(answers) < 3:
            answers.append((self.cast.resident(area, 58), 3, "来的人都和气，就是盼着多来几回。"))
        phones = [user.phone or "" for user, _, _ in answers]
        contracts.begin_acceptance(contract_id=row["contract_pk"], phones=phones, by=lead, now=clock.now())
        for user, grade, remark in answers:
            yield clock.now() + timedelta(minutes=rng.randint(15, 50))
            invited = Acceptance.objects.get(contract=row["contract_pk"], user=user)
            contracts.answer_acceptance(
                token=invited.token, agrees=grade >= 3, grade=grade, remark=remark, by=self.cast.v(user),
                now=clock.now(),
            )  # fmt: skip
        yield max(clock.now() + HOUR, self.times.office(told["day"], 17))
        contracts.accept(contract_id=row["contract_pk"], by=self.cast.v(self.cast.lead(area)), now=clock.now())
        marks = row["evaluation"]
        yield max(clock.now() + 2 * HOUR, self.times.office(marks["day"], 15))
        contracts.evaluate(
            contract_id=row["contract_pk"], items=self.items(marks["items"]), opinion=marks["words"],
            by=self.cast.v(self.cast.judge(area)), now=clock.now(),
        )  # fmt: skip

    def items(self, told: list[Row]) -> list[dict[str, Any]]:
        """The story's marks on the scale of the scheme in force: item by item, in the same proportion."""
        scheme = params.get("purchase.evaluation_weights", on=clock.today()).value
        return [
            {"name": name, "points": round(100 * full * item["score"] / item["weight"]), "why": item["words"]}
            for (name, full), item in zip(scheme.items(), told, strict=True)
        ]

    def renewed(self, row: Row) -> Line:
        """The next year's contract, agreed and signed like the first."""
        told, area = row["renewal"], self.cast.area[row["community"]]
        buyer = self.cast.buyer(area)
        yield self.times.office(told["decided_on"], 10)
        later = contracts.renew(
            contract_id=row["contract_pk"], amount=told["contract"]["amount"] * 100,
            terms=terms(told["contract"], self.times), by=self.cast.v(buyer), now=clock.now(),
        )  # fmt: skip
        row["contract_pk"] = later.pk
        org = told["contract"]["org"]
        yield from self._signed(later.pk, org, buyer, self.times.office(told["contract"]["signed_on"], 16))
        yield from self.delivered(row, told["delivery"], org)

    def finished(self, row: Row) -> Line:
        """The end of a service that is not renewed, with the reason."""
        told = row["renewal_refused"]
        yield self.times.office(told["day"], 10, 30)
        by = self.cast.v(self.cast.buyer(self.cast.area[row["community"]]))
        contracts.finish(contract_id=row["contract_pk"], reason=told["reason"], by=by, now=clock.now())

    def proposed(self, row: Row, area: Area) -> Line:
        """A project without a stated need: proposed by the secretary, approved by the street."""
        told = row["project"]
        yield self.times.office(told["proposed_on"], 10, 15)
        lead = self.cast.v(self.cast.lead(area))
        project = projects.propose(
            area=area,
            by=lead,
            now=clock.now(),
            planned_with="走访居民后编制，居民代表看过初稿。",
            **given(told, self.times),
        )
        row["project_pk"] = project.pk
        yield clock.now() + HOUR
        projects.submit(project_id=project.pk, by=self.cast.v(self.cast.lead(area)), now=clock.now())
        yield self.times.workdays(clock.now(), 3, 15, 10)
        projects.approve(
            project_id=project.pk, opinion="同意。", budget_source=MONEY, by=self.cast.v(self.cast.officer(area)),
            now=clock.now(),
        )  # fmt: skip


def field_of(project: Row) -> str:
    """The field of service of a project in the words of the notice's list."""
    return FIELDS.get(project["field"], project["field"])


def given(told: Row, times: Times) -> dict[str, Any]:
    """A project of the story in the fields of the platform."""
    return {
        "title": told["title"],
        "aims": "\n".join(told["aims"]),
        "beneficiaries": told["beneficiaries"]["who"],
        "expected_people": told["beneficiaries"]["number"],
        "field": field_of(told),
        "plan": [{"when": _month(p["month"], times), "what": p["text"]} for p in told["plan"]],
        "budget_lines": [{"item": line["item"], "fen": line["yuan"] * 100} for line in told["budget"]],
    }


def _month(text: str, times: Times) -> str:
    """「2025-06」 → 「2025年6月」, moved with the story; anything else stays."""
    year, _, month = text.partition("-")
    if not month.isdigit():
        return text
    day = times.day(date(int(year), int(month), 15))
    return f"{day.year}年{day.month}月"


def requirements(row: Row) -> str:
    """What a call asks for, from the project's aims and what the need said."""
    aims = "\n".join(f"{nr}. {aim}。" for nr, aim in enumerate(row["project"]["aims"], 1))
    return f"{row['need']['statement']}\n\n服务目标：\n{aims}"


def terms(told: Row, times: Times) -> str:
    """The payments of a contract as terms."""
    return "\n".join(
        f"{times.day(m['day']):%Y年%-m月%-d日}支付 {m['yuan']:,} 元（{m['when']}）" for m in told.get("milestones", [])
    )
