"""One index: numbers checked by the column, ledgers, households, files merged and split, nothing of it in clear."""

from __future__ import annotations

import csv
import os
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection

from sanshe.kernel.audit import Entry
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.kernel.fields import hash_of
from sanshe.kernel.identifiers import (
    clean_credit_code,
    clean_organisation_code,
    organisation_check_character,
    organisation_code_of,
)
from sanshe.kernel.register import actions as ledger
from sanshe.kernel.register import register_of
from sanshe.people import actions, bulk
from sanshe.people.duplicates import likely, similar
from sanshe.people.identity import citizen_facts
from sanshe.people.invented import invented_citizen_number
from sanshe.people.models import FormerNumber, HouseholdMember, Merge, Person, ReadLog
from sanshe.people.public import find_person, households_in, person_reference
from sanshe.people.queries import by_number
from sanshe.people.words import ReadKind
from tests.people_cast import ADDRESS, HER, HIS, PHONE, make_cast


@pytest.fixture
def cast(now):
    return make_cast(now)


# -- numbers ---------------------------------------------------------------------------------------------------------


def test_columns_are_read_as_single_numbers_are():
    """The short way and the careful way give the same answers, right and wrong ones alike."""
    rng = random.Random(7)
    texts = []
    for _ in range(300):
        number = invented_citizen_number(date(1930, 1, 1) + timedelta(days=rng.randrange(35000)), rng.choice("fm"))
        at = rng.randrange(18)
        broken = number[:at] + rng.choice("0123456789X") + number[at + 1 :]
        texts += [number, broken, number.lower(), f"{number[:6]} {number[6:]}", number[:17], ""]
    texts += [None, "甲" * 18, "50011219500230000X", "11010519491231002X", "99011219500308000X", "２" * 18]
    columns = bulk.citizens(texts)
    for place, text in enumerate(texts):
        if not text:
            assert columns.value[place] is None and place not in columns.wrong
            continue
        try:
            facts = citizen_facts(text)
        except Invalid as wrong:
            assert columns.wrong[place] == wrong.sentence and columns.value[place] is None
        else:
            told = (columns.value[place], columns.masked[place], columns.born_on[place], columns.sex[place])
            assert told == (facts.number, facts.masked, facts.born_on, facts.sex)
            assert columns.hash[place] == hash_of("citizen", text)
    assert columns.wrong, "some of the broken ones must be wrong"


def test_columns_of_phones_papers_and_houses():
    """Spellings, masks, sentences."""
    phones = bulk.phones(["13800000001", "+86 138 0000 0001", "1380000", None, "023-67411234"])
    assert phones.value == ["13800000001", "13800000001", None, None, "02367411234"]
    assert list(phones.wrong) == [2] and phones.hash[0] == phones.hash[1] == hash_of("phone", PHONE)
    papers = bulk.papers(["passport", "", "hk_mo_tw"], ["E12345678", "", "810000199408230022"])
    assert papers.value == ["E12345678", None, None] and list(papers.wrong) == [2]
    assert bulk.houses([ADDRESS, "某路 12 号"]).value == ["3栋2单元501室", ""]


def test_older_organisation_codes():
    """GB 11714: weights 3 7 9 10 5 8 4 2. D2143569X is the standard's own example."""
    assert organisation_check_character("D2143569") == "X"
    assert clean_organisation_code("d2143569-x") == "D2143569X"
    for wrong, about in (("D21435690", "校验位"), ("D2143569", "8 位"), ("", "请填写"), ("甲2143569X", "数字和大写"),
                         ("91350100M000100Y43", "统一社会信用代码")):  # fmt: skip
        with pytest.raises(Invalid, match=about):
            clean_organisation_code(wrong)
    assert organisation_code_of("91350100M000100Y43") == "M000100Y4"


@pytest.mark.skipif("SANSHE_CODES" not in os.environ, reason="needs the folder of collected codes")
def test_collected_codes():
    """All real codes pass, all bad ones are refused with a Chinese sentence."""
    folder = Path(os.environ["SANSHE_CODES"])

    def codes(name):
        with (folder / name).open(encoding="utf-8-sig") as file:
            return [row["统一社会信用代码"] for row in csv.DictReader(file)]

    for code in codes("non_enterprise_codes.csv"):
        clean_credit_code(code)
    for code in codes("failing_codes.csv"):
        with pytest.raises(Invalid, match="统一社会信用代码"):
            clean_credit_code(code)


# -- the ledgers -----------------------------------------------------------------------------------------------------


