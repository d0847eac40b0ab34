"""The sealed bid: only the right key, the right call and the untouched bytes open it."""

import hashlib
import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanshe.purchase.sealing import (
    Altered,
    BadContent,
    BidFile,
    NotForThisCall,
    NotSealed,
    SealKey,
    WrongKey,
    inspect,
    open_sealed,
    seal,
)
from sanshe.purchase.sealing import format as container
from sanshe.purchase.sealing.archive import pack, unpack

KEY = SealKey(bytes(range(16)))
SALT = bytes(range(100, 132))
CALL, BIDDER = "BX-2021-0007", "5001120000000017"
FIELDS = {"price_fen": 12_500_000, "plan": "每周三场\n长者午餐与探访", "team": ["甲", "乙"]}
FILES = [BidFile("服务方案.pdf", b"%PDF-1.7 invented"), BidFile("报价表.xlsx", bytes(300))]


def sealed(**change):
    given_ = {"fields": FIELDS, "files": FILES, "call": CALL, "bidder": BIDDER, "key": KEY, "salt": SALT}
    given_.update(change)
    return seal(given_.pop("fields"), given_.pop("files"), **given_)


def opened(blob, **change):
    return open_sealed(blob, **{"call": CALL, "bidder": BIDDER, "key": KEY, **change})


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"\A[a-z]{1,5}\Z"), inner, max_size=3),
    max_leaves=6,
)
contents = st.dictionaries(st.from_regex(r"\Af_[a-z0-9_]{0,8}\Z"), values, max_size=4)
attachments = st.lists(st.binary(max_size=3000), max_size=4)
ids = st.from_regex(r"\A[!-~]{1,64}\Z")


@settings(max_examples=60, deadline=None)
@given(contents, attachments, ids, ids, st.binary(min_size=16, max_size=16))
def test_what_was_sealed_comes_out_again(fields, data, call, bidder, secret):
    files = tuple(BidFile(f"附件{number}.pdf", part) for number, part in enumerate(data))
    try:
        blob = seal(fields, files, call=call, bidder=bidder, key=SealKey(secret))
    except BadContent:  # nested deeper than a bid may be
        return
    bid = open_sealed(blob, call=call, bidder=bidder, key=SealKey(secret))
    assert (bid.fields, bid.files) == (fields, files)


def test_the_price_is_whole_fen():
    assert opened(sealed()).price_fen == 12_500_000
    assert opened(sealed(fields={"plan": "无报价"})).price_fen is None
    for wrong in (-1, 1.5, True, "100", 2**53):
        with pytest.raises(BadContent):
            sealed(fields={"price_fen": wrong})


def test_equal_content_gives_equal_bytes_and_every_sealing_looks_different():
    assert sealed() == sealed(fields=dict(reversed(FIELDS.items())))
    assert sealed(salt=None) != sealed(salt=None)


def test_the_format_stays_what_was_published():
    # a change of this digest is a new version of the format: sealed files lie in the archive for 15 years
    assert sealed()[:9].hex() == "89534249440d0a1a01"
    assert hashlib.sha256(sealed()).hexdigest() == ("a89288175031a233c3cc0e5d42091a81c32d405a1dc736dcf35d1cbd42c39c05")


