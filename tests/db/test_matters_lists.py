"""The lists with versions: drafting, two people at once, putting in force, comparing, and what is read on which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sanshe.accounts.public import SETUP
from sanshe.kernel import audit, clock
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from sanshe.matters.actions import load_criteria, triage_government
from sanshe.matters.actions.criteria import criteria_files, duty_files, load_duties
from sanshe.matters.actions.suggesting import suggest_waiting
from sanshe.matters.lists import actions, queries
from sanshe.matters.lists.checking import check
from sanshe.matters.lists.compare import compare
from sanshe.matters.lists.kinds import CRITERIA, DUTIES, KINDS
from sanshe.matters.models import CriteriaSet, Criterion, DutyItem
from sanshe.matters.proposal import criteria_in_force
from sanshe.matters.suggesting.view import suggestion_for
from tests.matters_cast import make_cast, report

BY = Viewer.system_account(SETUP)


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def base(cast):
    return CriteriaSet.objects.get()


def draft(cast, base, now, **more):
    given = {"name": "测试标准第二版", "version": "t2", **more}
    return actions.start_draft(kind=CRITERIA, base_id=base.pk, by=cast.district, now=now, **given)


def enforce(cast, row, now, begins: date, **more):
    row.refresh_from_db()
    given = {"note": "补充照明一条的词。", "source": "测试", "seen": row.edition, **more}
    return actions.put_in_force(kind=CRITERIA, draft_id=row.pk, begins=begins, by=cast.district, now=now, **given)


def ready(row):
    """Make every item of the cast's small list one that may stand."""
    row.items.filter(guidance="", route="self").update(guidance="自己办。")
    return row


def change(cast, row, code, now, by="district", seen=None, **values):
    item = row.items.get(code=code)
    whole = {**CRITERIA.values(item), **values}
    return actions.save_item(
        kind=CRITERIA, draft_id=row.pk, item_id=item.pk, seen=item.edition if seen is None else seen, values=whole,
        by=cast.viewer(by), now=now,
    )  # fmt: skip


def test_only_the_district_keeps_the_lists_and_sees_drafts(cast, base, now):
    for who in ("desk", "lead", "street", "handler", "resident", "public"):
        with pytest.raises(NotAllowed):
            actions.start_draft(kind=CRITERIA, base_id=base.pk, name="x版", version="x", by=cast.viewer(who), now=now)
    row = draft(cast, base, now)
    assert row.is_draft and row.items.count() == base.items.count()
    with pytest.raises(NotVisible):
        CRITERIA.access.get(cast.street, row.pk)
    assert row not in [s.version for s in queries.versions(CRITERIA, cast.public, now.date())]
    with pytest.raises(WrongState, match="正在修改的草案"):
        draft(cast, base, now, version="t3")


def test_two_people_on_one_item_are_told_and_nothing_is_overwritten(cast, base, now):
    row = draft(cast, base, now)
    change(cast, row, "D-1", now, covers=["路灯", "路灯不亮", "路灯坏"])
    with pytest.raises(WrongState) as told:
        change(cast, row, "D-1", now, seen=0, name="照明")
    assert "测试10号" in told.value.sentence and "没有用您的内容覆盖" in told.value.sentence
    item = row.items.get(code="D-1")
    assert item.covers[-1] == "路灯坏" and item.name == "道路照明"
    key = item.pk
    item.delete()
    with pytest.raises(WrongState, match="删去"):
        actions.save_item(
            kind=CRITERIA, draft_id=row.pk, item_id=key, seen=1, values=CRITERIA.values(item), by=cast.district,
            now=now,
        )  # fmt: skip


def test_a_version_begins_and_the_one_before_ends_that_day(cast, base, now):
    row = ready(draft(cast, base, now))
    with pytest.raises(Invalid, match="不能早于今天"):
        enforce(cast, row, now, now.date() - timedelta(days=1))
    day = now.date() + timedelta(days=10)
    change(cast, row, "D-1", now, covers=["路灯", "路灯不亮", "黑灯瞎火"])
    with pytest.raises(WrongState, match="又有改动"):
        enforce(cast, row, now, day, seen=0)
    enforce(cast, row, now, day)
    base.refresh_from_db()
    assert base.valid_to == day and CRITERIA.in_force(day - timedelta(days=1)) == base and CRITERIA.in_force(day) == row
    # A matter triaged by the old version keeps pointing to it; the new one can not be cited before its day.
    matter = report(cast, now)
    given = {"matter_id": matter.pk, "reason": "按标准办理。", "host_unit": cast.bodies["unit"].pk, "by": cast.desk}
    with pytest.raises(Invalid, match="不在有效期内"):
        triage_government(criterion=row.items.get(code="D-1").pk, now=now, **given)
    triage_government(criterion=cast.criteria["lamp"].pk, now=now, **given)
    later = now + timedelta(days=11)
    matter.refresh_from_db()
    assert matter.criterion == cast.criteria["lamp"] and matter.criterion_version == "t1"
    with pytest.raises(Invalid, match="不在有效期内"):
        second = report(cast, later)
        triage_government(**{**given, "matter_id": second.pk}, criterion=cast.criteria["lamp"].pk, now=later)
    events = list(audit.history(row).values_list("event", flat=True))
    assert events[0] == "list_put_in_force" and "list_item_changed" in events
    # What has begun is no draft any more, and can not be recalled.
    with pytest.raises(WrongState):
        change(cast, row, "D-1", later, name="改名")
    with pytest.raises(WrongState):
        actions.recall(kind=CRITERIA, version_id=row.pk, by=cast.district, now=later)


