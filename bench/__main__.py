"""`python -m bench [names…]`: figures as `name value` lines, each beside a reference of the same run."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import click

from bench import desks, hot, pages, registers, suggesting
from bench.country import ORGANISATIONS, WORKERS, Country
from bench.place import HOME, Place, show, tell
from sanshe.runtime.paths import PROJECT

SMALL = 1000
NAMES = (*pages.PAGES, "queries", "areas", "import", "sheets", "figures", "registers", "search", "suggest",
         "desks", "hot")  # fmt: skip
SHEET = "messages/messages_with_replies.csv"


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--matters", default=1_000_000, show_default=True, type=click.IntRange(SMALL), help="模拟多少件事项。")
@click.option("--quick", is_flag=True, help="只用 50,000 件。")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 9), help="全国指标比较几轮。")
@click.option("--seconds", default=20, show_default=True, type=click.IntRange(2, 600), help="各窗口同时登记多少秒。")
@click.option("--fresh", is_flag=True, help="先删除上次留下的测量用数据库。")
def main(names: tuple[str, ...], matters: int, quick: bool, rounds: int, seconds: int, fresh: bool) -> None:
    """测量速度；不写名称就全部测量。"""
    wanted = list(names or NAMES)
    matters = 50_000 if quick else matters
    if fresh:
        shutil.rmtree(HOME, ignore_errors=True)
    place = Place(matters)
    if set(wanted) & {*pages.PAGES, "queries", "import", "search", "hot"}:
        with place.open():
            show("matters", matters)
            pages_wanted = [name for name in wanted if name in pages.PAGES]
            if pages_wanted:
                pages.measure(place, pages_wanted)
            if "queries" in wanted:
                _queries(place)
            if "import" in wanted:
                _import(place)
            if "search" in wanted:
                _search(place)
            if "hot" in wanted:
                hot.measure_matters(place)
    if "hot" in wanted:
        hot.measure_file()
    if "suggest" in wanted:
        suggesting.measure()
    if "areas" in wanted:
        _areas()
    if "sheets" in wanted:
        _sheets()
    if {"figures", "registers"} & set(wanted):
        _country(wanted, quick, rounds)
    if "desks" in wanted:
        with Place(SMALL, "desks").open() as private:
            desks.measure(private, 6.0 if quick else seconds)


def _queries(place: Place) -> None:
    """Queries a page among few rows and among many: a page whose number grows is a mistake."""
    counts = []
    with Place(SMALL).open() as small:
        for one in (small, place):
            lines = (line.split() for line in one.inside("queries").splitlines())
            counts.append({name: int(count) for name, count in lines})
    few, many = counts
    for name in few:
        show(f"{name}_queries_at_{SMALL}", few[name])
        show(f"{name}_queries_at_{place.matters}", many[name])
    show("queries_grow", sum(few[name] != many[name] for name in few))


def _country(wanted: list[str], quick: bool, rounds: int) -> None:
    """Figures and registers of the whole country; `quick`: of one province, with a fiftieth of the records."""
    country = Country(ORGANISATIONS // 50, WORKERS // 50, "50") if quick else Country()
    with country.open() as place:
        if "figures" in wanted:
            tell("正在测量：全国指标")
            found = json.loads(place.inside("figures", str(rounds), SANSHE_ROLE="owner"))
            for name in ("communities", "organisations", "workers", "made", "seconds"):
                show(f"figures_{name}", found[name])
            show("figures_reference_seconds", found["reference"])
            show("figures_ratio", found["reference"] / found["seconds"])
            for name, seconds in found["cards"].items():
                show(f"figures_{name}_seconds", seconds)
            show("figures_differ", len(found["differ"]))
        if "registers" in wanted:
            registers.measure(place)


def _areas() -> None:
    tell("正在测量：载入全国社区")
    place = Place(0, "areas")
    shutil.rmtree(place.folder, ignore_errors=True)
    with place.open():
        count, took, reference = json.loads(place.inside("areas", SANSHE_ROLE="owner"))
    shutil.rmtree(place.folder, ignore_errors=True)
    show("areas_communities", count)
    show("areas_load_all_seconds", took)
    show("areas_load_all_reference_seconds", reference)
    show("areas_load_all_ratio", reference / took)


def _sheets() -> None:
    """People from one sheet, and how much memory twice as many take."""
    from bench import sheets

    place = Place(0, "sheets")
    shutil.rmtree(place.folder, ignore_errors=True)
    with place.open():
        for count, what in ((100_000, "all"), (200_000, "check")):
            tell(f"正在测量：用表格导入 {count:,} 人")
            file = place.folder / f"people-{count}.xlsx"
            sheets.make(file, count)
            found = json.loads(place.inside("sheets", str(file), what).splitlines()[-1])
            if what == "all":
                show("sheet_people_rows", found["counts"]["added"])
                show("sheet_people_seconds", found["seconds"])
                show("sheet_people_reference_seconds", found["reference"])
                show("sheet_people_ratio", found["reference"] / found["seconds"])
                for name, took in found["stages"].items():
                    show(f"sheet_people_{name}_seconds", took)
            show(f"sheet_people_{count}_peak_megabytes", found["peak"])
    shutil.rmtree(place.folder, ignore_errors=True)


def _search(place: Place) -> None:
    """Words and parts of texts beside the plain list, the size of the index, what it costs to file."""
    tell("正在测量：查找")
    found = json.loads(place.inside("search", SANSHE_ROLE="owner").splitlines()[-1])
    for kind, count in found.pop("rows").items():
        show(f"search_indexed_{kind}", count)
    for name, value in found.items():
        show(f"search_{name}", value)


def _import(place: Place) -> None:
    folder = Path(os.environ.get("SANSHE_BENCH_DATA", PROJECT.parent / "shared" / "data"))
    file = folder / SHEET
    if not file.exists():
        tell(f"没有找到 {SHEET}（用 SANSHE_BENCH_DATA 指明所在的文件夹），略过转入的测量。")
        return
    tell("正在测量：转入事项")
    added, bad, took, reference = json.loads(place.inside("imports", str(file)))
    show("import_messages_rows", added)
    show("import_messages_bad_rows", bad)
    show("import_messages_seconds", took)
    show("import_messages_reference_seconds", reference)
    show("import_messages_ratio", reference / took)


if __name__ == "__main__":
    main()
