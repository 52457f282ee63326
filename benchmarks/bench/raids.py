"""A raid generator and a bot that meets it: two processes, and what the bot uses meanwhile."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measure import DATA, cpu_seconds, end, memory, percentile, wait_until_idle

# How long a bot may take to join its channels, and a raid to be over.
JOIN_DEADLINE = 120.0
RAID_DEADLINE = 180.0

CAPTURE = DATA / "chat-burst.irc"
TOKEN = "abcdefghijklmnopqrstuvwxyz0123"


@dataclass
class Setup:
    """What a bot is to meet. `verified`: our own bot keeps the limits of a verified account, instead of none."""
    transport: str = "ircs"
    lines_per_frame: int = 1
    channels: int = 1
    bots: int = 1
    cogs: int = 1
    channels_per_connection: int = 50
    verified: bool = False
    join_limit: int = 20_000

    def names(self) -> list[str]:
        return [f"burst{i}" for i in range(self.channels)]


@dataclass
class Result:
    """What came of one raid, all numbers as in `raid.hpp` and these."""
    cpu: float
    generator_cpu: float
    resting: int  # resident bytes before the first raid
    resident: int
    allocations: int | None
    raw: dict[str, Any] = field(repr=False)

    @property
    def lines(self) -> int:
        return int(self.raw["lines"])

    @property
    def seconds(self) -> float:
        return float(self.raw["seconds"])

    @property
    def cpu_per_million(self) -> float:
        return self.cpu / self.lines * 1e6

    @property
    def rate(self) -> float:
        return self.lines / self.seconds

    @property
    def lost(self) -> int:
        """Lines that were not counted."""
        return int(self.raw["expected"]) - int(self.raw["counted"])

    @property
    def unanswered(self) -> int:
        return int(self.raw["commands"]) - int(self.raw["replies"])

    @property
    def doubled(self) -> int:
        return int(self.raw["doubled"])

    def latency(self, share: float) -> float:
        return percentile(self.raw["latency_ms"], share)


class Failed(Exception):
    """A bot or the generator didn't do what it should."""


