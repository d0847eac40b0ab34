"""Which rows of the register a sheet speaks of, how they stand now, and what would become different. Set by set."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from sanshe.kernel import crypto
from sanshe.kernel.access import Viewer

from ..declare import Register
from .plan import Filled, Key, Plan, quoted

Texts = Sequence[str | None]


KeyTexts = tuple[str | None, ...]


def find(plan: Plan, way: Key, texts: Collection[KeyTexts]) -> dict[KeyTexts, list[int]]:
    """Rows of the table by the texts of a key, in one query. Where a key may be empty, nothing equals nothing."""
    if not texts:
        return {}
    fields = [plan.fields[place] for place in way.places]
    lists = [list(column) for column in zip(*texts, strict=True)]
    arrays = ", ".join("%s::text[]" for _ in fields)
    names = ", ".join(f"k{i}" for i in range(len(fields)))
    pk = plan.pk
    on = " AND ".join(same(one, f"k.k{i}", way.places[i] in way.must) for i, one in enumerate(fields))
    sql = f"SELECT t.{pk}, {', '.join(f'k.k{i}' for i in range(len(fields)))} FROM unnest({arrays}) AS k({names}) "
    sql += f"JOIN {plan.table} t ON {on}"
    out: dict[KeyTexts, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, lists)
        for row in cursor.fetchall():
            out.setdefault(tuple(row[1:]), []).append(row[0])
    return out


def same(one: Filled, text: str, must: bool) -> str:
    """The condition that a column of the table (`t`) is a text."""
    if must:
        return f"t.{one.column} = {text}::{one.cast}"
    return f"coalesce(t.{one.column}::text, '') = coalesce({text}, '')"


def current(plan: Plan, pks: Collection[int], lock: bool = False) -> dict[int, list[str | None]]:
    """How rows stand now, in the plan's layout and as texts; locked until the end of the transaction with `lock`."""
    if not pks:
        return {}
    pk = plan.pk
    columns = ", ".join(f"{one.column}::text" for one in plan.fields)
    sql = f"SELECT {pk}, {columns} FROM {plan.table} WHERE {pk} = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(sql + (f" ORDER BY {pk} FOR UPDATE" if lock else ""), [list(pks)])
        return {row[0]: list(row[1:]) for row in cursor.fetchall()}


def alike(one: Filled, new: str | None, old: str | None) -> bool:
    """Whether two stored texts mean the same: 130 and 130.00, two ciphertexts of one word."""
    if new == old:
        return True
    if new is None or old is None:
        return not new and not old
    if one.context:
        return bool(crypto.decrypt(new, one.context) == crypto.decrypt(old, one.context))
    try:
        if one.cast.startswith("numeric"):
            return Decimal(new) == Decimal(old)
        if one.cast.startswith("double"):
            return float(new) == float(old)
        if one.cast.startswith("timestamp"):
            return datetime.fromisoformat(new) == datetime.fromisoformat(old)
        if one.cast == "jsonb":
            return bool(json.loads(new) == json.loads(old))
    except (ValueError, ArithmeticError):
        return False
    return False


def compare(plan: Plan, new: Texts, old: Texts, blank: int) -> tuple[list[str | None], list[str | None]] | None:
    """(what is to be written, what stood there) with None where nothing changes; None when nothing changes at all.

    Only what the sheet says is compared; what follows from a changed cell goes with it.
    """
    changed: set[str] = set()
    for at, one in enumerate(plan.fields):
        if not one.of or blank >> at & 1:
            continue
        by_hash = plan.at.get(_hash_field(plan, one.name)) if one.context else None
        if by_hash is not None:
            same = new[by_hash] == old[by_hash]
        else:
            same = alike(one, new[at], old[at])
        if not same:
            changed.add(one.of)
    if not changed:
        return None
    write: list[str | None] = [None] * len(plan.fields)
    before: list[str | None] = [None] * len(plan.fields)
    for at, one in enumerate(plan.fields):
        if one.sources & changed and not blank >> at & 1 and new[at] is not None and not alike(one, new[at], old[at]):
            write[at], before[at] = new[at], old[at]
    return (write, before) if any(text is not None for text in write) else None


def _hash_field(plan: Plan, name: str) -> str:
    return next((one.name for one in plan.fields if one.hash_of == name), "")


def allowed(register: Register, viewer: Viewer, verb: str, pks: Collection[int]) -> set[int]:
    """Those of the rows to which the viewer may do the verb."""
    if viewer.system:
        return set(pks)
    if not register.can(verb) and verb != "see":
        return set()
    return set(among(register.access.rows(viewer, verb), "pk", list(pks)).values_list("pk", flat=True))


