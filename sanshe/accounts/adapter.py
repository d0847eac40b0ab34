"""How allauth finds, makes and protects our users."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django import forms
from django.http import HttpRequest
from django.urls import reverse

from sanshe.kernel import clock, crypto
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid
from sanshe.kernel.fields import CheckedField
from sanshe.kernel.identifiers import clean_phone, normal_phone

from . import actions
from .models import User
from .queries import user_by_phone
from .words import STAFF_ROLES

_PHONE_WIDGET = {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}


class AccountAdapter(DefaultAccountAdapter):
    """Phone numbers are encrypted and found by their keyed hash; texts are those of a good official."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "这个账号已停用。如有疑问，请联系社区窗口或本单位系统管理员。",
        "phone_password_mismatch": "手机号码或密码不对，请核对后再试。忘记密码请到社区窗口或找系统管理员重置。",
        "username_password_mismatch": "用户名或密码不对，请核对后再试。忘记密码请到社区窗口或找系统管理员重置。",
        "incorrect_password": "密码不对，请核对后再试。",
        "enter_current_password": "请填写现在使用的密码。",
        "incorrect_code": "动态口令不对，请看清手机上当前显示的 6 位数字再填。",
        "phone_taken": "这个手机号码已经注册过，请直接登录；忘记密码请到社区窗口重置。",
        "username_taken": "这个用户名已有人使用，请换一个。",
        "username_blacklisted": "这个用户名不能使用，请换一个。",
        "too_many_login_attempts": (
            "密码连续输错次数过多，这个账号请 5 分钟后再试；急用请联系社区窗口或系统管理员重置密码。"
        ),
        "same_as_current": "新的内容与现在的相同。",
        "rate_limited": "操作太频繁，请稍后再试。",
        "email_taken": "这个电子邮箱已用于另一个账号。",
        "invalid_login": "登录没有成功，请重新填写。",
    }

    # -- phone ---------------------------------------------------------------------------------------------------------

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        """A field that takes a number as people write it; allauth's own wants +86138…"""
        kwargs["label"] = "手机号码"
        return CheckedField(clean_phone, widget=forms.TextInput(attrs=_PHONE_WIDGET), **kwargs)

    def clean_phone(self, phone: str) -> str:
        """Return the one stored spelling. Raises ValidationError with a sentence."""
        try:
            return clean_phone(phone)
        except Invalid as wrong:
            raise forms.ValidationError(wrong.sentence) from None

    def get_user_by_phone(self, phone: str) -> User | None:
        """Return the user of a number in any spelling."""
        return user_by_phone(phone)

    def get_phone(self, user: User) -> tuple[str, bool] | None:  # type: ignore[override]
        """Return the number, and that it counts as proven: there is no gateway that could prove it."""
        return (user.phone, True) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:  # type: ignore[override]
        """Store a number with its keyed hash."""
        user.phone = clean_phone(phone)
        user.save(update_fields=["phone", "phone_hash"])

    def set_phone_verified(self, user: User, phone: str) -> None:  # type: ignore[override]
        """Nothing is kept of it."""

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:  # type: ignore[override]
        """Never called while verification is off; refuses rather than pretends."""
        raise NotImplementedError("there is no gateway for text messages")

    def get_login_stages(self) -> list[str]:
        """Leave out the proving of phones: it would send away everyone whose account has no number."""
        return [stage for stage in super().get_login_stages() if not stage.endswith("PhoneVerificationStage")]

    # -- sign-up -------------------------------------------------------------------------------------------------------

    def new_user(self, request: HttpRequest) -> User:
        """An account of a resident: a name of its own making, no post."""
        return User(created_at=clock.now())

    def populate_username(self, request: HttpRequest, user: User) -> None:  # type: ignore[override]
        """Residents sign in by phone; the user name is a number of no meaning."""
        if not user.username:
            user.username = f"r{secrets.randbelow(10**10):010d}"

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # type: ignore[override]
        """Save a resident's account and write it down."""
        user.name = form.cleaned_data.get("name", "")
        user = super().save_user(request, user, form, commit)  # type: ignore[assignment]
        if commit:
            actions.record_sign_up(user=user, by=Viewer.of(user), now=clock.now())
        return user

    # -- password and limits -------------------------------------------------------------------------------------------

    def set_password(self, user: User, password: str) -> None:  # type: ignore[override]
        """Take a password that the user chose: the temporary one has done its work."""
        user.must_change_password = False
        super().set_password(user, password)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures by account, whichever way its number or name is spelled.

        allauth's own key knows the text typed: a space more in the number would begin a new count.
        """
        typed = str(credentials.get("phone") or credentials.get("username") or "")
        user = user_by_phone(typed) or User.objects.filter(username__iexact=typed.strip()).first()
        return f"user:{user.pk}" if user else f"typed:{normal_phone(typed).lower()[:80]}"

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff go to their workbench, residents to the home page."""
        viewer = Viewer.of(request.user)
        return reverse("web:workbench") if viewer.is_staff else reverse("web:home")

    def is_safe_url(self, url: str) -> bool:
        """No address with a control character: it could end up in a header."""
        return url is None or (url.isprintable() and super().is_safe_url(url))


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of the second factor are encrypted; staff can replace theirs but not go without."""

    _CONTEXT = "mfa.authenticator.data"

    def encrypt(self, text: str) -> str:
        """Encrypt a secret under our key."""
        return crypto.encrypt(text, self._CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        """Undo `encrypt`."""
        return crypto.decrypt(encrypted_text, self._CONTEXT)

    def get_totp_label(self, user: Any) -> str:
        """What the authenticator app shows beside the code."""
        return str(user.username)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep at least one second factor."""
        if not Viewer.of(authenticator.user).holds(*STAFF_ROLES):
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())
