"""
The command line: settle a file, see beforehand whether that will work, or watch a demonstration.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from posgo import demo, saft
from posgo.bookkeeping.accounts import AccountMap
from posgo.bookkeeping.identity import z_number
from posgo.clients.credentials import Environment, GoCredentials
from posgo.clients.go_client import GoClient
from posgo.exceptions import ConfigurationError, FileFormatError, ModelError, PosgoError
from posgo.models.findings import Finding
from posgo.procedures.finished import SettlementReport
from posgo.profiles import OPEN_ONE, Profile
from posgo.rendering import render_result, render_z_report
from posgo.runner import Runner
from posgo.saft import AuditFile
from posgo.state import MemoryStore, SqliteStore, StateStore
from posgo.testing import FakeGo

__all__ = ["BLOCKED", "FAILED", "SETTLED", "WRONG", "main"]

SETTLED = 0
BLOCKED = 1
WRONG = 2
FAILED = 3

_EXIT_CODES = """\
exit codes:
  0  everything is settled (or would be, in a dry run), or ready
  1  something is blocked and waits for a person; the findings say what to do
  2  the command, the account map or the file is wrong; nothing was posted
  3  Go, the state file or the output could not be used; nothing is lost, run again
"""

_SETTLE = """\
Settle every Z-report of a SAF-T Cash Register file into PowerOffice Go.

Running it again books nothing twice. Without --fake, keys are needed.

"""

_CHECK = """\
Look whether a company in PowerOffice Go is ready for settlements: keys,
privileges, VAT codes, lock date and every account of the account map.

Nothing is posted or changed.

"""

_KEYS = """\
The keys come from the environment variables POSGO_APPLICATION_KEY,
POSGO_CLIENT_KEY and POSGO_SUBSCRIPTION_KEY (POSGO_SECONDARY_SUBSCRIPTION_KEY
is optional). POSGO_ENVIRONMENT is "demo" (the default) or "production";
POSGO_BASE_URL replaces the address altogether, for tests.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Args:
        argv: Arguments without the program's name; None takes those of the process.

    Returns:
        The exit code: 0 settled, 1 blocked, 2 wrong command, map or file, 3 Go or the store failed.
    """
    _spell_on_any_terminal()
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        code = run(arguments)
        # Here, where it can still be said that it could not be written.
        print(end="", flush=True)
    except (FileFormatError, ModelError) as error:
        return _failed(error, WRONG)
    except PosgoError as error:
        return _failed(error, FAILED)
    except KeyboardInterrupt:
        return _failed("interrupted; nothing is lost, run again", FAILED)
    except OSError as error:
        return _unheard(error)
    return code


def _spell_on_any_terminal() -> None:
    """
    A terminal, or a file, whose encoding lacks a letter gets a question mark, never an error.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _unheard(error: OSError) -> int:
    """
    What we print cannot be written. What was settled by then is settled.
    """
    # What is still to be written goes nowhere, or Python would complain at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return FAILED  # The reader of our output has left, as `head` does: nobody to tell.
    return _failed(f"the output cannot be written: {error.strerror}; nothing is lost, run again", FAILED)


