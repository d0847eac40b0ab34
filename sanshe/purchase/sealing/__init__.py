"""The sealed bid: closed with the bidder's own key, opened with it after the time, free of database and HTTP.

What it protects against and what not is in docs/sealed-bids.md; the bytes are described in format.py,
archive.py and key.py, and the browser's twin of this package is static/purchase/seal.js.
"""

from sanshe.purchase.sealing.archive import Bid, BidFile
from sanshe.purchase.sealing.envelope import Digests, EnvelopeDigest, digest, envelope_digest, grouped
from sanshe.purchase.sealing.errors import (
    Altered,
    BadContent,
    DigestError,
    KeyCodeError,
    NotForThisCall,
    NotSealed,
    SealError,
    WrongKey,
)
from sanshe.purchase.sealing.format import Header, check_key, inspect, open_sealed, seal
from sanshe.purchase.sealing.key import SealKey

__all__ = [
    "Altered",
    "BadContent",
    "Bid",
    "BidFile",
    "DigestError",
    "Digests",
    "EnvelopeDigest",
    "Header",
    "KeyCodeError",
    "NotForThisCall",
    "NotSealed",
    "SealError",
    "SealKey",
    "WrongKey",
    "check_key",
    "digest",
    "envelope_digest",
    "grouped",
    "inspect",
    "open_sealed",
    "seal",
]
