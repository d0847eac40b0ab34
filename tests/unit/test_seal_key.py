"""The key code catches mistakes before it is sent; the digest of an envelope is read as people type."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshe.purchase.sealing import DigestError, KeyCodeError, SealKey, digest, envelope_digest, grouped
from sanshe.purchase.sealing import key as keys
from sanshe.purchase.sealing.key import ALPHABET, CODE_CHARS

KEY = SealKey(bytes(range(16)))

secrets = st.binary(min_size=16, max_size=16).map(SealKey)


@given(secrets)
def test_a_code_reads_back_however_it_is_written(key):
    code = key.code
    assert len(code) == 34 and code.count("-") == 6
    assert not set(code) & set("ILOU")
    for written in (
        code,
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " — "),
        f" {code}\n",
        "".join(chr(ord(c) + 0xFEE0) for c in code),
        code.replace("0", "O").replace("1", "l"),
        code.replace("1", "I").replace("V", "u"),
    ):
        assert SealKey.from_code(written) == key


def test_every_single_wrong_character_is_noticed_and_located():
    code = KEY.code.replace("-", "")
    for place in range(CODE_CHARS):
        for character in ALPHABET.replace(code[place], ""):
            with pytest.raises(KeyCodeError, match=f"第 {place // 4 + 1} 组"):
                SealKey.from_code(code[:place] + character + code[place + 1 :])


@given(secrets, st.data())
def test_any_two_wrong_characters_are_noticed(key, data):
    code = list(key.code.replace("-", ""))
    for place in data.draw(st.sets(st.integers(0, CODE_CHARS - 1), min_size=2, max_size=2)):
        code[place] = data.draw(st.sampled_from(ALPHABET.replace(code[place], "")))
    with pytest.raises(KeyCodeError):
        SealKey.from_code("".join(code))


@given(secrets, st.integers(0, CODE_CHARS - 1), st.integers(0, CODE_CHARS - 1))
def test_any_two_exchanged_characters_are_noticed(key, one, two):
    code = list(key.code.replace("-", ""))
    if code[one] == code[two]:
        return
    code[one], code[two] = code[two], code[one]
    with pytest.raises(KeyCodeError):
        SealKey.from_code("".join(code))


def test_few_wilder_mistakes_pass():
    """Three and more wrong characters: about one in 1,024 passes by chance (and then opens nothing)."""
    chance = random.Random(7)
    passed = 0
    for _ in range(4000):
        try:
            SealKey.from_code("".join(chance.choice(ALPHABET) for _ in range(CODE_CHARS)))
            passed += 1
        except KeyCodeError:
            pass
    assert passed < 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请输入"),
        ("- -", "请输入"),
        ("0000", "还少 24 位"),
        ("0" * 29, "多了 1 位"),
        ("0000-00*0" + "0" * 20, "第 2 组"),
        ("钥匙" + "0" * 26, "「钥」"),
    ],
)
def test_what_cannot_be_a_code_is_told(text, said):
    with pytest.raises(KeyCodeError, match=said):
        SealKey.from_code(text)


def test_the_spare_bits_must_be_zero():
    symbols = [0] * 25 + [1]
    plain, weighted = keys._sums(symbols)
    first = keys._times(plain ^ weighted, keys._INVERSE_OF_1_PLUS_A)
    code = "".join(ALPHABET[s] for s in [*symbols, first, plain ^ first])
    with pytest.raises(KeyCodeError, match="逐组"):
        SealKey.from_code(code)


def test_a_key_does_not_show_itself():
    key = SealKey.new()
    assert key.code not in repr(key) + str(key) + f"{[key]}"
    assert key != SealKey.new() and len({key, SealKey(key.secret)}) == 1
    with pytest.raises(ValueError):
        SealKey(b"short")


# ---- digests and envelopes

ABC = {  # published test values: FIPS 180-2 and GB/T 32905-2016
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sm3": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
}


def test_digests_are_the_published_ones():
    assert (digest(b"abc").sha256, digest(b"abc").sm3) == (ABC["sha256"], ABC["sm3"])


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_a_typed_digest_is_read_however_it_is_written(algorithm):
    plain = ABC[algorithm]
    named = "" if algorithm == "sha256" else "SM3: "
    for written in (
        plain,
        plain.upper(),
        grouped(plain),
        ":".join(plain[n : n + 2] for n in range(0, 64, 2)),
        "".join(chr(ord(c) + 0xFEE0) for c in plain),
        f"\n{plain[:32]}\n{plain[32:]}",
    ):
        read = envelope_digest(named + written)
        assert str(read) == f"{algorithm}:{plain}"
        assert read.matches(b"abc") and not read.matches(b"abd")
    assert envelope_digest("SHA-256 = " + ABC["sha256"]).algorithm == "sha256"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请输入"),
        ("sha256:", "请输入"),
        ("ba78", "少 60 位"),
        (ABC["sm3"] + "0", "多 1 位"),
        ("O" + ABC["sm3"][1:], "数字 0"),
        ("g" + ABC["sm3"][1:], "第 1 位"),
        ("0" * 64, "同一个字符"),
    ],
)
def test_what_cannot_be_a_digest_is_told(text, said):
    with pytest.raises(DigestError, match=said):
        envelope_digest(text)


def test_two_typings_are_compared():
    assert envelope_digest(ABC["sm3"], grouped(ABC["sm3"])).hexadecimal == ABC["sm3"]
    with pytest.raises(DigestError, match="第 2 组"):
        envelope_digest(ABC["sm3"], ABC["sm3"].replace("62ee", "62ef"))
