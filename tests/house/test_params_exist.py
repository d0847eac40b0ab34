"""Every parameter and target that the code names stands in a policy pack: a slip would only show on its page."""

from __future__ import annotations

import ast
from pathlib import Path

from sanshe.kernel import params

ROOT = Path(__file__).resolve().parents[2] / "sanshe"


def _named(tree: ast.AST) -> list[tuple[str, str, int]]:
    """(function, name, line) of each `params.get("…")` and `params.target("…")` with a plain name."""
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        of, first = node.func.value, node.args[0]
        ours = isinstance(of, ast.Name) and of.id == "params" and node.func.attr in ("get", "target")
        if ours and isinstance(first, ast.Constant) and isinstance(first.value, str):
            found.append((node.func.attr, first.value, node.lineno))
    return found


def test_every_name_is_known():
    known = {"get": {p.name for p in params.all()}, "target": {t.name for t in params.targets()}}
    missing = [
        f"{file.relative_to(ROOT.parent)}:{line} {name}"
        for file in sorted(ROOT.rglob("*.py"))
        for function, name, line in _named(ast.parse(file.read_text(encoding="utf-8")))
        if name not in known[function]
    ]
    assert missing == []
