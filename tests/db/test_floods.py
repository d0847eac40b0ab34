"""Counting what comes again: one row a key, a window, two at once, addresses that can be believed."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import RequestFactory

from sanshe.kernel import floods

HOUR = timedelta(hours=1)


def test_a_window_counts_and_ends(now):
    key = floods.key_of("account", 7)
    assert [floods.count(key, "x", now, HOUR).count for _ in range(3)] == [1, 2, 3]
    first = floods.count(key, "x", now, HOUR)
    floods.became(first, 42)
    again = floods.count(key, "x", now + timedelta(minutes=59), HOUR)
    assert (again.target, again.first) == (42, False)
    assert floods.followed("x", 42) == (4, now + timedelta(minutes=59))
    assert floods.count(key, "x", now + HOUR, HOUR).first
    assert floods.followed("x", 42)[0] == 4


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_waits_for_the_first(now):
    key, seen = floods.key_of("same"), []
    gate = threading.Barrier(8)

    def send():
        gate.wait()
        try:
            with transaction.atomic():
                counted = floods.count(key, "x", now, HOUR)
                if counted.first:
                    floods.became(counted, 5)
                seen.append(counted.first)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert sorted(seen) == [False] * 7 + [True]


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "believed"),
    [
        (0, "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (0, "2001:db8:1:2:3::9", "", "2001:db8:1:2::/64"),
        (0, "::ffff:203.0.113.9", "", "203.0.113.9"),
        (1, "10.0.0.1", "not an address", "not an address"),
    ],
)
def test_a_forwarded_header_is_believed_only_as_far_as_the_proxies_reach(
    settings, proxies, remote, forwarded, believed
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert floods.address_of(request) == believed
