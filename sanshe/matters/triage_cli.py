"""`sanshe triage`: learn how texts were decided, and measure how right that is. Nothing of it touches the database."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sanshe.kernel.errors import Invalid
from sanshe.runtime.commands import without_database

SHEET = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def triage() -> None:
    """分流建议：从已分流的文字学习，测量准不准。"""


def _columns(function: click.decorators.FC) -> click.decorators.FC:
    function = click.option("--label", required=True, help="类别所在的列名，例如 department。")(function)
    return click.option("--text", required=True, help="文字所在的列名，例如 text。")(function)


def _one_line(found: dict[str, object]) -> None:
    click.echo(json.dumps(found, ensure_ascii=False))


@triage.command("learn")
@click.argument("file", type=SHEET)
@_columns
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="把学到的模型存到哪个文件（.npz）。")
@without_database
def learn_file(file: Path, text: str, label: str, to: Path | None) -> None:
    """从 CSV 的两列学习，打印一行 JSON；指明 --to 才保存，平台自己的模型由夜间任务更新。"""
    import time

    from .suggesting.learning import TooFew, learn
    from .suggesting.measure import peak_megabytes, read_pairs

    texts, labels = read_pairs(file, text, label)
    begin = time.perf_counter()
    try:
        model = learn(texts, labels)
    except TooFew as few:
        raise Invalid(str(few)) from None
    took = time.perf_counter() - begin
    if to is not None:
        model.save(to.with_suffix(".npz"))
    _one_line({
        "n": len(texts), "classes": len(model.labels), "accuracy_aside": model.about["accuracy"],
        "seconds_to_learn": round(took, 2), "peak_megabytes": peak_megabytes(),
    })  # fmt: skip


@triage.command("evaluate")
@click.option("--train", type=SHEET, required=True, help="用来学习的 CSV。")
@click.option("--test", type=SHEET, required=True, help="用来检验的 CSV。")
@_columns
@without_database
def evaluate_files(train: Path, test: Path, text: str, label: str) -> None:
    """从一个 CSV 学习，在另一个上检验，打印一行 JSON。"""
    from .suggesting.learning import TooFew
    from .suggesting.measure import evaluate, read_pairs

    try:
        found = evaluate(read_pairs(train, text, label), read_pairs(test, text, label))
    except TooFew as few:
        raise Invalid(str(few)) from None
    _one_line(found)


commands: list[click.Command] = [triage]
