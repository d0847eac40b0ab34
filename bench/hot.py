"""The same thing twice and hot topics: of a public file, and among a million simulated matters.

The figures of the database are seconds at the 95th percentile of one process that looks or files alone: a likely
duplicate while one types, a new matter's joining of its topic, beside the plain filing of the same matters.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench.place import Place, show, tell
from sanshe.runtime.paths import PROJECT

FILE = "messages/resident_messages.csv"
ROUNDS = 60


def measure_file() -> None:
    """Print the seconds and the peak memory of the hot topics of the public file, the start of the command with it."""
    folder = Path(os.environ.get("SANSHE_BENCH_DATA", PROJECT.parent / "shared" / "data"))
    file = folder / FILE
    if not file.exists():
        tell(f"没有找到 {FILE}（用 SANSHE_BENCH_DATA 指明所在的文件夹），略过热点的测量。")
        return
    tell("正在测量：热点，一个文件")
    command = [sys.executable, "-m", "sanshe.runtime.cli", "matters", "hot", str(file), "--format", "json"]
    # The children that were waited for before, the database among them, are counted off again.
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, check=True, text=True)
    took = time.perf_counter() - begin
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    topics = json.loads(done.stdout)
    show("hot_file_topics", len(topics))
    show("hot_file_seconds", took)
    show("hot_file_cpu_seconds", used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime)
    show("hot_file_peak_megabytes", used.ru_maxrss // 1024)


def measure_matters(place: Place) -> None:
    """Print what `inside` finds among the simulated matters of a place that is open."""
    tell("正在测量：同一件事和热点")
    for line in place.inside("hot", SANSHE_ROLE="owner").splitlines():
        name, value = line.split()
        show(name, float(value))


def inside() -> None:
    """File some matters like those that are there, look for their likes, let them join; nothing of it is kept.

    Two communities are asked: each its own, and the one that has most open matters. `joining` is the work of the job
    that the worker begins as soon as the filing stands.
    """
    from django.db import transaction
    from django.db.models import Count

    from sanshe.accounts.public import Post, Role
    from sanshe.kernel import clock
    from sanshe.kernel.access import Viewer
    from sanshe.kernel.search import keeping
    from sanshe.matters.actions import file_matter
    from sanshe.matters.actions.heating import join_topic
    from sanshe.matters.models import Matter
    from sanshe.matters.same.finding import similar
    from sanshe.matters.words import OPEN

    if sum(kind["waiting"] for kind in keeping.status()["kinds"]) > ROUNDS:
        keeping.rebuild()
    now = clock.now()
    desks = {
        post.area_id: post.user
        for post in Post.objects.filter(role=Role.FRONT_DESK, user__username__startswith="sim.").select_related("user")
    }
    opened = Matter.objects.filter(state__in=OPEN, area__in=desks).values("area").annotate(many=Count("pk"))
    fullest = opened.order_by("-many")[0]
    print("hot_open_matters_of_the_fullest_community", fullest["many"])
    texts = list(Matter.objects.order_by("-created_at").values_list("text", "place_text", "area")[: ROUNDS * 3])
    took: dict[str, list[float]] = {"filing": [], "duplicates": [], "duplicates_fullest": [], "joining": []}

    def timed(name: str, work: Any, *given: Any, **more: Any) -> Any:
        begin = time.perf_counter()
        done = work(*given, **more)
        took[name].append(time.perf_counter() - begin)
        return done

    for text, place, area in [one for one in texts if one[2] in desks][:ROUNDS]:
        desk, first = Viewer.of(desks[area]), Viewer.of(desks[fullest["area"]])
        filed = {"text": text, "area_id": area, "place_text": place, "channel": "desk", "by": desk, "now": now}
        with transaction.atomic():
            timed("duplicates", similar, desk, text, area, place, now)
            timed("duplicates_fullest", similar, first, text, fullest["area"], place, now)
            matter = timed("filing", file_matter, **filed)
            timed("joining", join_topic, matter.pk, now)
            transaction.set_rollback(True)
    for name, values in took.items():
        print(f"hot_{name}_p95_seconds", round(quantiles(values, n=20)[-1], 4))
    times = round(quantiles(took["duplicates"], n=20)[-1] / quantiles(took["filing"], n=20)[-1], 3)
    print("hot_duplicates_beside_filing", times)