def _failed(error: PosgoError | str, code: int) -> int:
    print(f"posgo: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="posgo", epilog=_EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shown = commands.add_parser("demo", help="sync and settle a made-up shop day with an embedded Go, twice")
    shown.set_defaults(run=lambda _: demo.run(print))
    settle = commands.add_parser(
        "settle",
        help="settle the Z-reports of a SAF-T Cash Register file",
        description=_SETTLE + _KEYS,
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    settle.add_argument("file", type=Path, metavar="FILE", help="the SAF-T Cash Register file (XML)")
    settle.add_argument("--accounts", type=Path, required=True, help="the account map (TOML)")
    settle.add_argument("--dry-run", action="store_true", help="show what would be posted; write nothing")
    settle.add_argument("--fake", action="store_true", help="settle into an embedded Go that forgets")
    settle.add_argument(
        "--state", type=Path, default=Path("posgo.sqlite3"), help="the state file (default: %(default)s)"
    )
    settle.set_defaults(run=_settle)
    check = commands.add_parser(
        "check",
        help="see whether a company in Go is ready to be settled into",
        description=_CHECK + _KEYS,
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument(
        "--accounts", type=Path, help="the account map (TOML); without it only keys and company are looked at"
    )
    check.set_defaults(run=_check)
    return parser


def _check(arguments: argparse.Namespace) -> int:
    accounts = AccountMap.from_toml(arguments.accounts) if arguments.accounts else None
    with _client() as go:
        report = Runner(go=go, store=MemoryStore(), profile=_SETTLING_ALONE, accounts=accounts).check()
    print(report)
    return SETTLED if report.ok else BLOCKED


def _settle(arguments: argparse.Namespace) -> int:
    accounts = AccountMap.from_toml(arguments.accounts)
    file = _read(arguments.file)
    go, store = _fake(file, accounts) if arguments.fake else _real(arguments.state)
    with go:
        runner = Runner(go=go, store=store, profile=_PROFILE, accounts=accounts, dry_run=arguments.dry_run)
        report = runner.settle_all(file.z_reports)
    _show(file, report, accounts)
    blocked = any(finding.blocks for finding in file.findings) or not report.is_clean
    return FAILED if report.failed else BLOCKED if blocked else SETTLED


_PROFILE: Profile = OPEN_ONE

# The command line keeps no customers or products alike, so it needs no privileges for them.
_SETTLING_ALONE = Profile(name="settlement alone", journal=_PROFILE.journal)


def _read(path: Path) -> AuditFile:
    try:
        return saft.read(path)
    except OSError as error:
        # What cannot be wound back, such as a pipe, has no error text of the system's.
        problem = error.strerror or "it must be a file on disk, which can be read more than once"
        raise FileFormatError(str(path), problem) from error


def _fake(file: AuditFile, accounts: AccountMap) -> tuple[GoClient, StateStore]:
    """
    A Go of the file's own company, holding every account the map names: the map is what is tried.
    """
    fake = FakeGo(organization_number=file.company)
    demo.open_accounts(fake, accounts)
    return GoClient(fake.credentials, transport=fake.transport), MemoryStore()


def _real(state: Path) -> tuple[GoClient, StateStore]:
    return _client(), SqliteStore(state)


def _client() -> GoClient:
    name = os.environ.get("POSGO_ENVIRONMENT", "demo")
    try:
        environment = Environment[name.upper()]
    except KeyError:
        problem = f'POSGO_ENVIRONMENT is {name!r}; it must be "demo" or "production"'
        raise ConfigurationError("environment", (problem,)) from None
    base_url = os.environ.get("POSGO_BASE_URL") or None
    return GoClient(GoCredentials.from_env(), environment=environment, base_url=base_url)


def _show(file: AuditFile, report: SettlementReport, accounts: AccountMap) -> None:
    by_number = {(accounts.canonical(z.cash_point), z_number(z)): z for z in file.z_reports}
    _show_findings("the file", file.findings)
    for result in report:
        z = by_number.get((result.cash_point, result.number))
        print(*([render_z_report(z), ""] if z else []), render_result(result), "", sep="\n")
    for failure in report.failed:
        print(f"Z-report {failure.z.number} of cash point {failure.z.cash_point}: FAILED", file=sys.stderr)
        print(f"posgo: {failure.error}", file=sys.stderr)
    for z in report.untried:
        print(f"Z-report {z.number} of cash point {z.cash_point}: not tried", file=sys.stderr)
    for z in report.skipped:
        print(f"Z-report {z.number} of cash point {z.cash_point}: skipped, it is before settle_from")
    if not (report.results or report.failed or report.skipped):
        print("There is no Z-report to settle.")


def _show_findings(about: str, findings: Iterable[Finding]) -> None:
    for finding in findings:
        print(f"{about}: {finding}")
