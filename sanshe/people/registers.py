"""The ledgers of people and households."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from sanshe.areas.public import AreaLevel, Place, area_reference
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.fields import hash_of
from sanshe.kernel.identifiers import clean_phone
from sanshe.kernel.mask import mask_citizen, mask_phone
from sanshe.kernel.register import Column, Reference, Register, declare

from . import bulk
from .access import HouseholdAccess, MemberAccess, PersonAccess
from .actions import Duplicate
from .identity import citizen_facts, clean_paper, house_key
from .in_columns import TOGETHER, against_index, within_rows
from .models import Household, HouseholdMember, Person
from .queries import age_of, by_number, by_phone_and_name, person_card
from .references import person_reference, person_text

GROUP = "人员与住户"
COMMUNITIES = area_reference(AreaLevel.COMMUNITY)
PEOPLE = person_reference()
BY_NUMBER = "公民身份号码或其他证件号码"


def _citizen(text: str) -> str:
    return citizen_facts(text).number


@declare
class PersonRegister(Register):
    """People, masked; the number says birth date and sex, and nobody stands in it twice."""

    name = "people"
    title = "人员台账"
    lead = "一人一档，由社区窗口和社区工作者维护；号码、电话和住址加密保存，这里只显示掩码。"
    group = GROUP
    pages = (
        ("办理个人信息请求", "people:requests", "front_desk", "community_worker", "community_lead"),
        ("核对疑似重复档案", "people:duplicates", "community_lead", "street_officer"),
        ("查看留存规则", "people:retention"),
    )
    access = PersonAccess
    columns = [
        Column("name", synonyms=("人员姓名", "居民姓名"), example="周婉容"),
        Column(
            "citizen_number",
            clean=_citizen,
            mask="citizen_masked",
            synonyms=("身份证号", "身份证号码", "身份证", "证件号码"),
            hint="18 位；出生日期和性别由号码得出",
        ),
        Column("sex", required=False, hint="有公民身份号码的不用填"),
        Column("age", label="年龄", value=lambda row: age_of(row.born_on, clock.today()), unit="岁", sort="born_on"),
        Column(
            "phone",
            clean=clean_phone,
            mask="phone_masked",
            synonyms=("电话", "联系电话", "联系方式", "手机", "手机号"),
        ),
        Column("area", reference=COMMUNITIES, required=True, synonyms=("社区", "所属社区", "居住社区")),
        Column("address", mask="address_masked", synonyms=("地址", "居住地址", "现住址", "家庭住址"), shown=False),
        Column("born_on", shown=False, hint="有公民身份号码的不用填"),
        Column("paper_kind", shown=False, hint="没有公民身份号码的填这一项和其他证件号码"),
        Column("paper_number", mask="paper_masked", shown=False),
        Column("created_at", shown=False, edit=False),
    ]
    filters = ["area", "sex"]
    search = ["name"]
    exact = {"citizen_hash": "citizen", "paper_hash": "citizen", "phone_hash": "phone"}
    sort = "-id"
    key = [("citizen_number",), ("paper_number",)]
    in_columns = True
    together = TOGETHER
    derived = {name: ("citizen_number",) for name in ("citizen_masked", "born_on", "sex")}

    def clean_columns(self, columns: dict[str, list[Any]]) -> dict[int, dict[str, str]]:
        """The rules of `clean` within a row, for many rows of a sheet."""
        return within_rows(columns)

    def clean_many(
        self, fields: Mapping[str, Sequence[str | None]], targets: Sequence[int | None], by: Viewer
    ) -> dict[int, dict[str, str]]:
        """The rules of `clean` against the index, for many rows of a sheet."""
        return against_index(fields, targets, by)

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        """Without the empty shells that erasure leaves."""
        return super().rows(viewer).filter(anonymised_at__isnull=True)

    def derive(self, columns: dict[str, list[Any]]) -> None:
        """Masks, birth dates, sexes and houses of many rows."""
        if "citizen_number" in columns:
            _derive_citizens(columns)
        if "phone" in columns:
            columns["phone_masked"] = [mask_phone(value or "") for value in columns["phone"]]
        if "paper_number" in columns:
            columns["paper_masked"] = [""] * len(columns["paper_number"])  # filled in when it is checked
        if "address" in columns:
            columns["house"] = [house_key(value or "") or None for value in columns["address"]]

    def clean(self, row: Any, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """The rules of the index: papers checked, a number never typed over, nobody twice."""
        if row.pk is None:
            row.created_at = now
        if "paper_number" in values or "paper_kind" in values:
            row.paper_masked = ""
            if row.paper_number or row.paper_kind:
                row.paper_number, row.paper_masked = clean_paper(row.paper_kind, row.paper_number or "")
            else:
                row.paper_number = None
        if len(row.address or "") > 200:
            raise Invalid({"address": "住址最多 200 个字。"})
        self._not_typed_over(row)
        self._not_twice(row, by)

    def _not_typed_over(self, row: Person) -> None:
        if row.pk is None:
            return
        kept = Person.every.only("citizen_hash", "paper_hash").get(pk=row.pk)
        if kept.citizen_hash and kept.citizen_hash != hash_of("citizen", row.citizen_number or ""):
            raise Invalid({"citizen_number": "公民身份号码不能直接改写，请在档案页登记「更正」，原号码会留存备查。"})
        if kept.paper_hash and kept.paper_hash != hash_of("citizen", row.paper_number or ""):
            raise Invalid({"paper_number": "证件号码不能直接改写，请核对证件后在档案页登记「更正」。"})

    def _not_twice(self, row: Person, by: Viewer) -> None:
        known = by_number(row.citizen_number or "", row.paper_number or "")
        if known is not None and known.pk != row.pk:
            raise Invalid({"citizen_number": Duplicate(person_card(by, known), certain=True).sentence})
        if row.pk is None and row.phone:
            likely = by_phone_and_name(row.phone, row.name)
            both = likely is not None and likely.citizen_hash and row.citizen_number
            if likely is not None and not both:
                raise Invalid({"phone": Duplicate(person_card(by, likely), certain=False).sentence})

    def url(self, row: Any) -> str:
        """The file, whose every opening is written down."""
        return str(row.get_absolute_url())


def _derive_citizens(columns: dict[str, list[Any]]) -> None:
    """What the numbers say wins over what was typed; rows without a number keep what was typed."""
    numbers = columns["citizen_number"]
    if not any(numbers):
        return
    facts = bulk.citizens(numbers, hashes=False)
    columns["citizen_masked"] = [mask_citizen(value) if value else "" for value in numbers]
    for name, told in (("born_on", facts.born_on), ("sex", facts.sex)):
        typed = columns.get(name) or [None if name == "born_on" else ""] * len(numbers)
        columns[name] = [new or old for new, old in zip(told, typed, strict=True)]


def _find_places(texts: Collection[str], viewer: Viewer) -> dict[str, int]:
    """Estates by name; a name that stands for two is left out."""
    seen: dict[str, list[int]] = {}
    for pk, name in Place.objects.filter(name__in=list(texts)).values_list("pk", "name"):
        seen.setdefault(name, []).append(pk)
    return {name: pks[0] for name, pks in seen.items() if len(pks) == 1}


PLACES = Reference(offer=lambda viewer: Place.objects.order_by("area__lo", "name"), find=_find_places)


@declare
class HouseholdRegister(Register):
    """Households, registered here or not."""

    name = "households"
    title = "住户台账"
    lead = "一户一条，记户别、户主和住址；成员记在「住户成员台账」，户数是设施和设区测算的依据。"
    group = GROUP
    access = HouseholdAccess
    columns = [
        Column("title", label="住户", value=str),
        Column("area", reference=COMMUNITIES, synonyms=("社区", "所属社区")),
        Column("place", reference=PLACES, synonyms=("所在小区",)),
        Column("kind", synonyms=("户口性质", "是否户籍")),
        Column("head", reference=PEOPLE, synonyms=("户主身份证", "户主身份证号"), hint=BY_NUMBER),
        Column("members_now", label="现有成员", value=lambda row: getattr(row, "members_now", ""), unit="人"),
        Column("address", mask="address_masked", synonyms=("地址", "房屋地址")),
        Column("valid_from", synonyms=("迁入日期",)),
        Column("valid_to", shown=False, synonyms=("迁出日期",)),
    ]  # fmt: skip
    filters = ["area", "kind", "valid_from"]
    search = ["head__name"]
    exact = {"house_hash": "text"}
    key = [("head", "area")]
    validity = ("valid_from", "valid_to")
    related = ("head",)

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        """With the number of members of today."""
        current = HouseholdMember.objects.filter(household=OuterRef("pk"), valid_to__isnull=True).order_by()
        counted = current.values("household").annotate(n=Count("pk")).values("n")
        rows: QuerySet[Any] = super().rows(viewer)
        counted_rows: QuerySet[Any] = rows.annotate(
            members_now=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
        )
        return counted_rows

    def derive(self, columns: dict[str, list[Any]]) -> None:
        """The house as a key."""
        if "address" in columns:
            columns["house"] = [house_key(value or "") or None for value in columns["address"]]

    def clean(self, row: Any, values: Mapping[str, Any], by: Viewer, now: datetime) -> None:
        """A place of the community; an end not before the beginning."""
        if row.place_id and row.area_id and row.place.area_id != row.area_id:
            raise Invalid({"place": f"{row.place} 不在所填的社区，请核对。"})
        if row.valid_to and row.valid_from and row.valid_to < row.valid_from:
            raise Invalid({"valid_to": "注销日期不能早于登记日期。"})

    def url(self, row: Any) -> str:
        """The household's own page, with members and unmasking."""
        return reverse("people:household", args=[row.pk])


