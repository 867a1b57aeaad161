# /// script
# dependencies = []
# ///
"""
What ``import posgo`` costs over its four dependencies, which most applications load anyway.

Interpreters are started in turn, so that a busy machine slows both alike; the fastest of each counts.
"""

import subprocess
import sys

BUDGET_MS = 150
ROUNDS = 15
FLOOR = "import attrs, cattrs, dateutil.tz, httpx"
TIMED = "import time; start = time.perf_counter(); {}; print((time.perf_counter() - start) * 1000)"


def milliseconds(statement: str) -> float:
    command = [sys.executable, "-c", TIMED.format(statement)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> int:
    rounds = [(milliseconds(FLOOR), milliseconds("import posgo")) for _ in range(ROUNDS)]
    floor, posgo = (min(times) for times in zip(*rounds, strict=True))
    over = posgo - floor
    print(f"{FLOOR:45} {floor:6.1f} ms")
    print(f"{'import posgo':45} {posgo:6.1f} ms")
    print(f"over its dependencies: {over:.1f} ms (budget {BUDGET_MS} ms), ratio {posgo / floor:.2f}")
    return int(over > BUDGET_MS)


if __name__ == "__main__":
    sys.exit(main())
