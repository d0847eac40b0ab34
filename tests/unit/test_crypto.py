"""Encrypted values come back, can not be moved or changed unseen, and survive a rotation of keys."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanshe.kernel import crypto, keyring
from sanshe.kernel.errors import Invalid
from sanshe.kernel.fields import hash_of
from sanshe.kernel.identifiers import clean_citizen, clean_credit_code, clean_phone, normal_citizen, normal_phone
from sanshe.kernel.mask import mask_address, mask_citizen, mask_name, mask_phone

PHONE = "people.person.phone"
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.fixture(autouse=True)
def keys(tmp_path_factory, monkeypatch):
    """A key file of the test's own."""
    monkeypatch.delenv("SANSHE_KEYS_FILE", raising=False)
    monkeypatch.setenv("SANSHE_VAR", str(tmp_path_factory.mktemp("var")))
    crypto.forget()
    yield keyring.path()
    crypto.forget()


class TestVectors:
    """Published values, so that another implementation can read what we write."""

    def test_sm4_gcm_of_rfc_8998(self):
        # Appendix A.2.1. The provider uses the first half of its 32-byte key for SM4.
        key = "0123456789ABCDEFFEDCBA9876543210" + "00" * 16
        plain = bytes.fromhex("".join(c * 16 for c in "ABCDEFEA"))
        sealed = bytes.fromhex(
            "00001234567800000000ABCD"
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
            "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
            "83DE3541E4C2B58177E065A9BF7B62EC"
        )
        context = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
        assert crypto.PROVIDERS["sm"].open(key, sealed, context) == plain

    def test_sm3_of_the_standard(self):
        assert crypto.sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


class TestEncryption:
    @settings(deadline=None, max_examples=60)
    @given(text)
    def test_what_goes_in_comes_out(self, value):
        stored = crypto.encrypt(value, PHONE)
        assert crypto.decrypt(stored, PHONE) == value
        assert value == "" or value not in stored or len(value) < 4

    def test_the_same_text_never_looks_the_same(self):
        assert crypto.encrypt("13800000001", PHONE) != crypto.encrypt("13800000001", PHONE)

    def test_a_value_moved_to_another_column_can_not_be_read(self):
        stored = crypto.encrypt("王小明", PHONE)
        with pytest.raises(crypto.Tampered):
            crypto.decrypt(stored, "people.person.name")

    @settings(deadline=None, max_examples=60)
    @given(st.integers(min_value=0), st.sampled_from("AZaz09-_"))
    def test_a_changed_value_can_not_be_read(self, position, letter):
        stored = crypto.encrypt("500112199001010009", PHONE)
        start = stored.index(":") + 1
        position = start + position % (len(stored) - start - 4)  # the last letters may hold unused bits
        if stored[position] == letter:
            return
        with pytest.raises(crypto.KeyTrouble):
            crypto.decrypt(stored[:position] + letter + stored[position + 1 :], PHONE)

    @pytest.mark.parametrize("stored", ["王小明", "k1-000000:", "{id}:", "{id}:AAAA", "{id}:!!!", "{id}:中文"])
    def test_what_is_no_ciphertext_is_refused(self, stored):
        with pytest.raises(crypto.KeyTrouble):
            crypto.decrypt(stored.replace("{id}", crypto.ring().current), PHONE)

    def test_an_unknown_key_is_named_in_a_sentence(self, keys):
        stored = crypto.encrypt("王小明", PHONE)
        lost = crypto.key_of(stored)
        keys.unlink()
        crypto.forget()
        with pytest.raises(crypto.KeyTrouble) as trouble:
            crypto.decrypt(stored, PHONE)
        assert f"找不到编号为“{lost}”的密钥" in trouble.value.sentence
        assert not isinstance(trouble.value, crypto.Tampered)


class TestLookup:
    def test_one_number_has_one_hash_however_it_is_written(self):
        spellings = ("13800000001", "+86 138-0000-0001", "１３８ ００００ ０００１")
        hashes = {hash_of("phone", spelled) for spelled in spellings}
        assert len(hashes) == 1 and len(hashes.pop()) == 64

    def test_kinds_do_not_meet(self):
        assert crypto.lookup("phone", "1") != crypto.lookup("citizen", "1")

    def test_another_installation_has_other_hashes(self, keys):
        before = crypto.lookup("phone", "13800000001")
        keys.unlink()
        crypto.forget()
        assert crypto.lookup("phone", "13800000001") != before

    def test_nothing_has_no_hash(self):
        assert hash_of("phone", " ") == ""


