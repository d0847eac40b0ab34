"""The whole country: every community with its organisations and workers, for figures and registers at full size."""

from __future__ import annotations

import time

from bench.place import SEED, Place, show, tell

#: What the simulation is asked for, as the figures of the notice need it.
ORGANISATIONS, WORKERS = 3_000_000, 2_000_000
#: Matters in the home area: with them come the accounts that look.
MATTERS = 1000


class Country(Place):
    """One database with all communities (or those of one province) and so many organisations and workers."""

    def __init__(self, organisations: int = ORGANISATIONS, workers: int = WORKERS, province: str = "") -> None:
        super().__init__(MATTERS, f"country{province}-{organisations}-{workers}")
        self.organisations, self.workers, self.province = organisations, workers, province

    def _fill(self) -> None:
        tell("正在载入全国社区，放入模拟的社会组织和工作人员……")
        load = ("--province", self.province) if self.province else ("--all",)
        matters = ("simulate", "--matters", str(MATTERS), "--seed", SEED, "--yes")
        for command in (("areas", "load", *load), ("areas", "bodies"), ("areas", "places"), ("matters", "criteria"),
                        matters):  # fmt: skip
            self.run(*command)
        begin = time.perf_counter()
        self.run(
            "simulate", "--all", "--organisations", str(self.organisations), "--workers", str(self.workers),
            "--only", "orgs", "--only", "workforce", "--only", "evaluation", "--seed", SEED, "--yes", quiet=False,
        )  # fmt: skip
        show("simulate_registers_seconds", time.perf_counter() - begin)
