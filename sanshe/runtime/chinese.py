"""The command line's own words in Chinese.

click takes its words through a function named `_` in each of its modules and offers no other way than
compiled catalogues of the operating system; so these functions are replaced by ours.
"""

import sys

WORDS = {
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Arguments": "参数",
    "Positional arguments": "参数",
    "Missing command.": "请写出要运行的命令。",
    "Aborted!": "已取消。",
    "deprecated": "已停用",
    "required": "必填",
    "default: {default}": "默认：{default}",
    "env var: {var}": "环境变量：{var}",
    "(dynamic)": "（自动）",
    "Error: {message}": "{message}",
    "Try '{command} {option}' for help.": "运行「{command} {option}」查看说明。",
    "Invalid value: {message}": "填写的内容不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 填写得不对：{message}",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing {param_type}": "缺少 {param_type}",
    "Missing parameter: {param_name}": "缺少参数：{param_name}",
    "No such option {name!r}.": "没有 {name} 这个选项。",
    "No such command {name!r}.": "没有「{name}」这个命令。",
    "Did you mean {possibility}?": "您要的是 {possibility} 吗？",
    "(Did you mean one of: {possibilities}?)": "（您要的是其中之一吗：{possibilities}？）",
    "Got unexpected extra argument ({args})": "多出了参数：{args}",
    "Got unexpected extra arguments ({args})": "多出了参数：{args}",
    "unknown error": "原因不明",
    "Could not open file {filename!r}: {message}": "文件 {filename} 打不开：{message}",
    "Do you want to continue?": "要继续吗？",
    "Confirm the action without prompting.": "不再询问，直接执行。",
    "Show the version and exit.": "显示版本。",
    "Show this message and exit.": "显示这份说明。",
    "Choose from:\n\t{choices}": "可选：\n\t{choices}",
    "{value!r} is not {choice}.": "「{value}」不对，只能是 {choice}。",
    "{value!r} is not one of {choices}.": "「{value}」不在可选范围内：{choices}。",
    "{value!r} is not a valid {number_type}.": "「{value}」不是有效的数字。",
    "{value} is not in the range {range}.": "{value} 不在范围 {range} 内。",
    "{value!r} does not match the format {format}.": "「{value}」不符合格式 {format}。",
    "{value!r} does not match the formats {formats}.": "「{value}」不符合格式 {formats}。",
    "{value!r} is not a valid boolean. Recognized values: {states}": "「{value}」应为是或否：{states}",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    "{name} {filename!r} does not exist.": "{name} {filename} 不存在。",
    "{name} {filename!r} is a file.": "{filename} 是文件，这里要的是文件夹。",
    "{name} {filename!r} is a directory.": "{filename} 是文件夹，这里要的是文件。",
    "{name} {filename!r} is not readable.": "{name} {filename} 不能读取。",
    "{name} {filename!r} is not writable.": "{name} {filename} 不能写入。",
    "Option {name!r} does not take a value.": "选项 {name} 后面不用填内容。",
    "Option {name!r} requires an argument.": "选项 {name} 后面要填内容。",
    "Option {name!r} requires {nargs} arguments.": "选项 {name} 后面要填 {nargs} 项内容。",
    "Repeat for confirmation": "再输入一次",
    "Error: The two entered values do not match.": "两次输入的不一样。",
    "Error: invalid input": "输入的内容不对。",
}


def _one(text: str) -> str:
    return WORDS.get(text, text)


def _many(one: str, many: str, count: int) -> str:
    return _one(one if count == 1 else many)


def speak_chinese() -> None:
    """Replace click's English words; what has no entry stays as it is. Safe to repeat."""
    for name, module in list(sys.modules.items()):
        if name == "click" or name.startswith("click."):
            for function, ours in (("_", _one), ("ngettext", _many)):
                if callable(getattr(module, function, None)):
                    setattr(module, function, ours)
