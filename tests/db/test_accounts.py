"""Accounts and posts: who makes them, what they cover, what keeps the three administrators apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from sanshe.accounts import actions
from sanshe.accounts.access import SETUP, UserAccess
from sanshe.accounts.grants import grants_of
from sanshe.accounts.models import Post, User
from sanshe.accounts.queries import accounts_list, audit_entries, holders, posts_of, user_by_phone
from sanshe.accounts.words import ADMINISTRATORS, BODY_ROLES, Role
from sanshe.areas.models import Area, Body
from sanshe.kernel.access import Viewer
from sanshe.kernel.audit import Entry, history
from sanshe.kernel.errors import Invalid, NotAllowed, NotVisible

SYSTEM = Viewer.system_account(SETUP)


def grow(code, name, level, parent, lo, hi):
    """An area of a small tree."""
    return Area.objects.create(
        code=code, name=name, short_name=name, level=level, parent=parent, lo=lo, hi=hi, valid_from=date(2020, 1, 1)
    )


@pytest.fixture
def tree():
    """A district with two streets of two communities each."""
    root = grow("LJ0000000000", "新区", "district", None, 1, 8)
    out = {"root": root}
    for s, lo in (("甲", 2), ("乙", 5)):
        street = out[s] = grow(f"50000000{lo}000", f"{s}街道", "street", root, lo, lo + 3)
        for n in (1, 2):
            out[f"{s}{n}"] = grow(f"50000000{lo}00{n}", f"{s}{n}社区", "community", street, lo + n, lo + n + 1)
    return out


@pytest.fixture
def people(tree, now):
    """One of each administrator, a desk, a street officer, a unit's handler, an organisation's manager, a resident."""
    unit = Body.objects.create(name="城管", kind="department", area=tree["root"], valid_from=date(2020, 1, 1))
    out = {"unit": unit}
    posts = {
        "system": (Role.SYSTEM_ADMIN, tree["root"], None),
        "security": (Role.SECURITY_ADMIN, tree["root"], None),
        "auditor": (Role.AUDITOR, tree["root"], None),
        "desk": (Role.FRONT_DESK, tree["甲1"], None),
        "street": (Role.STREET_OFFICER, tree["甲"], None),
        "district": (Role.DISTRICT_OFFICER, tree["root"], None),
        "handler": (Role.UNIT_HANDLER, None, unit),
        "resident": None,
    }
    for number, (key, post) in enumerate(posts.items()):
        user, _ = actions.make_account(
            username=f"{key}-x", name=f"人{number}", phone=f"1380000000{number}", by=SYSTEM, now=now
        )
        if post:
            role, area, body = post
            actions.appoint(
                user_id=user.pk, role=role, area_id=area and area.pk, body_id=body and body.pk, by=SYSTEM, now=now,
                valid_from=date(2020, 1, 1),
            )  # fmt: skip
        out[key] = user
    return out


def v(user) -> Viewer:
    """The viewer of a user, with the posts held now."""
    return Viewer.of(User.objects.get(pk=user.pk))


def test_a_post_covers_its_area_and_all_below(tree, people):
    """And nothing beside or above it."""
    street = grants_of(people["street"]).areas[Role.STREET_OFFICER]
    assert street.ids == {tree["甲"].pk, tree["甲1"].pk, tree["甲2"].pk} and not street.everywhere
    assert grants_of(people["desk"]).areas[Role.FRONT_DESK].ids == {tree["甲1"].pk}
    assert grants_of(people["district"]).areas[Role.DISTRICT_OFFICER].everywhere
    assert grants_of(people["handler"]).bodies == {Role.UNIT_HANDLER: frozenset({people["unit"].pk})}
    empty = grants_of(people["resident"])
    assert not empty.areas and not empty.bodies


def test_the_root_is_not_everything_when_another_tree_stands_beside_it(tree, people):
    """A second root: the district's post becomes a list of its own areas."""
    grow("500000009000", "别的区", "district", None, 8, 9)
    scope = grants_of(people["district"]).areas[Role.DISTRICT_OFFICER]
    assert not scope.everywhere and len(scope.ids) == 7


