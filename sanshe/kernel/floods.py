"""The same thing sent again and again: counted across all processes, in the transaction of what it does.

A row a key. The second of two requests at once waits for the first, then sees what it left: no cache that every
process keeps for itself, no reading before writing.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models
from django.http import HttpRequest

from sanshe.kernel import crypto


class Flood(models.Model):
    """How often something came within its window. `key` is a keyed hash; `target` is what the first one became."""

    key = models.CharField("标识", max_length=100, unique=True)
    kind = models.CharField("种类", max_length=20, blank=True)
    target = models.BigIntegerField("成为", null=True)
    count = models.PositiveIntegerField("次数", default=1)
    began_at = models.DateTimeField("开始时间")
    last_at = models.DateTimeField("最近时间")

    privacy = {"internal": "key kind target count began_at last_at"}

    class Meta:
        app_label = "kernel"
        db_table = "kernel_flood"
        verbose_name = "重复提交计数"
        indexes = [
            models.Index("kind", "target", condition=models.Q(target__isnull=False), name="flood_target"),
            models.Index("last_at", name="flood_last"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.count}"


@dataclass(frozen=True)
class Counted:
    """One more of a key: which of its window this is (from 1), and what the first became."""

    row: int
    count: int
    target: int | None

    @property
    def first(self) -> bool:
        """Nothing stands for this key yet."""
        return self.target is None


def key_of(*parts: object) -> str:
    """The stored key of what is counted: a keyed hash, so that a table of counts tells no phone and no address."""
    return crypto.lookup("flood", "\x1f".join(str(part) for part in parts))


def count(key: str, kind: str, now: datetime, window: timedelta) -> Counted:
    """Count one more, and hold the key until the transaction ends. Must run inside a transaction.

    A window begins with the first and is over `window` later; a row whose window is over is kept under another key.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_flood SET key = key || ':' || id WHERE key = %s AND began_at <= %s", [key, now - window]
        )
        cursor.execute(
            "INSERT INTO kernel_flood (key, kind, count, began_at, last_at) VALUES (%s, %s, 1, %s, %s) "
            "ON CONFLICT (key) DO UPDATE SET count = kernel_flood.count + 1, last_at = excluded.last_at "
            "RETURNING id, count, target",
            [key, kind, now, now],
        )
        row, number, target = cursor.fetchone()
    return Counted(row, number, target)


def became(counted: Counted, target: int) -> None:
    """What the first became: those that follow are led to it."""
    Flood.objects.filter(pk=counted.row).update(target=target)


def followed(kind: str, target: int) -> tuple[int, datetime | None]:
    """How many came after the first, and the last moment."""
    found = Flood.objects.filter(kind=kind, target=target).aggregate(
        n=models.Sum(models.F("count") - 1), last=models.Max("last_at")
    )
    return int(found["n"] or 0), found["last"] if found["n"] else None


def forget(before: datetime) -> int:
    """Drop counts that led to nothing and are older than that. Returns how many; what has a target is kept."""
    return Flood.objects.filter(target=None, last_at__lt=before).delete()[0]


def address_of(request: HttpRequest) -> str:
    """The network address a request came from, as far as it can be believed.

    A forwarded header is read only as far as the proxies reach that this installation says it has
    (SANSHE_TRUSTED_PROXIES): what a sender writes into it stands further left. Of IPv6 the network (/64), for one
    household has all of it.
    """
    found = str(request.META.get("REMOTE_ADDR", ""))
    proxies = int(getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0))
    if proxies > 0:
        hops = [one.strip() for one in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if one.strip()]
        if len(hops) >= proxies:
            found = hops[-proxies]
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return found[:60]
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
