"""Make, lock, reset; appoint and end.

The three administrators are apart (三员分立): the system administrator makes accounts, the security administrator
gives posts, the auditor reads the audit; whoever holds one of the three holds no other post.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from sanshe.kernel import audit, clock, seal
from sanshe.kernel.access import Viewer
from sanshe.kernel.errors import Invalid, NotAllowed
from sanshe.kernel.identifiers import clean_phone, normal_phone

from ..access import SETUP, PostAccess, UserAccess
from ..holdings import held_by, in_words, to_hand_over
from ..models import Post, User
from ..queries import user_by_phone
from ..words import ADMINISTRATORS, BODY_ROLES, AccountsEvent, Role

#: Letters and digits that are not taken for one another when a password is read out at a desk.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


def new_password() -> str:
    """Return a temporary password of three groups of four readable characters (59 bits)."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))


def _checked(username: str, name: str, phone: str, email: str) -> tuple[str, str, str | None, str]:
    errors: dict[str, str] = {}
    username, name = username.strip().lower(), " ".join(name.split())
    if not _USERNAME.fullmatch(username):
        errors["username"] = "用户名为 3 至 40 位的小写字母、数字、点、横线或下划线，以字母或数字开头。"
    elif normal_phone(username).isdigit() and len(username) >= 11:
        errors["username"] = "用户名不能是一串号码，手机号码请填在「手机号码」一栏。"
    elif User.objects.filter(username__iexact=username).exists():
        errors["username"] = "这个用户名已有人使用，请换一个。"
    if not name:
        errors["name"] = "请填写姓名。"
    elif len(name) > 40 or not name.isprintable():
        errors["name"] = "姓名最多 40 个字，不能含有特殊控制字符。"
    number: str | None = None
    if phone:
        try:
            number = clean_phone(phone)
        except Invalid as wrong:
            errors["phone"] = wrong.sentence
        if number and user_by_phone(number) is not None:
            errors["phone"] = "这个手机号码已用于另一个账号。"
    if errors:
        raise Invalid(errors)
    return username, name, number, email.strip()


@transaction.atomic
def make_account(
    *,
    username: str,
    name: str,
    by: Viewer,
    now: datetime,
    phone: str = "",
    email: str = "",
    demo: bool = False,
    password_hash: str = "",
) -> tuple[User, str]:
    """Make an account; return it with its temporary password, which must be changed at the first sign-in.

    `password_hash` (for the demo and for imports) takes the place of a temporary password. Raises Invalid for a name
    or phone that is wrong or taken, NotAllowed for anyone but the system administrator.
    """
    _may_make(by)
    username, name, number, email = _checked(username, name, phone, email)
    password = "" if password_hash else new_password()
    user = User(
        username=username,
        name=name,
        phone=number,
        email=email,
        password=password_hash or make_password(password),
        must_change_password=not password_hash,
        demo=demo,
        created_at=now,
    )
    user.save(force_insert=True)
    audit.record(
        by=by,
        event=AccountsEvent.MADE,
        obj=user,
        sentence="{actor}为{name}开设了账号",
        personal={"name": name},
        now=now,
        public=False,
    )
    return user, password


def _may_make(by: Viewer) -> None:
    if not (by.holds(Role.SYSTEM_ADMIN) or by.system == SETUP):
        raise NotAllowed("账号由系统管理员开设。")


@transaction.atomic
def record_sign_up(*, user: User, by: Viewer, now: datetime) -> None:
    """Write down that a resident made an account for himself. The account itself is saved by the sign-up form."""
    audit.record(
        by=by,
        event=AccountsEvent.SIGNED_UP,
        obj=user,
        sentence="{name}自行注册了账号",
        personal={"name": user.name},
        now=now,
        public=False,
    )


def _locked(by: Viewer, user_id: int, verb: str) -> User:
    UserAccess.get(by, user_id, verb)
    return User.objects.select_for_update().get(pk=user_id)


@transaction.atomic
def lock_account(*, user_id: int, reason: str, by: Viewer, now: datetime) -> User:
    """Stop an account; its sessions end at the next request. Raises Invalid without a reason."""
    user = _locked(by, user_id, "manage")
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid({"reason": "请写明停用的原因。"})
    if len(reason) > 200:
        raise Invalid({"reason": "停用原因最多 200 个字。"})
    if not user.is_active:
        raise Invalid("这个账号已经停用。")
    user.is_active, user.locked_reason = False, reason
    user.session_epoch += 1
    user.save(update_fields=["is_active", "locked_reason", "session_epoch"])
    _tell(by, AccountsEvent.LOCKED, user, "{actor}停用了{name}的账号：{note}", now, note=reason)
    return user


