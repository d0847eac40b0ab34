"""What every address shares: how it is declared, texts and days as parameters, pages by key, errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from ninja import Schema
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from sanshe.areas.public import Area, descendant_ids
from sanshe.kernel import clock
from sanshe.kernel.access import LITERALS, Access, Viewer
from sanshe.kernel.errors import Invalid, NotVisible

#: Longest list that one answer gives.
MOST = 100
FIRST_DAY = date(2020, 1, 1)


class SignInFirst(Exception):
    """Asked by someone who has not signed in for what is not public (401)."""


class Error(Schema):
    """What went wrong."""

    status: int = Field(title="状态码")
    code: str = Field(title="标识")
    sentence: str = Field(title="说明")
    fields: dict[str, str] | None = Field(default=None, title="各填写项的说明")


class Problem(Schema):
    """The one shape of an error."""

    error: Error = Field(title="错误")


@dataclass(frozen=True)
class Read:
    """One address: what it is called, what it answers, what answers it."""

    path: str
    answer: Any
    view: Callable[..., Any]
    summary: str
    signed_in: bool = False


@dataclass(frozen=True)
class Write:
    """An address that acts (POST), for those who have signed in or hold a token that may write."""

    path: str
    answer: Any
    view: Callable[..., Any]
    summary: str


# -- parameters --------------------------------------------------------------------------------------------------------

#: A text without NUL, which PostgreSQL does not take.
Text = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*$")]
Number = Annotated[str, StringConstraints(max_length=24, pattern=r"^[0-9A-Z-]{1,24}$")]
AreaCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{2}[0-9]{10}$")]
Key = Annotated[int, Field(ge=1, le=2**62)]
Limit = Annotated[int, Field(ge=1, le=MOST)]
AfterKey = Annotated[int, Field(ge=0, le=2**62)]
#: The key of a list by moment: microseconds since 1970, a dash, the row's id.
AfterMoment = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,16}-[0-9]{1,18}$")]


def _day(value: Any) -> Any:
    # pydantic would take 0 for a date as well
    text = str(value)
    if len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isascii():
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError("not a day")


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


def codes(model: type[Model], field: str) -> Any:
    """The type of a parameter that takes one of a field's choices."""
    return Literal.__getitem__(tuple(code for code, _ in model._meta.get_field(field).flatchoices))  # type: ignore[union-attr]


def viewer_of(request: HttpRequest) -> Viewer:
    """Who asks."""
    return request.viewer  # type: ignore[attr-defined, no-any-return]


def signed_in(request: HttpRequest) -> Viewer:
    """Who asks, having signed in. Raises SignInFirst."""
    viewer = viewer_of(request)
    if not viewer.signed_in:
        raise SignInFirst
    return viewer


def rules(model: type[Model]) -> type[Access[Any]]:
    """The rules of a model, whichever module wrote them."""
    return Access.registry[model._meta.label]


def day_of(on: date | None) -> date:
    """The day asked for, never later than today and never before there were records."""
    return max(FIRST_DAY, min(on or clock.today(), clock.today()))


def area_of(code: str) -> Area:
    """The area of a code. Raises NotVisible."""
    found = Area.objects.filter(code=code).first()
    if found is None:
        raise NotVisible(f"没有代码为「{code}」的区域。")
    return found


def within(rows: QuerySet[Any], area: str | None) -> QuerySet[Any]:
    """Only the rows of an area and of all below it; as literal ids, which the indexes by area serve."""
    if area is None:
        return rows
    top = area_of(area)
    if top.hi - top.lo <= LITERALS:
        return rows.filter(area__in=descendant_ids(top.pk))
    return rows.filter(area__lo__gte=top.lo, area__lo__lt=top.hi)


# -- pages -------------------------------------------------------------------------------------------------------------


def page_by(rows: QuerySet[Any], after: int | None, limit: int, key: str = "-pk") -> dict[str, Any]:
    """A page of rows by one number that no two rows share: `-pk` (newest first) or a field in ascending order."""
    name = key.removeprefix("-")
    if after is not None:
        rows = rows.filter(**{f"{name}__{'lt' if key.startswith('-') else 'gt'}": after})
    found = list(rows.order_by(key)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    return {"items": found, "next": str(getattr(found[-1], name)) if more else None}


def page_by_moment(rows: QuerySet[Any], after: str | None, limit: int, field: str = "created_at") -> dict[str, Any]:
    """A page of rows, newest first by (moment, id): the index of the pages serves it too."""
    if after is not None:
        stamp, _, pk = after.partition("-")
        whole, part = divmod(int(stamp), 1_000_000)
        try:
            moment = datetime.fromtimestamp(whole, UTC).replace(microsecond=part)
        except (OverflowError, ValueError) as error:
            raise Invalid("参数 after 写法不对。") from error
        rows = rows.filter(
            Q(**{f"{field}__lt": moment}) | Q(**{field: moment, "pk__lt": int(pk)}), **{f"{field}__lte": moment}
        )
    found = list(rows.order_by(f"-{field}", "-pk")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if not more:
        return {"items": found, "next": None}
    last = found[-1]
    return {"items": found, "next": f"{int(getattr(last, field).timestamp() * 1_000_000)}-{last.pk}"}
