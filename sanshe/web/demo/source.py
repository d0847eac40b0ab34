"""The story's files, read once, and narrowed to a part of the New Area when asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "story"

Row = dict[str, Any]


def read(name: str) -> Any:
    """One file of the story."""
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _services(agency: Row) -> Iterator[Row]:
    """The running contracts of one agency, each with its share of what was recorded."""
    records = list(agency["records"])
    starts = agency["starts"]
    share = len(agency["records"]) // len(starts)
    for nr, (community, begins, years, amount, *ends_as) in enumerate(starts):
        ends = begins.replace(year=begins.year + 1) - timedelta(days=1)
        lines = [[item, round(amount * part, -2)] for item, part in agency["budget"]]
        lines[0][1] += amount - sum(yuan for _, yuan in lines)
        days = _days(begins, share)
        taken = [_fitting(records, day) for day in days]
        yield {
            "id": f"{agency['org']}-{nr}",
            "community": community,
            "years_before": years,
            "ends": ends_as[0] if ends_as else "",
            "project": {
                "title": agency["name"].format(community=community),
                "field": agency["field"],
                "proposed_on": begins - timedelta(days=40),
                "aims": agency["aims"],
                "beneficiaries": {"who": f"{community}{agency['who']}", "number": 60 + 15 * (nr % 4)},
                "plan": PLAN,
                "budget": [{"item": item, "yuan": int(yuan)} for item, yuan in lines],
            },
            "contract": {
                "org": agency["org"],
                "amount": amount,
                "signed_on": begins - timedelta(days=10),
                "from": begins,
                "to": ends,
            },
            "delivery": [
                {
                    "recorded_on": day,
                    "service": service,
                    "words": words,
                    "hours": 60 + (len(words) * 7 + nr * 13) % 70,
                    "beneficiaries": 18 + (len(words) * 5 + nr * 11) % 46,
                    "spending": amount // 1500 * 100 - 300 * (nr % 5),
                }
                for day, (service, words, *_) in zip(days, taken, strict=True)
            ],
        }  # fmt: skip


def _thin(talk: Row, share: float) -> None:
    """Let fewer people speak online, in the same proportions: thousands of votes are told by hundreds."""
    for group in talk["groups"]:
        group["size"] = round(group["size"] * share)
    size = {group["code"]: group["size"] for group in talk["groups"]}
    for said in talk["statements"]:
        for code, votes in said["votes"].items():
            kept = [round(n * share) for n in votes]
            kept[0] -= max(0, sum(kept) - size[code])
            said["votes"][code] = kept


PLAN = [
    {"month": "第1—3个月", "text": "入户摸底，开出第一批服务"},
    {"month": "第4—8个月", "text": "服务稳定运行，培养骨干"},
    {"month": "第9—11个月", "text": "骨干带队，社工退后"},
    {"month": "第12个月", "text": "总结、验收与评估"},
]


def _fitting(records: list[Row], day: date) -> Any:
    """Take out the first record that fits the season of a day; one that names its months fits only those."""
    fits = [r for r in records if len(r) == 2 or day.month in r[2]]
    best = next((r for r in fits if len(r) == 3), fits[0] if fits else records[0])
    records.remove(best)
    return best


def _days(begins: date, count: int) -> list[date]:
    """Days of record, spread from the first month of a contract to the last one before the story's today."""
    last = date(2026, 11, 18)
    span = (last - begins).days - 20
    days = [begins + timedelta(days=20 + span * (nr + 1) // count) for nr in range(count)]
    return [d - timedelta(days=max(0, d.weekday() - 4)) for d in days]


@dataclass
class Story:
    """Everything that is told. `communities`: short names of those that take part; None is all 56."""

    communities: frozenset[str] | None = None
    people: list[Row] = field(default_factory=list)
    organisations: list[Row] = field(default_factory=list)
    rooms: list[Row] = field(default_factory=list)
    matters: list[Row] = field(default_factory=list)
    threads: list[Row] = field(default_factory=list)
    deliberations: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)
    contracts: list[Row] = field(default_factory=list)
    services: list[Row] = field(default_factory=list)
    views: dict[str, list[str]] = field(default_factory=dict)

    def has(self, community: str) -> bool:
        """Whether a community takes part."""
        return self.communities is None or community in self.communities


def load(communities: frozenset[str] | None = None) -> Story:
    """Read the story, or the part of it that plays in some communities."""
    story = Story(communities)

    def here(rows: list[Row]) -> list[Row]:
        return [r for r in rows if story.has(r["community"])]

    story.people = read("people.yaml")["people"]
    story.organisations = read("organisations.yaml")["organisations"]
    story.rooms = here(read("rooms.yaml")["rooms"])
    told = read("threads.yaml")
    story.threads, story.deliberations = here(told["threads"]), here(told["deliberations"])
    for thread in story.threads:
        _thin(thread["deliberation"], 0.25)
    for live in story.deliberations:
        _thin(live["deliberation"], 0.5 if sum(g["size"] for g in live["deliberation"]["groups"]) > 20 else 1)
    story.calls, story.contracts = here(told["calls"]), here(told["contracts"])
    for path in sorted(FOLDER.glob("matters_*.yaml")):
        story.matters += here(read(path.name)["matters"])
    more = read("services.yaml")
    story.services = here([row for agency in more["agencies"] for row in _services(agency)])
    story.views = {str(k): v for k, v in (more.get("views") or {}).items()}
    return story
