"""Webhooks: how many events a listener takes, what one costs, and how soon it is answered; and what a forged one costs. Ours, which has an
event on the disk before it answers, and those of the other libraries, which keep them in memory."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measure import DATA, cpu_seconds, end, median, progress, progress_ends, spread, wait_until_idle
from raids import Failed

SECRET = "nobody-guesses-this-secret"
BOT = "ann"
RAIDED = "1337"
CAPTURE = DATA / "eventsub/channel.raid.json"

# How long a listener may take to start, a load to be over, and its events to be handled.
START_DEADLINE = 30.0
LOAD_DEADLINE = 300.0
HANDLED_DEADLINE = 60.0

# Events so that each load takes a second or more at the speed that a listener has.
EVENTS = {"creamery": 120_000, "twurple": 40_000, "TwitchIO": 15_000}

RATE = 1_000
RATE_SECONDS = 10


_no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Result:
    """What came of one load."""
    events: int
    seconds: float
    cpu: float
    # Bytes that the process has had written to the disk.
    written: int
    latency_ms: dict[str, float]

    @property
    def rate(self) -> float:
        return self.events / self.seconds

    @property
    def cpu_microseconds(self) -> float:
        return self.cpu / self.events * 1e6

    def latency(self, share: float) -> float:
        return self.latency_ms[str(share)]


@dataclass
class Row:
    name: str
    results: list[Result] = field(default_factory=list)

    def values(self, of: Callable[[Result], float]) -> list[float]:
        return [of(x) for x in self.results]

    def middle(self, of: Callable[[Result], float]) -> float:
        return median(self.values(of))

    def shown(self, of: Callable[[Result], float], form: str = ",.2f") -> str:
        middle, low, high = spread(self.values(of))
        return f"{middle:{form}} ({low:{form}}–{high:{form}})"

    def numbers(self) -> dict[str, Any]:
        return {"name": self.name, "rounds": [vars(x) for x in self.results]}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


class Listener:
    """A program that takes webhooks and counts events."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.port = _free_port()
        self.path = ""
        self.folder = Path(tempfile.mkdtemp(prefix="creamery-bench-"))
        self.process: subprocess.Popen | None = None
        self.log = open(self.folder / "log", "w+", encoding="utf-8")  # noqa: SIM115: as long as the process

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def handled(self) -> int:
        """How many events it has handled."""
        raise NotImplementedError

    def fail(self, what: str) -> Failed:
        said = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
        return Failed(f"{self.name}: {what}; it said:\n{said[-2000:]}")

    def wait_until_listening(self) -> None:
        deadline = time.monotonic() + START_DEADLINE
        while time.monotonic() < deadline:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.05)
        else:
            raise self.fail("it doesn't listen")
        wait_until_idle(self.pid)

    def close(self) -> None:
        if self.process:
            end(self.process)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Creamery(Listener):
    def __init__(self, build: Path) -> None:
        super().__init__("creamery")
        self.path = "/eventsub/" + BOT
        admin = _free_port()
        self._report = f"http://127.0.0.1:{admin}/api/tree"
        nobody = "http://127.0.0.1:9"  # refuses at once: nobody is asked to subscribe
        eventsub = {"transport": "webhook", "url": f"http://localhost:{self.port}", "port": self.port, "events": ["channel_raid"],
                    "EVENTSUB_SECRET_WORD": SECRET}
        config = {"bots": {BOT: {"account": BOT, "channels": ["red"], "chat": "irc", "cogs": {"eventsub": eventsub, "event_counter": {}}}},
                  "endpoints": {"irc": "irc://127.0.0.1:9", "id": nobody, "helix": nobody},
                  "store": {"path": str(self.folder / "var")}, "admin": {"listen": f"127.0.0.1:{admin}"}, "logging": {"level": "error"}}
        file = self.folder / "bots.yaml"  # JSON is YAML
        file.write_text(json.dumps(config), encoding="utf-8")
        environment = {f"{BOT.upper()}_CLIENT_ID": "client", f"{BOT.upper()}_CLIENT_SECRET": "secret", "CREAMERY_COG_PATH": str(build / "benchmarks/cogs")}
        self.process = subprocess.Popen([build / "creamery", "run", "--config", file], env=os.environ | environment, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, cwd=self.folder)
        self.wait_until_listening()

    def report(self) -> dict[str, Any]:
        with _no_proxy.open(self._report, timeout=10) as answer:
            return dict(json.load(answer))

    def handled(self) -> int:
        store = self.report()["store"]
        return int(store["events"]) if store["waiting"] == 0 else 0


