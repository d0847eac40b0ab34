"""Finding: what each may find, in parts of words, with hostile input, and an index that follows the texts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from sanshe.areas.public import Place
from sanshe.exchange.models import Source
from sanshe.exchange.words import SourceKind
from sanshe.kernel import search
from sanshe.kernel.access import Viewer
from sanshe.kernel.search import keeping
from sanshe.kernel.search.models import Changed, Pairs
from sanshe.matters.models import Matter, PublicMatter
from sanshe.matters.queries import board, worklist
from sanshe.people.models import Person, ReadLog
from sanshe.people.public import invented_citizen_number
from tests.matters_cast import Cast, make_cast, report

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
LIFT = "三栋二单元电梯今天早上又坏了，老人被困二十分钟。"


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


def found(viewer: Viewer, name: str, text: str, **more) -> set[int]:
    thing = search.searchable(name)
    if thing not in search.offered(viewer):
        return set()
    return set(search.find(thing, thing.rows_of(viewer), search.read(text), **more).ids)


def pairs(thing: str, pk: int) -> set[int]:
    row = Pairs.objects.filter(kind=search.searchable(thing).kind, object_id=pk).first()
    return set(row.pairs) if row else set()


# -- words -------------------------------------------------------------------------------------------------------------


def test_whatever_is_part_of_a_text_has_its_pairs():
    whole = set(search.grams(LIFT))
    for begin in range(len(LIFT)):
        for end in range(begin + 1, len(LIFT) + 1):
            assert set(search.grams(LIFT[begin:end])) <= whole
    assert search.grams("ＡＢ") == search.grams("ab") != search.grams("ba")
    assert search.grams("电") == search.grams("") == search.grams("😀😀") == []
    assert search.grams("电梯", 1) != search.grams("电梯", 2)
    texts = ["", LIFT, "𠮷野家 A3栋", "\ud800x\0y", "ÅÄö 12%"]
    assert [list(one) for one in search.grams_of(texts, 7)] == [search.grams(text, 7) for text in texts]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  电梯　坏了 ", ["电梯", "坏了"]),
        ("电梯，停水。", ["电梯", "停水"]),
        ("", []),
        ("\0\u202e", []),
        ("电" * 300, ["电" * 80]),
    ],
)
def test_typed_text_is_cut_into_words(text, words):
    assert [word.text for word in search.read(text).words] == words


def test_marks_escape_everything_else():
    asked = search.read("<b> 电梯")
    assert search.marked("<b>电梯</b>&", asked) == "<mark>&lt;b&gt;</mark><mark>电梯</mark>&lt;/b&gt;&amp;"
    long = "前" * 200 + "电梯" + "后" * 200
    piece = search.passage(["没有", long], asked)
    assert "<mark>电梯</mark>" in piece and piece.startswith("…") and piece.endswith("…") and len(piece) < 120


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("电梯坏了", "樓下電梯壞了"),
        ("樓道裡", "楼道里堆了纸箱"),
        ("3栋", "三幢门口"),
        ("十二栋", "住在12栋的老人"),
        ("２０号楼", "二十號樓"),
        ("WiFi", "没有ｗｉｆｉ"),
        ("住在3栋", "住在 3 棟"),
    ],
)
def test_forms_of_one_sign_are_one_sign(typed, text):
    asked = search.read(typed)
    (word,) = asked.words
    salted = word.grams(7)
    assert any(set(way) <= set(search.grams(text, 7)) for way in salted)
    marked = search.marked(text, asked)
    assert "<mark>" in marked and len(search.folded(text)) == len(text)
    assert search.simplified("電梯3棟") == "电梯3栋"


# -- who finds what ----------------------------------------------------------------------------------------------------


@pytest.fixture
def street(cast):
    here = report(cast, NOW, text=LIFT, contact_phone="13900000001")
    there = report(cast, NOW, who="neighbour", area="far", text="木棉社区的电梯也坏了", contact_phone="13900000002")
    Matter.objects.filter(pk=there.pk).update(public=True, public_title="电梯故障", public_text="正在维修电梯")
    keeping.take()
    return cast, here.pk, there.pk


@pytest.mark.parametrize(
    ("who", "own", "other", "board"),
    [
        ("desk", True, False, True),
        ("street", True, False, True),
        ("district", True, True, False),
        ("desk_far", False, True, False),
        ("resident", True, False, True),
        ("neighbour", False, True, False),
        ("handler", False, False, True),
        ("system_admin", False, False, True),
        ("public", False, False, True),
    ],
)
def test_everybody_finds_what_they_may_see_and_no_more(street, who, own, other, board):
    cast, here, there = street
    for deep in (False, True):
        expected = {pk for pk, sees in ((here, own), (there, other)) if sees}
        assert found(cast.viewer(who), "matters", "电梯", deep=deep) == expected
        # The reporter's own words are not public: only the released wording finds a released matter.
        assert found(cast.viewer(who), "public-matters", "电梯", deep=deep) == ({there} if board else set())
        assert found(cast.viewer(who), "public-matters", "木棉", deep=deep) == set()


def test_a_number_finds_what_it_may(street):
    cast, here, _ = street
    number, exactly = Matter.objects.get(pk=here).number, search.searchable("matters").exactly
    assert [hit.url for hit in exactly(cast.desk, number.replace("-", ""))] == [f"/matters/{here}/"]
    assert exactly(cast.desk_far, number) == [] and exactly(cast.public, number) == []
    public = search.searchable("public-matters").exactly
    assert public(cast.public, number) == []
    Matter.objects.filter(pk=here).update(public=True)
    assert [hit.url for hit in public(cast.public, number)] == [f"/matters/p/{number}/"]
    assert len(exactly(cast.desk, "139 0000 0001")) == 1
    for nobody in (cast.desk_far, cast.resident, cast.public, cast.system_admin):
        assert exactly(nobody, "13900000001") == []


def test_the_number_of_another_system_finds_its_matter(street):
    cast, here, _ = street
    Source.objects.create(
        name="群众工作系统", code="qg", kind=SourceKind.values[0], area=cast.areas["home"], key="k" * 20, key_hash="h",
        key_at=NOW, created_at=NOW,
    )  # fmt: skip
    Matter.objects.filter(pk=here).update(source="群众工作系统", source_key="QG-1122-0016")
    exactly = search.searchable("sources").exactly
    assert [hit.url for hit in exactly(cast.desk, " QG-1122-0016")] == [f"/matters/{here}/"]
    assert exactly(cast.desk_far, "QG-1122-0016") == [] == exactly(cast.desk, "QG-1122-001")


def test_people_are_found_by_those_who_serve_them_and_a_number_leaves_a_trace(cast):
    number = invented_citizen_number(NOW.date().replace(year=1960))
    person = Person(name="周婉容", area=cast.areas["home"], phone="13800000999", citizen_number=number, created_at=NOW)
    person.citizen_masked, person.phone_masked = "5001************99", "138****0999"
    person.save()
    keeping.take()
    assert found(cast.desk, "people", "婉容") == {person.pk} == found(cast.street, "people", "周婉容", deep=True)
    for nobody in (cast.desk_far, cast.resident, cast.handler, cast.system_admin, cast.public):
        assert found(nobody, "people", "周婉容") == set()
    # The register's list asks the same index, which only narrows: the comparison decides.
    traditional = Person.objects.create(name="龔麗華", area=cast.areas["home"], created_at=NOW)
    keeping.take()
    for deep in (False, True):
        assert found(cast.desk, "people", "龚丽华", deep=deep) == {traditional.pk}
    for text, narrowed in (("婉容", True), ("容婉", True), ("婉", False)):
        assert bool(search.candidates(Person, ["name"], text)) == narrowed
    assert Person.objects.filter(search.candidates(Person, ["name"], "婉容")).get() == person
    assert not Person.objects.filter(search.candidates(Person, ["name"], "容婉")).exists()
    exactly = search.searchable("people").exactly
    assert exactly(cast.desk, "3800000") == [] and exactly(cast.resident, number) == [] == exactly(cast.public, number)
    assert not ReadLog.objects.exists()
    (far,) = exactly(cast.desk_far, number)
    assert far.url == "" and "婉容" not in far.title and number not in far.line
    assert ReadLog.objects.filter(person=person).count() == 1


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "'", "a%b", "'; DROP TABLE x --", "\0", "电" * 200, "😀", "100%", "%s %(a)s", "梯"]
)
def test_signs_are_taken_literally(street, text):
    cast, *_ = street
    odd = report(cast, NOW, text="他说 100% 的电梯_都坏了\\'；😀", contact_phone="13900000003").pk
    expected = {"%", "_", "\\", "'", "😀", "100%"}
    assert (odd in found(cast.desk, "matters", text)) == (text in expected or text == "梯")
    assert found(cast.desk, "matters", text) == found(cast.desk, "matters", text, deep=True)
    assert list(worklist(cast.desk, {"text": text}, NOW)) is not None


@pytest.mark.parametrize("typed", ["電梯", "三栋", "3幢 被困", "早上又壞", "二单元電梯"])
def test_a_text_is_found_in_both_stages_whichever_form_was_typed(street, typed, monkeypatch):
    cast, here, _ = street
    Matter.objects.filter(pk=here).update(text=LIFT.replace("三栋", "他说 3 栋").replace("二单元", " 2 单元"))
    keeping.take()
    assert found(cast.desk, "matters", typed) == {here}
    monkeypatch.setattr("sanshe.kernel.search.finding.NEWEST", 0)
    assert found(cast.desk, "matters", typed, deep=True) == {here}


def test_what_was_typed_in_full_comes_first_then_ones_own_then_what_is_open(street):
    cast, here, _ = street
    thing = search.searchable("matters")
    later = [report(cast, NOW + timedelta(hours=n), text=f"电梯{n}", contact_phone="13900000009").pk for n in (1, 2, 3)]
    Matter.objects.filter(pk=later[0]).update(title="电梯又停了")
    Matter.objects.filter(pk=later[1]).update(handler=cast.desk.user_id)
    Matter.objects.filter(pk=later[2]).update(state="done", done_at=NOW)
    keeping.take()
    asked = search.read("電梯又停了")
    ids = [later[2], here, *later[:2]]
    assert search.in_order(thing, cast.desk, ids, asked) == [later[0], later[1], here, later[2]]


# -- two stages --------------------------------------------------------------------------------------------------------


def test_the_index_finds_what_lies_further_back(street, monkeypatch):
    cast, here, _ = street
    for minute in range(1, 6):
        report(cast, NOW + timedelta(minutes=minute), text="路灯不亮了", contact_phone="13900000009")
    monkeypatch.setattr("sanshe.kernel.search.finding.NEWEST", 3)
    # Not yet taken by the worker, and found all the same.
    assert Changed.objects.exists() and found(cast.desk, "matters", "老人被困") == {here}
    keeping.take()
    assert not Changed.objects.exists() and found(cast.desk, "matters", "老人被困") == {here}
    assert found(cast.desk_far, "matters", "老人被困") == set() == found(cast.desk, "matters", "老人电梯")
    thing, rows = search.searchable("matters"), search.searchable("matters").rows_of(cast.desk)
    one = search.find(thing, rows, search.read("困"))
    assert not one.whole and one.ids == []  # a single character is looked for in the newest only
    some = search.find(thing, rows, search.read("路灯"), enough=2)
    assert not some.whole and len(some.ids) == 3 and some.total == "3+"
    assert search.find(thing, rows, search.read("路灯"), deep=True).total == "5"
    assert [row.pk for row in worklist(cast.desk, {"text": "老人 电梯"}, NOW)] == [here]
    # A single character beside a word: the word's pairs narrow, the comparison decides.
    assert found(cast.desk, "matters", "老人被困 梯") == {here} and not found(cast.desk, "matters", "老人被困 鳌")
    # While typing only the newest are looked through.
    assert search.peek(thing, rows, search.read("老人被困"), 3) == []
    assert len(search.peek(thing, rows, search.read("路灯"), 2)) == 2


def test_the_public_board_finds_all_that_is_public(street, monkeypatch):
    cast, here, there = street
    Matter.objects.filter(pk=here).update(public=True, created_at=NOW + timedelta(days=1))
    keeping.take()
    monkeypatch.setattr("sanshe.kernel.search.finding.NEWEST", 1)
    for text in ("维修电梯", "維修電梯", "电梯故障 维修"):
        assert [row.pk for row in board(cast.public, {"text": text}, NOW)] == [there]
    assert not board(cast.public, {"text": "木棉社区的电梯"}, NOW)  # the reporter's own words
    Matter.objects.filter(pk=there).update(criterion=cast.criteria["complex"])
    name = cast.criteria["complex"].name
    assert [row.pk for row in board(cast.public, {"text": name[:4]}, NOW)] == [there]


def test_the_index_follows_the_texts(street):
    _, here, there = street
    assert set(search.grams("电梯", search.searchable("matters").kind)) <= pairs("matters", here)
    assert pairs("public-matters", here) == set() != pairs("public-matters", there)
    Matter.objects.filter(pk=here).update(urgent=True)
    assert not Changed.objects.exists()  # nothing that is searched has changed
    Matter.objects.filter(pk=here).update(text="水管爆裂", title="水管")
    Matter.objects.filter(pk=there).update(public=False)
    keeping.take()
    assert not set(search.grams("电梯", search.searchable("matters").kind)) & pairs("matters", here)
    assert pairs("public-matters", there) == set()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE one AS SELECT * FROM matters_matter WHERE id = %s", [here])
        cursor.execute("UPDATE one SET id = 900001, number = 'X', token = 'X', title = '照抄的一件'")
        cursor.execute("INSERT INTO matters_matter SELECT * FROM one")
    keeping.take()
    assert pairs("matters", 900001)
    Matter.objects.filter(pk=900001).delete()
    keeping.take()
    assert pairs("matters", 900001) == set()


def test_building_it_anew_gives_the_same(street):
    before = {(row.kind, row.object_id): list(row.pairs) for row in Pairs.objects.all()}
    assert before and keeping.rebuild()["matters"] == 2
    assert {(row.kind, row.object_id): list(row.pairs) for row in Pairs.objects.all()} == before
    assert keeping.install() == []  # every trigger stands


def test_another_way_of_folding_is_taken_in_by_the_worker(street, monkeypatch):
    assert not Changed.objects.exists()
    monkeypatch.setattr("sanshe.kernel.search.keeping.version", lambda: 1)
    assert set(keeping.install()) == {one.name for one in keeping.indexed()}
    assert Changed.objects.filter(kind=search.searchable("matters").kind).count() == 2
    keeping.take()
    assert keeping.install() == [] and not Changed.objects.exists()


def test_confidential_things_and_encrypted_fields_are_never_declared():
    kinds = search.searchables()
    assert not [one.name for one in kinds if one.model._meta.app_label == "accounts"]
    # A dispute is found by its number alone, under its own rule, and never while one types.
    disputes = [one for one in kinds if one.model._meta.app_label == "disputes"]
    assert {one.fields for one in disputes} == {("number",)} and not any(one.typing or one.rows for one in disputes)
    assert not any(search.searchable(name).typing for name in ("people", "workers"))
    with pytest.raises(TypeError, match="encrypted"):
        search.declare(search.Searchable("x", "x", search.searchable("people").access, ("phone",)))
    assert PublicMatter in {one.model for one in kinds} and Place in {one.model for one in kinds}
