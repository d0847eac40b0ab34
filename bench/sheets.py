"""People from one sheet into their register, beside reading the same sheet and COPY of the same rows in clear.

All that an import does is inside: reading, checks, encryption, keyed hashes, duplicates, preview rows, writing, audit.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HEADS = [
    "序号", "姓名", "身份证号", "性别", "出生日期", "联系电话", "所属社区", "居住地址", "民族", "文化程度", "婚姻状况",
    "职业", "户口性质", "录入时间", "备注",
]  # fmt: skip
REGIONS = ("500103", "500104", "500105", "500106", "500107", "500108", "500109", "500112")
COMMUNITIES = 60
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "一二三四五六七八九明华兰芳强军平东西南北文武"


class Peak(threading.Thread):
    """The largest memory of this process and its children together, megabytes, looked at four times a second.

    Pages that a child shares with us are counted once (proportional set size).
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.over = 0.0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.25):
            self.most = max(self.most, self._now())

    def _now(self) -> float:
        me = str(os.getpid())
        total = 0
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                stat = (folder / "stat").read_text()
                if folder.name != me and stat.rpartition(")")[2].split()[1] != me:
                    continue
                for line in (folder / "smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
            except OSError:
                continue
        return total / 1024


def rows(count: int, seed: int = 1) -> list[list[Any]]:
    """Invented people: sequence 000 or 999 in every number, phones plainly fake."""
    from sanshe.people.bulk import check_digit

    rng = random.Random(seed)
    out: list[list[Any]] = []
    first = date(1930, 1, 1)
    for n in range(count):
        born = first + timedelta(days=n // (len(REGIONS) * 2) % 32000)
        body = f"{REGIONS[n % len(REGIONS)]}{born:%Y%m%d}{'000' if n // len(REGIONS) % 2 else '999'}"
        name = rng.choice(FAMILY) + rng.choice(GIVEN) + rng.choice(GIVEN)
        out.append([
            n + 1, name, body + check_digit(body), "", born.isoformat(), f"139000{n % 100000:05d}",
            f"演示{n % COMMUNITIES + 1}社区", f"演示路{n % 300}号{n % 20 + 1}栋{n % 4 + 1}单元{n % 30 + 1}0{n % 9}室",
            "汉族", "高中", "已婚", "职员", "户籍", "2026-01-05", "",
        ])  # fmt: skip
    return out


def make(file: Path, count: int) -> None:
    """Write the sheet, once."""
    import xlsxwriter

    if file.exists():
        return
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet("人员")
    sheet.write_row(0, 0, HEADS)
    for at, row in enumerate(rows(count), 1):
        sheet.write_row(at, 0, row)
    book.close()


def _desk(now: Any) -> Any:
    """The viewer: a desk worker for the whole of a small invented district."""
    from sanshe.accounts import actions as accounts
    from sanshe.accounts.access import SETUP
    from sanshe.accounts.models import User
    from sanshe.accounts.words import Role
    from sanshe.areas.models import Area
    from sanshe.kernel.access import Viewer

    def grow(code: str, name: str, level: str, parent: Any, lo: int, hi: int) -> Any:
        return Area.objects.create(
            code=code, name=name, short_name=name, level=level, parent=parent, lo=lo, hi=hi, valid_from=date(2020, 1, 1)
        )

    user = User.objects.filter(username="bench-desk").first()
    if user is None:
        root = grow("LJ0000000000", "演示新区", "district", None, 1, 3 + COMMUNITIES)
        street = grow("500000001000", "演示街道", "street", root, 2, 3 + COMMUNITIES)
        for n in range(COMMUNITIES):
            grow(f"500000001{n + 1:03d}", f"演示{n + 1}社区", "community", street, 3 + n, 4 + n)
        by = Viewer.system_account(SETUP)
        user, _ = accounts.make_account(username="bench-desk", name="测量窗口", phone="13900000001", by=by, now=now)
        accounts.appoint(
            user_id=user.pk, role=Role.FRONT_DESK, area_id=root.pk, by=by, now=now, valid_from=date(2020, 1, 1)
        )
    return Viewer.of(User.objects.get(pk=user.pk))


def measure(file: str, what: str = "all") -> None:
    """Bring the sheet in; print rows, seconds of the import and of the reference, peak memory, seconds a stage."""
    from django.db import connection
    from python_calamine import CalamineWorkbook

    from sanshe.kernel import clock
    from sanshe.kernel.register import register_of
    from sanshe.kernel.register.sheets.actions import staging, taking, writing

    now = clock.now()
    by = _desk(now)
    data = Path(file).read_bytes()
    peak = Peak()
    peak.start()
    stages: dict[str, float] = {}
    begin = last = time.perf_counter()

    def stage(name: str) -> None:
        nonlocal last
        stages[name], last = time.perf_counter() - last, time.perf_counter()

    batch = taking.receive(register=register_of("people"), data=data, file_name="人员.xlsx", by=by, now=now)
    stage("receive")
    batch = taking.look(batch=batch, now=now)
    stage("look")
    if batch.state == "mapping":
        batch = taking.assign(batch_id=batch.pk, mapping=batch.mapping, by=by, now=now)
    batch = staging.check(batch_id=batch.pk, by=by, now=now)
    stage("check")
    if what == "all":
        taking.confirm(batch_id=batch.pk, by=by)
        batch = writing.apply(batch_id=batch.pk, by=by, now=now)
        stage("apply")
    took = time.perf_counter() - begin
    peak.over.set()
    used = sum(os.times()[:4])
    begin = time.perf_counter()
    book = CalamineWorkbook.from_path(file)
    held = list(book.get_sheet_by_name("人员").iter_rows())[1:]
    read = time.perf_counter() - begin
    names = [f"c{at}" for at in range(len(HEADS))]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bare ({', '.join(f'{name} text' for name in names)})")
        begin = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in held:
                copy.write_row([str(cell) for cell in row])
        copied = time.perf_counter() - begin
    print(json.dumps({
        "counts": batch.counts, "rows": len(held), "seconds": took, "reference": read + copied, "peak": peak.most,
        "stages": stages, "cpu": used,
    }, ensure_ascii=False))  # fmt: skip
