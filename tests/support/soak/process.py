"""
The other end of a worker: a process that is started, told to work, and killed.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs

from support.soak.box import BlackBox, Phase
from support.soak.worker import Errand

__all__ = ["Worker"]

_TESTS = Path(__file__).parents[2]
_LONGEST = 60.0


class Worker:
    """
    A process at the ready, at work, or gone.
    """

    def __init__(self, errand: Errand) -> None:
        self.box = BlackBox(Path(errand.box))
        self.box.phase = Phase.STARTING
        self._errors = Path(f"{errand.box}.stderr")
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "support.soak.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=_TESTS,
                env=_unmeasured(),
            )
        self._say(json.dumps(attrs.asdict(errand)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def work(self) -> None:
        """
        Let it work until it is killed.
        """
        while self.box.phase is Phase.STARTING and self._process.poll() is None:
            time.sleep(0.001)
        self._say("work")

    def ask(self, word: str) -> list[str]:
        """
        Let it do one ``round`` or ``sweep``, and hear what it left undone.

        Raises:
            RuntimeError: With its last words, if it fails.
        """
        self._say(word)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait(_LONGEST)
            raise RuntimeError(self.failure)
        told: list[str] = json.loads(line)
        return told

    def kill(self) -> Phase:
        """
        Kill it; say what it was doing.
        """
        self.strike()
        self._process.wait()
        return self.box.phase

    def strike(self) -> None:
        """
        Kill it, without waiting for its end.
        """
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)

    @property
    def is_alive(self) -> bool:
        """
        Whether it is still there.
        """
        return self._process.poll() is None

    @property
    def failure(self) -> str | None:
        """
        Its last words, if it ended by itself and badly.
        """
        if self._process.poll() in (None, 0, -signal.SIGKILL):
            return None
        return "".join(self._errors.read_text(encoding="utf-8").splitlines(keepends=True)[-3:])

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        print(line, file=self._process.stdin, flush=True)


def _unmeasured() -> dict[str, str]:
    # Measuring a process that is killed yields nothing.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return kept | {"PYTHONPATH": str(_TESTS)}
