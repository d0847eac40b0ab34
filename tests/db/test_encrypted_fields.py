"""Encrypted columns in the database: unreadable there, found by hash, moved to a new key in chunks."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.models import Q

from sanshe.kernel import crypto, keyring, reencrypt
from sanshe.kernel.fields import EncryptedText, LookupHash, hash_of
from sanshe.kernel.keys_cli import keys as keys_command


class Contact(models.Model):
    name = EncryptedText(blank=True)
    phone = EncryptedText(null=True)
    phone_hash = LookupHash(of="phone", kind="phone")

    class Meta:
        app_label = "kernel_tests"

    def __str__(self):
        return f"{self.pk}"


COLUMN = reencrypt.Column("kernel_tests_contact", "phone", "id", "kernel_tests.contact.phone")


@pytest.fixture(autouse=True)
def table(db, tmp_path, monkeypatch):
    """The table of `Contact`, and keys of the test's own."""
    monkeypatch.delenv("SANSHE_KEYS_FILE", raising=False)
    monkeypatch.setenv("SANSHE_VAR", str(tmp_path))
    crypto.forget()
    with connection.schema_editor() as editor:
        editor.create_model(Contact)
    yield
    crypto.forget()


def raw(column: str = "phone") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM kernel_tests_contact ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def rotate() -> str:
    name = keyring.rotate(keyring.path(), crypto.PROVIDERS["sm"].new_key, "sm")
    crypto.forget()
    return name


class TestField:
    def test_the_table_holds_ciphertext_and_python_the_text(self):
        made = Contact.objects.create(name="王小明", phone="138 0000 0001")
        assert raw()[0].startswith("k1-") and "0001" not in raw()[0]
        found = Contact.objects.get(pk=made.pk)
        assert (found.name, found.phone) == ("王小明", "138 0000 0001")

    def test_found_by_hash_in_any_spelling_after_every_way_of_writing(self):
        one = Contact.objects.create(phone="13800000001")
        Contact.objects.bulk_create([Contact(phone="13800000002"), Contact(phone=None)])
        assert Contact.objects.get(phone_hash=hash_of("phone", "+86 138-0000-0001")) == one
        assert Contact.objects.filter(phone_hash=hash_of("phone", "13800000002")).count() == 1
        assert raw("phone_hash")[2] == ""
        one.phone = "13800000003"
        one.save()
        assert not Contact.objects.filter(phone_hash=hash_of("phone", "13800000001")).exists()

    def test_update_encrypts_too(self):
        Contact.objects.create(phone="13800000001")
        Contact.objects.update(phone="13800000009")
        assert raw()[0].startswith("k1-")
        assert Contact.objects.get().phone == "13800000009"

    @pytest.mark.parametrize(
        "query",
        [{"phone": "x"}, {"phone__in": ["x"]}, {"phone__contains": "x"}, {"phone__gt": "x"}, {"phone__lower": "x"}],
    )
    def test_searching_in_it_is_refused(self, query):
        with pytest.raises(FieldError, match="encrypted"):
            Contact.objects.filter(**query).exists()
        with pytest.raises(FieldError, match="encrypted"):
            Contact.objects.exclude(Q(**query)).exists()

    def test_whether_there_is_one_may_be_asked(self):
        Contact.objects.create(phone=None)
        assert Contact.objects.filter(phone__isnull=True).count() == 1

    def test_a_value_copied_into_another_column_can_not_be_read(self):
        Contact.objects.create(name="王小明", phone="13800000001")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE kernel_tests_contact SET name = phone")
        with pytest.raises(crypto.Tampered):
            Contact.objects.get()

    def test_an_expression_is_refused(self):
        Contact.objects.create(phone="13800000001")
        with pytest.raises(FieldError):
            Contact.objects.update(name=models.F("phone"))

    def test_neither_unique_nor_indexed(self):
        field = EncryptedText(unique=True)
        field.set_attributes_from_name("x")
        field.model = Contact
        assert any("LookupHash" in found.msg for found in field.check())


class TestRotation:
    def test_every_value_moves_in_chunks_and_says_the_same(self, monkeypatch):
        monkeypatch.setattr(reencrypt, "CHUNK", 3)
        numbers = [f"138000000{i:02d}" for i in range(8)]
        Contact.objects.bulk_create([Contact(phone=n) for n in numbers] + [Contact(phone=None), Contact(phone="")])
        hashes = raw("phone_hash")
        fresh = rotate()
        steps = [state.done for state in reencrypt.reencrypt(COLUMN)]
        assert steps == [3, 6, 8]
        assert reencrypt.count_by_key(COLUMN) == {fresh: 8}
        assert [c.phone for c in Contact.objects.order_by("id")] == [*numbers, None, ""]
        assert raw("phone_hash") == hashes
        assert list(reencrypt.reencrypt(COLUMN)) == []

    def test_one_that_can_not_be_read_stays_and_is_named(self):
        good, bad = Contact.objects.create(phone="13800000001"), Contact.objects.create(phone="13800000002")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE kernel_tests_contact SET phone = 'k9-abcdef:AAAA' WHERE id = %s", [bad.pk])
        fresh = rotate()
        (state,) = reencrypt.reencrypt(COLUMN)
        assert state.failed == [str(bad.pk)]
        assert reencrypt.count_by_key(COLUMN) == {"k9-abcdef": 1, fresh: 1}
        assert Contact.objects.get(pk=good.pk).phone == "13800000001"

    def test_what_somebody_writes_meanwhile_is_not_overwritten(self, monkeypatch):
        row = Contact.objects.create(phone="13800000001")
        rotate()
        plain = crypto.decrypt

        def slow(stored, context):
            Contact.objects.filter(pk=row.pk).update(phone="13800000002")
            return plain(stored, context)

        monkeypatch.setattr(reencrypt.crypto, "decrypt", slow)
        for _ in reencrypt.reencrypt(COLUMN):
            monkeypatch.setattr(reencrypt.crypto, "decrypt", plain)
        assert Contact.objects.get().phone == "13800000002"

    def test_the_command_makes_a_key_and_moves_what_there_is(self, monkeypatch):
        Contact.objects.create(phone="13800000001")
        monkeypatch.setattr(reencrypt, "columns", lambda: [COLUMN])
        monkeypatch.setattr(crypto, "LOOK_AGAIN", 0.0)
        old = crypto.ring().current
        for step in keys_command.commands.values():
            step.callback = getattr(step.callback, "__wrapped__", step.callback)
        result = CliRunner().invoke(keys_command, ["rotate"])
        assert result.exit_code == 0, result.output
        assert "全部内容已换用新密钥" in result.output
        assert reencrypt.count_by_key(COLUMN) == {crypto.ring().current: 1} and crypto.ring().current != old
        result = CliRunner().invoke(keys_command, ["status"])
        assert result.exit_code == 0 and "（当前）" in result.output and "kernel_tests.contact.phone" in result.output

    def test_the_fields_of_every_module_are_found(self):
        contexts = {column.context for column in reencrypt.columns()}
        assert {"people.person.citizen_number", "people.person.phone", "accounts.user.phone"} <= contexts
