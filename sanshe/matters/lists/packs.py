"""The lists of the policy packs: which files there are, and how a version of a file is read. Nothing here writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from sanshe.kernel import policy
from sanshe.kernel.errors import Invalid
from sanshe.kernel.policy import Located

from ..words import DeadlineKind, Route
from .words import DutyKind

_SET = {"version", "name", "in_force_from", "in_force_to", "source", "classes", "items"}
_CRITERION = {"code", "name", "covers", "route", "urgent", "hours", "unit", "deadline", "guidance"}
_DUTY = {"code", "name", "covers", "kind", "says", "leads", "basis", "funds", "people"}


@dataclass(frozen=True)
class Read:
    """One version as a file tells it: the fields of the version, and those of its items by code."""

    fields: dict[str, Any]
    items: list[tuple[str, dict[str, Any]]]


def read_criteria(file: Path) -> Read:
    """A version of the triage criteria. Raises PolicyError with file, line and what is wrong."""
    return _read(file, "分流标准", _criterion)


def read_duties(file: Path) -> Read:
    """A version of the lists of duties. Raises PolicyError with file, line and what is wrong."""
    return _read(file, "职责清单", _duty)


def _read(file: Path, what: str, item: Callable[[Located, str], tuple[str, dict[str, Any]]]) -> Read:
    rows = policy.read(file).only(_SET, {"version", "name", "in_force_from", "source", "items"}, what)
    ends = _day(rows["in_force_to"]) if rows.get("in_force_to") and rows["in_force_to"].value else None
    fields = {
        "version": rows["version"].text("version（版本）"),
        "name": rows["name"].text("name（名称）"),
        "source": rows["source"].text("source（来源）"),
        "valid_from": _day(rows["in_force_from"]),
        "valid_to": ends,
    }
    items = [item(entry, f"{what}条目") for entry in rows["items"].items("items（条目）")]
    codes = [code for code, _ in items]
    for entry, code in zip(rows["items"].items("items（条目）"), codes, strict=True):
        if codes.count(code) > 1:
            raise entry.fail(f"编码 {code} 写了两次。")
    return Read(fields, items)


def _day(item: Located) -> date:
    if type(item.value) is not date:
        raise item.fail("日期应写成 2025-01-01 的形式，不加引号。")
    return item.value


def _covers(row: dict[str, Located]) -> list[str]:
    return [entry.text("covers（包括）") for entry in row["covers"].items("covers（包括）")]


def _maybe(row: dict[str, Located], key: str) -> str:
    return str(row[key].value or "").strip() if key in row else ""


def _criterion(entry: Located, what: str) -> tuple[str, dict[str, Any]]:
    row = entry.only(_CRITERION, {"code", "name", "covers", "route"}, what)
    route, kind = row["route"].value, row["deadline"].value if "deadline" in row else DeadlineKind.DEFAULT
    if route not in Route.values:
        raise row["route"].fail(f"没有“{route}”这种分类，可用的有：{'、'.join(Route.values)}。")
    if kind not in DeadlineKind.values:
        raise row["deadline"].fail(f"没有“{kind}”这种期限，可用的有：{'、'.join(DeadlineKind.values)}。")
    hours = row["hours"].value if "hours" in row else None
    if hours is not None and (not isinstance(hours, int) or not 1 <= hours <= 48):
        raise row["hours"].fail("小时数应为 1 至 48 的整数。")
    return row["code"].text("code（编码）"), {
        "name": row["name"].text("name（名称）"),
        "covers": _covers(row),
        "route": route,
        "urgent": bool(row["urgent"].value) if "urgent" in row else False,
        "hours": hours,
        "unit_hint": _maybe(row, "unit"),
        "deadline": kind,
        "guidance": _maybe(row, "guidance"),
    }


def _duty(entry: Located, what: str) -> tuple[str, dict[str, Any]]:
    row = entry.only(_DUTY, {"code", "name", "covers", "kind", "basis"}, what)
    kind = row["kind"].value
    if kind not in DutyKind.values:
        raise row["kind"].fail(f"没有“{kind}”这种清单，可用的有：{'、'.join(DutyKind.values)}。")
    return row["code"].text("code（编码）"), {
        "name": row["name"].text("name（名称）"),
        "covers": _covers(row),
        "kind": kind,
        "says": _maybe(row, "says"),
        "leads": _maybe(row, "leads"),
        "basis": row["basis"].text("basis（依据）"),
        "needs_funds": bool(row["funds"].value) if "funds" in row else False,
        "needs_people": bool(row["people"].value) if "people" in row else False,
    }


def pack_files(name: str, what: str) -> list[Path]:
    """All versions of a list in the last policy pack that has some, the oldest first: `lists/<name>*.yaml`."""
    for pack in reversed(settings.SANSHE_POLICY_PACKS):
        files = list((Path(settings.SANSHE_POLICY_DIR) / pack / "lists").glob(f"{name}*.yaml"))
        if files:
            return sorted(files, key=_begins)
    raise Invalid(f"政策包里没有{what}（lists/{name}.yaml），请指明文件。")


def _begins(file: Path) -> date:
    return _day(policy.read(file).mapping("清单")["in_force_from"])