def _offered_households(viewer: Viewer) -> QuerySet[Household]:
    return HouseholdAccess.rows(viewer, "keep").filter(valid_to__isnull=True).select_related("head")


def _find_households(texts: Collection[str], viewer: Viewer) -> dict[str, int]:
    """A household by its head, named by number; a head of two is left out."""
    heads = PEOPLE.find(texts, viewer)
    seen: dict[int, list[int]] = {}
    rows = _offered_households(viewer).filter(head__in=set(heads.values()))
    for pk, head in rows.values_list("pk", "head"):
        seen.setdefault(head, []).append(pk)
    return {text: seen[head][0] for text, head in heads.items() if len(seen.get(head, [])) == 1}


def _household_text(row: Household) -> str:
    return person_text(row.head) if row.head is not None else str(row)


HOUSEHOLDS = Reference(offer=_offered_households, find=_find_households, text=_household_text)


@declare
class MemberRegister(Register):
    """Who belongs to which household, from when to when."""

    name = "household_members"
    title = "住户成员台账"
    lead = "一人在一户一条；人户分离的，在户籍地和居住地各记一条。"
    group = GROUP
    access = MemberAccess
    columns = [
        Column("person", reference=PEOPLE, synonyms=("身份证号", "身份证号码", "成员身份证号"), hint=BY_NUMBER),
        Column("household", reference=HOUSEHOLDS, synonyms=("户主", "户主身份证号"), hint=f"户主的{BY_NUMBER}"),
        Column("relation", synonyms=("关系",)),
        Column("valid_from"),
        Column("valid_to", shown=False),
    ]  # fmt: skip
    filters = ["relation"]
    search = ["person__name"]
    key = [("person", "household")]
    validity = ("valid_from", "valid_to")
    related = ("household__head",)