class TestKeyFile:
    def test_it_is_made_for_its_owner_only(self, keys):
        crypto.ring()
        assert stat.S_IMODE(keys.stat().st_mode) == 0o600
        assert [p.name for p in keys.parent.iterdir()] == ["keys.json"]

    def test_rotation_keeps_old_values_and_encrypts_new_ones_anew(self, keys):
        old = crypto.encrypt("王小明", PHONE)
        number = crypto.lookup("phone", "13800000001")
        fresh = keyring.rotate(keys, crypto.PROVIDERS["sm"].new_key, "sm")
        crypto.forget()
        assert crypto.decrypt(old, PHONE) == "王小明"
        assert crypto.key_of(crypto.encrypt("王小明", PHONE)) == fresh != crypto.key_of(old)
        assert crypto.lookup("phone", "13800000001") == number
        assert stat.S_IMODE(keys.stat().st_mode) == 0o600

    def test_a_rotation_elsewhere_is_noticed(self, keys, monkeypatch):
        crypto.ring()
        fresh = keyring.rotate(keys, crypto.PROVIDERS["sm"].new_key, "sm")
        monkeypatch.setattr(crypto, "LOOK_AGAIN", 0.0)
        assert crypto.ring().current == fresh

    def test_a_named_file_that_is_missing_is_not_replaced_by_new_keys(self, keys, monkeypatch, tmp_path):
        monkeypatch.setenv("SANSHE_KEYS_FILE", str(tmp_path / "elsewhere.json"))
        crypto.forget()
        with pytest.raises(crypto.KeyTrouble, match="sanshe keys init"):
            crypto.encrypt("王小明", PHONE)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("content", ["", "{}", "[]", '{"current": "k9", "keys": {}, "lookup": {}}'])
    def test_a_broken_file_is_said_and_left_alone(self, keys, content):
        keys.parent.mkdir(exist_ok=True)
        keys.write_text(content)
        with pytest.raises(crypto.KeyTrouble, match="备份"):
            crypto.ring()
        assert keys.read_text() == content

    def test_eight_starters_at_once_agree_on_one_file(self, keys):
        with multiprocessing.get_context("fork").Pool(8) as pool:
            found = pool.map(_current_key, [os.environ["SANSHE_VAR"]] * 8)
        assert len(set(found)) == 1
        assert json.loads(keys.read_text())["current"] == found[0]

    def test_a_key_is_not_shown_when_printed(self):
        ring = crypto.ring()
        assert ring.keys[ring.current].secret not in repr(ring) + repr(ring.keys)


def _current_key(folder: str) -> str:
    os.environ["SANSHE_VAR"] = folder
    crypto.forget()
    return crypto.ring().current


class TestIdentifiers:
    @pytest.mark.parametrize(
        "spelled", ["11010519491231002X", "11010519491231002x", "１１０１０５ 19491231 002ｘ", " 110105-19491231-002X "]
    )
    def test_a_citizen_number_has_one_spelling(self, spelled):
        # The example number of GB 11643 itself.
        assert clean_citizen(spelled) == normal_citizen(spelled) == "11010519491231002X"

    def test_born_before_the_county_had_its_code(self):
        # 500112 exists since 1997; the check digit by the weights and the table of the standard.
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        body = "50011219900101000"
        check = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
        assert clean_citizen(body + check) == body + check

    @pytest.mark.parametrize(
        ("number", "about"),
        [
            ("", "请填写"),
            ("1101051949123100", "现在是 16 位"),
            ("110105491231002", "15 位的旧号码"),
            ("11010519491231OO2X", "数字"),
            ("11010519491231002x"[:17] + "A", "末位"),
            ("990105194912310026", "行政区划"),
            ("110105194902310021", "不是一个日期"),
            ("110105209912310023", "出生日期"),
            ("110105194912310021", "校验位"),
        ],
    )
    def test_the_sentence_says_which_thing_is_wrong(self, number, about):
        with pytest.raises(Invalid, match=about):
            clean_citizen(number)

    @pytest.mark.parametrize(
        ("spelled", "number"),
        [
            ("138 0000 0001", "13800000001"),
            ("+86-13800000001", "13800000001"),
            ("0086 138 0000 0001", "13800000001"),
            ("8613800000001", "13800000001"),
            ("（023）6741-1234", "02367411234"),
        ],
    )
    def test_a_phone_number_has_one_spelling(self, spelled, number):
        assert clean_phone(spelled) == normal_phone(spelled) == number

    @pytest.mark.parametrize(
        ("number", "about"),
        [("1380000000", "10 位"), ("12800000001", "开头"), ("138abc00001", "数字"), ("67411234", "区号")],
    )
    def test_a_wrong_phone_number_gets_a_sentence(self, number, about):
        with pytest.raises(Invalid, match=about):
            clean_phone(number)

    def test_credit_codes(self):
        # The standard's own examples, one right and one wrong.
        assert clean_credit_code("91350100-M000100Y43") == "91350100M000100Y43"
        with pytest.raises(Invalid, match="大写"):
            clean_credit_code("91350100m000100y43")
        with pytest.raises(Invalid, match="校验位"):
            clean_credit_code("91350100M000100Y4Z"[:17] + "4")
        with pytest.raises(Invalid, match="“O”"):
            clean_credit_code("9135O100M000100Y43")


class TestMasks:
    def test_what_is_left_of_each(self):
        assert mask_citizen("50011219900101123X") == "500112********123X"
        assert mask_phone("13800000001") == "138****0001"
        assert mask_name("王小明") == mask_name("王明") == "王**"
        assert mask_address("礼嘉街道金渝大道12号3栋5-2") == "礼嘉街道金渝大道****"
        assert mask_address("金渝大道十二号") == "金渝大道****"

    @settings(deadline=None)
    @given(text)
    def test_never_more_than_was_there(self, value):
        for mask in (mask_citizen, mask_phone, mask_address):
            if len(value) >= 4 and "*" not in value:
                assert value not in mask(value)
