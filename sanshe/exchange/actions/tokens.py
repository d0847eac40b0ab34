"""Tokens of people: made, shown once, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from sanshe.kernel import audit, clock, params
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, WrongState
from sanshe.matters.public import plain

from ..access import TokenAccess
from ..models import Token
from ..signing import digest, new_secret
from ..words import ExchangeEvent, Scope

#: Tokens that one person may have at a time.
MOST = 20


@transaction.atomic
def make_token(*, name: str, scope: str, days: int, by: Viewer, now: datetime) -> tuple[Token, str]:
    """Make a token for oneself; returns it and the secret, which is shown once and kept nowhere."""
    user = by.account_id
    errors: dict[str, str] = {}
    name = plain(name)
    most = int(params.get("intake.token_days_most", on=clock.local(now).date()).value)
    if not 2 <= len(name) <= 60:
        errors["name"] = "请写明用途，2 至 60 个字，例如：街道数据汇总程序。"
    if scope not in Scope.values:
        errors["scope"] = "请选择权限。"
    if not 1 <= days <= most:
        errors["days"] = f"有效期为 1 至 {most} 天。"
    if Token.objects.filter(user=user, revoked_at=None, expires_at__gt=now).count() >= MOST:
        errors[""] = f"同时有效的令牌最多 {MOST} 个，请先撤销不用的。"
    if errors:
        raise Invalid(errors)
    secret = f"ss_{new_secret()}"
    token = Token.objects.create(
        user_id=user, name=name, digest=digest(secret), ending=secret[-4:], scope=scope, created_at=now,
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    audit.record(by=by, event=ExchangeEvent.TOKEN_MADE, obj=token, sentence="{actor}生成了接口令牌", now=now,
                 data={"scope": scope, "days": days})  # fmt: skip
    return token, secret


@transaction.atomic
def revoke_token(*, token_id: int, by: Viewer, now: datetime) -> Token:
    """End a token at once."""
    token: Token = TokenAccess.get(by, token_id, "revoke")
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is not None:
        raise WrongState("这个令牌已经撤销。")
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    audit.record(by=by, event=ExchangeEvent.TOKEN_REVOKED, obj=token, sentence="{actor}撤销了接口令牌", now=now)
    return token


def owner_leaves(token: Token, successor: Any, by: Viewer, now: datetime) -> None:
    """Who leaves takes no key along: it is revoked, and nobody else could use it."""
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    audit.record(
        by=by, event=ExchangeEvent.TOKEN_REVOKED, obj=token, sentence="{actor}办理离岗移交，撤销了接口令牌", now=now
    )
