"""Commands: take matters over from a sheet, load the triage criteria."""

from __future__ import annotations

from pathlib import Path

import click

from .hot_cli import hot
from .triage_cli import triage


@click.group()
def matters() -> None:
    """事项：转入、分流标准。"""


def _pairs(text: str) -> dict[str, str]:
    found = {}
    for part in text.split(","):
        meaning, sign, column = part.partition("=")
        if not sign or not meaning.strip() or not column.strip():
            raise click.UsageError(f"--map 里的“{part}”应写成 含义=列名 的形式，例如 text=内容。")
        found[meaning.strip()] = column.strip()
    return found


@matters.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--area", "code", default="", help="转入哪个区域（区划代码），缺省为本平台所在的区域。")
@click.option("--map", "mapping", required=True, help="列的对应，例如 text=内容,title=标题,created=时间,key=编号。")
@click.option("--source", required=True, help="来源系统的名称；同一来源的同一编号只转入一次。")
@click.option("--publish", is_flag=True, help="在公示板公开标题（号码自动隐去）。")
@click.option("--bad", type=click.Path(dir_okay=False, path_type=Path), help="有误的行写到哪个文件。")
def import_file(file: Path, code: str, mapping: str, source: str, publish: bool, bad: Path | None) -> None:
    """从 CSV 文件转入事项；有误的行说明原因，其余的照常转入，重复运行不会重复转入。"""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from sanshe.accounts.public import SETUP
    from sanshe.areas.public import Area, home_area
    from sanshe.kernel import clock
    from sanshe.kernel.access import Viewer

    from .actions import take_over
    from .imports import Bad, Row, open_sheet, write_bad

    area = Area.objects.filter(code=code).first() if code else home_area()
    if area is None:
        raise click.UsageError(f"没有代码为“{code}”的区域，请先运行 sanshe areas load，或核对代码。")
    sheet = open_sheet(file, _pairs(mapping))
    wrong: list[Bad] = []

    def good() -> object:
        for row in sheet.rows():
            if isinstance(row, Row):
                yield row
            else:
                wrong.append(row)

    columns = (TextColumn("转入事项"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=False) as progress:
        task = progress.add_task("", total=sheet.size)
        added = take_over(
            rows=good(), area=area, source=source, publish=publish, by=Viewer.system_account(SETUP), now=clock.now(),  # type: ignore[arg-type]
            step=lambda n: progress.advance(task, n),
        )  # fmt: skip
        progress.update(task, completed=sheet.size)
    held = sheet.size - added - len(wrong)
    click.echo(f"转入 {added} 件，已有 {max(0, held)} 件，有误 {len(wrong)} 行。")
    for one in wrong[:20]:
        click.echo(f"  第 {one.line} 行{f'“{one.column}”列' if one.column else ''}：{one.reason}")
    if len(wrong) > 20:
        click.echo(f"  另有 {len(wrong) - 20} 行。")
    if wrong:
        target = bad or Path(f"{file.stem}-有误的行.csv")
        write_bad(target, wrong)
        click.echo(f"有误的行都写在 {target.name} 里，改好后可以再次转入。")


@matters.command("criteria")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def criteria(file: Path | None) -> None:
    """载入一版分流标准；缺省为政策包 lists/ 里的各版分流标准和社区职责清单。"""
    from sanshe.accounts.public import SETUP
    from sanshe.kernel import clock
    from sanshe.kernel.access import Viewer
    from sanshe.kernel.errors import Invalid

    from .actions import load_criteria
    from .actions.criteria import criteria_files, duty_files, load_duties

    by, now = Viewer.system_account(SETUP), clock.now()
    given = [(load_criteria, one) for one in ([file] if file else criteria_files())]
    for load, one in [*given, *((load_duties, path) for path in ([] if file else duty_files()))]:
        try:
            found, count = load(file=one, by=by, now=now)
        except Invalid as error:
            click.echo(error.sentence)
            continue
        told = f"新增 {count} 条" if count else "已经载入"
        click.echo(f"{found.name}（{found.version}）：{told}。")


@matters.command("services")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def services(file: Path | None) -> None:
    """载入服务事项目录；缺省为政策包里的 lists/services.yaml。"""
    from sanshe.accounts.public import SETUP
    from sanshe.kernel import clock
    from sanshe.kernel.access import Viewer

    from .actions import load_services
    from .actions.services import services_file

    name, count = load_services(file=file or services_file(), by=Viewer.system_account(SETUP), now=clock.now())
    click.echo(f"{name}：新增 {count} 项。" if count else f"{name}已经载入。")


matters.add_command(hot)
commands: list[click.Command] = [matters, triage]
