# /// script
# dependencies = []
# ///
"""
How fast is a SAF-T file read, and in how much memory?

Beside a bare streaming parse of the same file (``iterparse`` and ``clear``),
which is the least any reader must do::

    python benchmarks/bench_saft.py [megabytes, 200 if not given]
"""

import json
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree as ET

from posgo import saft
from posgo.saft._reader import _Reading
from posgo.saft._source import Source

try:
    import resource
except ImportError:  # Windows tells no peak
    resource = None  # type: ignore[assignment]

BUDGET = 2.0
MEMORY = 16


def bare(path: str) -> int:
    count = 0
    for _, element in ET.iterparse(path):
        element.clear()
        count += 1
    return count


def read(path: str) -> int:
    file = saft.read(path)
    findings = [*file.findings, *(finding for z in file.z_reports for finding in z.findings)]
    assert not findings, findings[0]
    return len(file.z_reports)


def transactions(path: str) -> int:
    return sum(1 for _ in _Reading(Source(path)).transactions())


def peak() -> float:
    """
    Largest memory of this process so far, in MB.
    """
    if resource is None:
        return float("nan")
    scale = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6


def measured(job: str, path: Path) -> dict[str, float]:
    """
    Time and growth of the peak, in a process of its own.
    """
    done = subprocess.run(
        [sys.executable, __file__, "--job", job, str(path)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def run_job(job: str, path: str) -> None:
    before, start = peak(), time.perf_counter()
    {"bare": bare, "read": read, "transactions": transactions}[job](path)
    print(json.dumps({"seconds": time.perf_counter() - start, "megabytes": peak() - before}))


def generate(megabytes: int, path: Path) -> None:
    writer = Path(__file__).with_name("generate_saft.py")
    subprocess.run([sys.executable, str(writer), str(megabytes), str(path)], check=True)


def main(megabytes: int) -> int:
    over = False
    with tempfile.TemporaryDirectory() as folder:
        for size in (1, megabytes):
            path = Path(folder) / f"{size}.xml"
            generate(size, path)
            rounds = 5 if size == 1 else 1
            best = {
                job: min((measured(job, path) for _ in range(rounds)), key=lambda figures: figures["seconds"])
                for job in ("bare", "read", "transactions")
            }
            for job, figures in best.items():
                ratio = figures["seconds"] / best["bare"]["seconds"]
                growth = figures["megabytes"]
                print(f"  {job:12} {figures['seconds']:8.3f} s   {ratio:5.2f} x bare   peak +{growth:.1f} MB")
                over = over or (job == "read" and (ratio > BUDGET or growth > MEMORY))
    print(f"budget of read: {BUDGET} x bare, peak +{MEMORY} MB at any size: {'broken' if over else 'kept'}")
    return int(over)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        run_job(sys.argv[2], sys.argv[3])
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
