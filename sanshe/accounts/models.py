"""Tables of users and posts."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from sanshe.kernel.fields import EncryptedText, LookupHash

from .words import BODY_ROLES, STAFF_ROLES, Role


class UserManager(BaseUserManager["User"]):
    """Look-up by the name one signs in with."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of a user name, whatever the case of its letters."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """An account. What it may do follows from its posts alone: there is no superuser and no flag for staff."""

    username = models.CharField("用户名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    phone = EncryptedText("手机号码", null=True, blank=True)
    phone_hash = LookupHash("手机号码检索值", of="phone", kind="phone")
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("可以登录", default=True)
    locked_reason = models.CharField("停用原因", max_length=200, blank=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    session_epoch = models.IntegerField("会话批次", default=0)
    demo = models.BooleanField("演示账号", default=False)
    created_at = models.DateTimeField("开设时间")

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    privacy = {
        "public": "",
        "internal": "is_active locked_reason must_change_password session_epoch demo created_at last_login",
        "personal": "username name email",
        "sensitive": "phone phone_hash password",
    }

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(phone__isnull=True, phone_hash="") | (Q(phone__isnull=False) & ~Q(phone_hash="")),
                name="user_phone_with_hash",
            ),
            models.UniqueConstraint(fields=["phone_hash"], condition=~Q(phone_hash=""), name="user_phone_once"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """Return the name shown to others."""
        return str(self)

    def get_session_auth_hash(self) -> str:
        """Return the value that binds a session; a new password or a new `session_epoch` ends every session."""
        return self._session_hash()

    def _session_hash(self, secret: str | bytes | None = None) -> str:
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("sanshe.accounts.session", value, secret=secret, algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self):  # type: ignore[no-untyped-def]
        """Yield the same for each retired secret key."""
        from django.conf import settings

        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def is_staff_member(self, on: date) -> bool:
        """Say whether the user holds a post of the administration on that day (posts of outsiders do not count)."""
        return Post.objects.filter(user=self, role__in=[r.value for r in STAFF_ROLES]).in_force(on).exists()


class PostQuerySet(models.QuerySet["Post"]):
    """Posts by validity."""

    def in_force(self, on: date) -> PostQuerySet:
        """Return the posts in force on a day (`valid_from` included, `valid_to` not)."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)


class StandIn(models.Model):
    """Somebody does another's work for a while (代理): with which posts, from which day to which, both included.

    It ends by itself after `last_day`, or at once when it is ended earlier.
    """

    absent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences", verbose_name="被代理人")
    substitute = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stand_ins", verbose_name="代理人")
    posts = models.ManyToManyField("accounts.Post", related_name="stand_ins", verbose_name="代理的岗位")
    first_day = models.DateField("开始日")
    last_day = models.DateField("结束日")
    reason = models.CharField("原因", max_length=200)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="安排人")
    set_at = models.DateTimeField("安排时间")
    ended_at = models.DateTimeField("提前结束时间", null=True, blank=True)

    privacy = {"internal": "first_day last_day reason set_by set_at ended_at", "personal": "absent substitute"}

    class Meta:
        verbose_name = "代理"
        verbose_name_plural = "代理"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(absent=F("substitute")), name="stand_in_two_people"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="stand_in_days"),
        ]
        indexes = [
            models.Index(fields=["substitute", "last_day"], condition=Q(ended_at__isnull=True), name="stand_in_open")
        ]

    def __str__(self) -> str:
        return f"{self.substitute}代{self.absent}"

    def runs(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return self.ended_at is None and self.first_day <= on <= self.last_day


class Handover(models.Model):
    """A leaver's work went to a named person: how many of what, and which posts ended with it."""

    leaver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="handovers", verbose_name="离岗人")
    successor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="接手人"
    )  # fmt: skip
    reason = models.CharField("原因", max_length=200)
    moved = models.JSONField("移交的", default=dict)
    posts = models.JSONField("结束的岗位", default=list)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("移交时间")

    privacy = {"internal": "reason moved posts by at", "personal": "leaver successor"}

    class Meta:
        verbose_name = "离岗移交"
        verbose_name_plural = "离岗移交"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.leaver}离岗移交"


class Post(models.Model):
    """A role held by a user: in an area with everything below it, or in one body."""

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="posts", verbose_name="账号")
    role = models.CharField("岗位", max_length=24, choices=Role.choices)
    area = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="区域"
    )
    body = models.ForeignKey(
        "areas.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="机构"
    )
    valid_from = models.DateField("起效日")
    valid_to = models.DateField("失效日", null=True, blank=True)

    objects = PostQuerySet.as_manager()

    privacy = {
        "public": "",
        "internal": "user role area body valid_from valid_to",
        "personal": "",
        "sensitive": "",
    }

    class Meta:
        verbose_name = "岗位"
        verbose_name_plural = "岗位"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(role__in=sorted(r.value for r in BODY_ROLES), body__isnull=False, area__isnull=True)
                    | (~Q(role__in=sorted(r.value for r in BODY_ROLES)) & Q(body__isnull=True, area__isnull=False))
                ),
                name="post_area_or_body",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="post_validity"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "area"], condition=Q(valid_to__isnull=True), name="post_once_area"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "body"], condition=Q(valid_to__isnull=True), name="post_once_body"
            ),
        ]
        indexes = [
            models.Index(fields=["area", "role"], name="post_area_role"),
            models.Index(fields=["body", "role"], name="post_body_role"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}（{self.area or self.body}）"