@transaction.atomic
def forget_account(*, user_id: int, by: Viewer, now: datetime) -> None:
    """Close an account for good and empty what it says of its holder, with the person's file that was erased.

    Called by the person index, which has asked who may. Raises Invalid for an account that still holds a post.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if user.posts.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=clock.local(now).date())).exists():
        raise Invalid("本人的账号还担任岗位，请先结束岗位。")
    user.username, user.name = f"gone-{user.pk}", "（已匿名）"
    user.phone, user.email = None, ""
    user.is_active, user.locked_reason = False, "档案已匿名化"
    user.session_epoch += 1
    user.set_unusable_password()
    user.save()


@transaction.atomic
def unlock_account(*, user_id: int, by: Viewer, now: datetime) -> User:
    """Let a stopped account sign in again."""
    user = _locked(by, user_id, "manage")
    if user.is_active:
        raise Invalid("这个账号没有停用。")
    user.is_active, user.locked_reason = True, ""
    user.save(update_fields=["is_active", "locked_reason"])
    _tell(by, AccountsEvent.UNLOCKED, user, "{actor}恢复了{name}的账号", now)
    return user


@transaction.atomic
def reset_password(*, user_id: int, by: Viewer, now: datetime) -> tuple[User, str]:
    """Give an account a temporary password, for handing over in person; it must be changed at the next sign-in.

    The front desk may do so for residents' accounts, the system administrator for all but his own.
    """
    user = _locked(by, user_id, "reset")
    password = new_password()
    user.password, user.must_change_password = make_password(password), True
    user.session_epoch += 1
    user.save(update_fields=["password", "must_change_password", "session_epoch"])
    _tell(by, AccountsEvent.PASSWORD_RESET, user, "{actor}重置了{name}的登录密码", now)
    return user, password


@transaction.atomic
def clear_second_factor(*, user_id: int, by: Viewer, now: datetime) -> User:
    """Remove the second factors of someone who lost the device; staff must set up a new one at the next sign-in."""
    from allauth.mfa.models import Authenticator

    user = _locked(by, user_id, "manage")
    Authenticator.objects.filter(user=user).delete()
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    _tell(by, AccountsEvent.SECOND_FACTOR_CLEARED, user, "{actor}清除了{name}的动态口令和通行密钥", now)
    return user


@transaction.atomic
def end_other_sessions(*, by: Viewer, now: datetime) -> User:
    """End every session of one's own account; the caller renews the one it came with."""
    user = _locked(by, by.user_id or 0, "mine")
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    _tell(by, AccountsEvent.SESSIONS_ENDED, user, "{actor}退出了自己在其他设备上的登录", now)
    return user


@transaction.atomic
def change_profile(*, email: str, phone: str, by: Viewer, now: datetime) -> User:
    """Change one's own e-mail address and phone. The name is changed by the administrator only."""
    user = _locked(by, by.user_id or 0, "mine")
    number: str | None = None
    if phone.strip():
        try:
            number = clean_phone(phone)
        except Invalid as wrong:
            raise Invalid({"phone": wrong.sentence}) from wrong
        other = user_by_phone(number)
        if other is not None and other.pk != user.pk:
            raise Invalid({"phone": "这个手机号码已用于另一个账号，请到社区窗口核对。"})
    user.email, user.phone = email.strip(), number
    user.save(update_fields=["email", "phone", "phone_hash"])
    _tell(by, AccountsEvent.PROFILE_CHANGED, user, "{actor}修改了自己的联系方式", now)
    return user


def _tell(by: Viewer, event: AccountsEvent, user: User, sentence: str, now: datetime, note: str = "") -> None:
    audit.record(
        by=by,
        event=event,
        obj=user,
        sentence=sentence,
        personal={"name": user.name},
        note=note,
        now=now,
        public=False,
    )


def _separation(user: User, role: Role, held: Iterable[Post]) -> str:
    """Return why the separation of the three administrators forbids a post, "" if it does not."""
    others = [post for post in held if post.role != role]
    if not others:
        return ""
    named = "、".join(dict.fromkeys(Role(post.role).label for post in others))
    if role in ADMINISTRATORS:
        return f"三员分立：{role.label}不得兼任其他岗位。{user.name}现任{named}，请先结束该岗位，或另选一人。"
    if any(post.role in ADMINISTRATORS for post in others):
        return f"三员分立：{user.name}现任{named}，不得兼任业务岗位。请先结束该岗位，或另选一人。"
    return ""