def test_the_documented_layout_is_enough_to_open_it():
    """An independent reader, written from the description with the bare primitives."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    blob = sealed()
    made = HKDF(hashes.SHA256(), 76, blob[9:41], b"sanshe sealed bid 1").derive(bytes(range(16)))
    assert blob[41:73] == made[44:]
    header_length = 75 + len(CALL) + len(BIDDER)
    assert blob[73:header_length] == bytes([12]) + CALL.encode() + bytes([16]) + BIDDER.encode()
    plain = AESGCM(made[:32]).decrypt(made[32:44], blob[header_length:-32], blob[:header_length])
    assert len(plain) == 65536
    (length,) = struct.unpack(">Q", plain[:8])
    assert plain[8 + length :] == bytes(65536 - 8 - length)
    (listed,) = struct.unpack(">I", plain[8:12])
    content = json.loads(plain[12 : 12 + listed])
    assert content["fields"] == FIELDS
    assert plain[12 + listed : 8 + length] == FILES[0].data + FILES[1].data
    assert blob[-32:] == hashlib.sha256(blob[:-32]).digest()


BLOB = sealed()
HEADER = inspect(BLOB).length


@pytest.mark.parametrize("place", [*range(HEADER + 40), *range(len(BLOB) - 60, len(BLOB))])
def test_a_flipped_byte_is_refused_wherever_it_is(place):
    spoilt = bytearray(BLOB)
    spoilt[place] ^= 1
    with pytest.raises((Altered, NotSealed)):
        opened(bytes(spoilt))
    with pytest.raises((Altered, NotSealed)):
        inspect(bytes(spoilt))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(BLOB) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(place, change):
    spoilt = bytearray(BLOB)
    spoilt[place] ^= change
    with pytest.raises((Altered, NotSealed)):
        opened(bytes(spoilt))


@settings(max_examples=200, deadline=None)
@given(st.integers(9, len(BLOB) - 33), st.integers(1, 255))
def test_a_change_with_a_mended_checksum_is_refused_too(place, change):
    """Whoever changes it on purpose can mend the checksum; then the key, the ids or the tag tell."""
    spoilt = bytearray(BLOB[:-32])
    spoilt[place] ^= change
    blob = bytes(spoilt) + hashlib.sha256(spoilt).digest()
    with pytest.raises((Altered, WrongKey, NotForThisCall)):
        opened(blob)


def test_a_header_rewritten_for_another_call_does_not_open_there():
    moved = BLOB[:-32].replace(CALL.encode(), b"BX-2021-0008")
    moved += hashlib.sha256(moved).digest()
    assert inspect(moved, call="BX-2021-0008").call == "BX-2021-0008"
    with pytest.raises(Altered):
        opened(moved, call="BX-2021-0008")


@pytest.mark.parametrize("length", [0, 5, 8, 9, 72, 73, 74, 100, 200, 65536, len(BLOB) - 1])
def test_a_cut_file_is_refused(length):
    with pytest.raises((Altered, NotSealed)):
        opened(BLOB[:length])


def test_bytes_after_the_end_are_refused():
    for more in (b"x", bytes(65536)):
        with pytest.raises(Altered):
            opened(BLOB + more)


def test_each_refusal_says_what_is_wrong():
    with pytest.raises(WrongKey, match="钥匙不对"):
        opened(BLOB, key=SealKey.new())
    with pytest.raises(NotForThisCall, match="不是本次比选的投标文件"):
        opened(BLOB, call="BX-2021-0008")
    with pytest.raises(NotForThisCall, match="另一家单位"):
        opened(BLOB, bidder="5001120000000018")
    with pytest.raises(Altered, match="文件已被改动"):
        opened(BLOB[:-40] + bytes(8) + BLOB[-32:])
    with pytest.raises(NotSealed, match="不是密封的投标文件"):
        opened(b"%PDF-1.7 invented")
    with pytest.raises(NotSealed, match="版本"):
        opened(BLOB[:8] + b"\x02" + BLOB[9:])


@pytest.mark.parametrize(("files_bytes", "steps"), [(0, 1), (60_000, 1), (65_000, 1), (66_000, 2), (131_500, 3)])
def test_the_size_tells_only_steps_of_64_kb(files_bytes, steps):
    blob = sealed(files=[BidFile("a.pdf", bytes(files_bytes))])
    assert inspect(blob).steps == steps
    assert len(blob) == HEADER + steps * 65536 + 48


def test_one_file_cannot_hold_two_bids_for_two_keys():
    """Without the commitment, a bidder could choose the price after the time by choosing the key."""
    other = SealKey.new()
    committed = container._derive(other, SALT)[2]
    forged = BLOB[:41] + committed + BLOB[73:-32]  # even a header that promises the other key
    forged += hashlib.sha256(forged).digest()
    with pytest.raises(Altered):
        opened(forged, key=other)
    with pytest.raises(WrongKey):
        opened(forged)


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"\0\0\0",
        b"\xff\xff\xff\xff",
        b"\0\0\0\2[]",
        b"\0\0\0\2{}",
        b"\0\0\0\1{",
        struct.pack(">I", 40_000) + b"[" * 40_000,
        struct.pack(">I", 4303) + b"1" * 4303,
        pack({"a": 1}, []) + b"more",
        pack({"a": 1}, [BidFile("a", b"123")])[:-1],
        pack({"a": 1}, [BidFile("a", b"123")])[:-1] + b"4",
        pack({"a": 1}, []).replace(b'"a":1', b'"a":01'),
        pack({"a": 1}, []).replace(b'"a":1', b'"a": '),
        pack({"a": 1, "b": 2}, []).replace(b'"b":2', b'"a":2'),
        pack({"abc": 1}, []).replace(b'"abc":1', b'"a":1e5'),
        pack({"a": 1}, []).replace(b'"format":1', b'"format":2'),
        pack({"a": "x"}, []).replace(b'"x"', b"NaN"),
        pack({"a": 1}, [BidFile("bb.pdf", b"")]).replace(b"bb.pdf", b"../bb/"),
        pack({"a": 1}, [BidFile("bb.pdf", b"")]).replace(b'"size":0', b'"size":9'),
    ],
)
def test_a_key_holder_cannot_make_the_reader_stumble(archive):
    with pytest.raises(BadContent):
        unpack(archive)


@pytest.mark.parametrize("name", ["", " a", "a/b", "..", "a\\b", "a\0", "a\u202efdp.exe", "x" * 121, ".hidden", 5])
def test_hostile_file_names_are_refused(name):
    with pytest.raises(BadContent):
        pack({}, [BidFile(name, b"")])


def test_hostile_content_is_refused():
    deep = "x"
    for _ in range(6):
        deep = [deep]
    for fields in (
        {"a": "\0"},
        {"a": "\ud800"},
        {"A": 1},
        {"": 1},
        {"a": 0.5},
        {"a": b"x"},
        {"a": deep},
        {1: 1},
        {"a": "长" * 400_000},
    ):
        with pytest.raises(BadContent):
            pack(fields, [])
    with pytest.raises(BadContent, match="重名"):
        pack({}, [BidFile("a.pdf", b""), BidFile("a.pdf", b"")])
    pack({}, [BidFile("A.pdf", b""), BidFile("a.pdf", b"")])  # the browser lets these in, so the opening must
    with pytest.raises(BadContent, match="最多"):
        pack({}, [BidFile(f"{n}.pdf", b"") for n in range(21)])
