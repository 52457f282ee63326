"""Times TwitchIO's parser over a capture, and shows what it makes of its lines; see ../rust/src/main.rs."""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

from twitchio.parse import parser

LIBRARY = f"TwitchIO {version('twitchio')}"
TASKS = ("envelope", "three_tags", "all_tags")


def lines(file: str) -> list[str]:
    return [x.rstrip("\r") for x in Path(file).read_text(encoding="utf-8", errors="replace").split("\n") if x.strip("\r")]


def parse(line: str) -> dict:
    """What the library makes of a line; of some modern ones it makes nothing, or an exception."""
    nothing = {"action": "", "badges": None, "channel": None, "user": None, "message": None}
    try:
        return parser(line, "bot") or nothing
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return nothing


def run(line: str, task: str) -> int:
    message = parse(line)
    tags = message["badges"] or {}
    size = len(message["channel"] or "") + len(message["user"] or "") + len(message["message"] or "")
    if task == "three_tags":
        size += sum(len(str(tags.get(key, ""))) for key in ("id", "display-name", "badges"))
    elif task == "all_tags":
        size += sum(len(key) + len(str(value)) for key, value in tags.items())
    return size


def measure(file: str, rounds: int) -> None:
    everything = lines(file)
    for task in TASKS:
        times = []
        for turn in range(rounds + 1):
            begin = time.perf_counter_ns()
            for line in everything:
                run(line, task)
            if turn:  # the first one is for the caches
                times.append((time.perf_counter_ns() - begin) / len(everything))
        print(json.dumps({"library": LIBRARY, "task": task, "ns_per_line": times}))


def show(file: str) -> None:
    for line in lines(file):
        message = parse(line)
        tags = message["badges"] or {}
        pairs = sorted(f"{key}={value}" for key, value in tags.items())
        channel = "#" + message["channel"] if message["channel"] else ""
        parts = [message["action"] or "", channel, message["user"] or "", message["message"] or "", "\x1f".join(pairs)]
        print("\x1e".join(parts).replace("\n", "\u2424"))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["time", file, rounds]:
            measure(file, int(rounds))
        case ["show", _, file]:
            show(file)
        case _:
            sys.exit("usage: parsers.py time FILE ROUNDS | parsers.py show LIBRARY FILE")