def among(rows: Any, name: str, values: Sequence[Any]) -> Any:
    """Rows whose column is one of many values, as one array: a list of thousands takes longer to write than to find."""
    field = rows.model._meta.pk if name == "pk" else rows.model._meta.get_field(name)
    column = f"{quoted(rows.model._meta.db_table)}.{quoted(field.column)}"
    return rows.extra(where=[f"{column} = ANY(%s)"], params=[list(values)])


Column = Callable[[str], list[Any]]


def satisfied(register: Register, viewer: Viewer, verb: str, column: Column, n: int) -> list[bool] | None:
    """Whether rows that are not yet written would satisfy a rule, asked once a different value and not once a row.

    `column` gives the values of a field by its attname. None when the rule can not be told beforehand: then the rows
    are asked after they were written, in the same transaction.
    """
    if viewer.system:
        return [True] * n
    if not register.can(verb):
        return [False] * n
    q = register.access.q(viewer, verb)
    if isinstance(q, bool):
        return [q] * n
    try:
        return _holds(register.model, q, column, n)
    except (NotImplementedError, LookupError, ValueError, TypeError):
        return None


def _holds(model: Any, q: Q, column: Column, n: int) -> list[bool]:
    both = q.connector == Q.AND
    out = [both] * n
    for child in q.children:
        one = _holds(model, child, column, n) if isinstance(child, Q) else _leaf(model, child, column, n)
        out = [a and b for a, b in zip(out, one, strict=True)] if both else [
            a or b for a, b in zip(out, one, strict=True)
        ]  # fmt: skip
    return [not one for one in out] if q.negated else out


def _leaf(model: Any, child: Any, column: Column, n: int) -> list[bool]:
    path, wanted = child
    if hasattr(wanted, "resolve_expression"):
        raise NotImplementedError
    name, _, rest = str(path).partition("__")
    if name in ("pk", "id"):
        return [False] * n
    found = model._meta.get_field(name) if name in {f.name for f in model._meta.fields} else next(
        f for f in model._meta.fields if f.attname == name
    )  # fmt: skip
    values = column(found.attname)
    different = {value for value in values if value is not None}
    if rest == "isnull":
        return [(value is None) is bool(wanted) for value in values]
    if found.is_relation and rest not in ("", "in", "exact"):
        ok: set[Any] = set()
        if different:
            rows = found.related_model._base_manager.filter(pk__in=different).filter(**{rest: wanted})
            ok = set(rows.values_list("pk", flat=True))
    elif rest == "in":
        ok = different & {getattr(item, "pk", item) for item in wanted}
    elif rest in ("", "exact"):
        ok = different & {getattr(wanted, "pk", wanted)}
    elif rest in ("gt", "gte", "lt", "lte"):
        tests = {"gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__"}
        ok = {value for value in different if getattr(value, tests[rest])(wanted) is True}
    else:
        raise NotImplementedError
    return [value in ok for value in values]


def typed_column(plan: Plan, fields: Mapping[str, Sequence[str | None]]) -> Column:
    """Values of a field for `satisfied`: those of the sheet, else the constant that a new row holds."""
    model = plan.register.model

    def column(attname: str) -> list[Any]:
        one: Any = next(f for f in model._meta.concrete_fields if f.attname == attname)
        target = one.target_field if one.is_relation else one
        texts = fields.get(one.name)
        if texts is None:
            n = len(next(iter(fields.values()), []))
            texts = [plan.constants.get(one.name, ("", None))[1]] * n
        memory: dict[str | None, Any] = {None: None}
        out = []
        for text in texts:
            if text not in memory:
                memory[text] = target.to_python(text)
            out.append(memory[text])
        return out

    return column


def rule_fields(register: Register, viewer: Viewer, verb: str) -> list[str]:
    """Names of the row's own fields that a rule looks at, for this viewer."""
    if viewer.system or not register.can(verb):
        return []
    found: list[str] = []

    def walk(q: Any) -> None:
        for child in q.children:
            if isinstance(child, Q):
                walk(child)
            else:
                found.append(str(child[0]).partition("__")[0])

    q = register.access.q(viewer, verb)
    if isinstance(q, Q):
        walk(q)
    known = {f.attname: f.name for f in register.model._meta.concrete_fields}
    names = {f.name for f in register.model._meta.concrete_fields}
    return [known.get(name, name) for name in dict.fromkeys(found) if name in names or name in known]
