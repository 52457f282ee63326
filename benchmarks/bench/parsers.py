"""Our parser beside those of other libraries, on the same captures, in the same run. First it is checked that all see the same in
the lines; then they are timed in turn, several times."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from measure import DATA, median, progress, progress_ends, spread
from peers import ParserPeer
from pictures import bars

CAPTURES = ("chat-burst.irc", "chat-modern-tags.irc")
TASKS = {"envelope": "envelope", "three_tags": "+ three tags", "all_tags": "+ all tags"}

# Above this share of lines whose command, channel or text differ, a peer doesn't do the same work.
TOLERATED = 0.02
INCOMPARABLE = "NOT COMPARABLE"

Times = dict[str, dict[str, list[float]]]


# -- the same work? --------------------------------------------------------------------------------------------------------


def show(command: list[str], library: str, capture: Path) -> list[list[str]]:
    output = subprocess.run([*command, "show", library, str(capture)], capture_output=True, check=True).stdout
    return [x.split("\x1e") for x in output.decode("utf-8", "replace").split("\n")[:-1]]


def compare(ours: list[list[str]], theirs: list[list[str]], library: str) -> str:
    """How many lines are the same to both, in words; and whether so many differ that the work isn't comparable."""
    if len(ours) != len(theirs):
        sys.exit(f"{library} sees {len(theirs)} lines instead of {len(ours)}")
    # Who is named as the sender of a server's line, and whether an ACTION's wrapper is taken off, differs from library to library.
    essential = sum((a[0], a[1].lstrip("#")) != (b[0], b[1].lstrip("#")) or (a[3] != b[3] and a[3] not in b[3])
                    for a, b in zip(ours, theirs))
    tags = sum(a[4] != b[4] for a, b in zip(ours, theirs))
    if essential > TOLERATED * len(ours):
        return f"{INCOMPARABLE}: it sees something else than we do in {essential} of {len(ours)} lines"
    return f"{len(ours) - essential} of {len(ours)} lines alike, tags of {len(ours) - tags}"


# -- timing ----------------------------------------------------------------------------------------------------------------


def measure(programs: list[list[str]], capture: Path, rounds: int) -> Times:
    """Nanoseconds per line, by library and task. The programs take turns, so that whatever else the machine does hits all."""
    found: Times = {}
    for turn in range(rounds):
        for command in programs:
            progress(f"parsers, {capture.name}: round {turn + 1} of {rounds}")
            output = subprocess.run([*command, "time", str(capture), "3"], capture_output=True, text=True, check=True).stdout
            for line in output.splitlines():
                x = json.loads(line)
                found.setdefault(x["library"], {}).setdefault(x["task"], []).append(median(x["ns_per_line"]))
    progress_ends()
    return found


def table(capture: str, times: Times, alike: dict[str, str]) -> str:
    rounds = len(next(iter(times.values()))["envelope"])
    rows = [f"{capture}: ns per line, median of {rounds} rounds in turn (quartiles), to ours",
            f"{'':<22}" + "".join(f"{title:>32}" for title in TASKS.values())]
    ours = {task: median(times["creamery"][task]) for task in TASKS}
    for library, tasks in sorted(times.items(), key=lambda x: median(x[1]["all_tags"])):
        cells = ""
        for task in TASKS:
            middle, low, high = spread(tasks[task])
            cells += f"{f'{middle:,.0f} ({low:,.0f}–{high:,.0f})  {middle / ours[task]:.1f}x':>32}"
        rows.append(f"{library:<22}{cells}")
    return "\n".join(rows + [f"  {library}: {text}" for library, text in alike.items()])


def run(build: Path, peers: list[ParserPeer], rounds: int) -> tuple[str, dict[str, Times], dict[str, str]]:
    """Table, numbers and pictures by name."""
    ours = [str(build / "benchmarks/parsers")]
    tables, numbers, pictures = [], {}, {}
    for capture in (DATA / x for x in CAPTURES):
        seen = show(ours, "creamery", capture)
        alike = {library: compare(seen, show(peer.command, library, capture), library)
                 for peer in peers for library in peer.libraries}
        times = measure([ours, *(x.command for x in peers)], capture, rounds)
        times = numbers[capture.name] = {name: x for name, x in times.items()
                                         if not any(name.startswith(library) and text.startswith(INCOMPARABLE)
                                                    for library, text in alike.items())}
        tables.append(table(capture.name, times, alike))
        pictures[f"parsers-{capture.stem}"] = bars(f"{capture.name}: all tags looked at, ns per line",
                                                   {name: median(x["all_tags"]) for name, x in times.items()})
    return "\n\n".join(tables), numbers, pictures