def test_the_ledger_keeps_the_rules_of_the_index(cast):
    """Birth date and sex from the number, masks, nobody twice, a number never typed over, only at home."""
    people, worker = register_of("people"), cast.v("worker")
    given = {"name": "王小明", "citizen_number": HIS.lower(), "phone": "138 0000 0002", "area": "甲社区",
             "address": "礼嘉路12号3栋501"}  # fmt: skip
    row = ledger.create(register=people, given=given, by=worker, now=cast.now)
    row = Person.objects.get(pk=row.pk)
    assert (row.citizen_number, row.born_on, row.sex) == (HIS, date(1950, 3, 8), "m")
    assert (row.citizen_masked, row.phone_masked) == (f"500112********{HIS[-4:]}", "138****0002")
    assert row.address_masked == "礼嘉路****" and row.house == "3栋501室" and by_number(HIS) == row
    with pytest.raises(Invalid, match="已有档案"):
        ledger.create(register=people, given={**given, "phone": ""}, by=worker, now=cast.now)
    with pytest.raises(Invalid, match="姓名和电话"):
        ledger.create(register=people, given={**given, "citizen_number": ""}, by=worker, now=cast.now)
    with pytest.raises(Invalid, match="校验位"):
        ledger.create(register=people, given={**given, "citizen_number": HER[:17] + "9"}, by=worker, now=cast.now)
    other = invented_citizen_number(date(1960, 1, 1))
    with pytest.raises(Invalid, match="更正"):
        ledger.change(register=people, pk=row.pk, given={"citizen_number": other}, by=worker, now=cast.now)
    with pytest.raises(NotAllowed):
        ledger.create(
            register=people,
            given={"name": "远方客", "citizen_number": other, "area": "乙社区"},
            by=worker,
            now=cast.now,
        )
    row, changes = ledger.change(register=people, pk=row.pk, given={"phone": "13800000009"}, by=worker, now=cast.now)
    assert [(c.before, c.after) for c in changes] == [("138****0002", "138****0009")]
    assert "13800000009" not in str(list(Entry.objects.values_list("data", "personal_side__data")))


def test_people_of_other_ledgers_are_named_by_number(cast):
    """Never by the name alone; the text that is shown finds the file again, where it may be seen."""
    reference = person_reference()
    text = reference.text(cast.her)
    found = reference.find([HER, "周婉容", text, HIS], cast.v("worker"))
    assert found == {HER: cast.her.pk, text: cast.her.pk}
    assert reference.find([text], cast.v("far")) == {}


def test_households(cast, now):
    """Members by number, moved out, counted by community on a day; the address for a reason that members read."""
    him = cast.person("周念祖", citizen_number=HIS)
    home = cast.home(cast.her)
    worker = cast.v("worker")
    member = actions.add_member(
        household_id=home.pk, number=HIS, relation="child", since=date(2021, 5, 1), by=worker, now=now
    )
    with pytest.raises(Invalid, match="已经是"):
        actions.add_member(
            household_id=home.pk, number=HIS, relation="child", since=date(2021, 5, 1), by=worker, now=now
        )
    with pytest.raises(Invalid, match="没有这个证件号码"):
        actions.add_member(
            household_id=home.pk, number="1", relation="child", since=date(2021, 5, 1), by=worker, now=now
        )
    assert actions.unmask_household(household_id=home.pk, reason="核对门牌号码", by=worker, now=now) == ADDRESS
    assert {log.person_id for log in ReadLog.objects.filter(reason="核对门牌号码")} == {cast.her.pk, him.pk}
    with pytest.raises(NotVisible):
        actions.unmask_household(household_id=home.pk, reason="核对门牌号码", by=cast.v("far"), now=now)
    actions.end_member(member_id=member.pk, on=date(2024, 1, 1), by=worker, now=now)
    area = cast.areas["甲"].pk
    assert households_in(date(2026, 1, 1)) == {area: 1} and households_in(date(2019, 1, 1)) == {}
    home.valid_to = date(2025, 1, 1)
    home.save()
    assert households_in(date(2025, 1, 1)) == {} and households_in(date(2024, 12, 31)) == {area: 1}


# -- duplicates ------------------------------------------------------------------------------------------------------


@pytest.fixture
def twin(cast):
    """A second file of the same woman: no number, the same phone, a slip in the name; with a household."""
    twin = Person.objects.create(
        name="周婉蓉", phone=PHONE, phone_masked="138****0001", area=cast.areas["甲"], created_at=cast.now
    )
    cast.home(twin)
    return twin


def test_likely_duplicates(cast, twin):
    """Same phone and like name; a family under one phone is none; said to be two, they are listed no more."""
    cast.person("周念祖", citizen_number=HIS, phone=PHONE)
    pairs = [(p.kept, p.gone) for p in likely(cast.v("lead"))]
    assert pairs == [(cast.her, twin)] and likely(cast.v("far")) == [] and likely(cast.v("desk")) == []
    assert similar("王小明", "王小名") and not similar("王小明", "李大壮")
    with pytest.raises(NotAllowed):
        actions.not_the_same(one_id=cast.her.pk, other_id=twin.pk, reason="是两姐妹", by=cast.v("desk"), now=cast.now)
    actions.not_the_same(one_id=cast.her.pk, other_id=twin.pk, reason="是两姐妹", by=cast.v("lead"), now=cast.now)
    assert likely(cast.v("street")) == []


