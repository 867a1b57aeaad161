"""
Simulated worlds: everything happens in them, and the promises hold.
"""

import signal
import subprocess
import sys

import pytest

from posgo.testing.simulate import BUGS, replay, run, shrunk
from posgo.testing.simulate.__main__ import main, seeds_needed

# The same code thousands of times: tracing it shows nothing more and takes as long again.
pytestmark = pytest.mark.no_cover

SEEDS = 100

SEARCHED = 300
"""Seeds within which a search finds every deliberate bug."""

INTERRUPTIBLE = """
import signal, sys
from posgo.testing.simulate.__main__ import main

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has those in the background ignore it
sys.stdout.reconfigure(line_buffering=True)
sys.exit(main(["--seeds", "99999", "--bug", "base not updated"]))
"""


def test_the_promises_hold() -> None:
    """
    Whatever a seed decides, nobody stands twice, nothing is lost, and every day is booked once.
    """
    outcomes = [run(seed) for seed in range(SEEDS)]

    assert [] == [str(outcome) for outcome in outcomes if outcome.violations]


def test_a_seed_replays_exactly() -> None:
    """
    The same seed gives the same steps.
    """
    for seed in range(12):
        assert run(seed).trace == run(seed).trace


@pytest.mark.parametrize("bug", BUGS)
def test_deliberate_bugs_are_caught(bug: str) -> None:
    """
    A simulator that cannot fail proves nothing: a search finds a seed in which a deliberate bug breaks a promise.
    """
    needed = seeds_needed(bug, range(SEARCHED))

    assert needed is not None
    assert () == run(needed - 1).violations


def test_a_failure_is_made_small() -> None:
    """
    What can be left out of a failure is left out, and what remains still fails.
    """
    bug = "base not updated"
    failing = next(outcome for seed in range(SEARCHED) if (outcome := run(seed, with_bug=bug)).violations)
    small = shrunk(failing, with_bug=bug)

    assert len(small.scenario.acts) < len(failing.scenario.acts)
    assert small.violations
    assert small.trace == replay(small.scenario, with_bug=bug).trace


class TestCommandLine:
    """
    What is run by hand and in the nightly build.
    """

    def test_it_sums_up(self, capsys: pytest.CaptureFixture[str]) -> None:
        """
        Seeds, faults by kind, and the places no process was killed at.
        """
        assert 0 == main(["--seeds", "3", "--start", "7"])
        told = capsys.readouterr().out
        assert told.startswith("3 seeds, ")
        assert "0 with broken promises" in told
        assert "never at sync.py:" in told

    def test_processes_share_the_work(self, capsys: pytest.CaptureFixture[str]) -> None:
        """
        Seeds spread over processes come to the same as one after the other.
        """
        assert 0 == main(["--seeds", "30", "--start", "7"])
        alone = capsys.readouterr().out
        assert 0 == main(["--seeds", "30", "--start", "7", "--jobs", "2"])
        assert alone == capsys.readouterr().out

    @pytest.mark.parametrize(
        "arguments", [["--jobs", "0"], ["--jobs", "x"], ["--seeds", "0"], ["--seeds", "-5"]]
    )
    def test_a_count_is_one_or_more(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        """
        A run of nothing would look like one without a broken promise.
        """
        with pytest.raises(SystemExit):
            main(arguments)
        assert "a number is expected, 1 or more" in capsys.readouterr().err

    def test_options_are_not_abbreviated(self) -> None:
        """
        ``--seed 7`` is no one's seven seeds.
        """
        with pytest.raises(SystemExit):
            main(["--seed", "7"])

    def test_who_reads_no_further_ends_it(self) -> None:
        """
        Quietly: what is printed may go to a program that has seen enough.
        """
        command = [sys.executable, "-m", "posgo.testing.simulate", "--seeds", "1", "--start", "7"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            running.stdout.close()
            assert b"" == running.stderr.read()
        assert 1 == running.returncode

    def test_stopped_it_sums_up_what_was_done(self) -> None:
        """
        Ctrl-C in the middle of a long run tells what it came to.
        """
        with subprocess.Popen(
            [sys.executable, "-c", INTERRUPTIBLE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            # The first failure is told long before the fifth, which would end it.
            assert running.stdout.readline().startswith("seed ")
            running.send_signal(signal.SIGINT)
            told, error = running.communicate()
        assert (130, "") == (running.returncode, error)
        assert "with broken promises" in told

    def test_a_broken_promise_is_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        """
        Its acts and steps, that they replay, and what broke; and the command fails.
        """
        assert 1 == main(["--seeds", "1", "--bug", "base not updated"])
        told = capsys.readouterr().out
        assert "seed 0" in told
        assert "replayed: the same, step for step" in told
        assert '--seeds 1 --start 0 --bug "base not updated"' in told

    def test_a_bug_nobody_catches_fails(self, capsys: pytest.CaptureFixture[str]) -> None:
        """
        One seed is too few for most deliberate bugs, and the command says so.
        """
        assert 1 == main(["--bugs", "--seeds", "1"])
        told = capsys.readouterr().out
        assert "caught within 1 seeds" in told
        assert "NOT CAUGHT in 1 seeds" in told