def test_large_scopes_become_ranges(tree, people, monkeypatch):
    """Above the limit a range of the tree order stands for the list."""
    from sanshe.accounts import grants

    monkeypatch.setattr(grants, "LITERALS", 2)
    scope = grants_of(people["street"]).areas[Role.STREET_OFFICER]
    assert scope.ranges == ((2, 5),) and not scope.ids


def test_grants_cost_two_queries_whatever_the_number_of_posts(people, tree, now, django_assert_num_queries):
    """The middleware of every request pays this."""
    for area in ("甲2", "乙1", "乙2"):
        actions.appoint(
            user_id=people["desk"].pk, role=Role.FRONT_DESK, area_id=tree[area].pk, by=SYSTEM, now=now,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    with django_assert_num_queries(2):
        grants_of(people["desk"])
    with django_assert_num_queries(1):
        grants_of(people["handler"])


def test_posts_end_and_begin_by_date(tree, people, now):
    """Half-open: the day a post ends it no longer counts; one of tomorrow does not count yet."""
    post = Post.objects.get(user=people["desk"])
    assert Post.objects.in_force(post.valid_from).filter(pk=post.pk).exists()
    assert not Post.objects.in_force(post.valid_from - timedelta(days=1)).filter(pk=post.pk).exists()
    ended = actions.end_post(post_id=post.pk, by=v(people["security"]), now=now)
    assert ended.valid_to == now.date()
    assert not Post.objects.in_force(now.date()).filter(pk=post.pk).exists()
    assert Post.objects.in_force(now.date() - timedelta(days=1)).filter(pk=post.pk).exists()
    with pytest.raises(Invalid):
        actions.end_post(post_id=post.pk, by=v(people["security"]), now=now)


# -- the three administrators ------------------------------------------------------------------------------------------


def test_no_administrator_does_anothers_work(tree, people, now):
    """Accounts, posts and audit: each opens to one of the three only."""
    system, security, auditor = v(people["system"]), v(people["security"]), v(people["auditor"])
    some = people["resident"].pk

    def make(by):
        return actions.make_account(username="new-one", name="新人", by=by, now=now)

    def give(by):
        return actions.appoint(user_id=some, role=Role.FRONT_DESK, area_id=tree["乙1"].pk, by=by, now=now)

    for by in (security, auditor, v(people["desk"]), v(people["district"]), v(people["resident"])):
        with pytest.raises(NotAllowed):
            make(by)
    for by in (system, auditor, v(people["desk"]), v(people["district"]), v(people["resident"])):
        with pytest.raises((NotAllowed, NotVisible)):
            give(by)
    for by in (system, security, v(people["district"]), v(people["desk"])):
        assert not audit_entries(by).exists()
        with pytest.raises(NotAllowed):
            actions.verify_audit(by=by, now=now)
    for by in (security, auditor):
        with pytest.raises((NotAllowed, NotVisible)):
            actions.lock_account(user_id=some, reason="试试", by=by, now=now)
    assert make(system) and give(security)
    assert audit_entries(auditor).count() == Entry.objects.count()


def test_an_administrator_holds_no_other_post(tree, people, now):
    """Both ways round, and ahead of time, with a sentence that says what stands in the way."""
    by = v(people["security"])
    for role in (Role.FRONT_DESK, Role.AUDITOR):
        with pytest.raises(Invalid, match="三员分立"):
            actions.appoint(user_id=people["system"].pk, role=role, area_id=tree["root"].pk, by=by, now=now)
    for role in sorted(ADMINISTRATORS):
        with pytest.raises(Invalid, match=r"三员分立.*社区综合窗口"):
            actions.appoint(user_id=people["desk"].pk, role=role, area_id=tree["root"].pk, by=by, now=now)
    later = now.date() + timedelta(days=30)
    actions.appoint(
        user_id=people["resident"].pk, role=Role.MEDIATOR, area_id=tree["甲1"].pk, by=by, now=now, valid_from=later
    )
    with pytest.raises(Invalid, match="三员分立"):
        actions.appoint(user_id=people["resident"].pk, role=Role.AUDITOR, area_id=tree["root"].pk, by=by, now=now)


def test_a_change_of_post_is_possible_once_the_old_one_ended(tree, people, now):
    """A desk worker who leaves the desk may become auditor."""
    by = v(people["security"])
    actions.end_post(post_id=Post.objects.get(user=people["desk"]).pk, by=by, now=now)
    assert actions.appoint(user_id=people["desk"].pk, role=Role.AUDITOR, area_id=tree["root"].pk, by=by, now=now)


def test_nobody_serves_himself(tree, people, now):
    """No post for oneself, no lock or reset of one's own account."""
    with pytest.raises(NotAllowed):
        actions.appoint(
            user_id=people["security"].pk, role=Role.SECURITY_ADMIN, area_id=tree["甲"].pk,
            by=v(people["security"]), now=now,
        )  # fmt: skip
    for act in (actions.reset_password, actions.clear_second_factor):
        with pytest.raises(NotAllowed):
            act(user_id=people["system"].pk, by=v(people["system"]), now=now)


@pytest.mark.parametrize("role", [r for r in Role if r not in ADMINISTRATORS])
def test_each_role_stands_where_it_belongs(role, tree, people, now):
    """In an area or in a body, never in both, never in none: by the action and by the table."""
    user, unit, area = people["resident"], people["unit"], tree["甲1"]
    wrong = {"area_id": area.pk} if role in BODY_ROLES else {"body_id": unit.pk}
    for places in (wrong, {}, {"area_id": area.pk, "body_id": unit.pk}):
        with pytest.raises(Invalid):
            actions.appoint(user_id=user.pk, role=role, by=v(people["security"]), now=now, **places)
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.create(user=user, role=role, valid_from=now.date(), **places)
    right = {"body_id": unit.pk} if role in BODY_ROLES else {"area_id": area.pk}
    actions.appoint(user_id=user.pk, role=role, by=v(people["security"]), now=now, **right)
    with pytest.raises(Invalid, match="已经担任"):
        actions.appoint(user_id=user.pk, role=role, by=v(people["security"]), now=now, **right)


# -- accounts ----------------------------------------------------------------------------------------------------------


def test_the_desk_resets_residents_but_not_staff(people, now):
    """A person with a post is served by the system administrator only."""
    desk = v(people["desk"])
    user, password = actions.reset_password(user_id=people["resident"].pk, by=desk, now=now)
    assert user.check_password(password) and user.must_change_password
    with pytest.raises(NotVisible):
        actions.reset_password(user_id=people["handler"].pk, by=desk, now=now)
    with pytest.raises(NotVisible):
        actions.reset_password(user_id=people["desk"].pk + 10_000, by=desk, now=now)
    assert actions.reset_password(user_id=people["handler"].pk, by=v(people["system"]), now=now)


def test_someone_who_held_posts_still_reads_his_own_account(tree, people, now):
    """Two ended posts must not make two rows of one account."""
    by = v(people["security"])
    actions.appoint(user_id=people["desk"].pk, role=Role.FRONT_DESK, area_id=tree["甲2"].pk, by=by, now=now)
    assert UserAccess.get(v(people["desk"]), people["desk"].pk) == people["desk"]
    assert len(list(posts_of(v(people["desk"]), people["desk"]))) == 2


def test_sentences_for_what_is_wrong_with_a_new_account(people, now):
    """Each at its field."""
    by = v(people["system"])
    with pytest.raises(Invalid) as wrong:
        actions.make_account(username="中文", name=" ", phone="123", by=by, now=now)
    assert set(wrong.value.errors) == {"username", "name", "phone"}
    with pytest.raises(Invalid) as taken:
        actions.make_account(username="DESK-X", name="某", phone="+86 138 0000 0003", by=by, now=now)
    assert set(taken.value.errors) == {"username", "phone"}
    with pytest.raises(Invalid, match="手机号码"):
        actions.make_account(username="13912345678", name="某", by=by, now=now)


def test_lock_needs_a_reason_and_ends_sessions(people, now):
    """The mark that sessions are bound to changes."""
    by = v(people["system"])
    before = people["handler"].get_session_auth_hash()
    with pytest.raises(Invalid):
        actions.lock_account(user_id=people["handler"].pk, reason="  ", by=by, now=now)
    user = actions.lock_account(user_id=people["handler"].pk, reason="调离", by=by, now=now)
    assert not user.is_active and user.get_session_auth_hash() != before
    assert not Viewer.of(user).signed_in
    with pytest.raises(Invalid):
        actions.appoint(
            user_id=user.pk, role=Role.UNIT_LEAD, body_id=people["unit"].pk, by=v(people["security"]), now=now
        )
    assert actions.unlock_account(user_id=user.pk, by=by, now=now).is_active


def test_phones_are_encrypted_at_rest_and_found_in_any_spelling(people):
    """Raw SQL shows neither the number nor a part of it."""
    assert user_by_phone("+86 138-0000-0003") == people["desk"]
    assert user_by_phone("") is None and user_by_phone("13899999999") is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_user")
        raw = repr(cursor.fetchall())
    assert "1380000000" not in raw and people["desk"].username in raw


def test_every_write_is_in_the_audit_with_a_sentence(people, now):
    """And the phone is in none of them."""
    actions.reset_password(user_id=people["handler"].pk, by=v(people["system"]), now=now)
    told = [entry.told() for entry in history(people["handler"])]
    assert told[0].endswith("的登录密码") and "人0" in told[0] and any("授予" in one for one in told)
    assert not [one for one in told if "1380000" in one]


def test_holders_for_an_area_come_from_there_and_above(tree, people):
    """The desk of the community, the officer of its street."""
    found = holders(Role.FRONT_DESK, Role.STREET_OFFICER, area=tree["甲1"])
    assert set(found) == {people["desk"], people["street"]}
    assert set(holders(Role.STREET_OFFICER, area=tree["乙1"])) == set()
    assert set(holders(Role.FRONT_DESK, Role.STREET_OFFICER, area=tree["甲"], exactly=True)) == {people["street"]}
    assert set(holders(Role.UNIT_HANDLER, body_id=people["unit"].pk)) == {people["handler"]}


def test_the_list_is_for_administrators(people):
    """A desk sees residents' accounts when it knows them, the list page asks for an administrator."""
    assert set(accounts_list(v(people["system"]))) >= {people["desk"], people["resident"]}
    assert list(accounts_list(v(people["system"]), "138 0000 0003")) == [people["desk"]]
    assert not accounts_list(v(people["auditor"])).exclude(pk=people["auditor"].pk).exists()
    assert list(accounts_list(v(people["system"]), "\x00%")) == []


def test_the_first_three_administrators_are_made_once(tree, now):
    """On a fresh installation, by a command; afterwards they make the others."""
    from click.testing import CliRunner

    from sanshe.accounts.cli import first

    arguments = ["--system", "xitong01:王甲", "--security", "anquan01：李乙", "--auditor", "shenji01:张丙"]
    done = CliRunner().invoke(first, arguments)
    assert done.exit_code == 0 and "临时密码" in done.output, done.output
    roles = {p.role: p.user for p in Post.objects.select_related("user")}
    assert set(roles) == set(ADMINISTRATORS) and len(set(roles.values())) == 3
    assert all(user.must_change_password and not user.demo for user in roles.values())
    assert isinstance(CliRunner().invoke(first, arguments).exception, Invalid)
    assert User.objects.count() == 3
