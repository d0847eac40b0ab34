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
WRITTEN = [
    "README.md",
    "README.zh-CN.md",
    "MAP.md",
    "CHANGELOG.md",
    *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md")),
]


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


@pytest.mark.parametrize("name", WRITTEN)
def test_make_targets_exist(name):
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.M))
    for target in re.findall(r"`?make ([a-z]+)`?", text(name)):
        if f"make {target}" in text(name) and re.search(rf"(`|^|· )make {target}\b", text(name), re.M):
            assert target in targets, f"{name}: make {target}"


@pytest.mark.parametrize("name", WRITTEN)
def test_commands_exist(name):
    from sanshe.runtime.cli import sanshe

    for line in re.findall(r"(?:`|bin/|\(\.venv/bin/)sanshe ((?:[a-z-]+ ?)+)", text(name)):
        group: click.Command = sanshe
        for word in line.split()[:2]:
            if not isinstance(group, click.Group):
                break
            found = (
                group.get_command(click.Context(group, parent=click.Context(click.Group(""))), word)
                if (group is not sanshe)
                else sanshe.get_command(click.Context(sanshe), word)
            )
            assert found is not None, f"{name}: sanshe {line}"
            group = found


def test_readmes_tell_the_same():
    def marks(name: str) -> list[str]:
        found = re.findall(r"^#{1,2} |^\| `|^\d\. |^- \*\*|^\.venv/bin/sanshe \S+", text(name), re.M)
        return [m for m in found]

    assert marks("README.md") == marks("README.zh-CN.md")


def test_nothing_of_one_machine_is_kept():
    """No path of a checkout, no name of a machine, no address of a mirror in any file that is kept."""
    words = {
        str(ROOT) + "/",
        socket.gethostname(),
        *re.findall(r"//([^/:@]+\.[a-z]+)", os.environ.get("PIP_INDEX_URL", "")),
    }
    words |= set(re.findall(r"//([^/:@]+\.[a-z]+)", os.environ.get("npm_config_registry", "")))
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
