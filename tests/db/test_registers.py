"""Registers: what is declared once is listed, found, changed and told the same way for every ledger."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import QueryDict

from sanshe.accounts import actions as accounts
from sanshe.accounts.access import SETUP as ACCOUNT_SETUP
from sanshe.accounts.words import Role
from sanshe.areas.models import Area
from sanshe.kernel.access import Viewer
from sanshe.kernel.audit import Entry
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible
from sanshe.kernel.register import actions, export, query, register_of
from sanshe.kernel.register.values import read_date


@pytest.fixture
def tree():
    """A district, two streets with a community each."""

    def grow(code, name, level, parent, lo, hi):
        return Area.objects.create(
            code=code, name=name, short_name=name, level=level, parent=parent, lo=lo, hi=hi,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip

    root = grow("LJ0000000000", "新区", "district", None, 1, 6)
    a, b = grow("500000001000", "甲街道", "street", root, 2, 4), grow("500000002000", "乙街道", "street", root, 4, 6)
    return {
        "root": root, "甲街道": a,
        "甲": grow("500000001001", "甲社区", "community", a, 3, 4),
        "乙": grow("500000002001", "乙社区", "community", b, 5, 6),
    }  # fmt: skip


@pytest.fixture
def people(tree, now):
    """A lead in each community, an officer of the district, someone without a post."""
    posts = {"lead": "甲", "other": "乙", "district": "root", "nobody": None}
    by, out = Viewer.system_account(ACCOUNT_SETUP), {}
    for n, (key, where) in enumerate(posts.items()):
        user, _ = accounts.make_account(username=key, name=key, phone=f"1390000010{n}", by=by, now=now)
        if where:
            role = Role.DISTRICT_OFFICER if key == "district" else Role.COMMUNITY_LEAD
            accounts.appoint(user_id=user.pk, role=role, area_id=tree[where].pk, by=by, now=now)
        out[key] = Viewer.of(user)
    return out


@pytest.fixture
def facilities():
    return register_of("facilities")


def enter(register, by, now, **given):
    cells = {"name": "一号活动室", "area": "甲社区", "kind": "文化活动室", "state": "在用", "source": "新建",
             "floor_area": "120", "valid_from": "2021-03-01", **given}  # fmt: skip
    return actions.create(register=register, given=cells, by=by, now=now)


def listed(register, viewer, text):
    asked = query.ask(register, viewer, QueryDict(text))
    return [row.name for row in query.page(asked)]


def test_a_row_is_typed_as_people_write_and_told_in_the_audit(facilities, people, now):
    row = enter(facilities, people["lead"], now, floor_area="１２０.5 平方米", valid_from="2021年3月1日")
    assert (str(row.floor_area), row.valid_from, row.area.name) == ("120.50", date(2021, 3, 1), "甲社区")
    told = Entry.objects.get(event=actions.CREATED)
    assert told.object_id == row.pk and "社区服务设施台账" in told.sentence


def test_every_wrong_cell_is_named_at_once(facilities, people, now):
    with pytest.raises(Invalid) as wrong:
        enter(facilities, people["lead"], now, area="丙社区", kind="游泳池", floor_area="很大", valid_from="2021-13-01")
    assert set(wrong.value.errors) == {"area", "kind", "floor_area", "valid_from"}
    assert "没有找到「丙社区」" in wrong.value.errors["area"] and "文化活动室" in wrong.value.errors["kind"]


def test_one_adds_and_keeps_only_what_ones_post_covers(facilities, people, now):
    with pytest.raises(NotAllowed):
        enter(facilities, people["other"], now)
    row = enter(facilities, people["lead"], now)
    with pytest.raises(NotAllowed):
        actions.change(register=facilities, pk=row.pk, given={"name": "别人的"}, by=people["other"], now=now)
    with pytest.raises(NotAllowed, match="上级"):
        actions.change(register=facilities, pk=row.pk, given={"area": "乙社区"}, by=people["lead"], now=now)
    row.refresh_from_db()
    assert (row.name, row.area.name) == ("一号活动室", "甲社区")


def test_a_change_is_kept_from_and_to_and_nothing_is_written_when_nothing_changed(facilities, people, now):
    row = enter(facilities, people["lead"], now)
    _, changes = actions.change(
        register=facilities, pk=row.pk, given={"name": "二号活动室", "floor_area": "120"}, by=people["district"],
        now=now, reason="更名",
    )  # fmt: skip
    assert [(c.column.name, c.before, c.after) for c in changes] == [("name", "一号活动室", "二号活动室")]
    entry = Entry.objects.get(event=actions.CHANGED)
    assert (
        entry.data["changes"] == [{"title": "名称", "from": "一号活动室", "to": "二号活动室"}] and entry.note == "更名"
    )
    _, nothing = actions.change(
        register=facilities, pk=row.pk, given={"name": "二号活动室"}, by=people["lead"], now=now
    )
    assert nothing == [] and Entry.objects.filter(event=actions.CHANGED).count() == 1


def test_who_opened_an_older_form_is_told(facilities, people, now):
    row = enter(facilities, people["lead"], now)
    seen = actions.fingerprint(facilities, row)
    actions.change(register=facilities, pk=row.pk, given={"name": "先改的"}, by=people["lead"], now=now, seen=seen)
    with pytest.raises(Invalid, match="被别人修改过"):
        actions.change(
            register=facilities, pk=row.pk, given={"name": "后改的"}, by=people["district"], now=now, seen=seen
        )


def test_the_list_is_found_filtered_and_knows_what_has_ended(facilities, people, now):
    enter(facilities, people["lead"], now)
    enter(facilities, people["lead"], now, name="旧警务室", kind="警务室", valid_to="2022-01-01")
    enter(facilities, people["other"], now, name="乙菜店", kind="菜店", area="乙社区")
    district = people["district"]
    assert listed(facilities, district, "sort=name") == sorted(["一号活动室", "乙菜店"])
    assert listed(facilities, district, "q=活动") == ["一号活动室"]
    assert listed(facilities, district, "kind=警务室&ended=1") == ["旧警务室"]
    assert listed(facilities, district, "area=甲街道") == ["一号活动室"]
    asked = query.ask(facilities, district, QueryDict("kind=游泳池"))
    assert "没有「游泳池」这一项" in asked.said[0]


def test_pages_are_walked_by_key_both_ways_with_empty_cells_last(facilities, people, now):
    sizes = ["30", "10", "", "20", "", "10"]
    for n, size in enumerate(sizes):
        enter(facilities, people["lead"], now, name=f"设施{n}", floor_area=size)
    for sort in ("floor_area", "-floor_area", "name", "-name", "-id", "area"):
        asked = query.ask(facilities, people["district"], QueryDict(f"sort={sort}"))
        whole = [row.pk for row in query.page(asked)]
        walked, back, after, before = [], [], "", ""
        for _ in range(3):
            page = query.page(asked, after=after, size=2)
            walked += [row.pk for row in page]
            after, before = page.next or "", page.previous or ""
        assert walked == whole and not after and len(whole) == 6
        while before:
            page = query.page(asked, before=before, size=2)
            back = [row.pk for row in page] + back
            before = page.previous or ""
        assert back == whole[:4], sort
    empty = query.page(query.ask(facilities, people["district"], QueryDict("sort=-floor_area"))).rows
    assert [row.floor_area for row in empty[-2:]] == [None, None]
    assert query.page(asked, after="not-a-key", size=2).rows == query.page(asked, size=2).rows


def test_a_register_is_not_there_for_who_may_see_no_row(people):
    with pytest.raises(NotVisible):
        query.ask(register_of("community-bases"), people["nobody"], QueryDict(""))
    with pytest.raises(NotVisible):
        register_of("no-such-register")


def test_many_rows_are_changed_at_once_and_those_refused_are_told(facilities, people, now):
    mine = [enter(facilities, people["lead"], now, name=f"甲{n}").pk for n in range(2)]
    theirs = enter(facilities, people["other"], now, name="乙一", area="乙社区").pk
    result = actions.change_many(
        register=facilities, pks=[*mine, theirs], given={"state": "闲置"}, by=people["lead"], now=now, reason="盘点"
    )
    assert result.changed == 2 and [pk for pk, _ in result.refused] == [theirs]
    with pytest.raises(Invalid, match="一次最多修改"):
        actions.change_many(
            register=facilities, pks=list(range(actions.BULK + 1)), given={}, by=people["lead"], now=now
        )


def test_what_leaves_as_a_sheet_is_what_is_seen_and_never_a_formula(facilities, people, now):
    enter(facilities, people["lead"], now, name="=HYPERLINK(1)", owner="@公司")
    asked = query.ask(facilities, people["district"], QueryDict("cols=name,owner,floor_area"))
    lines = "".join(export.csv_lines(asked)).splitlines()
    assert lines[0].startswith("\ufeff名称,") and lines[0].endswith("（平方米）")
    assert lines[1].startswith("'=HYPERLINK(1),'@公司,120")
    import openpyxl

    file, count = export.xlsx(asked)
    cell = openpyxl.load_workbook(file).active["A2"]
    assert count == 1 and cell.value == "=HYPERLINK(1)" and cell.data_type == "s"


def test_a_view_is_kept_for_its_owner_alone(facilities, people, now):
    lead = people["lead"]
    view = actions.keep_view(register=facilities, name="闲置的", query="state=idle", by=lead, now=now)
    actions.keep_view(register=facilities, name="闲置的", query="state=idle&cols=name", by=lead, now=now)
    assert [v.query for v in query.views_of(facilities, lead)] == ["state=idle&cols=name"]
    assert query.views_of(facilities, people["other"]) == []
    with pytest.raises(NotVisible):
        actions.drop_view(register=facilities, pk=view.pk, by=people["other"])


@pytest.mark.parametrize(
    ("text", "day"),
    [("2020-7-3", date(2020, 7, 3)), ("2020.7.3", date(2020, 7, 3)), ("２０２０年７月３日", date(2020, 7, 3)),
     ("20200703", date(2020, 7, 3)), ("2020/07/03 00:00:00", date(2020, 7, 3)), ("44015", date(2020, 7, 3)),
     ("2020年7月", date(2020, 7, 1))],
    ids=["dash", "dot", "full-width", "compact", "moment", "excel", "month"],
)  # fmt: skip
def test_days_are_read_in_every_spelling_of_real_sheets(text, day):
    assert read_date(text) == day
