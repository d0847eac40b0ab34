"""The cases of indicators.yaml, written by hand from the notice, run on what they say stands in the ledgers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction

from sanshe.areas.models import Body
from sanshe.evaluation.models import Brand, DemonstrationSite, SiteCoverage, ZoneStage
from sanshe.evaluation.words import Stage
from sanshe.indicators import queries
from sanshe.kernel import clock, params
from sanshe.matters.models import Handling, Matter, Rating, Triage
from sanshe.orgs.models import Incubator, Organisation
from sanshe.purchase.models import Contract, Project
from sanshe.workforce.models import Certificate, SocialWorkRoom, Worker
from tests.matters_cast import Cast, make_cast

CASES = yaml.safe_load((Path(__file__).parent / "indicators.yaml").read_text(encoding="utf-8"))
PLACES = {
    "新区": "district",
    "甲街道": "street",
    "乙街道": "other_street",
    "梧桐": "home",
    "银杏": "next",
    "木棉": "far",
}
COMMUNITIES = ("梧桐", "银杏", "木棉")
X_KINDS = ("社区服务", "社区事务", "慈善救助", "文化体育")


class World:
    """Writes what a case says, as of its day."""

    def __init__(self, cast: Cast, on: date) -> None:
        self.cast, self.on, self.number = cast, on, 0
        self.since = on - timedelta(days=200)
        self.at = datetime.combine(on - timedelta(days=30), time(10), tzinfo=clock.TZ)

    def next(self) -> int:
        self.number += 1
        return self.number

    def workers(self, area: Any, count: int, held: bool) -> None:
        made = Worker.objects.bulk_create(
            [Worker(name=f"社工{self.next()}", kind="community_worker", area=area, valid_from=self.since)
             for _ in range(count)]
        )  # fmt: skip
        if held:
            Certificate.objects.bulk_create(
                [Certificate(worker=w, level="assistant", issued_on=self.since, registered_on=self.since,
                             registered_until=self.on + timedelta(days=400)) for w in made]
            )  # fmt: skip

    def organisations(self, area: Any, kinds: list[str]) -> None:
        bodies = Body.objects.bulk_create(
            [
                Body(name=f"组织{self.next()}", kind="social_organisation", area=area, valid_from=self.since)
                for _ in kinds
            ]
        )
        Organisation.objects.bulk_create(
            [Organisation(body=b, name=b.name, area=area, kind="社区生活服务类", x_kind=k, standing="guided",
                          valid_from=self.since) for b, k in zip(bodies, kinds, strict=True)]
        )  # fmt: skip

    def matter(self, area: Any) -> Matter:
        nr = self.next()
        return Matter.objects.create(
            number=f"N{nr}", token=f"t{nr}", title="路灯不亮", text="路灯不亮", channel="desk", area=area,
            state="received", created_at=self.at,
        )  # fmt: skip

    def contract(self, area: Any) -> None:
        nr, body = self.next(), self.cast.bodies["unit"]
        project = Project.objects.create(
            number=f"XM{nr}", title="陪伴", aims="a", beneficiaries="b", field="老年", area=area,
            made_by=self.cast.users["street"], made_at=self.at, state="delivering",
        )  # fmt: skip
        Contract.objects.create(
            number=f"HT{nr}", project=project, area=area, buyer=body, supplier=body, amount=100, state="running",
            begins_on=self.since, ends_on=self.on + timedelta(days=30), made_at=self.at, signed_at=self.at,
        )  # fmt: skip

    def site(self, area: Any, rank: str) -> None:
        site = DemonstrationSite.objects.create(area=area, name="示范点", rank=rank, valid_from=self.since)
        SiteCoverage.objects.create(site=site, area=area, valid_from=self.since)

    def write(self, area: Any, fact: str, said: Any) -> None:
        if fact == "社会工作室":
            SocialWorkRoom.objects.create(area=area, name="室", valid_from=self.since)
        elif fact in ("专业人才", "未持证社区工作者"):
            self.workers(area, said, fact == "专业人才")
        elif fact == "社会组织":
            self.organisations(area, ["社区服务"] * said)
        elif fact == "四类社会组织":
            self.organisations(area, list(X_KINDS) * said)
        elif fact in ("区级孵化基地", "街道级孵化基地"):
            for _ in range(said):
                Incubator.objects.create(
                    name=f"基地{self.next()}", area=area, valid_from=self.since,
                    level="district" if fact.startswith("区") else "street",
                )  # fmt: skip
        elif fact in ("市级示范点覆盖", "区级示范点覆盖"):
            self.site(area, "municipal" if fact.startswith("市") else "district")
        elif fact == "分流事项":
            for _ in range(said):
                Triage.objects.create(
                    matter=self.matter(area), area=area, at=self.at, route="government",
                    criterion=self.cast.criteria["lamp"], criterion_version="v", reason="按标准",
                )  # fmt: skip
        elif fact == "未分流事项":
            for _ in range(said):
                self.matter(area)
        elif fact == "服务合同":
            self.contract(area)
        elif fact in ("品牌", "特色"):
            kind = "street_brand" if fact == "品牌" else "community_feature"
            for _ in range(said):
                Brand.objects.create(area=area, kind=kind, name=f"{fact}{self.next()}", valid_from=self.since)
        elif fact == "实验区":
            stage = next(s for s in Stage if s.label == said)
            ZoneStage.objects.create(area=area, stage=stage, on=self.since)
        elif fact == "评价":
            for grade in said:
                done = Handling.objects.create(matter=self.matter(area), area=area, route="government", done_at=self.at)
                if grade:
                    Rating.objects.create(handling=done, area=area, grade=grade, at=self.at)
        else:
            raise ValueError(f"例子里的「{fact}」不认识")


def test_every_target_with_a_figure_has_its_three_cases_at_both_dates():
    for target in params.targets():
        if target.trend:
            continue
        said = [(c["日"].year, c["应"]["结论"]) for c in CASES[target.name]]
        if target.dues:
            assert len([y for y, _ in said if y == 2020]) >= 3, target.name
            assert len([y for y, _ in said if y == 2025]) >= 3, target.name
        assert any(verdict == "无数据" for _, verdict in said), target.name
        if any(d.at_least is not None for d in target.dues):
            assert {"达到", "未达到"} <= {verdict for _, verdict in said}, target.name


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.mark.parametrize("name", list(CASES))
def test_cases(cast, name):
    """All cases of one target; each is written and taken back, so that the people are made once."""
    wrong = []
    for nr, case in enumerate(CASES[name], 1):
        with transaction.atomic():
            world = World(cast, case["日"])
            for place, facts in case["有"].items():
                for one in COMMUNITIES if place == "各社区" else (place,):
                    for fact, said in facts.items():
                        world.write(cast.areas[PLACES[one]], fact, said)
            (found,) = queries.report(cast.areas["district"], case["日"], name, before=False).figures
            transaction.set_rollback(True)
        got: dict[str, Any] = {
            "结论": found.verdict, "分子": found.tally.numerator, "分母": found.tally.denominator, "数值": found.value,
            "无数据": found.tally.unknown, "还差": found.gap, "沿用": "是" if found.carried_on else "否",
        }  # fmt: skip
        wrong += [
            f"第 {nr} 例（{case['日']}）{k}：应为 {v}，算得 {got[k]}" for k, v in case["应"].items() if got[k] != v
        ]
    assert not wrong, "\n".join(wrong)