class Raid:
    """The generator and one bot, from the time when the bot is in all channels."""

    def __init__(self, build: Path, setup: Setup, bot: Bot, preload: Path | None = None) -> None:
        self.is_ours = isinstance(bot, Creamery)
        self.name = f"{bot.name}, {setup.transport}"
        self.folder = Path(tempfile.mkdtemp(prefix="creamery-bench-"))
        self.bot: subprocess.Popen | None = None
        self.generator = subprocess.Popen(
            [build / "benchmarks/generator", "--capture", CAPTURE, "--channels", str(setup.channels),
             "--lines-per-frame", str(setup.lines_per_frame)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._counter = self.folder / "allocations" if preload else None
        try:
            listening = self._hear(10)
            ca_file = self.folder / "ca.pem"
            ca_file.write_text(listening["ca"], encoding="ascii")
            endpoint = f"{setup.transport}://localhost:{listening[setup.transport]}"
            command, environment = bot.command(setup, endpoint, ca_file, self.folder)
            if preload:
                environment |= {"LD_PRELOAD": str(preload), "CREAMERY_ALLOCATIONS": str(self._counter)}
            self._log = open(self.folder / "bot.log", "w+", encoding="utf-8")  # noqa: SIM115: as long as the bot
            self.bot = subprocess.Popen(command, env=os.environ | environment, stdout=self._log, stderr=self._log,
                                        stdin=subprocess.DEVNULL)
            self.joined = self._hear(JOIN_DEADLINE)
            wait_until_idle(self.bot.pid)
            self._resting = memory(self.bot.pid)
        except BaseException:
            self.close()
            raise

    def run(self, **plan: Any) -> Result:
        """Plays one raid, see `raid_plan`."""
        assert self.bot is not None
        before, generator_before, allocated = cpu_seconds(self.bot.pid), cpu_seconds(self.generator.pid), self._allocations()
        self.generator.stdin.write(json.dumps(plan) + "\n")
        self.generator.stdin.flush()
        raw = self._hear(RAID_DEADLINE)
        if raw["event"] != "done" or raw["seconds"] <= 0:
            raise Failed(f"{self.name}: the raid failed: {raw | {'latency_ms': [], 'lateness_ms': []}}{self._what_the_bot_said()}")
        if raw["connections_lost"]:
            raise Failed(f"{self.name}: a connection was lost{self._what_the_bot_said()}")
        wait_until_idle(self.bot.pid)  # what it has still to do belongs to these lines, too
        if self.is_ours and "were shed" in self._log_text():
            raise Failed(f"{self.name}: lines were shed{self._what_the_bot_said()}")
        resident = memory(self.bot.pid)
        made = self._allocations()
        return Result(cpu_seconds(self.bot.pid) - before, cpu_seconds(self.generator.pid) - generator_before, self._resting, resident,
                      None if made is None or allocated is None else made - allocated, raw)

    def close(self) -> None:
        if self.bot:
            end(self.bot)
            self._log.close()
        self.generator.stdin.close()
        end(self.generator)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _allocations(self) -> int | None:
        return int.from_bytes(self._counter.read_bytes()[:8], sys.byteorder) if self._counter else None

    def _hear(self, deadline: float) -> dict[str, Any]:
        """The generator's next line."""
        if not select.select([self.generator.stdout], [], [], deadline)[0]:
            raise Failed(f"{self.name}: nothing happened for {deadline:g} s{self._what_the_bot_said()}")
        line = self.generator.stdout.readline()
        if not line:
            raise Failed("the generator ended")
        return json.loads(line)

    def _what_the_bot_said(self) -> str:
        if not self.bot:
            return ""
        return f"; the bot (status {self.bot.poll()}) said:\n{self._log_text()[-2000:]}"

    def _log_text(self) -> str:
        return (self.folder / "bot.log").read_text(encoding="utf-8", errors="replace")

    def __enter__(self) -> Raid:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Bot:
    """A program that counts lines and answers `!hello` and `!lines`."""
    name = ""
    # Those that it knows, plain and with TLS.
    transports: tuple[str, ...] = ()

    def command(self, setup: Setup, endpoint: str, ca_file: Path, folder: Path) -> tuple[list[str], dict[str, str]]:
        raise NotImplementedError


class Creamery(Bot):
    name = "creamery"
    transports = ("irc", "ircs", "ws", "wss")

    def __init__(self, build: Path) -> None:
        self._build = build

    def command(self, setup: Setup, endpoint: str, ca_file: Path, folder: Path) -> tuple[list[str], dict[str, str]]:
        # One module under several names: each bot can have many cogs that read all of chat.
        modules = folder / "cogs"
        modules.mkdir()
        cogs = [f"burst_bot_{i}" for i in range(setup.cogs)]
        for cog in cogs:
            shutil.copy(self._build / "benchmarks/cogs/burst_bot.so", modules / f"{cog}.so")
        names = setup.names()
        bots = {}
        environment = {"CREAMERY_COG_PATH": str(modules)}
        for i in range(setup.bots):
            bots[f"bot{i}"] = {"account": f"bot{i}", "channels": names[i::setup.bots], "cogs": {cog: {} for cog in cogs},
                               "verified": setup.verified}
            environment[f"BOT{i}_ACCESS_TOKEN"] = f"{TOKEN}{i}"
        settings = {"channels_per_connection": setup.channels_per_connection, "join_limit": setup.join_limit, "login_limit": 1_000}
        if not setup.verified:
            settings["message_limit"] = 100_000
        environment["CREAMERY_TEST_SETTINGS"] = json.dumps(settings)
        nobody = "http://127.0.0.1:9"  # refuses at once: tokens are used as they are
        file = folder / "bots.yaml"  # JSON is YAML
        file.write_text(json.dumps({"bots": bots,
                                    "endpoints": {"irc": endpoint, "id": nobody, "helix": nobody, "ca_file": str(ca_file)},
                                    "store": {"path": str(folder / "var")}, "admin": {"listen": "127.0.0.1:0"},
                                    "logging": {"level": "warning"}}), encoding="utf-8")
        return [str(self._build / "creamery"), "run", "--config", str(file)], environment


class PeerBot(Bot):
    """One of those in benchmarks/peers/bots."""

    def __init__(self, name: str, transports: tuple[str, ...], command: list[str]) -> None:
        self.name = name
        self.transports = transports
        self._command = command

    def command(self, setup: Setup, endpoint: str, ca_file: Path, folder: Path) -> tuple[list[str], dict[str, str]]:
        return self._command, {"ENDPOINT": endpoint, "CHANNELS": ",".join(setup.names()), "LOGIN": "bot", "TOKEN": TOKEN,
                               "CA_FILE": str(ca_file), "SSL_CERT_FILE": str(ca_file), "NODE_EXTRA_CA_CERTS": str(ca_file)}


class Sink(PeerBot):
    """Reads and throws away: how fast the generator is by itself."""

    def __init__(self) -> None:
        super().__init__("(read and thrown away)", ("irc", "ircs"), [sys.executable, str(Path(__file__).with_name("sink.py"))])
