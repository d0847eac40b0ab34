"""The ways by which a notice reaches a person beside the page itself, what each person chose, and what is under way.

A delivery is written in the transaction of what it tells of and sent by a job: a gateway that fails loses nothing, it
is asked again, later and later, and what was given up stands on the system administrator's page to be sent again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Access, Viewer, own
from sanshe.kernel.errors import Invalid
from sanshe.kernel.fields import EncryptedText

CHAT_LEAST, CHAT_MOST = 2, 60


class Way(models.TextChoices):
    """How a notice goes out. The page in the application is always there and is no way."""

    MAIL = "mail", "邮件"
    SMS = "sms", "短信"
    CHAT = "chat", "聊天软件"
    HOOK = "hook", "对接系统"


#: Read by others who look on: they hold a number and a link, nothing personal. Not sent at night.
OUTSIDE = (Way.SMS, Way.CHAT)


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "多次发送不成"
    DROPPED = "dropped", "不再发送"


class Choice(models.Model):
    """Whether a person wants notices by a way, and under which name there (chat).

    Without a row: mail yes, others no.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    way = models.CharField("方式", max_length=8, choices=Way.choices)
    on = models.BooleanField("接收")
    address = EncryptedText("账号", blank=True, default="")

    privacy = {"internal": "way on", "personal": "user", "sensitive": "address"}

    class Meta:
        db_table = "kernel_notice_choice"
        verbose_name = "通知方式"
        constraints = [models.UniqueConstraint(fields=["user", "way"], name="notice_choice_once")]

    def __str__(self) -> str:
        return str(self.get_way_display())


class Delivery(models.Model):
    """One message on its way. `to`: whom, where there is no account; emptied once it is sent."""

    way = models.CharField("方式", max_length=8, choices=Way.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name="收件人", db_index=False
    )
    to = EncryptedText("收件号码", blank=True, default="")
    text = models.CharField("内容", max_length=200)
    url = models.CharField("去向", max_length=300, blank=True)
    state = models.CharField("状态", max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    error = models.CharField("最近一次不成的原因", max_length=200, blank=True)
    not_before = models.DateTimeField("最早发送时间")
    created_at = models.DateTimeField("时间")
    sent_at = models.DateTimeField("发送时间", null=True)

    privacy = {
        "internal": "way text url state tries error not_before created_at sent_at",
        "personal": "user",
        "sensitive": "to",
    }

    class Meta:
        db_table = "kernel_delivery"
        verbose_name = "发送中的通知"
        indexes = [
            models.Index("not_before", "id", condition=Q(state="waiting"), name="delivery_due"),
            models.Index("way", "state", models.F("id").desc(), name="delivery_way"),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()}：{self.text[:40]}"


class ChoiceAccess(Access[Choice]):
    """What a person chose is that person's own."""

    model = Choice
    see = own("user")


def set_up() -> list[Way]:
    """The ways that this installation has, beside mail: those whose gateway is named in the settings."""
    names = {Way.SMS: "SANSHE_SMS", Way.CHAT: "SANSHE_CHAT", Way.HOOK: "SANSHE_HOOK"}
    return [way for way, name in names.items() if getattr(settings, name, "")]


def after_quiet(moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours it lies in (parameters ways.quiet_from, ways.quiet_to)."""
    day = clock.local(moment).date()
    begins, ends = (int(params.get(f"ways.quiet_{name}", on=day).value) for name in ("from", "to"))
    hour = clock.local(moment).hour
    if begins == ends or not (begins <= hour < ends if begins < ends else hour >= begins or hour < ends):
        return moment
    wakes = clock.at(day.year, day.month, day.day, ends)
    return wakes if wakes > moment else wakes + timedelta(days=1)


def queue(user_ids: Sequence[int], short: str, url: str, now: datetime) -> int:
    """Put what is told to these people on the ways that they chose, and once on the hook. Returns how many."""
    here = set_up()
    if not here:
        return 0
    rows = []
    outside = [way for way in here if way in OUTSIDE]
    if outside:
        chosen = Choice.objects.filter(user__in=list(user_ids), way__in=outside, on=True)
        later = after_quiet(now)
        rows = [
            Delivery(way=way, user_id=user, text=short, url=url, not_before=later, created_at=now)
            for user, way in chosen.values_list("user", "way")
        ]
    if Way.HOOK in here:
        rows.append(Delivery(way=Way.HOOK, text=short, url=url, not_before=now, created_at=now))
    return len(Delivery.objects.bulk_create(rows))


def queue_phone(phone: str, short: str, url: str, now: datetime) -> bool:
    """Put a text message to a number without an account on its way. False where no gateway is set up."""
    if not phone or Way.SMS not in set_up():
        return False
    Delivery.objects.create(way=Way.SMS, to=phone, text=short, url=url, not_before=after_quiet(now), created_at=now)
    return True


def wants_mail(user_id: int) -> bool:
    """Whether a person did not switch mail off."""
    return not Choice.objects.filter(user=user_id, way=Way.MAIL, on=False).exists()


def chosen(viewer: Viewer) -> dict[Way, tuple[bool, str]]:
    """What the viewer chose: way → (wanted, address), for the ways that can be had here."""
    rows = {c.way: (c.on, c.address) for c in ChoiceAccess.rows(viewer)}
    ways = [Way.MAIL, *(way for way in set_up() if way in OUTSIDE)]
    return {way: rows.get(way, (way == Way.MAIL, "")) for way in ways}


@transaction.atomic
def choose(*, wanted: Iterable[Way], chat: str, by: Viewer, now: datetime) -> None:
    """Set by which ways one wants to be told. Raises Invalid at `chat` when chat is wanted without an account there."""
    chat = " ".join(chat.split())
    on = set(wanted)
    if Way.CHAT in on and not CHAT_LEAST <= len(chat) <= CHAT_MOST:
        raise Invalid({"chat": f"要在聊天软件里收到，请填写您在那里的账号（{CHAT_LEAST} 至 {CHAT_MOST} 个字）。"})
    for way in chosen(by):
        Choice.objects.update_or_create(
            user_id=by.account_id, way=way, defaults={"on": way in on, "address": chat if way == Way.CHAT else ""}
        )
    audit.record(
        by=by, event="notice_ways", obj=None, sentence="{actor}改了接收通知的方式", now=now,
        data={"ways": sorted(str(way) for way in on)},
    )  # fmt: skip
