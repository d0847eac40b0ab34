"""The key file: made once, readable by its owner only, replaced whole, never left half written.

`SANSHE_KEYS_FILE` names it; without that it is `keys.json` in the run-time folder. Old keys are never removed
from it, for one forgotten value or one restored backup may still need them.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes

from sanshe.kernel.errors import SansheError
from sanshe.runtime.paths import var_dir


class KeyTrouble(SansheError):
    """Keys are missing, unreadable or do not fit. Not the user's doing, so it answers 500."""

    status = 500
    code = "keys"
    default = "加密密钥不可用，请联系系统管理员。"


@dataclass(frozen=True)
class Key:
    """One key: its provider's name, its secret (or a handle), and when it was made (ISO, UTC)."""

    provider: str
    secret: str
    made: str

    def __repr__(self) -> str:
        """Without the secret: a key must not reach a log by being printed."""
        return f"Key({self.provider}, made {self.made})"


@dataclass(frozen=True)
class Keyring:
    """All encryption keys by id, the id in use for new values, and the key of the lookup hashes."""

    current: str
    keys: dict[str, Key]
    lookup: Key

    def __repr__(self) -> str:
        """Ids only."""
        return f"Keyring(current={self.current}, {len(self.keys)} keys)"


def path() -> Path:
    """Where the key file is or will be."""
    return _path(os.environ.get("SANSHE_KEYS_FILE", ""), os.environ.get("SANSHE_VAR", ""))


@lru_cache(maxsize=8)
def _path(named: str, run_time_folder: str) -> Path:
    """Kept, for it is asked for with every value and resolving a path costs more than encrypting."""
    return Path(named) if named else var_dir() / "keys.json"


def signature(file: Path) -> tuple[int, int, int] | None:
    """What tells one state of the file from the next; None when it does not exist."""
    try:
        found = os.stat(file)
    except FileNotFoundError:
        return None
    except OSError as trouble:
        raise KeyTrouble(f"密钥文件 {file.name} 打不开（{trouble.strerror}），请检查它的权限。") from None
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _name(number: int, secret: str) -> str:
    """`k1-3f9a12`: the number, and a piece of the key's own hash.

    Without the second part a fresh k1, made after the file was lost, would be taken for the old k1, and every
    value would look tampered with instead of saying that its key is gone.
    """
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"key name|" + secret.encode())
    return f"k{number}-{digest.finalize().hex()[:6]}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _dump(ring: Keyring) -> bytes:
    body = {
        "current": ring.current,
        "keys": {name: asdict(key) for name, key in ring.keys.items()},
        "lookup": asdict(ring.lookup),
    }
    return (json.dumps(body, indent=2) + "\n").encode()


def _write_beside(file: Path, data: bytes) -> Path:
    """A complete, synced file with mode 0600 in the same folder, under a name of its own."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".keys-", dir=file.parent)  # mkstemp opens with 0600
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return Path(name)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def create(file: Path, new_key: Callable[[], str], provider: str, *, on_purpose: bool = False) -> None:
    """Make the file with its first keys, unless another starter was quicker: then theirs is the one.

    Raises `KeyTrouble` when the file was named by SANSHE_KEYS_FILE and is not there: a folder that is not
    mounted must not lead to new keys beside old data. `sanshe keys init` makes it `on_purpose`.
    """
    if os.environ.get("SANSHE_KEYS_FILE") and not on_purpose:
        raise KeyTrouble(
            f"找不到密钥文件 {file.name}。如果是首次安装，请运行 sanshe keys init；"
            "如果以前用过，请从备份恢复，不要新建，否则原有的加密内容将无法读出。"
        )
    made, secret = _now(), new_key()
    first = _name(1, secret)
    ring = Keyring(first, {first: Key(provider, secret, made)}, Key(provider, new_key(), made))
    draft = _write_beside(file, _dump(ring))
    try:
        os.link(draft, file)  # fails if the name exists: exactly one of two starters wins, and it is complete
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync_folder(file.parent)


def read(file: Path) -> Keyring:
    """Read and check the file. Raises `KeyTrouble` with a sentence that says what is wrong."""
    try:
        body = json.loads(file.read_text())
        keys = {name: Key(**key) for name, key in body["keys"].items()}
        ring = Keyring(body["current"], keys, Key(**body["lookup"]))
    except OSError as trouble:
        raise KeyTrouble(f"密钥文件 {file.name} 打不开（{trouble.strerror}），请检查它的权限。") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyTrouble(f"密钥文件 {file.name} 的内容不完整，请从备份恢复。") from None
    if ring.current not in ring.keys:
        raise KeyTrouble(f"密钥文件 {file.name} 里没有当前密钥“{ring.current}”，请从备份恢复。")
    return ring


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One writer at a time, over processes; the kernel frees the lock of a killed one."""
    with open(file.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def rotate(file: Path, new_key: Callable[[], str], provider: str) -> str:
    """Add a new key, make it the current one, and return its id. All older keys stay."""
    with _alone(file):
        ring = read(file)
        secret = new_key()
        name = _name(len(ring.keys) + 1, secret)
        fresh = Keyring(name, {**ring.keys, name: Key(provider, secret, _now())}, ring.lookup)
        os.replace(_write_beside(file, _dump(fresh)), file)
        _sync_folder(file.parent)
    return name
