"""Three stories of the ledgers: where the New Area falls short, a messy sheet, and who looked at my file."""

from __future__ import annotations

from datetime import date

import openpyxl

from sanshe.areas.models import Area
from sanshe.facilities.models import Facility
from sanshe.indicators.models import GapPlan
from sanshe.kernel.register.sheets import jobs
from sanshe.kernel.register.sheets.models import ImportBatch
from sanshe.people.models import Person
from sanshe.workforce.models import Certificate, Worker

NAME = "professionals_per_community"


def _staffed(world, short: dict[str, int]) -> None:
    """Five certified community workers in each community of the New Area, fewer in those named."""
    began, people, papers = date(2021, 1, 1), [], []
    for area in Area.objects.filter(level="community").order_by("lo"):
        for n in range(short.get(area.name, 5)):
            people.append(Worker(name=f"员{area.pk}-{n}", kind="community_worker", area=area, valid_from=began))
    for nr, worker in enumerate(Worker.objects.bulk_create(people)):
        papers.append(
            Certificate(
                worker=worker, level="assistant", number=f"证{nr:06d}", issued_on=began, registered_on=began,
                registered_until=date(2030, 1, 1),
            )
        )  # fmt: skip
    Certificate.objects.bulk_create(papers)


def test_an_officer_finds_what_falls_short_and_starts_the_plan(world, someone, turned):
    names = list(Area.objects.filter(level="community").order_by("lo").values_list("name", flat=True))
    _staffed(world, {names[3]: 1, names[20]: 2, names[41]: 3})
    officer = someone("district")
    officer.go("/indicators/").sees("目标").shot("41-cockpit")
    officer.go(f"/indicators/{NAME}/").sees("2025 年末", "制定计划").shot("42-target")
    first = officer.page.locator("section.box").filter(has_text="还差这些").locator("tbody tr")
    short = [Area.objects.get(name=names[n]).short_name for n in (3, 20, 41)]
    assert [first.nth(n).locator("th").inner_text().strip() for n in range(3)] == short
    rows = first.nth(0).locator("td a").first.get_attribute("href")
    officer.go(rows).sees("员").shot("43-rows")
    officer.page.go_back()
    officer.click(first.nth(0).get_by_role("link", name="制定计划"))
    officer.fill(aim="5", measures="与社工机构商定派驻两名社工，组织三名社区工作者报考。", due="2026-12-31")
    officer.shot("44-plan-form").send()
    plan = GapPlan.objects.get()
    assert (plan.indicator, plan.area.name) == (NAME, names[3])
    officer.sees("制定时", "与社工机构商定派驻两名社工").shot("45-plan")
    officer.go("/indicators/report/").sees("还差什么", short[0], "补齐计划").shot("46-report")
    with officer.page.expect_download() as word:
        officer.page.get_by_role("link", name="下载 Word").click()
    assert word.value.suggested_filename.endswith(".docx")


def _sheet(path, rows) -> str:
    """A sheet as they come: a title above, merged, blank lines, full-width digits, words instead of codes."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["龙寿路社区服务设施一览表（2026年）"])
    sheet.merge_cells("A1:F1")
    sheet.append([])
    sheet.append(["设施名称", "所在社区", "设施类别", "建筑面积", "使用情况", "设施来源", "启用时间"])
    for row in rows:
        sheet.append(row)
        sheet.append([])
    book.save(path)
    return str(path)


def test_a_worker_brings_in_a_messy_sheet_and_mends_what_was_refused(world, someone, turned, tmp_path):
    where = world.areas["community"].name
    path = _sheet(
        tmp_path / "设施.xlsx",
        [["龙寿路活动室 ", where, "文化活动室", "１２０", "在用", "新建", "2021年3月1日"],
         ["龙寿路菜店", where, "菜店", "八十平", "在用", "改造", "2022.5.6"],
         ["龙寿路警务室", where, "警务室", 45, "在用", "原有", 44562]],
    )  # fmt: skip
    lead = someone("lead")
    lead.go("/registers/").shot("47-registers")
    lead.go("/registers/facilities/import/").fill(file=path)
    lead.shot("48-import").send()
    if lead.page.get_by_role("button", name="按这样核对").count():
        lead.shot("49-columns").press("按这样核对")
    lead.sees("不能导入 1").shot("50-preview")
    lead.click(lead.page.locator("main a", has_text="不能导入").first)
    lead.sees("八十平").shot("51-refused")
    lead.press("导入这 2 条")
    batch = ImportBatch.objects.get()
    jobs.work(batch.pk)
    lead.go(batch.get_absolute_url()).sees("撤销这次导入").shot("52-imported")
    assert sorted(Facility.objects.values_list("name", flat=True)) == ["龙寿路活动室", "龙寿路警务室"]

    with lead.page.expect_download() as back:
        lead.page.get_by_role("link", name="下载标出原因的表").click()
    mended = tmp_path / "改好的.xlsx"
    back.value.save_as(mended)
    book = openpyxl.load_workbook(mended)
    sheet = book.active
    (cell,) = [c for row in sheet.iter_rows() for c in row if c.value == "八十平"]
    assert cell.comment is not None and "数字" in cell.comment.text
    cell.value = 80
    book.save(mended)
    lead.go("/registers/facilities/import/").fill(file=str(mended))
    lead.send()
    if lead.page.get_by_role("button", name="按这样核对").count():
        lead.press("按这样核对")
    lead.sees("新增 1", "相同 2").press("导入这 1 条")
    jobs.work(ImportBatch.objects.latest("pk").pk)
    assert str(Facility.objects.get(name="龙寿路菜店").floor_area) == "80.00"

    # The same sheet once more changes nothing; a person of another street finds none of it.
    lead.go("/registers/facilities/import/").fill(file=str(mended))
    lead.send()
    if lead.page.get_by_role("button", name="按这样核对").count():
        lead.press("按这样核对")
    lead.sees("相同 3")
    someone("stranger").go(batch.get_absolute_url()).sees("没有找到")


def test_a_person_asks_who_looked_at_their_file(world, someone, turned):
    person = Person.objects.get(user=world.users["resident"])
    desk = someone("desk")
    desk.go(person.get_absolute_url()).sees("打开这份档案已记录在案").shot("53-file")
    resident = someone("resident", phone=True)
    resident.go("/people/reads/").sees("您的档案被查阅过", "车小楠").shot("54-who-looked-phone")
    resident.press("请社区解释说明").shot("55-ask-phone")
