"""registers.md: every ledger with its columns, what identifies a row, what it is found by."""

from __future__ import annotations

from sanshe.kernel.register import Column, Register, registers

from .tables import page, table

KINDS = {
    "reference": "选取", "choice": "选项", "yes": "是否", "date": "日期", "moment": "时间", "number": "数字",
    "list": "多项", "secret": "加密文字", "long": "长文字", "text": "文字",
}  # fmt: skip


def registers_page() -> str:
    """The ledgers by group, in the order of their declaration."""
    lead = (
        "台账只声明一次，列表、查找、筛选、表单、修改历史、批量修改、表格的导出和导入、接口都由声明生成。"
        "「识别」是导入表格时用来认出同一行的栏目，依次尝试。"
    )
    groups: dict[str, list[Register]] = {}
    for register in registers():
        if not type(register).__module__.startswith("tests."):
            groups.setdefault(register.group, []).append(register)
    parts = []
    for group, found in groups.items():
        parts.append(f"## {group}\n")
        parts += [_register(register) for register in found]
    return page("台账", lead, *parts)


def _register(register: Register) -> str:
    rules = register.access
    may = [
        f"{word}：{getattr(rules, verb).says()}"
        for verb, word in (("see", "查看"), ("add", "新增"), ("keep", "修改"))
        if register.can(verb)
    ]
    titles = {column.name: column.title for column in register.columns}
    key = "；".join("、".join(titles.get(name, name) for name in names) for names in register.key)
    said = [f"### {register.title} `{register.name}`\n", f"{register.lead}\n" if register.lead else ""]
    said.append("；".join(may) + "。" + (f" 识别：{key}。" if key else "") + "\n")
    return "\n".join(
        [*(s for s in said if s), table(("栏目", "标识", "类型", "必填", "说明"), map(_column, register.columns))]
    )


def _column(column: Column) -> tuple[str, ...]:
    kind = "计算" if column.db is None else KINDS[column.kind]
    if not column.editable and column.db is not None:
        kind += "（只读）"
    also = f"也认：{'、'.join(column.synonyms)}" if column.synonyms else ""
    hint = "；".join(part for part in (column.hint, also) if part)
    return (column.head, f"`{column.name}`", kind, "是" if column.editable and column.is_required else "", hint)
