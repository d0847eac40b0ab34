"""Reading policy packs: YAML in which every value knows its line, so that a mistake can be pointed at.

A pack is a folder `policy/<pack>/`; `settings.SANSHE_POLICY_PACKS` names them in order, later ones override
earlier ones by name. Nothing here knows what the values mean: see kernel.params and kernel.clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from sanshe.kernel.errors import SansheError


class PolicyError(SansheError):
    """A policy file can not be used. The sentence names the file, the line and what is wrong."""

    status = 500
    code = "policy"

    def __init__(self, file: Path, line: int, what: str) -> None:
        self.file, self.line, self.what = file, line, what
        super().__init__(f"{file.parent.name}/{file.name} 第 {line} 行：{what}")


@dataclass(frozen=True)
class Located:
    """A YAML value with the place it stands at; the values of a mapping or list are `Located` too."""

    value: Any
    line: int
    file: Path

    def fail(self, what: str) -> PolicyError:
        """The error that points here; raise it."""
        return PolicyError(self.file, self.line, what)

    def mapping(self, what: str) -> dict[Any, Located]:
        """The value as a mapping, or an error that says `what` should be one."""
        if not isinstance(self.value, dict):
            raise self.fail(f"{what}应写成“名称: 内容”的形式。")
        return self.value

    def items(self, what: str) -> list[Located]:
        """The value as a list, or an error."""
        if not isinstance(self.value, list):
            raise self.fail(f"{what}应写成清单。")
        return self.value

    def text(self, what: str) -> str:
        """The value as a text that is not empty, or an error."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fail(f"{what}应为文字，不能为空。")
        return self.value.strip()

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value

    def only(self, allowed: set[str], needed: set[str], what: str) -> dict[str, Located]:
        """The mapping, when it has every needed key and none that is not allowed."""
        found = self.mapping(what)
        for key, item in found.items():
            if key not in allowed:
                raise item.fail(f"{what}里没有“{key}”这一项，可用的有：{'、'.join(sorted(allowed))}。")
        for key in sorted(needed):
            if key not in found:
                raise self.fail(f"{what}缺少“{key}”。")
        return found


#: The parser in C where PyYAML was built with it: every process begins by reading all of these files.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(file: Path) -> Located:
    """Read one file. Raises `PolicyError` for broken YAML, doubled keys and unreadable files."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise PolicyError(file, 1, "文件打不开，或不是 UTF-8 编码。") from None
    try:
        loader = _LOADER(text)
    except yaml.YAMLError:
        raise PolicyError(file, 1, "文件里有不能显示的字符，请用文本编辑器重新保存。") from None
    try:
        node = loader.get_single_node()
        if node is None:
            raise PolicyError(file, 1, "文件是空的。")
        return _located(loader, node, file)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        raise PolicyError(file, mark.line + 1 if mark else 1, "写法有误，请检查缩进、冒号和引号。") from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        raise PolicyError(file, 1, "写法有误，读不出来。") from None
    finally:
        loader.dispose()


def _located(loader: yaml.SafeLoader, node: yaml.Node, file: Path) -> Located:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[Any, Located] = {}
        for key_node, value_node in node.value:
            key_line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise PolicyError(file, key_line, "冒号前面应是一个名称或日期。")
            key = _scalar(loader, key_node, file)
            if key in found:
                raise PolicyError(file, key_line, f"“{key}”写了两次。")
            value = _located(loader, value_node, file)
            # An empty or nested value begins further down; the line of its name is the one to look at.
            found[key] = Located(value.value, key_line, file)
        return Located(found, line, file)
    if isinstance(node, yaml.SequenceNode):
        return Located([_located(loader, item, file) for item in node.value], line, file)
    return Located(_scalar(loader, node, file), line, file)


def _scalar(loader: yaml.SafeLoader, node: yaml.Node, file: Path) -> Any:
    try:
        return loader.construct_object(node)
    except ValueError:
        raise PolicyError(file, node.start_mark.line + 1, f"“{node.value}”不是一个有效的值。") from None


def folder() -> Path:
    """The folder that holds the packs."""
    return Path(settings.SANSHE_POLICY_DIR)


def files() -> Iterator[Path]:
    """Every YAML file of every pack, in overriding order."""
    for pack in settings.SANSHE_POLICY_PACKS:
        place = folder() / pack
        if not place.is_dir():
            raise PolicyError(place, 1, "没有这个政策包文件夹，请检查设置 SANSHE_POLICY_PACKS。")
        yield from sorted(place.glob("*.yaml"))


def last(name: str) -> Path:
    """The file called `name` in the last pack that has one."""
    found = [file for file in files() if file.name == name]
    if not found:
        raise PolicyError(folder() / name, 1, "各政策包里都没有这个文件。")
    return found[-1]
