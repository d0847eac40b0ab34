"""Numbers of law and policy: in force from a date, each with its unit and its source (docs/adr/0002).

    params.get("matter.deadline_default", on=day).value      # 5
    str(params.get("matter.deadline_default"))               # 5 个工作日（来源：…）

`policy/<pack>/<prefix>.yaml` holds the parameters `<prefix>.<name>`; `targets.yaml` the targets. A mistake in
a file is answered with file, line and what is wrong: at the start it stops the start, at a later reload the
old values stay in force and `problem()` tells why.
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic

from django.conf import settings

from sanshe.kernel import clock, policy
from sanshe.kernel.policy import PolicyError
from sanshe.kernel.policy_shape import Due, Parameter, Target, Value, load

__all__ = [
    "Due",
    "Parameter",
    "Target",
    "Value",
    "all",
    "check",
    "get",
    "problem",
    "reload",
    "target",
    "targets",
]

log = logging.getLogger(__name__)
LOOK_AGAIN = 2.0  # seconds between two looks at the files


@dataclass(frozen=True)
class _Store:
    place: tuple[str, tuple[str, ...]]
    signature: tuple[tuple[str, int, int], ...]
    parameters: dict[str, Parameter]
    targets: dict[str, Target]
    looked: float
    problem: PolicyError | None = None


_held: _Store | None = None


def _place() -> tuple[str, tuple[str, ...]]:
    return (str(settings.SANSHE_POLICY_DIR), tuple(settings.SANSHE_POLICY_PACKS))


def _signature() -> tuple[tuple[str, int, int], ...]:
    found = []
    for file in policy.files():
        about = file.stat()
        found.append((str(file), about.st_mtime_ns, about.st_size))
    return tuple(found)


def _store() -> _Store:
    global _held
    held, moment = _held, monotonic()
    if held is not None and held.place == _place() and moment - held.looked < LOOK_AGAIN:
        return held
    return _reload(force=False)


def reload() -> None:
    """Read the files again now. Keeps the old values on a mistake; without any, raises `PolicyError`."""
    _reload(force=True)


def _reload(*, force: bool) -> _Store:
    global _held
    held, place = _held, _place()
    same = held is not None and held.place == place
    signature: tuple[tuple[str, int, int], ...] = ()
    try:
        signature = _signature()
        if held is not None and same and not force and held.signature == signature:
            problem = held.problem
            parameters, due = held.parameters, held.targets
        else:
            problem = None
            parameters, due = load()
    except (PolicyError, OSError) as wrong:
        if held is None or not same:
            raise
        problem = wrong if isinstance(wrong, PolicyError) else PolicyError(policy.folder(), 1, "文件正在变动。")
        parameters, due = held.parameters, held.targets
        log.error("policy files not reloaded, the old values stay in force: %s", problem)
    _held = _Store(place, signature, parameters, due, monotonic(), problem)
    return _held


def _meant(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, 3, 0.5)
    return f"; did you mean {', '.join(close)}?" if close else ""


def get(name: str, on: date | None = None) -> Value:
    """The value of `name` that is in force on a day (today without one).

    Raises `KeyError` for a name that no pack has (a programmer's slip), `NotInForce` before its first date.
    """
    known = _store().parameters
    if name not in known:
        raise KeyError(f"there is no parameter {name!r}{_meant(name, list(known))}")
    return known[name].on(on or clock.today())


def all() -> list[Parameter]:
    """Every parameter with its whole history, by name."""
    known = _store().parameters
    return [known[name] for name in sorted(known)]


def target(name: str, on: date | None = None) -> Target:
    """The target `name` as it stands on a day: `.current` is the last due figure, `.next` the coming one.

    Raises `KeyError` for a name that no pack has.
    """
    known = _store().targets
    if name not in known:
        raise KeyError(f"there is no target {name!r}{_meant(name, list(known))}")
    return known[name].seen(on or clock.today())


def targets(on: date | None = None) -> list[Target]:
    """Every target as it stands on a day, in the order of the file."""
    return [item.seen(on or clock.today()) for item in _store().targets.values()]


def problem() -> str | None:
    """Why the files were not taken over at the last reload, as a sentence; None when all is well."""
    wrong = _store().problem
    return f"政策参数有改动没有生效：{wrong.sentence}" if wrong else None


def check() -> list[str]:
    """Sentences on what is wrong with the policy files, for the system check; empty when they load."""
    try:
        sentence = problem()
    except PolicyError as wrong:
        sentence = wrong.sentence
    return [sentence] if sentence else []
