"""Handing a message to the outside: a log for trying things out, or a gateway's address, signed.

A gateway is anything that takes a POST of JSON at one address: the operator's text message platform, a chat robot, a
city's own message centre. The header X-Sanshe-Signature is sha256=HMAC(secret, "<X-Sanshe-Time>.<body>"): the receiver
knows that it is from here and not played again. X-Sanshe-Id is the same at every try: a message taken twice is one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib import error, request

from django.conf import settings
from django.db import transaction

from sanshe.kernel import clock, params

from .ways import OUTSIDE, Choice, Delivery, DeliveryState, Way, after_quiet

#: Seconds that a gateway has to answer.
PATIENCE = 10
NAMES = {Way.SMS: "SANSHE_SMS", Way.CHAT: "SANSHE_CHAT", Way.HOOK: "SANSHE_HOOK"}


class NotTaken(Exception):
    """A gateway did not take a message. `gateway`: it is the gateway that is ill, not this one message."""

    def __init__(self, sentence: str, gateway: bool) -> None:
        super().__init__(sentence)
        self.sentence, self.gateway = sentence, gateway


class NoAddress(Exception):
    """There is nobody to send it to: no number, no account."""


class _NoRedirect(request.HTTPRedirectHandler):
    """A gateway that leads elsewhere is misconfigured: what we send must not follow it."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = request.build_opener(_NoRedirect)


def signature(secret: str, stamp: str, body: bytes) -> str:
    """What stands in X-Sanshe-Signature."""
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _receiver(delivery: Delivery) -> str:
    """The number or account that it goes to; empty for the hook."""
    if delivery.way == Way.HOOK:
        return ""
    if delivery.way == Way.CHAT:
        row = Choice.objects.filter(user=delivery.user_id, way=Way.CHAT, on=True).first()
        found = row.address if row is not None else ""
    else:
        found = delivery.to or (getattr(delivery.user, "phone", "") if delivery.user is not None else "")
    if not found:
        raise NoAddress
    return found


def _hand_over(delivery: Delivery, now: datetime) -> None:
    """Give one message to its gateway. Raises NotTaken or NoAddress."""
    place = str(getattr(settings, NAMES[Way(delivery.way)], ""))
    label = str(delivery.get_way_display())
    if not place:
        raise NotTaken(f"没有设置{label}网关。", gateway=True)
    to, link = _receiver(delivery), f"{settings.SANSHE_BASE_URL}{delivery.url}" if delivery.url else ""
    text = f"【三社联动】{delivery.text}{'，请查看：' + link if link else '。'}"
    body = json.dumps(
        {"id": delivery.pk, "way": delivery.way, "to": to, "text": text, "url": link,
         "at": clock.local(delivery.created_at).isoformat()}, ensure_ascii=False,
    ).encode()  # fmt: skip
    if place == "log":
        folder = settings.VAR / "outbox"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{delivery.way}.log").open("ab") as file:
            file.write(body + b"\n")
        return
    stamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8", "X-Sanshe-Id": str(delivery.pk), "X-Sanshe-Time": stamp,
        "X-Sanshe-Signature": signature(str(getattr(settings, "SANSHE_GATEWAY_SECRET", "")), stamp, body),
    }  # fmt: skip
    try:
        with _opener.open(request.Request(place, body, headers, method="POST"), timeout=PATIENCE):
            return
    except error.HTTPError as answer:
        raise NotTaken(f"{label}网关答复 {answer.code}，没有收下。", gateway=answer.code >= 500) from answer
    except (error.URLError, HTTPException, OSError, ValueError) as trouble:
        slow = isinstance(trouble, TimeoutError) or isinstance(getattr(trouble, "reason", None), TimeoutError)
        why = f"{PATIENCE} 秒没有应答" if slow else "连接不上"
        raise NotTaken(f"{label}网关{why}。", gateway=True) from trouble


def deliver_due(now: datetime, stop: Callable[[], bool] = lambda: False, most: int = 500) -> tuple[int, int]:
    """Send what is due, one transaction a message. Returns how many were sent and how many were not taken.

    A gateway found ill is left alone for this round: what waits for it keeps its place.
    """
    sent = failed = 0
    ill: set[str] = set()
    tries_most = int(params.get("ways.tries", on=clock.local(now).date()).value)
    while sent + failed < most and not stop():
        with transaction.atomic():
            rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
            due = rows.filter(state=DeliveryState.WAITING, not_before__lte=now).exclude(way__in=ill)
            delivery = due.order_by("not_before", "pk").first()
            if delivery is None:
                break
            try:
                _hand_over(delivery, now)
            except NoAddress:
                delivery.state, delivery.error = DeliveryState.DROPPED, "没有留号码或账号。"
                failed += 1
            except NotTaken as wrong:
                failed += 1
                delivery.tries += 1
                delivery.error = wrong.sentence[:200]
                if wrong.gateway:
                    ill.add(delivery.way)
                if delivery.tries >= tries_most:
                    delivery.state = DeliveryState.FAILED
                else:  # a minute, two, four … at most six hours
                    wait = timedelta(minutes=min(2 ** (delivery.tries - 1), 360))
                    later = now + wait
                    delivery.not_before = after_quiet(later) if delivery.way in OUTSIDE else later
            else:
                sent += 1
                delivery.state, delivery.sent_at, delivery.to, delivery.error = DeliveryState.SENT, now, "", ""
            delivery.save()
    return sent, failed


def send_again(way: str, now: datetime) -> int:
    """Put what was given up on a way back among what waits. Returns how many."""
    rows = Delivery.objects.filter(way=way, state=DeliveryState.FAILED)
    first = after_quiet(now) if way in OUTSIDE else now
    return rows.update(state=DeliveryState.WAITING, tries=0, not_before=first)
