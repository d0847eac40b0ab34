"""Documents are true: generated ones fresh, links and commands real, nothing of one machine in them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ["README.md", "README.zh-CN.md", "MAP.md", "docs/operations.md", "docs/security.md"]
WRITTEN = sorted({*HOW_TO, "CHANGELOG.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))})


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def tracked() -> list[Path]:
    said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [ROOT / name for name in said.split("\0") if name and (ROOT / name).is_file()]


def test_the_reference_is_fresh():
    from sanshe.web.docs_cli import stale

    assert stale() == [], "run make docs"


def test_the_reference_is_the_same_twice():
    from sanshe.web.reference import documents

    assert documents() == documents()


def test_every_decision_is_on_the_map():
    for path in sorted((ROOT / "docs/adr").glob("*.md")):
        assert f"docs/adr/{path.name}" in text("MAP.md"), path.name


def test_every_module_is_on_the_map():
    for path in sorted((ROOT / "sanshe").glob("*/__init__.py")):
        assert re.search(rf"^  {path.parent.name}/ ", text("MAP.md"), re.M), path.parent.name


@pytest.mark.parametrize("name", WRITTEN)
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text(name)):
        assert ((ROOT / name).parent / target).exists(), f"{name} → {target}"


@pytest.mark.parametrize("name", HOW_TO)
def test_make_targets_exist(name):
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.M))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", text(name), re.M))
    assert named <= targets, f"{name}: {named - targets}"


@pytest.mark.parametrize("name", HOW_TO)
def test_commands_exist(name):
    from sanshe.runtime.cli import sanshe

    for line in re.findall(r"(?:`|bin/)sanshe ([a-z]+(?: [a-z]+)?)", text(name)):
        command: click.Command | None = sanshe
        ctx = click.Context(sanshe)
        for word in line.split():
            if isinstance(command, click.Group):
                command = command.get_command(ctx, word)
                ctx = click.Context(command or sanshe, parent=ctx)
        assert command is not None, f"{name}: sanshe {line}"


def test_readmes_tell_the_same():
    def marks(name: str) -> list[str]:
        return re.findall(r"^#{1,2} |^\| `|^\d\. |^- \*\*|^\.venv/bin/sanshe \S+", text(name), re.M)

    assert marks("README.md") == marks("README.zh-CN.md")


def test_nothing_of_one_machine_is_kept():
    """No path of a checkout, no name of a machine, no address of a mirror in any file that is kept."""
    words = {f"{ROOT}/", socket.gethostname()}
    for variable in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "NPM_CONFIG_REGISTRY", "GOPROXY"):
        for value in (os.environ.get(variable, ""), os.environ.get(variable.lower(), "")):
            words |= set(re.findall(r"//(?:[^/@]*@)?([^/:]+)", value))
    words = {w for w in words if len(w) > 8}
    wrong = []
    for path in tracked():
        try:
            body = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        wrong += [f"{path.relative_to(ROOT)}: {w}" for w in words if w in body]
        if path.suffix in (".md", ".py", ".toml", ".html", ".yaml") and path != Path(__file__):
            wrong += [f"{path.relative_to(ROOT)}: {m}" for m in re.findall(r"/(?:home|Users|root)/[a-z]\w+", body)]
    assert not wrong, "\n".join(wrong)
