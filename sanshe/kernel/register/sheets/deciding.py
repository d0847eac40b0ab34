"""What becomes of each row: added, changed, left or refused. The database is asked once a chunk, never once a row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models

from sanshe.kernel import crypto
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.fields import EncryptedText, LookupHash

from .. import values
from . import matching
from .cells import stored_text, without_numbers
from .checking import Read, Staged, literal, unliteral
from .plan import Plan, missing
from .words import RowState

Sentences = dict[str, str]


@dataclass
class Fate:
    """What becomes of one row. `literal` and `before` are arrays as the database writes them."""

    no: int
    state: str
    target: int | None = None
    label: str = ""
    literal: str | None = None
    before: str | None = None
    problems: Sentences | None = None


@dataclass
class Decider:
    """Decides chunk after chunk of one sheet; remembers the keys of the rows before."""

    plan: Plan
    by: Viewer
    now: datetime
    seen: dict[int, dict[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.register = self.plan.register
        self.ways = self.plan.ways()
        self.lacking = missing(self.plan)
        self.rule = {verb: matching.rule_fields(self.register, self.by, verb) for verb in ("add", "keep")}

    @property
    def wanted(self) -> list[str]:
        """The fields whose texts deciding needs."""
        places = {place for way in self.ways for place in way.places}
        names = [self.plan.fields[place].name for place in sorted(places)]
        return list(dict.fromkeys([*names, *self.rule["add"], *self.rule["keep"], *self.register.together]))

    def decide(self, staged: Staged, read: Read | None = None) -> list[Fate]:
        """The fates of a chunk; `read` holds the plain cells of registers that are checked row by row."""
        n = len(staged.nos)
        wrong: dict[int, Sentences] = {i: dict(s) for i, s in staged.wrong.items()}
        targets = self._targets(staged, wrong)
        self._may(targets, wrong)
        fresh = [i for i in range(n) if i not in wrong and targets[i] is None]
        self._required(staged, fresh, wrong)
        self._may_add(staged, [i for i in fresh if i not in wrong], wrong)
        known = [target for i, target in enumerate(targets) if target is not None and i not in wrong]
        held = matching.current(self.plan, known)
        if self.plan.whole:
            assert read is not None
            return self._one_by_one(staged, read, targets, held, wrong)
        fates: list[Fate | None] = [None] * n
        for i, target in enumerate(targets):
            if i in wrong:
                continue
            if target is None:
                fates[i] = Fate(staged.nos[i], RowState.ADDED, None, literal=staged.literals[i])
                continue
            found = matching.compare(self.plan, unliteral(staged.literals[i]), held[target], staged.blank[i])
            if found is None:
                fates[i] = Fate(staged.nos[i], RowState.LEFT, target)
            else:
                write, before = found
                fates[i] = Fate(staged.nos[i], RowState.CHANGED, target, "", literal(write), literal(before))
        moving = [i for i, fate in enumerate(fates) if fate is not None and fate.state != RowState.LEFT]
        self._together(staged, targets, moving, wrong)
        self._may_keep(staged, [i for i in moving if targets[i] is not None and i not in wrong], wrong)
        return [self._refused(staged, i, wrong[i]) if i in wrong else fate for i, fate in enumerate(fates)]  # type: ignore[misc]

    def _refused(self, staged: Staged, i: int, sentences: Sentences) -> Fate:
        told = {name: without_numbers(sentence) for name, sentence in sentences.items()}
        return Fate(staged.nos[i], RowState.REFUSED, None, staged.labels[i], problems=told)

    def _key(self, staged: Staged, places: Sequence[int], i: int) -> tuple[str | None, ...]:
        return tuple(staged.fields[self.plan.fields[place].name][i] for place in places)

    def _targets(self, staged: Staged, wrong: dict[int, Sentences]) -> list[int | None]:
        """The row of the register that each row of the sheet speaks of, None for a new one."""
        n = len(staged.nos)
        out: list[int | None] = [None] * n
        open_rows = [i for i in range(n) if i not in wrong]
        first: dict[int, int] = {}
        for way, one in enumerate(self.ways):
            mine: dict[tuple[str | None, ...], list[int]] = {}
            for i in open_rows:
                key = self._key(staged, one.places, i)
                if all(
                    text not in (None, "") for place, text in zip(one.places, key, strict=True) if place in one.must
                ):
                    if i not in first:
                        first[i] = way
                        earlier = self.seen.setdefault(way, {}).setdefault(hash(key), staged.nos[i])
                        if earlier != staged.nos[i]:
                            wrong.setdefault(i, {})[""] = f"与表中第 {earlier} 行重复，只导入前面那一行。"
                            continue
                    mine.setdefault(key, []).append(i)
            found = matching.find(self.plan, one, list(mine))
            for key, pks in found.items():
                for i in mine.get(key, ()):
                    if i in wrong or out[i] is not None:
                        continue
                    if len(pks) > 1:
                        wrong.setdefault(i, {})[""] = (
                            f"台账里有 {len(pks)} 条与这一行相符，分不清是哪一条，请先合并或在台账里逐条修改。"
                        )
                    else:
                        out[i] = pks[0]
                        if way > first[i]:
                            self._agrees(staged, i, pks[0], way, wrong)
        for i in open_rows:
            if i not in wrong and i not in first:
                wrong.setdefault(i, {})[""] = f"认不出是哪一条：请填写{self._names_of_keys()}。"
        return out

    def _names_of_keys(self) -> str:
        title = {column.name: column.title for column in self.register.columns}
        return "，或".join("和".join(f"「{title[name]}」" for name in key) for key in self.register.key)

    def _agrees(self, staged: Staged, i: int, target: int, way: int, wrong: dict[int, Sentences]) -> None:
        """A row found by a later key must not contradict an earlier one: that would be somebody else."""
        held = matching.current(self.plan, [target]).get(target)
        for one in self.ways[:way]:
            key = self._key(staged, one.places, i)
            old = tuple(held[place] for place in one.places) if held else key
            if all(key) and all(old) and key != old:
                names = "、".join(f"「{self._title(place)}」" for place in one.places)
                wrong.setdefault(i, {})[""] = f"台账里已有相同的{self.register.noun}，但{names}与这一行不同，请核对。"
                return

    def _title(self, place: int) -> str:
        one = self.plan.fields[place]
        name = one.of or one.hash_of or one.name
        return next((c.title for c in self.register.columns if c.name == name), "")

    def _may(self, targets: list[int | None], wrong: dict[int, Sentences]) -> None:
        pks = {target for i, target in enumerate(targets) if target is not None and i not in wrong}
        if not pks:
            return
        keep = matching.allowed(self.register, self.by, "keep", pks)
        seen = keep if len(keep) == len(pks) else keep | matching.allowed(self.register, self.by, "see", pks - keep)
        for i, target in enumerate(targets):
            if target is None or target in keep or i in wrong:
                continue
            noun = self.register.noun
            wrong[i] = {"": (
                f"这条{noun}已经登记，您可以查看，但不由您维护，请联系所在区域的同事修改。" if target in seen
                else f"这条{noun}已经登记，但不在您可以查看的范围内，请联系所在区域的同事核对。"
            )}  # fmt: skip

    def _required(self, staged: Staged, fresh: Sequence[int], wrong: dict[int, Sentences]) -> None:
        titles = {column.name: column.title for column in self.register.columns}
        for i in fresh:
            for name in staged.absent.get(i, ()):
                wrong.setdefault(i, {})[name] = f"新增的{self.register.noun}要填写「{titles[name]}」。"
            if self.lacking:
                names = "".join(f"「{column.title}」" for column in self.lacking)
                wrong.setdefault(i, {})[""] = f"台账里还没有这一条，而表里没有{names}列，不能新增。"

    def _may_add(self, staged: Staged, fresh: Sequence[int], wrong: dict[int, Sentences]) -> None:
        if not fresh:
            return
        part = {name: [texts[i] for i in fresh] for name, texts in staged.fields.items()} or {"": [None] * len(fresh)}
        column = matching.typed_column(self.plan, part)
        told = matching.satisfied(self.register, self.by, "add", column, len(fresh))
        for i, yes in zip(fresh, told or [], strict=False):
            if not yes:
                wrong[i] = {"": f"这条{self.register.noun}不在您可以登记的范围内，请核对所在区域或单位。"}

    def _may_keep(self, staged: Staged, changed: Sequence[int], wrong: dict[int, Sentences]) -> None:
        """A changed row must still lie where the viewer keeps rows."""
        names = [name for name in self.rule["keep"] if name in staged.fields]
        here = [i for i in changed if all(staged.fields[name][i] not in (None, "") for name in names)]
        if not names or not here or set(names) != set(self.rule["keep"]):
            return
        part = {name: [staged.fields[name][i] for i in here] for name in names}
        told = matching.satisfied(self.register, self.by, "keep", matching.typed_column(self.plan, part), len(here))
        for i, yes in zip(here, told or [], strict=False):
            if not yes:
                wrong[i] = {"": "这样修改后，这一条就不在您可以维护的范围内了，请由上级办理。"}

    def _together(
        self, staged: Staged, targets: list[int | None], moving: Sequence[int], wrong: dict[int, Sentences]
    ) -> None:
        rows = [i for i in moving if i not in wrong]
        names = [name for name in self.register.together if name in staged.fields]
        if not rows:
            return
        part = {name: [staged.fields[name][i] for i in rows] for name in names}
        for place, sentences in self.register.clean_many(part, [targets[i] for i in rows], self.by).items():
            wrong.setdefault(rows[place], {}).update(sentences)

    # -- registers that are checked row by row ---------------------------------------------------------

    def _one_by_one(
        self, staged: Staged, read: Read, targets: list[int | None], held: dict[int, list[str | None]],
        wrong: dict[int, Sentences],
    ) -> list[Fate]:  # fmt: skip
        model = self.register.model
        kept = model._base_manager.in_bulk([pk for pk in held])
        fates = []
        for i, target in enumerate(targets):
            row = model() if target is None else kept.get(target)
            if i in wrong or row is None:
                fates.append(self._refused(staged, i, wrong.get(i) or {"": "这一条刚刚被别人删除，请重新核对。"}))
                continue
            before = {one.attname: getattr(row, one.attname) for one in self.plan.fields}
            sentences = self._set(row, read, i)
            if sentences:
                fates.append(self._refused(staged, i, sentences))
                continue
            if target is None:
                fates.append(Fate(staged.nos[i], RowState.ADDED, literal=literal(self._texts(row, True))))
                continue
            new = self._texts(row, False)
            changed = [
                getattr(row, one.attname) != before[one.attname] and bool(one.sources or not one.hash_kind)
                for one in self.plan.fields
            ]
            for at, one in enumerate(self.plan.fields):
                if one.hash_kind and one.hash_of in self.plan.at:
                    changed[at] = changed[self.plan.at[one.hash_of]]
            if not any(changed[at] for at, one in enumerate(self.plan.fields) if not one.hash_kind):
                fates.append(Fate(staged.nos[i], RowState.LEFT, target))
                continue
            write = [text if yes else None for text, yes in zip(new, changed, strict=True)]
            old = [text if yes else None for text, yes in zip(held[target], changed, strict=True)]
            fates.append(Fate(staged.nos[i], RowState.CHANGED, target, "", literal(write), literal(old)))
        self._may_keep(staged, [i for i, f in enumerate(fates) if f.state == RowState.CHANGED], wrong)
        return [
            self._refused(staged, i, wrong[i]) if i in wrong and fate.state != RowState.REFUSED else fate
            for i, fate in enumerate(fates)
        ]

    def _set(self, row: Any, read: Read, i: int) -> Sentences:
        """Set, derive and clean one row, as `register.actions` would. Returns what is wrong."""
        register = self.register
        given: dict[str, Any] = {}
        for _, column in self.plan.columns:
            key = column.attname
            value = read.given[key][i]
            if value is None:
                if row.pk is not None:
                    continue
                value = values.empty(column)
            given[key] = value
        columns = {key: [value] for key, value in given.items()}
        try:
            register.derive(columns)
            for key, column_values in columns.items():
                setattr(row, key, column_values[0])
            register.clean(row, given, self.by, self.now)
            shown = {column.name for column in register.columns}
            row.full_clean(exclude=[f.name for f in row._meta.fields if f.name not in shown])
        except Invalid as error:
            return dict(error.errors)
        except ValidationError as error:
            return values.model_errors(register, error) or {"": "这一行的内容互相矛盾，请核对。"}
        except ObjectDoesNotExist:
            return {"": "这一行提到的对象不存在，请核对。"}
        return {}

    def _texts(self, row: models.Model, add: bool) -> list[str | None]:
        out: list[str | None] = []
        for one in self.plan.fields:
            found = row._meta.get_field(one.name)
            assert isinstance(found, models.Field)
            moment = isinstance(found, models.DateField) and (found.auto_now or (add and found.auto_now_add))
            computed = isinstance(found, LookupHash | models.FileField) or moment
            value = found.pre_save(row, add) if computed else getattr(row, one.attname)
            if add and value is None and not found.null and isinstance(found, models.DateTimeField):
                value = self.now
            if isinstance(found, EncryptedText):
                out.append(crypto.encrypt(value, one.context) if value else value)
            elif isinstance(found, models.JSONField):
                out.append(None if value is None else json.dumps(value, ensure_ascii=False))
            else:
                out.append(stored_text(value))
        return out
