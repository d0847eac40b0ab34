"""A database of its own for each size: `var/bench/<matters>`, never the demo's. Filled once, kept for the next run."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sanshe.runtime import supervisor
from sanshe.runtime.embedded import Cluster
from sanshe.runtime.paths import PROJECT
from sanshe.runtime.processes import die_with

HOME = Path(os.environ.get("SANSHE_BENCH_VAR", PROJECT / "var" / "bench"))
SEED = "1"


def tell(sentence: str) -> None:
    """What goes on, on stderr: stdout holds the figures alone."""
    print(sentence, file=sys.stderr, flush=True)


class Place:
    """One database with so many simulated matters (0: only the tables)."""

    def __init__(self, matters: int, name: str = "") -> None:
        self.matters = matters
        self.folder = HOME / (name or str(matters))

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to work here, and nothing of the caller's own database."""
        mine = {
            k: v for k, v in os.environ.items() if not k.startswith(("SANSHE_", "DATABASE_")) or k == "SANSHE_PG_BIN"
        }
        return {**mine, "SANSHE_VAR": str(self.folder), "DJANGO_SETTINGS_MODULE": "bench.settings", "PYTHONUTF8": "1"}

    def run(self, *arguments: str, quiet: bool = True) -> str:
        """Run one of our commands here; return what it says. Raises CalledProcessError when it fails."""
        command = [sys.executable, "-m", "sanshe.runtime.cli", *arguments]
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
        done = subprocess.run(
            command,
            cwd=PROJECT,
            env=environment,
            check=True,
            text=True,
            stdout=subprocess.PIPE if quiet else sys.stderr,
        )
        return done.stdout or ""

    def inside(self, what: str, *arguments: str, **more: str) -> str:
        """Run a part of `bench.inside` here, with Django loaded; return what it prints."""
        command = [sys.executable, "-m", "bench.inside", what, *arguments]
        done = subprocess.run(
            command, cwd=PROJECT, env={**self.environment, **more}, check=True, text=True, stdout=subprocess.PIPE
        )
        return done.stdout

    @contextlib.contextmanager
    def open(self) -> Iterator[Place]:
        """Hold the database, made and filled when it is not there yet."""
        ready = self.folder / "ready"
        if self.folder.exists() and not ready.exists():
            shutil.rmtree(self.folder)  # a filling that was stopped half-way
        self.folder.mkdir(parents=True, exist_ok=True)
        with Cluster(self.folder / "pg").hold():
            self.run("prepare")
            if not ready.exists():
                self._fill()
                ready.touch()
            yield self

    def _fill(self) -> None:
        if not self.matters:
            return
        tell(f"正在放入 {self.matters:,} 件模拟事项……")
        for command in (("areas", "load"), ("areas", "bodies"), ("areas", "places"), ("matters", "criteria")):
            self.run(*command)
        begin = time.perf_counter()
        self.run("simulate", "--matters", str(self.matters), "--seed", SEED, "--yes", quiet=False)
        show("simulate_seconds", time.perf_counter() - begin)

    @contextlib.contextmanager
    def web(self, port: int) -> Iterator[int]:
        """The web server as the supervisor starts it, on a port of its own."""
        supervisor.require_free_port("127.0.0.1", port)
        part = supervisor.standard_parts("127.0.0.1", port, workers=2)[0]
        with open(self.folder / "web.log", "ab") as log:
            child = subprocess.Popen(
                part.command, cwd=PROJECT, env={**self.environment, **part.environment}, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with(os.getpid()),
            )  # fmt: skip
        try:
            self._wait(port, child)
            yield port
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, 9)
                child.wait()

    def _wait(self, port: int, child: Any) -> None:
        from bench.client import Line

        end = time.monotonic() + 60
        while time.monotonic() < end:
            if child.poll() is not None:
                break
            with contextlib.suppress(OSError):
                if Line(port).ask("GET", "/healthz").status == 200:
                    return
            time.sleep(0.2)
        raise RuntimeError(f"网页服务没有启动，记录在 {self.folder / 'web.log'}。")


def show(name: str, value: float | int | str) -> None:
    """Print one figure: three significant digits, whole numbers whole."""
    if isinstance(value, float):
        value = f"{value:.0f}" if value >= 100 else f"{value:.3g}"
    print(f"{name} {value}", flush=True)
