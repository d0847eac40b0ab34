"""`sanshe`, the command line: runs the process group, and gathers the commands of all modules."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import NoReturn

import click

from sanshe.runtime import binaries, dsn, roles, supervisor
from sanshe.runtime.chinese import speak_chinese
from sanshe.runtime.commands import ChineseGroup, ModuleGroup, database, set_up_django
from sanshe.runtime.embedded import current_cluster
from sanshe.runtime.errors import RuntimeProblem
from sanshe.runtime.paths import PROJECT, database_home, var_dir
from sanshe.runtime.processes import is_running, wait_until

OWNER_COMMANDS = {
    "migrate", "makemigrations", "createcachetable", "flush", "loaddata", "sqlflush", "test",
    "showmigrations",
}  # fmt: skip
NO_DATABASE_COMMANDS = {"help", "check", "collectstatic", "diffsettings", "makemessages", "compilemessages"}
PASS_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []}


@click.group(cls=ModuleGroup, context_settings={"help_option_names": ["-h", "--help"]})
def sanshe() -> None:
    """三社联动平台的命令行。"""


def _port() -> int:
    text = os.environ.get("SANSHE_PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise RuntimeProblem("环境变量 SANSHE_PORT 应是 1 到 65535 之间的数字。")
    return int(text)


def _lock_file() -> Path:
    return var_dir() / "up.lock"


def _ourselves(*arguments: str) -> None:
    """Run another command of ours in a process of its own, so that the supervisor stays small.

    Ends us with its exit code when it fails: it has said why.
    """
    command = [sys.executable, "-m", "sanshe.runtime.cli", *arguments]
    if code := subprocess.run(command, cwd=PROJECT, check=False).returncode:
        raise SystemExit(code)


def _run_group(demo: bool) -> None:
    port, host = _port(), os.environ.get("SANSHE_BIND", "127.0.0.1")
    os.environ.setdefault("SANSHE_BASE_URL", f"http://localhost:{port}")
    if demo:
        os.environ["SANSHE_DEMO"] = "1"
    with contextlib.ExitStack() as stack:
        stack.enter_context(supervisor.only_one(_lock_file()))
        supervisor.require_free_port(host, port)
        if dsn.is_embedded() and database_home() != var_dir():
            click.echo(f"项目在 root 的私人文件夹里，数据库放在 {database_home()}。")
        stack.enter_context(database())
        _ourselves("prepare")
        if demo:
            _ourselves("demo", "load")

        def ready() -> None:
            click.echo(f"三社联动平台已启动：http://localhost:{port}（按 Ctrl-C 停止）")

        parts = supervisor.standard_parts(host, port)
        group = supervisor.Supervisor(parts, current_cluster(), var_dir() / "log", click.echo)
        # A host name outside ALLOWED_HOSTS is answered with 400, which is an answer too.
        group.run(f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/healthz", ready)
        click.echo("正在停止……")
    click.echo("已全部停止。")


@sanshe.command()
def up() -> None:
    """启动数据库、网页服务和后台任务，按 Ctrl-C 一起停止。"""
    _run_group(demo=False)


@sanshe.group(cls=ModuleGroup, invoke_without_command=True)
@click.pass_context
def demo(ctx: click.Context) -> None:
    """启动演示：没有数据时先放入演示数据，并列出各类演示账号。"""
    if ctx.invoked_subcommand is None:
        _run_group(demo=True)


@sanshe.command()
def stop() -> None:
    """停止正在运行的平台和内置数据库。"""
    pid = supervisor.running_pid(_lock_file())
    if pid:
        os.kill(pid, signal.SIGTERM)
        if not wait_until(lambda: supervisor.running_pid(_lock_file()) is None, 60, 0.1):
            raise RuntimeProblem("平台在一分钟内没有停下来，请稍后再看。")
    cluster = current_cluster()
    if cluster is not None and not cluster.stop():
        raise RuntimeProblem("平台已停止；数据库还有其他命令在用，等它们结束后会自行停止。")
    click.echo("已停止。")


@sanshe.command()
def status() -> None:
    """看看各部分是否在运行。"""
    cluster = current_cluster()
    if cluster is None:
        state = "使用外部数据库"
    else:
        state = "运行中" if cluster.is_ours() else "未运行"
    pid = supervisor.running_pid(_lock_file())
    click.echo(f"数据库：{state}")
    click.echo(f"平台：{f'运行中（进程 {pid}）' if pid and is_running(pid) else '未运行'}")
    if not pid:
        raise SystemExit(1)


@sanshe.command()
def migrate() -> None:
    """把数据库的结构更新到当前版本。"""
    os.environ["SANSHE_ROLE"] = "owner"
    with database():
        set_up_django()
        _migrate(always=True)


def _migrate(always: bool) -> None:
    from django.core.management import call_command
    from django.db import connection, connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        click.echo(f"正在更新数据库结构（{len(plan)} 步）……")
    if plan or always:
        call_command("migrate", interactive=False, verbosity=0)
        roles.grant_app(dsn.conninfo("owner"), dsn.database_settings("app")["USER"])
        click.echo("数据库结构已是最新。")
    connections.close_all()


@sanshe.command(hidden=True)
def prepare() -> None:
    """数据库结构和静态文件，平台启动前做一次。"""
    os.environ["SANSHE_ROLE"] = "owner"
    with database():
        set_up_django()
        _migrate(always=False)
        _collect_static()


def _collect_static() -> None:
    """Gather the static files when one of them changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            info = os.stat(storage.path(name))
            found.append(f"{name} {info.st_size} {info.st_mtime_ns}")
    wanted = "\n".join([settings.STORAGES["staticfiles"]["BACKEND"], *sorted(found)])  # type: ignore[index]
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