@transaction.atomic
def appoint(
    *,
    user_id: int,
    role: Role | str,
    by: Viewer,
    now: datetime,
    area_id: int | None = None,
    body_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Post:
    """Give a user a post, in an area with everything below it or in a body, as its role requires.

    Raises Invalid when the place is of the wrong sort, when the post is held already, or when the separation of the
    three administrators forbids it; NotAllowed for anyone but the security administrator, and for one's own posts.
    """
    user = _locked(by, user_id, "appoint")
    role = Role(role)
    if not user.is_active:
        raise Invalid(f"{user.name}的账号已停用，不能授予岗位。")
    if role in BODY_ROLES:
        if body_id is None or area_id is not None:
            raise Invalid({"body": f"{role.label}任职于一个机构，请选择机构。"})
    elif area_id is None or body_id is not None:
        raise Invalid({"area": f"{role.label}任职于一个区域，请选择区域。"})
    begins = valid_from or now.date()
    if valid_to is not None and valid_to <= begins:
        raise Invalid({"valid_to": "失效日应在起效日之后。"})
    # Posts that are in force or still to come: an administrator must not be appointed ahead of time either.
    held = list(Post.objects.filter(user=user).exclude(valid_to__lte=begins))
    if any(p.role == role and p.area_id == area_id and p.body_id == body_id for p in held):
        raise Invalid(f"{user.name}已经担任这个岗位。")
    forbidden = _separation(user, role, held)
    if forbidden:
        raise Invalid({"role": forbidden})
    post = Post(user=user, role=role, area_id=area_id, body_id=body_id, valid_from=begins, valid_to=valid_to)
    post.save(force_insert=True)
    audit.record(
        by=by,
        event=AccountsEvent.APPOINTED,
        obj=user,
        sentence="{actor}授予{name}岗位：" + str(post).replace("{", "（").replace("}", "）"),
        personal={"name": user.name},
        data={"post": post.pk, "role": str(role), "area": area_id, "body": body_id, "from": begins, "to": valid_to},
        now=now,
        public=False,
    )
    return post


@transaction.atomic
def end_post(*, post_id: int, by: Viewer, now: datetime) -> Post:
    """End a post from this day on. A post that ended already is refused.

    So is the last post of somebody on whom work still hangs: it would be left with nobody (see hand_over).
    """
    PostAccess.get(by, post_id, "end")
    post = Post.objects.select_for_update(of=("self",)).select_related("user", "area", "body").get(pk=post_id)
    today = now.date()
    if post.valid_to is not None and post.valid_to <= today:
        raise Invalid("这个岗位已经结束。")
    others = Post.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today), user=post.user).exclude(pk=post.pk)
    if not others.exists() and (held := to_hand_over(held_by(post.user_id))):
        raise Invalid(f"{post.user.name}名下还有{in_words(held)}。请先办理离岗移交，指定接手人，再结束最后一个岗位。")
    return close_post(post, by, now)


def close_post(post: Post, by: Viewer, now: datetime) -> Post:
    """Let a locked post end today, with its entry in the audit; who may, the caller has asked."""
    today = now.date()
    post.valid_to = max(today, post.valid_from)
    post.save(update_fields=["valid_to"])
    audit.record(
        by=by,
        event=AccountsEvent.POST_ENDED,
        obj=post.user,
        sentence="{actor}结束了{name}的岗位：" + str(post).replace("{", "（").replace("}", "）"),
        personal={"name": post.user.name},
        data={"post": post.pk, "to": post.valid_to},
        now=now,
        public=False,
    )
    return post


def verify_audit(*, by: Viewer, now: datetime) -> seal.Verdict:
    """Read the chain of the audit again, and write the result into it. Raises NotAllowed for all but the auditor."""
    if not by.holds(Role.AUDITOR):
        raise NotAllowed("审计链由安全审计员核对。")
    verdict = seal.verify()
    result = "未发现改动" if verdict.sound else "发现问题：" + verdict.problem.replace("{", "（").replace("}", "）")
    audit.record(
        by=by,
        event=AccountsEvent.AUDIT_VERIFIED,
        obj=None,
        sentence=f"{{actor}}核对了审计链（已封存 {verdict.sealed} 条）：{result}",
        data={"sealed": verdict.sealed, "unsealed": verdict.unsealed, "digest": verdict.digest, "sound": verdict.sound},
        now=now,
        public=False,
    )
    return verdict