def test_merged_and_split_again(cast, twin, now):
    """What points to the merged file points to the kept one; split, all of it goes back and nothing is lost."""
    actions.log_read(person=twin, kind=ReadKind.OPENED, by=cast.v("worker"), now=now)
    home = twin.headed.get()
    Person.objects.filter(pk=cast.her.pk).update(phone=None, phone_hash="", phone_masked="")
    lead = cast.v("lead")
    with pytest.raises(Invalid, match="保留有公民身份号码"):
        actions.merge(kept_id=twin.pk, gone_id=cast.her.pk, reason="核对了户口簿", by=lead, now=now)
    with pytest.raises(NotAllowed):
        actions.merge(kept_id=cast.her.pk, gone_id=twin.pk, reason="核对了户口簿", by=cast.v("desk"), now=now)
    done = actions.merge(kept_id=cast.her.pk, gone_id=twin.pk, reason="核对了户口簿", by=lead, now=now)
    home.refresh_from_db()
    her = Person.objects.get(pk=cast.her.pk)
    assert home.head == her and her.memberships.count() == 1 and her.reads.count() == 1
    assert her.phone == PHONE and not Person.objects.filter(pk=twin.pk).exists()
    assert find_person(phone=PHONE, name="周婉蓉") == her and by_number(HER) == her
    assert likely(lead) == []
    late = HouseholdMember.objects.create(
        household=cast.home(her), person=her, valid_from=date(2022, 1, 1), valid_to=now
    )
    actions.split(merge_id=done.pk, reason="原来是两姐妹", by=lead, now=now)
    home.refresh_from_db()
    her, twin = Person.objects.get(pk=her.pk), Person.objects.get(pk=twin.pk)
    assert home.head == twin and twin.memberships.count() == 1 and twin.reads.count() == 1
    assert her.phone is None and her.phone_masked == "" and twin.phone == PHONE
    assert late.person == her, "what came after the merging stays"
    with pytest.raises(WrongState):
        actions.split(merge_id=done.pk, reason="再拆一次", by=lead, now=now)
    events = list(Entry.objects.filter(object_id=her.pk, kind="people.Person").values_list("event", flat=True))
    assert events.count("person_merged") == events.count("person_split") == 1


def test_both_in_one_household(cast, now):
    """A row that would be there twice stays at the merged file, and the merging goes on; split brings all back."""
    twin = Person.objects.create(name="周婉容", area=cast.areas["甲"], created_at=now)
    home = cast.home(cast.her, twin)
    lead = cast.v("lead")
    done = actions.merge(kept_id=cast.her.pk, gone_id=twin.pk, reason="核对了户口簿", by=lead, now=now)
    assert home.members.filter(person=cast.her).count() == 1 and home.members.filter(person=twin.pk).count() == 1
    actions.split(merge_id=done.pk, reason="合错了，是两人", by=lead, now=now)
    assert home.members.filter(person=twin).count() == 1
    first = actions.merge(kept_id=cast.her.pk, gone_id=twin.pk, reason="又是同一人", by=lead, now=now)
    third = Person.objects.create(name="周婉容", area=cast.areas["甲"], created_at=now, citizen_number=HIS)
    actions.merge(kept_id=third.pk, gone_id=cast.her.pk, reason="三份是同一人", by=lead, now=now)
    assert by_number(HER) == third, "both numbers go on being found"
    with pytest.raises((WrongState, NotVisible)):
        actions.split(merge_id=first.pk, reason="先拆较早的", by=lead, now=now)
    assert Merge.objects.filter(split_at=None).count() == 2


# -- nothing in clear ------------------------------------------------------------------------------------------------


def _dump() -> str:
    """Every table of the database as text, as a dump would hold it."""
    out = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                out += [f"{table}\t{bytes(block).decode()}" for block in copy]
    return "\n".join(out)


def test_a_dump_of_the_database_holds_no_identity_in_clear(cast, now):
    """After entering, unmasking, asking and correcting: number, phone, address and room stand nowhere."""
    worker, lead = cast.v("worker"), cast.v("lead")
    ledger.create(
        register=register_of("people"), by=worker, now=now,
        given={"name": "王小明", "citizen_number": HIS, "phone": "13800000002", "area": "甲社区",
               "address": "听澜半岛3-2-502"},
    )  # fmt: skip
    home = cast.home(cast.her)
    actions.unmask(person_id=cast.her.pk, reason="核对低保材料", by=worker, now=now)
    actions.unmask_household(household_id=home.pk, reason="核对门牌号码", by=worker, now=now)
    right = invented_citizen_number(date(1950, 3, 9))
    asked = actions.ask(
        person_id=cast.her.pk, kind="correct", field="citizen_number", new_value=right, words=f"原来是 {HER}",
        by=worker, now=now,
    )  # fmt: skip
    actions.grant(request_id=asked.pk, answer="已核对户口簿", by=lead, now=now)
    assert FormerNumber.objects.get().number == HER and Person.objects.get(pk=cast.her.pk).born_on == date(1950, 3, 9)
    dump = _dump()
    assert "people_person\t" in dump and "kernel_audit_entry\t" in dump
    for clear in (HER, HIS, right, PHONE, "13800000002", ADDRESS, "听澜半岛", "2单元501", "3-2-502"):
        assert clear not in dump, clear