def test_recalled_before_its_day_the_old_one_goes_on(cast, base, now):
    row = ready(draft(cast, base, now))
    enforce(cast, row, now, now.date() + timedelta(days=5))
    with pytest.raises(Invalid, match="要晚于这一天"):
        enforce(cast, ready(draft(cast, base, now, version="t9")), now, now.date() + timedelta(days=2))
    actions.discard(kind=CRITERIA, draft_id=CriteriaSet.objects.get(version="t9").pk, by=cast.district, now=now)
    actions.recall(kind=CRITERIA, version_id=row.pk, by=cast.district, now=now)
    base.refresh_from_db()
    row.refresh_from_db()
    assert row.is_draft and base.valid_to is None and CRITERIA.in_force(now.date() + timedelta(days=9)) == base
    actions.discard(kind=CRITERIA, draft_id=row.pk, by=cast.district, now=now)
    assert CriteriaSet.objects.count() == 1 and Criterion.objects.count() == base.items.count()


def test_suggestions_follow_the_version_of_the_day(cast, base, now):
    with clock.frozen(now):
        matter = report(cast, now, text="单元门口黑灯瞎火，走路摔了一跤。")
        suggest_waiting(now)
        assert matter.suggestions.get().criterion is None
        lamp = report(cast, now)
        suggest_waiting(now)
        assert suggestion_for(lamp, now).criterion == cast.criteria["lamp"]
    row = ready(draft(cast, base, now))
    change(cast, row, "D-1", now, covers=["路灯不亮", "黑灯瞎火"])
    enforce(cast, row, now, now.date() + timedelta(days=1))
    later = now + timedelta(days=1)
    with clock.frozen(later):
        new = row.items.get(code="D-1")
        shown = suggestion_for(lamp, later)
        assert shown.pk is None and shown.criterion == new, "an old version's suggestion is thought about anew"
        assert suggest_waiting(later) == 1 and lamp.suggestions.order_by("-pk").first().criterion == new


def test_a_list_that_can_not_stand_is_not_put_in_force(cast, base, now):
    row = ready(draft(cast, base, now))
    change(cast, row, "D-2", now, urgent=True, hours=None)
    change(cast, row, "D-3", now, covers=["灯"])
    sentences = [f.sentence for f in check(CRITERIA, CRITERIA.items_of(row)) if f.blocks]
    assert any("几小时内" in s for s in sentences) and any("只有一个字" in s for s in sentences)
    with pytest.raises(Invalid, match="先改好"):
        enforce(cast, row, now, now.date())
    with pytest.raises(Invalid, match="同名"):
        change(cast, row, "D-1", now, name="燃气异味")


def test_the_comparison_says_what_changed_in_words(cast, base, now):
    row = draft(cast, base, now)
    change(cast, row, "D-1", now, covers=["路灯", "路灯坏"], deadline="complex")
    actions.remove_item(
        kind=CRITERIA, draft_id=row.pk, item_id=row.items.get(code="X-1").pk, seen=0, by=cast.district, now=now
    )
    values = {**CRITERIA.values(row.items.get(code="S-1")), "name": "借工具", "covers": ["借工具"]}
    added = actions.save_item(
        kind=CRITERIA, draft_id=row.pk, item_id=None, seen=0, values=values, by=cast.district, now=now
    )
    found = compare(CRITERIA, CRITERIA.items_of(base), CRITERIA.items_of(row))
    assert [i.code for i in found.added] == [added.code] and [i.code for i in found.removed] == ["X-1"]
    words, days = found.changed[0].changes
    assert (words.came, words.went) == (("路灯坏",), ("路灯不亮",)) and (days.before, days.after) == ("一般", "复杂")
    assert found.same == 4
    # A code that some version had is never given again.
    assert actions.next_code(CRITERIA, "joint") != "X-1"


def test_the_packs_lists_can_stand_and_a_local_version_is_not_replaced(cast, base, now):
    for kind, files, load in ((CRITERIA, criteria_files(), load_criteria), (DUTIES, duty_files(), load_duties)):
        for file in files:
            version, count = load(file=file, by=BY, now=now)
            assert count and not [f.sentence for f in check(kind, kind.items_of(version)) if f.blocks], file.name
            assert load(file=file, by=BY, now=now) == (version, 0)
    kinds = DutyItem.objects.values_list("kind", flat=True)
    assert {k: list(kinds).count(k) for k in set(kinds)} == {"own": 30, "assist": 40, "excluded": 30}
    local = ready(draft(cast, CRITERIA.in_force(now.date()), now, version="地方-1"))
    enforce(cast, local, now, now.date())
    newer = criteria_files()[-1].read_text(encoding="utf-8").replace('"2026-2"', '"2099-1"')
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "triage.yaml"
        file.write_text(newer.replace("in_force_from: 2026-01-01", f"in_force_from: {now.date() + timedelta(days=30)}"))
        with pytest.raises(Invalid, match="本地在平台上修订"):
            load_criteria(file=file, by=BY, now=now)
    assert {c.set.version for c in criteria_in_force(now.date() + timedelta(days=60))} == {"地方-1"}


@pytest.mark.parametrize(
    ("text", "name"),
    [("楼上往下滴水", "晾晒滴水与阳台花盆"), ("车位被占", "小区停车秩序"), ("老年食堂", "老年助餐与探访"),
     ("没有人的怪话🎉", None), ("=1+1", None)],
)  # fmt: skip
def test_residents_find_an_item_by_their_own_words(now, text, name):
    version, _ = load_criteria(file=criteria_files()[-1], by=BY, now=now)
    hits = queries.search(CRITERIA, CRITERIA.items_of(version), text)
    assert (hits[0].shown.item.name if hits else None) == name


def test_both_lists_name_fields_that_exist():
    for kind in KINDS.values():
        names = {f.name for f in kind.items._meta.get_fields()}
        assert {one.name for one in kind.fields} | {kind.group} <= names