@sanshe.command(context_settings=PASS_ON)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """运行 Django 的管理命令，例如 sanshe manage showmigrations。"""
    name = arguments[0] if arguments else "help"
    if name in OWNER_COMMANDS:
        os.environ.setdefault("SANSHE_ROLE", "owner")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    with contextlib.nullcontext() if name in NO_DATABASE_COMMANDS else database():
        execute_from_command_line(["sanshe manage", *arguments])


@sanshe.group(cls=ChineseGroup)
def db() -> None:
    """直接查看数据库。"""


@db.command(context_settings=PASS_ON)
@click.option("--owner", is_flag=True, help="以表的所有者身份进入（可以改结构，请谨慎）。")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def shell(owner: bool, arguments: tuple[str, ...]) -> None:
    """打开 psql；其后的参数原样交给它。"""
    where = dsn.conninfo("owner" if owner else "app")
    with database():
        raise SystemExit(subprocess.run([binaries.bin_dir() / "psql", "-d", where, *arguments], check=False).returncode)


@db.command()
@click.option("--owner", is_flag=True, help="表的所有者的连接。")
def where(owner: bool) -> None:
    """显示连接数据库用的地址（不启动数据库）。"""
    click.echo(dsn.conninfo("owner" if owner else "app"))


# -- errors ---------------------------------------------------------------------------------------------


def _sentence(problem: BaseException) -> str:
    """What a person is told about an error: one sentence."""
    if isinstance(problem, RuntimeProblem):
        return str(problem)
    if sentence := getattr(problem, "sentence", ""):
        return str(sentence)
    kind = type(problem).__name__
    if isinstance(problem, OSError) and problem.filename is not None:
        reasons = {
            "FileNotFoundError": "不存在",
            "PermissionError": "没有权限打开",
            "IsADirectoryError": "是文件夹，不是文件",
        }
        return f"{problem.filename} {reasons.get(kind, '打不开')}。"
    if kind == "UndefinedTable" or type(problem.__cause__).__name__ == "UndefinedTable":
        return "数据库里还没有所需的表，请先运行 sanshe migrate。"
    if kind in ("OperationalError", "PoolTimeout", "ConnectionTimeout"):
        return "连不上数据库，请检查它是否在运行、DATABASE_URL 是否正确。"
    log = var_dir() / "log" / "sanshe.log"
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as file:
            file.write(f"{time.strftime('%F %T')} {' '.join(sys.argv)}\n")
            traceback.print_exception(problem, file=file)
    return f"出了意外的错误，没有完成；详情记在 {log}，加上 SANSHE_DEBUG=1 再运行可以直接看到。"


def _fail(sentence: str, code: int = 1) -> NoReturn:
    click.echo(sentence, err=True)
    raise SystemExit(code)


def main() -> None:
    """Run the command line; every error becomes one sentence and an exit code other than 0."""
    speak_chinese()
    debug = os.environ.get("SANSHE_DEBUG") == "1"
    try:
        code = sanshe.main(prog_name="sanshe", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as problem:
        problem.show()
        raise SystemExit(2) from None
    except click.Abort:
        _fail("已取消。", 130)
    except click.ClickException as problem:
        _fail(problem.format_message())
    except KeyboardInterrupt:
        _fail("已中断。", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise SystemExit(1) from None
    except Exception as problem:
        if debug:
            raise
        _fail(_sentence(problem))
    raise SystemExit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
