"""The command line: one Chinese sentence and an exit code for whatever goes wrong, and no English."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from sanshe.runtime import commands

PROJECT = Path(__file__).resolve().parents[2]


def run(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "SANSHE_TEST", "SANSHE_DEBUG")}
    return subprocess.run(
        [sys.executable, "-m", "sanshe.runtime.cli", *arguments],
        cwd=PROJECT, env={**kept, "SANSHE_VAR": str(home), **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["up"], {"SANSHE_PORT": "abc"}, "SANSHE_PORT 应是"),
        (["db", "where"], {"DATABASE_URL": "mysql://x"}, "DATABASE_URL 应写成"),
        (["db", "where", "--nonsense"], {}, "没有 --nonsense 这个选项"),
        (["db"], {}, "用法"),
        (["up", "more"], {}, "多出了参数"),
    ],
)
def test_errors_are_a_sentence(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], sentence: str
) -> None:
    done = run(tmp_path, *arguments, **environment)
    assert done.returncode != 0
    assert sentence in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_status_and_stop_without_anything_running(tmp_path: Path) -> None:
    assert run(tmp_path, "status").returncode == 1
    assert run(tmp_path, "stop").returncode == 0


def test_the_own_words_are_chinese(tmp_path: Path) -> None:
    said = run(tmp_path, "db", "--help").stdout
    assert not re.search(r"\b(Usage|Options|Commands|Show|OPTIONS|COMMAND|ARGS)\b", said), said


def test_psql_opens_on_the_embedded_database(home: Path, cluster) -> None:
    done = run(home, "db", "shell", "-Atc", "select current_user")
    assert done.stdout == "sanshe_app\n", done.stderr
    assert not cluster.is_ours(), "the last one out stops it"


def test_groups_of_one_name_become_one() -> None:
    first, second = click.Group("areas"), click.Group("areas")
    first.command("load")(lambda: None)
    second.command("show")(lambda: None)
    merged = commands.merge([first, second])["areas"]
    assert isinstance(merged, click.Group) and sorted(merged.commands) == ["load", "show"]
    with pytest.raises(ValueError, match="areas"):
        commands.merge([click.Command("areas"), click.Command("areas")])
