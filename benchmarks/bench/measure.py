"""What all measurements share: processes and what they use, medians and their spread, progress."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("CREAMERY_TEST_DATA") or ROOT.parent / "shared" / "data")

# How long a process may take to end when it is asked to.
END = 10.0


def say(text: str) -> None:
    print(f"\033[1m==>\033[0m {text}", file=sys.stderr, flush=True)


def progress(text: str) -> None:
    """One line that is written over again and again, if somebody is looking."""
    if sys.stderr.isatty():
        print(f"\r\033[K    {text}", end="", file=sys.stderr, flush=True)


def progress_ends() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def cpu_seconds(pid: int) -> float:
    """How much processor time a process has used so far, all of its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_idle(pid: int) -> None:
    """Until a process uses next to no processor time any more, but a few seconds at most."""
    before = cpu_seconds(pid)
    for _ in range(20):
        time.sleep(0.2)
        now = cpu_seconds(pid)
        if now - before <= 0.02:
            return
        before = now


def memory(pid: int) -> int:
    """Resident bytes of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]) * 1024


def end(process: subprocess.Popen) -> None:
    """Ends a process of ours: first politely, then in any case."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def spread(values: list[float]) -> tuple[float, float, float]:
    """Median, lower and upper quartile."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return middle, low, high


def percentile(sorted_values: list[float], share: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))] if sorted_values else float("nan")


def machine() -> dict[str, str]:
    """What it was measured on."""
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown")
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    return {"cpu": cpu, "cores": str(os.cpu_count()), "memory": f"{memory_kb / 2**20:.0f} GiB",
            "system": release.get("PRETTY_NAME", "unknown").strip('"'), "kernel": os.uname().release}


__all__ = ["DATA", "ROOT", "cpu_seconds", "end", "machine", "median", "memory", "percentile", "progress", "progress_ends", "say",
           "spread", "wait_until_idle"]