class Peer(Listener):
    """One of those in benchmarks/peers/webhooks."""

    def __init__(self, name: str, command: list[str]) -> None:
        super().__init__(name)
        self.process = subprocess.Popen(command, env=os.environ | {"PORT": str(self.port), "SECRET": SECRET}, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.path = self._hear()["path"]
        self.wait_until_listening()

    def handled(self) -> int:
        assert self.process is not None and self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self._hear()["events"])

    def _hear(self) -> dict[str, Any]:
        assert self.process is not None and self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise self.fail("it ended")
        return dict(json.loads(line))


def _written(pid: int) -> int:
    fields = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text(encoding="ascii").splitlines())
    return int(fields["write_bytes"])


def _send(build: Path, to: Listener, count: int, rate: float = 0, is_forged: bool = False) -> Result:
    """One load; fails if it isn't answered as it should be, or an event isn't handled."""
    message = json.loads(CAPTURE.read_text(encoding="utf-8"))
    message["subscription"]["transport"] = {"method": "webhook", "callback": f"https://localhost{to.path}"}
    body = to.folder / "body.json"
    body.write_text(json.dumps(message, separators=(",", ":")), encoding="utf-8")
    before, cpu, written = to.handled(), cpu_seconds(to.pid), _written(to.pid)
    command = [build / "benchmarks/webhook_load", "--port", str(to.port), "--path", to.path, "--secret", SECRET, "--type", "channel.raid",
               "--body", body, "--count", str(count), "--rate", str(rate), *(["--forged"] if is_forged else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LOAD_DEADLINE)
    if done.returncode != 0:
        raise to.fail(done.stderr.strip())
    raw = json.loads(done.stdout)
    if raw["lost"] or any(status.startswith("2") == is_forged for status in raw["statuses"]):
        raise to.fail(f"wrong answers: {raw['statuses']}, {raw['lost']} connections lost")
    expected = before + (0 if is_forged else count)
    deadline = time.monotonic() + HANDLED_DEADLINE
    while (handled := to.handled()) != expected:
        if time.monotonic() > deadline:
            raise to.fail(f"{handled - before} of {expected - before} events were handled")
        time.sleep(0.05)
    wait_until_idle(to.pid)
    return Result(count, raw["seconds"], cpu_seconds(to.pid) - cpu, _written(to.pid) - written, raw["latency_ms"])


def run(build: Path, peers: list[tuple[str, list[str]]], rounds: int) -> tuple[str, dict[str, list[dict[str, Any]]]]:
    full, paced, forged = [], [], Row("creamery, forged")
    with ExitStack() as stack:
        listeners: list[Listener] = [stack.enter_context(Creamery(build))]
        listeners += [stack.enter_context(Peer(*peer)) for peer in peers]
        full, paced = ([Row(x.name) for x in listeners] for _ in range(2))
        for turn in range(rounds + 1):  # the first one is for the caches
            for place, one in enumerate(listeners):
                count = EVENTS[one.name.split()[0]]
                progress(f"webhooks: round {turn} of {rounds}, {one.name}")
                found = [_send(build, one, count), _send(build, one, RATE * RATE_SECONDS, RATE)] if turn else [_send(build, one, count)]
                if turn:
                    full[place].results.append(found[0])
                    paced[place].results.append(found[1])
            found = [_send(build, listeners[0], EVENTS["creamery"], is_forged=True)]
            if turn:
                forged.results += found
    progress_ends()
    ours = full[0].middle(lambda x: x.rate)
    lines = [f"{'listener, full speed':<24} {'events/s':>32} {'to ours':>8} {'CPU µs an event':>28}"]
    lines += [f"{row.name:<24} {row.shown(lambda x: x.rate, ',.0f'):>32} {ours / row.middle(lambda x: x.rate):>7.1f}x "
              f"{row.shown(lambda x: x.cpu_microseconds, ',.1f'):>28}" for row in [*full, forged]]
    lines += ["", f"{f'listener, {RATE:,} a second':<24} {'p50 ms':>20} {'p99 ms':>20} {'p99.9 ms':>22} {'CPU µs an event':>28}"]
    lines += [f"{row.name:<24} {row.shown(lambda x: x.latency(0.5)):>20} {row.shown(lambda x: x.latency(0.99)):>20} "
              f"{row.shown(lambda x: x.latency(0.999)):>22} {row.shown(lambda x: x.cpu_microseconds, ',.1f'):>28}" for row in paced]
    lines += ["", f"written to the disk: {full[0].middle(lambda x: x.written / x.events):,.0f} bytes an event, "
                  f"{forged.middle(lambda x: x.written / x.events):,.2f} for a forged one"]
    return "\n".join(lines), {"full": [x.numbers() for x in full], "paced": [x.numbers() for x in paced], "forged": [forged.numbers()]}
