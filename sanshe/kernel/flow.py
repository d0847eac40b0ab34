"""What may follow what: a procedure as one table of steps.

Buttons (with the reason why one is off), the stepper, the to-do list, the state diagram and the reference are all
derived from the table. A step is taken in a fixed order: visible → locked → right state → may → needs → saved →
audited → what others hooked on → notices when the transaction is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Case, CharField, F, Model, Q, QuerySet, Value, When
from django.urls import reverse

from sanshe.kernel import audit, clock
from sanshe.kernel.access import Access, Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState

M = TypeVar("M", bound=Model)
Hook = Callable[[Any, Viewer, datetime], None]


@dataclass(frozen=True)
class Need:
    """A condition of a step. `early`: it can be judged before the step's form is filled in, so the button shows it.

    `why` is the sentence said when it does not hold: a string or a function of the object.
    """

    check: Callable[[Any, datetime], bool]
    why: str | Callable[[Any], str]
    early: bool = False
    field: str = ""

    def sentence(self, obj: Any) -> str:
        return self.why(obj) if callable(self.why) else self.why


@dataclass(frozen=True)
class Step:
    """One way from a state to another.

    `target` None leaves the state as it is. `todo`: what waits for those who may do the verb, in a few words;
    `todo_when` narrows it. `sentence` is the audit's; {actor} and {note} are filled in. `form` False: the button
    acts at once (after `confirm`, if given). `public`: shown in the progress that the reporter sees.
    """

    name: str
    label: str
    source: Any
    target: Any
    verb: str
    sentence: str = ""
    needs: Sequence[Need] = ()
    todo: str = ""
    todo_when: Q | None = None
    primary: bool = False
    danger: bool = False
    confirm: str = ""
    hint: str = ""
    form: bool = True
    hidden: bool = False
    public: bool = True

    @property
    def sources(self) -> tuple[Any, ...]:
        return tuple(self.source) if isinstance(self.source, (tuple, list, set, frozenset)) else (self.source,)


@dataclass(frozen=True)
class Offer:
    """A step as offered to a viewer: allowed, or the sentence why not."""

    step: Step
    allowed: bool
    why: str
    url: str


@dataclass(frozen=True)
class Todo:
    """One thing that waits for the viewer."""

    title: str
    label: str
    due: datetime | None
    url: str
    kind: str
    place: str
    obj: Any
    step: str
    on_behalf: str = ""  # whose it is, when the viewer stands in for somebody

    @property
    def on_behalf_says(self) -> str:
        """「代 某某」."""
        return f"代 {self.on_behalf}"


_registry: dict[str, Flow[Any]] = {}


def registry() -> list[Flow[Any]]:
    """All procedures, in the order in which the modules were loaded."""
    return list(_registry.values())


def flow_of(obj: Model | type[Model]) -> Flow[Any] | None:
    """The procedure of a model or of an object, if it has one."""
    return _registry.get(obj._meta.label)


class Flow(Generic[M]):
    """The procedure of one model.

    `title`: what the thing is called. `due`: the field that says by when. `url`: the named address of a step's page,
    which takes the primary key and the step's name. `owners`: for states in which no step has a `todo`, who or what
    the thing waits for (every state is owned: a house test asks). `elsewhere`: for states that no step leads to, how
    they come about.
    `related` is read with a to-do list, the fields of `heavy` are not.
    """

    def __init__(
        self,
        access: type[Access[M]],
        states: Any,
        *,
        start: Any,
        steps: Sequence[Step],
        title: str,
        url: str = "",
        due: str = "",
        state_field: str = "state",
        owners: dict[Any, str] | None = None,
        related: Sequence[str] = (),
        heavy: Sequence[str] = (),
        tones: dict[Any, str] | None = None,
        urgent: Sequence[str] = (),
        elsewhere: dict[Any, str] | None = None,
    ) -> None:
        self.access, self.states, self.start_state, self.steps = access, states, start, list(steps)
        self.title, self.url, self.due, self.state_field = title, url, due, state_field
        self.owners, self.related, self.tones = owners or {}, tuple(related), tones or {}
        self.heavy = tuple(heavy)
        self.urgent = tuple(urgent)
        self.elsewhere = elsewhere or {}
        self.model = access.model
        self._by_name = {s.name: s for s in self.steps}
        if len(self._by_name) != len(self.steps):
            raise ValueError(f"{title}: two steps have the same name")
        for s in self.steps:
            access.rule(s.verb)
        self._after: dict[str, list[Hook]] = {}
        _registry[self.model._meta.label] = self

    # -- reading ---------------------------------------------------------------------------------------------------

    def step(self, name: str) -> Step:
        """The step of that name. Raises NotVisible for an unknown one (it is part of an address)."""
        try:
            return self._by_name[name]
        except KeyError as error:
            raise NotVisible() from error

    def state(self, obj: M) -> Any:
        return self.states(getattr(obj, self.state_field))

    def step_url(self, obj: M, step: Step) -> str:
        return reverse(self.url, kwargs={"pk": obj.pk, "step": step.name}) if self.url else ""

    def offers(self, obj: M, viewer: Viewer, now: datetime | None = None) -> list[Offer]:
        """The steps out of the object's state that the viewer's posts could take, each allowed or with the reason.

        Steps whose verb the viewer may never do to this object are left out: they are somebody else's buttons.
        """
        now = now or clock.now()
        state = self.state(obj)
        here = [s for s in self.steps if state in s.sources and not s.hidden]
        if not here:
            return []
        may = self.access.verbs(viewer, obj, {s.verb for s in here})
        out = []
        for s in here:
            if s.verb not in may:
                continue
            missing = [n for n in s.needs if n.early and not n.check(obj, now)]
            why = missing[0].sentence(obj) if missing else ""
            out.append(Offer(s, not missing, why, self.step_url(obj, s)))
        return sorted(out, key=lambda o: (o.step.danger, not o.allowed, not o.step.primary))

    def waiting(self, viewer: Viewer) -> QuerySet[M]:
        """All objects that wait for this viewer, each with `todo_label` and `todo_step`. One query."""
        branches: list[tuple[Step, Q]] = []
        for s in self.steps:
            rule = self.access.q(viewer, s.verb) if s.todo else False
            if rule is False:
                continue
            q = Q(**{f"{self.state_field}__in": s.sources})
            if s.todo_when is not None:
                q &= s.todo_when
            branches.append((s, q & rule if isinstance(rule, Q) else q))
        rows: QuerySet[M] = self.model._default_manager.all()  # type: ignore[assignment]
        if not branches:
            return rows.none()
        found = branches[0][1]
        for _, q in branches[1:]:
            found |= q
        labels, names = [], []
        for s, q in branches:
            others = {state for other, _ in branches if other is not s for state in other.sources}
            # Where the state alone tells which step it is, the rule need not be written out again.
            which = q if others & set(s.sources) else Q(**{f"{self.state_field}__in": s.sources})
            labels.append(When(which, then=Value(s.todo)))
            names.append(When(which, then=Value(s.name)))
        rows = rows.filter(found)
        if len(branches) == 1:
            rows = rows.annotate(  # type: ignore[assignment]
                todo_label=Value(branches[0][0].todo), todo_step=Value(branches[0][0].name)
            )
        else:
            rows = rows.annotate(  # type: ignore[assignment]
                todo_label=Case(*labels, default=Value(""), output_field=CharField()),
                todo_step=Case(*names, default=Value(""), output_field=CharField()),
            )
        if self.related:
            rows = rows.select_related(*self.related)
        order: list[Any] = [f"-{f}" for f in self.urgent]
        if self.due:
            order.append(F(self.due).asc(nulls_last=True))
        return rows.order_by(*order, "pk")

    def todos(self, viewer: Viewer, limit: int = 50) -> list[Todo]:
        """The viewer's to-do entries of this procedure, most urgent first, at most `limit`."""
        out = []
        found = list(self.waiting(viewer).defer(*self.heavy)[:limit])
        whose = self._whose(viewer, found)
        for obj in found:
            area = getattr(obj, "area", None)
            out.append(
                Todo(
                    title=str(obj),
                    label=obj.todo_label,  # type: ignore[attr-defined]
                    due=getattr(obj, self.due) if self.due else None,
                    url=obj.get_absolute_url(),  # type: ignore[attr-defined]
                    kind=self.title,
                    place=str(area) if area is not None else "",
                    obj=obj,
                    step=obj.todo_step,  # type: ignore[attr-defined]
                    on_behalf=whose.get(obj.pk, ""),
                )
            )
        return out

    def _whose(self, viewer: Viewer, found: Sequence[M]) -> dict[Any, str]:
        """For a stand-in: which entries wait for somebody else, and for whom. No query for everybody else."""
        own, *others = viewer.parts()
        if not others or not found:
            return {}
        left = {obj.pk for obj in found}
        left -= set(self.waiting(own).filter(pk__in=left).values_list("pk", flat=True))
        whose: dict[Any, str] = {}
        for deputy, part in zip(viewer.grants.deputies, others, strict=True):
            theirs = set(self.waiting(part).filter(pk__in=left).values_list("pk", flat=True)) if left else set()
            whose |= dict.fromkeys(theirs, deputy.name)
            left -= theirs
        return whose

    # -- acting ----------------------------------------------------------------------------------------------------

    def after(self, *names: str) -> Callable[[Hook], Hook]:
        """Register what must happen in the same transaction when a step is taken ("" = when an object begins)."""

        def register(hook: Hook) -> Hook:
            for name in names:
                if name:
                    self.step(name)
                hooks = self._after.setdefault(name, [])
                if hook not in hooks:
                    hooks.append(hook)
            return hook

        return register

    def begin(
        self,
        obj: M,
        by: Viewer,
        now: datetime,
        sentence: str,
        data: dict[str, Any] | None = None,
        personal: dict[str, Any] | None = None,
    ) -> M:
        """Save a new object in its first state, with its audit entry."""
        if not getattr(obj, self.state_field):
            setattr(obj, self.state_field, self.start_state)
        # No savepoint of its own: an action that begins something is one transaction already.
        with transaction.atomic(savepoint=False):
            obj.save()
            by.acting_for = self.access.acts_for(by, "see", obj)
            audit.record(by=by, event="begin", obj=obj, sentence=sentence, data=data, personal=personal, now=now)
            for hook in self._after.get("", []):
                hook(obj, by, now)
        return obj

    def take(self, pk: Any, name: str, by: Viewer) -> M:
        """The object, locked, ready for the step. Must run inside a transaction.

        Raises NotVisible, WrongState (saying who was quicker and when) or NotAllowed, in this order.
        """
        step = self.step(name)
        key = pk.pk if isinstance(pk, Model) else pk
        seen = self.access.get(by, key)
        obj: M = self.model._default_manager.select_for_update().get(pk=seen.pk)  # type: ignore[assignment]
        if self.state(obj) not in step.sources:
            raise WrongState(self._moved_on(obj, step))
        if not self.access.may(by, step.verb, obj):
            raise NotAllowed(f"「{step.label}」这一步不由您办理。")
        by.acting_for = self.access.acts_for(by, step.verb, obj)
        return obj

    def _moved_on(self, obj: M, step: Step) -> str:
        last = audit.last_step(obj)
        state = self.state(obj).label
        if last is None:
            return f"这件{self.title}现在是「{state}」，不能「{step.label}」。请刷新页面后再看。"
        return (
            f"{last.told()}（{clock.say_moment(last.at)}）。这件{self.title}现在是「{state}」，"
            f"不能再「{step.label}」。您填写的内容没有丢失，请核对后再决定。"
        )

    def move(
        self,
        obj: M,
        name: str,
        by: Viewer,
        now: datetime,
        note: str = "",
        data: dict[str, Any] | None = None,
        personal: dict[str, Any] | None = None,
        sentence: str = "",
    ) -> M:
        """Take the step on a locked object: needs → saved → audited → hooks. Raises Invalid with the needs unmet."""
        step = self.step(name)
        unmet = {n.field: n.sentence(obj) for n in reversed(step.needs) if not n.check(obj, now)}
        if unmet:
            raise Invalid(unmet)
        before = getattr(obj, self.state_field)
        if step.target is not None:
            setattr(obj, self.state_field, step.target)
        obj.save()
        audit.record(
            by=by,
            event=f"step:{name}",
            obj=obj,
            sentence=sentence or step.sentence or f"{{actor}}{step.label}",
            note=note,
            data={"from": str(before), "to": str(getattr(obj, self.state_field)), **(data or {})},
            personal=personal,
            public=step.public,
            now=now,
        )
        for hook in self._after.get(name, []):
            hook(obj, by, now)
        return obj


_standing: list[Callable[[Viewer], list[Todo]]] = []


def standing(provider: Callable[[Viewer], list[Todo]]) -> None:
    """Register what waits for somebody without a procedure, for as long as it is so: every to-do list asks it."""
    _standing.append(provider)


@dataclass
class _Agenda:
    """A page of the to-do list."""

    items: list[Todo] = field(default_factory=list)
    more: bool = False


def agenda(viewer: Viewer, limit: int = 50, kinds: Iterable[str] = ()) -> _Agenda:
    """What waits for the viewer, across all procedures, by urgency: one query a procedure, however many rows."""
    wanted, more = set(kinds), False
    items: list[Todo] = []
    for flow in registry():
        if wanted and flow.title not in wanted:
            continue
        found = flow.todos(viewer, limit + 1)
        more = more or len(found) > limit
        items += found
    items += [todo for provider in _standing for todo in provider(viewer) if not wanted or todo.kind in wanted]
    far = datetime.max.replace(tzinfo=clock.now().tzinfo)
    items.sort(key=lambda t: (not getattr(t.obj, "urgent", False), t.due or far))
    return _Agenda(items[:limit], more or len(items) > limit)
