"""
The command line: what a person sees, and what a script may rely on.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from posgo import demo
from posgo.cli import BLOCKED, FAILED, SETTLED, WRONG, main
from posgo.testing import FakeGo

DEMO = Path(demo.__file__).parent
DAY = DEMO / "kafe-nordlys.xml"
ACCOUNTS = DEMO / "accounts.toml"

# What is started in the background of a script, as builds are, ignores Ctrl-C and passes that on.
_AS_AT_A_TERMINAL = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, "-m", "posgo", *sys.argv[1:]])
"""

Run = Callable[..., int]


@pytest.fixture
def go() -> FakeGo:
    """
    A Go on this machine's loopback, to which the environment's keys belong.
    """
    return FakeGo()


@pytest.fixture
def run(go: FakeGo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """
    Run ``posgo settle`` on a file against that Go.
    """
    monkeypatch.setenv("POSGO_APPLICATION_KEY", go.credentials.application_key)
    monkeypatch.setenv("POSGO_CLIENT_KEY", go.credentials.client_key)
    monkeypatch.setenv("POSGO_SUBSCRIPTION_KEY", go.credentials.subscription_key)
    monkeypatch.chdir(tmp_path)
    with go.serve() as url:
        monkeypatch.setenv("POSGO_BASE_URL", url)

        def settle(file: Path = DAY, *options: str, accounts: Path = ACCOUNTS) -> int:
            return main(["settle", str(file), "--accounts", str(accounts), *options])

        yield settle


def edited(source: Path, target: Path, *changes: tuple[str, str]) -> Path:
    text = source.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    target.write_text(text, encoding="utf-8")
    return target


class TestDemo:
    """
    What the README promises.
    """

    def test_it_shows_the_day_twice(self, capsys: pytest.CaptureFixture[str]) -> None:
        """
        The Z-report, the voucher with debit and credit, the posting, and a second run that books nothing.
        """
        assert main(["demo"]) == SETTLED

        shown = capsys.readouterr().out
        for words in ("Z-report 73", "debit", "credit", "POSTED, voucher 2 in Go", "ALREADY POSTED"):
            assert words in shown
        assert 2 == shown.count("Go now holds 1 voucher.")
        assert max(map(len, shown.splitlines())) <= 100

    def test_it_begins_with_the_morning(self, capsys: pytest.CaptureFixture[str]) -> None:
        """
        Both sides, the plan before anything is written, the result, the silent second run, a conflict settled.
        """
        main(["demo"])

        shown = capsys.readouterr().out
        told = (
            "MORNING",
            "would do",
            "create go",
            "Carried out",
            "once more",
            "customers: nothing to do",
            "conflict phone",
        )
        places = [shown.index(words) for words in told]
        assert sorted(places) == places
        assert "Go now says 22 22 55 66" in shown
        assert shown.index("22 22 55 66") < shown.index("EVENING") < shown.index("Z-report 73 of")

    def test_it_invoices_at_noon_and_is_paid_in_the_evening(self, capsys: pytest.CaptureFixture[str]) -> None:
        """
        A late line, an invoice at once, one refused, a payment at the till, open until the settlement, then paid.
        """
        assert main(["demo"]) == SETTLED

        shown = " ".join(capsys.readouterr().out.split())
        told = (
            "NOON",
            "Go: 2 lines, confirmed",
            "invoice 10001, due 2026-03-28, delivered by PdfByEmail",
            "as it was before",
            "does not exist in Go. Run sync_customers()",
            "invoice 10001: 857.60 NOK open in Go",
            "EVENING",
            "invoice 10001 paid 857.60",
            "invoice 10001: 0.00 NOK open in Go",
            "paid, paid",
            "ALREADY POSTED, voucher 3 in Go",
        )
        places = [shown.index(words) for words in told]
        assert sorted(places) == places

    def test_it_runs_as_a_module(self) -> None:
        """
        ``python -m posgo demo`` is the same command.
        """
        run = subprocess.run(
            [sys.executable, "-m", "posgo", "demo"], capture_output=True, encoding="utf-8", check=True
        )

        assert "ALREADY POSTED" in run.stdout
        assert "" == run.stderr


class TestSettle:
    """
    A file into Go, over real HTTP.
    """

    def test_it_posts_once(self, run: Run, go: FakeGo, capsys: pytest.CaptureFixture[str]) -> None:
        """
        The first run posts, the second finds it posted, and so does one that lost its state file.
        """
        assert [SETTLED, SETTLED] == [run(), run()]
        assert "ALREADY POSTED" in capsys.readouterr().out
        for file in Path().iterdir():
            file.unlink()
        assert run() == SETTLED

        assert 1 == len(go.vouchers)

    def test_the_official_example(self, run: Run, go: FakeGo, official_example: Path, tmp_path: Path) -> None:
        """
        The tax administration's file is settled like any other.
        """
        accounts = edited(ACCOUNTS, tmp_path / "a.toml", ('settle_from = "2026', 'settle_from = "2019'))

        assert run(official_example, accounts=accounts) == SETTLED
        assert 1 == len(go.vouchers)

    def test_a_dry_run_writes_nothing(self, run: Run, go: FakeGo, capsys: pytest.CaptureFixture[str]) -> None:
        """
        The voucher is shown; Go is left as it was.
        """
        assert run(DAY, "--dry-run") == SETTLED

        assert "WOULD BE POSTED" in capsys.readouterr().out
        assert 0 == len(go.vouchers)

    def test_an_embedded_go_needs_no_keys(
        self, run: Run, go: FakeGo, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """
        --fake tries the map without touching anything, whatever accounts it names.
        """
        assert run(DAY, "--fake") == SETTLED

        assert "POSTED, voucher 1" in capsys.readouterr().out
        assert [] == go.requests

    def test_what_is_blocked_is_exit_code_1(
        self, run: Run, go: FakeGo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """
        A gap in the account map is shown with the amount and the remedy; nothing is posted.
        """
        accounts = edited(ACCOUNTS, tmp_path / "a.toml", ('"12011"', '"12099"'))

        assert run(accounts=accounts) == BLOCKED

        shown = capsys.readouterr().out
        assert "unmapped-tender" in shown
        assert "91.50" in shown
        assert 0 == len(go.vouchers)

    def test_days_before_settle_from_are_skipped(
        self, run: Run, go: FakeGo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """
        What was booked by hand is named and left alone.
        """
        accounts = edited(ACCOUNTS, tmp_path / "a.toml", ('settle_from = "2026', 'settle_from = "2027'))

        assert run(accounts=accounts) == SETTLED

        assert "skipped" in capsys.readouterr().out
        assert 0 == len(go.vouchers)

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "empty"),
            (b"not XML", "XML"),
            (DAY.read_bytes()[:-200], "line"),
            (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "DOCTYPE"),
            (b"<AuditFile/>", "AuditFile"),
            (DAY.read_bytes().replace(b"<paidAmnt>", b"<paidAmnt>1,"), "paidAmnt"),
        ],
        ids=["empty", "text", "truncated", "external entity", "wrong root", "decimal comma"],
    )
    def test_a_bad_file_is_exit_code_2(
        self,
        run: Run,
        go: FakeGo,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        content: bytes,
        says: str,
    ) -> None:
        """
        One sentence on standard error that names the file, never a traceback; Go is not even asked.
        """
        bad = tmp_path / "till.xml"
        bad.write_bytes(content)

        assert run(bad) == WRONG

        told = capsys.readouterr().err
        assert told.startswith("posgo: ")
        assert "till.xml" in told
        assert says in told
        assert "Traceback" not in told
        assert [] == go.requests

    @pytest.mark.parametrize("missing", ["file", "accounts"])
    def test_a_missing_file_is_exit_code_2(
        self, run: Run, capsys: pytest.CaptureFixture[str], missing: str
    ) -> None:
        """
        What is not there is named.
        """
        nowhere = Path("nowhere.file")
        code = run(nowhere) if missing == "file" else run(accounts=nowhere)

        assert code == WRONG
        assert "nowhere.file" in capsys.readouterr().err

    def test_a_wrong_map_lists_everything(
        self, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """
        All problems of the account map at once, with their places.
        """
        accounts = edited(ACCOUNTS, tmp_path / "a.toml", ("[pos]", "[poss]"), ("[tenders]", "[tender]"))

        assert run(accounts=accounts) == WRONG

        told = capsys.readouterr().err
        for words in ("poss", "tender", "[tenders] is missing", "vat_rows"):
            assert words in told

    def test_missing_keys_are_exit_code_2(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """
        Every variable that is missing is named at once.
        """
        monkeypatch.delenv("POSGO_CLIENT_KEY")
        monkeypatch.delenv("POSGO_SUBSCRIPTION_KEY")

        assert run() == WRONG

        told = capsys.readouterr().err
        assert "POSGO_CLIENT_KEY" in told
        assert "POSGO_SUBSCRIPTION_KEY" in told

    def test_wrong_keys_are_exit_code_3(
        self, run: Run, go: FakeGo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """
        Keys that do not open the company are said so, and none of them is shown.
        """
        monkeypatch.setenv("POSGO_CLIENT_KEY", "a-secret-key")

        assert run() == FAILED

        told = capsys.readouterr().err
        assert "keys" in told
        assert "a-secret-key" not in told

    def test_an_unknown_environment_is_exit_code_2(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """
        A typo must not end in the demo environment.
        """
        monkeypatch.setenv("POSGO_ENVIRONMENT", "prod")

        assert run() == WRONG
        assert "POSGO_ENVIRONMENT" in capsys.readouterr().err

    def test_an_unusable_state_file_is_exit_code_3(
        self, run: Run, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """
        The state file is named, and nothing is posted without it.
        """
        Path("posgo.sqlite3").write_bytes(b"somebody's file" * 99)

        assert run() == FAILED
        assert "posgo.sqlite3" in capsys.readouterr().err

    @pytest.mark.parametrize("arguments", [[], ["settle"], ["settle", "x"], ["fly"]], ids=" ".join)
    def test_a_wrong_command_is_exit_code_2(
        self, capsys: pytest.CaptureFixture[str], arguments: list[str]
    ) -> None:
        """
        A command that cannot be understood shows how it is written.
        """
        with pytest.raises(SystemExit) as stopped:
            main(arguments)

        assert WRONG == stopped.value.code
        assert "usage" in capsys.readouterr().err

    def test_a_pipe_instead_of_a_file_is_exit_code_2(self, tmp_path: Path) -> None:
        """
        A file is read more than once; what cannot be is told so.
        """
        command = [
            sys.executable,
            "-m",
            "posgo",
            "settle",
            "/dev/stdin",
            "--accounts",
            str(ACCOUNTS),
            "--fake",
        ]

        shown = subprocess.run(command, input=DAY.read_bytes(), capture_output=True, check=False)

        assert WRONG == shown.returncode
        assert b"posgo: /dev/stdin: it must be a file on disk" in shown.stderr

    @pytest.mark.parametrize(
        ("in_file", "in_map"),
        [
            (("<reportID>73<", "<reportID>0073<"), ("", "")),
            (("", ""), ("[pos]", '[cash_points."NORDLYS-1"]\nalias_of = "bar"\n[pos]')),
        ],
        ids=["leading zeros", "alias"],
    )
    def test_the_z_report_is_shown_whatever_it_is_called(
        self,
        run: Run,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        in_file: tuple[str, str],
        in_map: tuple[str, str],
    ) -> None:
        """
        A Z-number with zeros before it and a till with an alias are shown like any other.
        """
        file = edited(DAY, tmp_path / "z.xml", in_file)
        accounts = edited(ACCOUNTS, tmp_path / "a.toml", in_map)

        assert run(file, accounts=accounts) == SETTLED

        assert "total cash sales incl. VAT" in capsys.readouterr().out


class TestCheck:
    """
    Is the company ready, over real HTTP.
    """

    def test_a_ready_company_is_exit_code_0(
        self, run: Run, go: FakeGo, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """
        One line names the company; nothing is written, in Go or on disk.
        """
        assert main(["check", "--accounts", str(ACCOUNTS)]) == SETTLED

        assert "Testbutikken AS, organisation number 999999999: ready\n" == capsys.readouterr().out
        assert ["/OAuth/Token"] == [one.path for one in go.requests if one.method != "GET"]
        assert [] == [*Path().iterdir()]

    def test_what_blocks_is_exit_code_1(
        self, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """
        Everything is listed with its place in the map and its remedy.
        """
        accounts = edited(ACCOUNTS, tmp_path / "a.toml", ("1912", "1917"), ("7740", "2400"))

        assert main(["check", "--accounts", str(accounts)]) == BLOCKED

        shown = capsys.readouterr().out
        for words in (
            "not ready, 2 to mend",
            '[tenders] "12011"',
            "[other] cash_rounding",
            "Create it in Go",
        ):
            assert words in shown

    def test_without_a_map(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        """
        Keys and company can be tried before there is a map.
        """
        assert main(["check"]) == SETTLED
        assert "no-account-map" in capsys.readouterr().out

    def test_customers_and_products_are_not_its_business(self, run: Run, go: FakeGo) -> None:
        """
        The command line only settles, and asks for no more than that needs.
        """
        go.privileges -= {"Customer", "Customer_Full", "Product", "Product_Full"}

        assert main(["check", "--accounts", str(ACCOUNTS)]) == SETTLED

    def test_wrong_keys_are_exit_code_3(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """
        As when settling: said so, and not shown.
        """
        monkeypatch.setenv("POSGO_CLIENT_KEY", "a-secret-key")

        assert main(["check"]) == FAILED

        told = capsys.readouterr().err
        assert "keys" in told
        assert "a-secret-key" not in told

    def test_a_wrong_map_is_exit_code_2(self, run: Run, go: FakeGo) -> None:
        """
        Go is not even asked.
        """
        assert main(["check", "--accounts", "nowhere.toml"]) == WRONG
        assert [] == go.requests


@pytest.mark.skipif(os.name != "posix", reason="shells and devices of POSIX")
class TestOutput:
    """
    Where the output goes is no reason for a traceback.
    """

    @pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
    def test_an_encoding_without_our_letters(self, encoding: str) -> None:
        """
        A terminal that cannot spell Kafé, or Windows writing into a file, shows the rest.
        """
        shown = subprocess.run(
            [sys.executable, "-m", "posgo", "demo"],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            check=True,
        )

        assert b"ALREADY POSTED" in shown.stdout
        assert b"" == shown.stderr

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device")
    def test_a_full_disk_is_exit_code_3(self) -> None:
        """
        Output that cannot be written is said so; it is no fault of the file's.
        """
        with Path("/dev/full").open("wb") as full:
            shown = subprocess.run(
                [sys.executable, "-m", "posgo", "demo"], stdout=full, stderr=subprocess.PIPE, check=False
            )

        assert FAILED == shown.returncode
        assert shown.stderr.startswith(b"posgo: the output cannot be written")
        assert 1 == shown.stderr.count(b"\n")

    def test_a_reader_that_leaves_is_no_traceback(self) -> None:
        """
        ``posgo demo | head`` ends quietly.
        """
        command = ["sh", "-c", f"{sys.executable} -m posgo demo | head -n 1"]
        shown = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)

        assert "" == shown.stderr

    def test_ctrl_c_is_exit_code_3(self, go: FakeGo, tmp_path: Path) -> None:
        """
        Somebody who loses patience with a Go that does not answer is told that nothing is lost.
        """
        with socket.create_server(("127.0.0.1", 0)) as silent:
            waiting = subprocess.Popen(
                [sys.executable, "-c", _AS_AT_A_TERMINAL, "settle", str(DAY), "--accounts", str(ACCOUNTS)],
                stderr=subprocess.PIPE,
                env={
                    **os.environ,
                    "POSGO_APPLICATION_KEY": go.credentials.application_key,
                    "POSGO_CLIENT_KEY": go.credentials.client_key,
                    "POSGO_SUBSCRIPTION_KEY": go.credentials.subscription_key,
                    "POSGO_BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
                },
                cwd=tmp_path,
            )
            with silent.accept()[0]:
                waiting.send_signal(signal.SIGINT)
                _, told = waiting.communicate(timeout=20)

        assert FAILED == waiting.returncode
        assert b"posgo: interrupted; nothing is lost, run again\n" == told
