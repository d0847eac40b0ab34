"""The notice as data: every item in our own words, and every number it holds. Read from the policy packs.

`items.yaml` and `notice.yaml` of the last pack that has them are used: another place
lays its own beside, without Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sanshe.kernel import params, policy
from sanshe.kernel.policy import Located, PolicyError
from sanshe.kernel.policy_shape import UNITS

ITEMS, NUMBERS = "items.yaml", "notice.yaml"


@dataclass(frozen=True)
class Item:
    """One item: `cites` where it stands, `says` it in our words, `who` is responsible, `pages` that carry it.

    `state`: "indicator:<name>" or "count:<name>", read when somebody looks; "" with no pages is 尚未支持.
    """

    cites: str
    part: str
    says: str
    who: tuple[str, ...]
    pages: tuple[str, ...]
    state: str
    line: int

    @property
    def supported(self) -> bool:
        """Whether anything carries it yet."""
        return bool(self.pages or self.state)


@dataclass(frozen=True)
class Number:
    """One number of the notice. `held`: the parameter or target in which the program reads it ("target:" before it)."""

    cites: str
    title: str
    value: Any
    unit: str
    hard: bool
    held: str


@dataclass(frozen=True)
class Notice:
    """The document with its items."""

    title: str
    number: str
    date: str
    items: tuple[Item, ...]

    @property
    def parts(self) -> list[tuple[str, list[Item]]]:
        """The items by part, in the order of the file."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.part, []).append(item)
        return list(found.items())


_held: dict[Path, tuple[tuple[int, int], Any]] = {}


def _read(name: str, shape: Any) -> Any:
    """The file's content by `shape`, read again when the file changes. Raises PolicyError."""
    file = policy.last(name)
    about = file.stat()
    stamp = (about.st_mtime_ns, about.st_size)
    kept = _held.get(file)
    if kept is None or kept[0] != stamp:
        kept = (stamp, shape(policy.read(file)))
        _held[file] = kept
    return kept[1]


def _texts(item: Located, what: str) -> tuple[str, ...]:
    return tuple(one.text(what) for one in item.items(what))


def _item(entry: Located, part: str) -> Item:
    row = entry.only({"item", "says", "who", "pages", "state"}, {"item", "says", "who"}, "条目")
    state = row["state"].text("state（现状）") if "state" in row else ""
    if state and state.partition(":")[0] not in ("indicator", "count"):
        raise row["state"].fail("state 应写成 indicator:指标名 或 count:计数名。")
    return Item(
        row["item"].text("item（条目）"), part, row["says"].text("says（要求）"), _texts(row["who"], "who（责任单位）"),
        _texts(row["pages"], "pages（页面）") if "pages" in row else (), state, entry.line,
    )  # fmt: skip


def _notice(root: Located) -> Notice:
    row = root.only({"title", "number", "date", "parts"}, {"title", "number", "date", "parts"}, "通知")
    items: list[Item] = []
    for part in row["parts"].items("parts（部分）"):
        fields = part.only({"part", "items"}, {"part", "items"}, "部分")
        name = fields["part"].text("part（部分）")
        items += [_item(entry, name) for entry in fields["items"].items("items（条目）")]
    return Notice(row["title"].text("title"), row["number"].text("number"), str(row["date"].value), tuple(items))


def _numbers(root: Located) -> tuple[Number, ...]:
    out = []
    for entry in root.items("数值"):
        row = entry.only({"item", "title", "value", "unit", "hard", "held"}, {"item", "title", "value", "unit"}, "数值")
        unit = row["unit"].text("unit（单位）")
        if unit not in UNITS:
            raise row["unit"].fail(f"没有“{unit}”这个单位。")
        hard = row["hard"].value if "hard" in row else True
        held = row["held"].text("held（所在）") if "held" in row else ""
        out.append(Number(row["item"].text("item"), row["title"].text("title"), row["value"].plain(), unit, hard, held))
    return tuple(out)


def notice() -> Notice:
    """The notice of the packs in force. Raises PolicyError."""
    found: Notice = _read(ITEMS, _notice)
    return found


def numbers() -> tuple[Number, ...]:
    """Every number of the notice. Raises PolicyError."""
    found: tuple[Number, ...] = _read(NUMBERS, _numbers)
    return found


def unheld() -> list[str]:
    """Numbers whose parameter or target is missing or says something else: for the check of the files."""
    known = {p.name: p for p in params.all()}
    targets = {t.name: t for t in params.targets()}
    wrong = []
    for one in numbers():
        if not one.held:
            continue
        kind, _, name = one.held.rpartition(":")
        if kind == "target":
            figures = [d.at_least for d in targets[name].dues] if name in targets else []
        else:
            figures = [v.value for v in known[name].history] if name in known else []
        if not any(f is not None and _same(f, one.value) for f in figures):
            wrong.append(f"{one.title}（{one.cites}）：{one.held} 里没有 {one.value}")
    return wrong


def _same(held: Any, said: Any) -> bool:
    try:
        return float(held) == float(said)
    except (TypeError, ValueError):
        return bool(held == said)


__all__ = ["Item", "Notice", "Number", "PolicyError", "notice", "numbers", "unheld"]
