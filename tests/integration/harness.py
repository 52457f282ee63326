"""What the scenarios are made of: processes that always end, a simulated Twitch, bots, and waiting for conditions.

Nothing here sleeps to let something happen: `wait_for` asks until a condition holds, and fails with a sentence when it
doesn't within its deadline."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from browser import Browser, text_of

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("CREAMERY_BUILD_DIR") or ROOT / "build")
PROGRAM = BUILD / "creamery"
TEST_COGS = BUILD / "tests" / "cogs"
TEST_DATA = Path(os.environ.get("CREAMERY_TEST_DATA") or ROOT.parent / "shared" / "data")

SANITIZED = bool(os.environ.get("CREAMERY_SANITIZE"))

# Sanitizers keep what was freed, so under them memory says nothing.
JUDGES_MEMORY = not SANITIZED

# Between two looks at a condition.
POLL = 0.01
# For what takes well under a second on an idle machine.
SOON = 20.0
# How long a process may take to end.
END = 10.0

# Time-outs of the bots, so that what takes minutes on Twitch takes seconds here (README.md).
QUICK = {
    "ping_after_ms": 1000,
    "pong_timeout_ms": 1000,
    "handshake_timeout_ms": 5000,
    "login_timeout_ms": 5000,
    "join_timeout_ms": 2000,
    "join_retry_ms": 500,
    "redial_first_ms": 100,
    "redial_cap_ms": 1000,
    "refused_first_ms": 200,
    "overlap_ms": 10000,
}

Event = dict[str, Any]
T = TypeVar("T")


def wait_for(condition: Callable[[], T], what: str, deadline: float = SOON, show: Callable[[], object] | None = None) -> T:
    """Asks until `condition()` is true, and returns what it gave.

    Fails after `deadline` seconds, saying `what` didn't come to pass, and what `show()`, else the condition, gave last."""
    end = time.monotonic() + deadline
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() >= end:
            raise AssertionError(f"not within {deadline:g} s: {what} (last seen: {show() if show else found!r})")
        time.sleep(POLL)


# -- processes -----------------------------------------------------------------------------------------------------------


def child_environment(extra: dict[str, str]) -> dict[str, str]:
    """What a process gets to see: nothing of whoever runs the tests but paths, the language, and sanitizers' options."""
    kept = {name: value for name, value in os.environ.items()
            if name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") or name.endswith("SAN_OPTIONS")}
    return kept | extra


_libc = ctypes.CDLL(None)
_no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever http_proxy says


def die_with_parent() -> None:
    """In a new process: to be killed when whoever started it ends, be it that the tests are killed."""
    pr_set_pdeathsig = 1
    _libc.prctl(pr_set_pdeathsig, int(signal.SIGKILL))


class Process:
    """A process of the program, with its output in files, which can't block it."""

    def __init__(self, name: str, arguments: Sequence[str], folder: Path, environment: dict[str, str] | None = None) -> None:
        self.name = name
        self.before_stop: Callable[[], None] = lambda: None
        self._out = folder / f"{name}.out"
        self._final_output: str | None = None
        with self._out.open("wb") as out:
            self._process = subprocess.Popen([str(PROGRAM), *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                             cwd=folder, env=child_environment(environment or {}),
                                             preexec_fn=die_with_parent)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        """Everything that it has written to standard output and standard error so far."""
        if self._final_output is not None:
            return self._final_output
        return self._out.read_text(encoding="utf-8", errors="replace")

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def count(self, pattern: str) -> int:
        """How many lines of its output match."""
        return sum(bool(re.search(pattern, line)) for line in self.output.splitlines())

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, deadline: float = END) -> int:
        """Its exit status, once it has ended by itself. One that hasn't by then is killed, and the test fails."""
        try:
            return self._process.wait(deadline)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} didn't end within {deadline:g} s") from None
        finally:
            self._final_output = self.output

    def stop(self, number: signal.Signals = signal.SIGTERM, deadline: float = END) -> int:
        """Asks it to end, and returns its exit status."""
        if self.is_running:
            self.before_stop()
            self.send(number)
        return self.wait(deadline)

    def kill(self) -> None:
        """Ends it in any case; nothing happens when it has ended."""
        if self.is_running:
            self._process.kill()
        self._process.wait()

    def resident_bytes(self) -> int:
        """How much memory it takes (VmRSS)."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
        assert found, status
        return int(found[1]) * 1024

    def cpu_seconds(self) -> float:
        """How much processor time it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# -- the simulated Twitch ------------------------------------------------------------------------------------------------


class Simulator:
    """A Twitch on localhost: its endpoints, its control API, and the history of what it sent to whom."""

    def __init__(self, folder: Path, *arguments: str, port: int = 0) -> None:
        self.ca_file = folder / "ca.pem"
        self._history_file = folder / "twitch.jsonl"
        self.tokens: dict[str, str] = {}
        # Of all tokens that it knew when it was stopped.
        self._last_fingerprints: set[str] = set()
        self._events: list[Event] = []
        self.process = Process("twitch", ["simulate", "--port", str(port), "--log", "quiet", "--ca-file", str(self.ca_file),
                                          "--history", str(self._history_file), *arguments], folder)
        try:
            wait_for(lambda: "certificate to trust" in self.process.output or not self.process.is_running,
                     "the simulator listens")
            assert self.process.is_running, f"the simulator didn't start: {self.process.output}"
            urls = re.findall(r"^  ((\w+)://\S+)(?:   (.*))?$", self.process.output, re.MULTILINE)
        except BaseException:
            self.process.kill()
            raise
        self.control = next(url for url, _, what in urls if what == "control API")
        # Chat by the name of its transport; id and Helix are `http` and `https`.
        self.endpoints = {scheme: url for url, scheme, what in urls if what not in ("control API", "EventSub")}
        self.event_endpoints = {scheme: url for url, scheme, what in urls if what == "EventSub"}
        self.api, self.apis = self.endpoints["http"], self.endpoints["https"]

    # -- what it can be told

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Asks the control API. What it refuses is an assertion."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control + path, data, method=method)
        try:
            with _no_proxy.open(request, timeout=SOON) as answer:
                content = answer.read().decode()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from None
        return json.loads(content) if answer.headers.get_content_subtype() == "json" else content

    def token(self, login: str, scopes: Iterable[str] = ()) -> str:
        """A token that this account can log in with: always the same one, with these scopes or what chat needs."""
        if login not in self.tokens:
            token = secrets.token_hex(15)
            self.request("POST", "/accounts", {"login": login, "token": token, "scopes": list(scopes)})
            self.tokens[login] = token
        return self.tokens[login]

    def application(self, secret: str, ports: Iterable[int], rotate: bool = True) -> str:
        """Registers an application whose bots are authorised on these ports; returns its client id. `rotate`: each renewal
        replaces the refresh token, as Twitch does for some."""
        client_id = "app" + secrets.token_hex(6)
        self.request("POST", "/clients", {"client_id": client_id, "secret": secret, "rotate": rotate,
                                          "redirect_uris": [f"http://localhost:{port}" for port in ports]})
        return client_id

    def consent(self, mode: str, login: str = "") -> None:
        """What those do who are asked whether a bot may act for them: `approve` (as `login`), `deny` or `ask` (a page)."""
        self.request("POST", "/consent", {"mode": mode, "login": login})

    def revoke_all(self, login: str) -> None:
        """An account disconnects all applications: its tokens end, and whoever uses them is thrown out."""
        self.request("DELETE", f"/tokens?login={login}")

    def revoke_access(self, login: str) -> None:
        """Ends the access tokens of an account, not its refresh tokens."""
        def valid() -> set[str]:
            return {x["fingerprint"] for x in self.request("GET", "/tokens")
                    if (x["login"], x["kind"], x["state"]) == (login, "access", "valid")}

        for fingerprint in valid():
            try:
                self.request("DELETE", f"/tokens?fingerprint={fingerprint}")
            except AssertionError:
                if fingerprint in valid():
                    raise
                # It has expired, or was renewed, in between.

    def settings(self, **settings: object) -> None:
        self.request("POST", "/settings", settings)

    def helix(self, method: str, path: str, application: tuple[str, str], body: object) -> None:
        """Calls the API as an application (id and secret), which others than its bots may do, too."""
        client_id, secret = application
        form = {"client_id": client_id, "client_secret": secret, "grant_type": "client_credentials"}
        with _no_proxy.open(f"{self.api}/oauth2/token", urllib.parse.urlencode(form).encode(), SOON) as answer:
            token = json.load(answer)["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Client-Id": client_id, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.api}/helix/{path}", json.dumps(body).encode(), headers, method=method)
        _no_proxy.open(request, timeout=SOON).close()

    def say(self, channel: str, text: str, login: str = "viewer", **more: object) -> str:
        """A viewer says something; returns the line's id."""
        return str(self.request("POST", "/say", {"channel": channel, "login": login, "text": text, **more})["result"])

    def room(self, channel: str, **settings: object) -> None:
        self.request("POST", "/channels", {"channel": channel, **settings})

    def moderator(self, login: str, *channels: str) -> None:
        """Makes an account a moderator, so that the larger limits hold for it."""
        for channel in channels:
            self.room(channel, roles={login: "moderator"})

    def replay(self, file: Path, **settings: object) -> int:
        """Sends the lines of a file; returns the replay's number."""
        return int(self.request("POST", "/replays", {"file": str(file), **settings})["result"])

    def fault(self, kind: str, **settings: object) -> int:
        """Lets something go wrong; returns how many connections were struck at once."""
        return int(self.request("POST", "/faults", {"kind": kind, **settings})["result"])

    def clear_faults(self) -> None:
        self.request("DELETE", "/faults")

    # -- what it tells

    def counters(self) -> dict[str, Any]:
        return dict(self.request("GET", "/counters"))

    def connections(self, login: str | None = None) -> list[dict[str, Any]]:
        return [x for x in self.request("GET", "/connections") if login in (None, x["login"])]

    def members(self, login: str) -> set[str]:
        """The channels that an account is in."""
        return {x["channel"] for x in self.request("GET", "/channels") if any(m["login"] == login for m in x["members"])}

    def fingerprints(self) -> set[str]:
        """Of every token there is or was (SHA-256, the first 8 hex digits)."""
        if not self.process.is_running:
            return self._last_fingerprints
        return {x["fingerprint"] for x in self.request("GET", "/tokens")}

    def replay_status(self, number: int) -> dict[str, Any]:
        return next(x for x in self.request("GET", "/replays") if x["id"] == number)

    def events(self, *kinds: str) -> list[Event]:
        """What happened so far: all of it, or these kinds. Not for a flood: the simulator keeps 20,000 events between two
        calls, and the test fails when that wasn't enough."""
        while True:
            next_number = self._events[-1]["n"] + 1 if self._events else 1
            page = [json.loads(line) for line in self.request("GET", f"/history?from={next_number}").splitlines()]
            if not page:
                return [x for x in self._events if not kinds or x["event"] in kinds]
            assert page[0]["n"] == next_number, "more happened than the simulator keeps"
            self._events += page

    def lines_to(self, login: str, channels: Iterable[str] | None = None) -> int:
        """How many different chat lines an account was sent so far, all over or in these channels."""
        mine = {x["connection"] for x in self.events("login") if x["login"] == login}
        return sum(bool(mine.intersection(x["to"])) for x in self.events("line")
                   if channels is None or x["channel"] in channels)

    def messages(self, login: str) -> list[Event]:
        """What an account has said, whatever became of it."""
        return [x for x in self.events("message") if x["login"] == login]

    def stop(self) -> list[Event]:
        """Ends it, and returns everything that happened."""
        self._last_fingerprints = self.fingerprints()
        status = self.process.stop()
        assert status == 0, f"the simulator ended with status {status}"
        with self._history_file.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]


# -- the bots ------------------------------------------------------------------------------------------------------------


class Bots:
    """`creamery run` with a configuration of its own, in a folder of its own."""

    def __init__(self, folder: Path, name: str, config: dict[str, Any], variables: dict[str, str],
                 timeouts: dict[str, int] | None = None) -> None:
        self._folder = folder / name
        self._folder.mkdir()
        self.config_file = self._folder / "bots.yaml"
        self.env_file = self._folder / ".env"
        self._name = name
        self._timeouts = QUICK | (timeouts or {})
        self.write(config, variables)
        self.admin_token = config["admin"].get("token", "")
        self.process: Process
        self._starts = 0

    def write(self, config: dict[str, Any], variables: dict[str, str]) -> None:
        """Writes both files. JSON is YAML, too."""
        self.config_file.write_text(json.dumps(config, indent=2), encoding="utf-8")
        self.env_file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()), encoding="utf-8")

    def config(self) -> dict[str, Any]:
        """What is in bots.yaml, to be changed and written again."""
        return dict(json.loads(self.config_file.read_text(encoding="utf-8")))

    def application(self, bot: str) -> tuple[str, str]:
        """Id and secret of the application that a bot without a token has."""
        variables = dict(line.split("=", 1) for line in self.env_file.read_text(encoding="utf-8").splitlines())
        return variables[f"{bot.upper()}_CLIENT_ID"], variables[f"{bot.upper()}_CLIENT_SECRET"]

    def start(self, command: str = "run", faults: bool = True, **environment: str) -> Process:
        self._starts += 1
        self.process = Process(f"{self._name}-{command}-{self._starts}", [command, "--config", str(self.config_file), "--env",
                                                           str(self.env_file)], self._folder,
                               {"CREAMERY_COG_PATH": str(TEST_COGS), **({"CREAMERY_TEST_FAULTS": "1"} if faults else {}),
                                "CREAMERY_TEST_SETTINGS": json.dumps(self._timeouts)} | environment)
        if command == "run":
            self.process.before_stop = self.check_balance
        return self.process

    def check_balance(self) -> None:
        """Whatever happened, for each cog `routed = handled + poisoned + shed + queued`."""
        if "admin pages at" in self.process.output:
            report = self.report()
            assert report["balanced"], report["bots"]

    # -- its admin pages

    def address(self) -> str:
        """Host and port of its admin pages."""
        return wait_for(lambda: re.search(r"admin pages at http://(\S+)", self.process.output), "the admin pages are open")[1]

    def admin(self, method: str, page: str, token: str = "", host: str = "", **query: str) -> tuple[int, Any]:
        """Asks the admin pages; returns the status and the content."""
        target = f"http://{self.address()}{page}" + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = ({"Authorization": f"Bearer {token}"} if token else {}) | ({"Host": host} if host else {})
        request = urllib.request.Request(target, method=method, headers=headers)
        try:
            with _no_proxy.open(request, timeout=SOON) as answer:
                status, content = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, content = error.code, error.read().decode()
        return status, json.loads(content) if content.startswith("{") else content

    def report(self) -> dict[str, Any]:
        """The whole of `GET /api/tree`."""
        status, content = self.admin("GET", "/api/tree")
        assert status == 200, content
        return dict(content)

    def actors(self) -> dict[str, dict[str, Any]]:
        """Every actor by its path."""
        found = {}

        def collect(children: list[dict[str, Any]]) -> None:
            for one in children:
                found[one["path"]] = one
                collect(one["children"])

        collect(self.report()["tree"])
        return found

    def fault(self, what: str, path: str) -> bool:
        """Lets an actor fail: `kill`, or for cogs `throw`, `block` and `crash`, for connections `drop`. False: there is no such
        actor at this moment."""
        try:
            return self.admin("POST", f"/api/faults/{what}", path=path)[0] == 200
        except ConnectionError:
            if what != "crash":
                raise
            return True  # it took effect before there was an answer

    # -- its pages where owners authorise bots

    @property
    def store(self) -> Path:
        """The folder of its state, with the vault of its tokens."""
        return Path(self.config()["store"]["path"])

    def start_url(self, bot: str) -> str:
        """Where the authorisation of a bot begins."""
        return f"http://localhost:{self.config()['bots'][bot]['auth_port']}/start/{bot}"

    def asks_for(self, bot: str) -> bool:
        """Whether the page of the running service, or of `creamery auth`, offers to authorise this bot."""
        url = self.start_url(bot)
        try:
            with _no_proxy.open(url.partition("/start/")[0] + "/", timeout=SOON) as page:
                return f'href="/start/{bot}"' in page.read().decode()
        except OSError:
            return False

    # -- what its cogs write

    def record_file(self, bot: str, cog: str) -> Path:
        """Where a recording cog of a bot writes to."""
        return self._folder / f"{bot}.{cog}.jsonl"

    def record(self, bot: str, cog: str = "history") -> list[Event]:
        """What a recording cog has handled so far."""
        file = self.record_file(bot, cog)
        if not file.exists():
            return []
        lines = file.read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines[:-1]]  # the last one is empty, or being written

    def handled(self, bot: str, cog: str = "history") -> int:
        """How many lines a recording cog has handled so far; cheaper than `record`."""
        file = self.record_file(bot, cog)
        return file.read_bytes().count(b"\n") if file.exists() else 0


# -- the network ---------------------------------------------------------------------------------------------------------


# Below the range that systems take ports from by themselves; tests that run at the same time begin at different places.
_next_port = 20_000 + os.getpid() * 100 % 10_000


def free_ports(count: int) -> int:
    """The first of so many consecutive ports that nobody listens on now; other ones each time."""
    global _next_port
    for _ in range(10_000 // count):
        first = _next_port if _next_port + count <= 30_000 else 20_000
        _next_port = first + count
        sockets = []
        try:
            for port in range(first, first + count):
                sockets.append(socket.create_server(("127.0.0.1", port)))
            return first
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise AssertionError("no free ports")


class ConnectProxy:
    """An HTTP proxy that knows CONNECT, and leads to one port of this machine, whatever it is asked for."""

    def __init__(self, target: int) -> None:
        proxy = self
        self.asked: list[str] = []

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                proxy.asked.append(self.rfile.readline().decode().strip())
                while self.rfile.readline().strip():
                    pass  # the other header fields
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                with socket.create_connection(("127.0.0.1", target)) as server:
                    back = threading.Thread(target=pump, args=(server, self.connection))
                    back.start()
                    pump(self.connection, server)
                    back.join()

        def pump(source: socket.socket, sink: socket.socket) -> None:
            try:
                while data := source.recv(65536):
                    sink.sendall(data)
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the other side has gone

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    def __enter__(self) -> ConnectProxy:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


# -- tests ---------------------------------------------------------------------------------------------------------------

# What may be one of the simulated Twitch's tokens: 30 letters and digits, or 50.
TOKEN_WORD = re.compile(r"(?<![a-z0-9])(?:[a-z0-9]{30}|[a-z0-9]{50})(?![a-z0-9])")

RECORDING_COGS = ("history", "thrower", "blocker", "pretender")


class Scenario(unittest.TestCase):
    """A test with a folder of its own. Ends its processes whatever happens, shows their output when it fails, and requires
    that no token of any account is in any output or log file."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="creamery-it-"))
        self.addCleanup(self._clean_up)
        self._simulators: list[Simulator] = []
        self._bots: list[Bots] = []
        self._others: list[Process] = []
        self._secrets: set[str] = set()

    # -- starting things

    def simulator(self, *arguments: str, port: int = 0) -> Simulator:
        folder = self.folder / f"twitch-{len(self._simulators)}"
        folder.mkdir()
        started = Simulator(folder, *arguments, port=port)
        self._simulators.append(started)
        return started

    def bots(self, twitch: Simulator, bots: dict[str, dict[str, Any]], transport: str = "irc",
             timeouts: dict[str, int] | None = None, start: bool = True, without_token: Iterable[str] = (),
             rotate: bool = True, owners: Iterable[str] = (), **more: Any) -> Bots:
        """Starts `creamery run`.

        `bots` is the section of bots.yaml; a bot's account is by default called as the bot. Recording cogs (`history`, …) get
        their file without being told. Bots `without_token` have an application instead, which rotates its refresh tokens or
        doesn't, and a port on which they are authorised. Of the channels of `owners`, tokens for PubSub are given. `more` are
        further sections of bots.yaml."""
        name = f"bots-{len(self._bots)}"
        variables: dict[str, str] = {}
        config: dict[str, Any] = {
            "bots": {},
            "endpoints": {"irc": twitch.endpoints[transport], "eventsub": twitch.event_endpoints["wss"],
                          "pubsub": twitch.event_endpoints["wss"].replace("/ws", "/pubsub"),
                          "id": f"{twitch.apis}/oauth2", "helix": f"{twitch.apis}/helix", "ca_file": str(twitch.ca_file)},
            "logging": {"level": "debug", "file": str(self.folder / name / "creamery.log")},
            "admin": {"listen": "127.0.0.1:0", "token": self.secret()},
            "store": {"path": str(self.folder / name / "var")},
        } | more
        application_secret = self.secret()
        ports = {bot: free_ports(1) for bot in without_token}
        application = twitch.application(application_secret, ports.values(), rotate) if ports else ""
        for bot, given in bots.items():
            settings = {"account": bot, "cogs": {"history": {}}} | given
            if not settings["account"]:
                del settings["account"]  # whoever authorises it says which it is
            cogs = settings["cogs"] = {cog: dict(options) for cog, options in settings["cogs"].items()}
            for cog in set(cogs) & set(RECORDING_COGS):
                cogs[cog].setdefault("file", str(self.folder / name / f"{bot}.{cog}.jsonl"))
            if bot in ports:
                settings["auth_port"] = ports[bot]
                variables[f"{bot.upper()}_CLIENT_ID"] = application
                variables[f"{bot.upper()}_CLIENT_SECRET"] = application_secret
            else:
                variables[f"{bot.upper()}_ACCESS_TOKEN"] = twitch.token(settings["account"])
                variables[f"{bot.upper()}_CLIENT_SECRET"] = self.secret()
            config["bots"][bot] = settings
        for owner in owners:
            variables[f"{owner.upper()}_PUBSUB_TOKEN"] = twitch.token(owner)
        variables["CREAMERY_KEY"] = self.secret()
        made = Bots(self.folder, name, config, variables, timeouts)
        self._bots.append(made)
        if start:
            made.start()
        return made

    def spawn(self, *arguments: str, **environment: str) -> Process:
        """Starts the program."""
        process = Process(f"program-{len(self._others)}", arguments, self.folder, environment)
        self._others.append(process)
        return process

    def program(self, *arguments: str, deadline: float = END, **environment: str) -> tuple[int, str]:
        """Runs the program until it ends by itself; returns its exit status and everything that it wrote."""
        process = self.spawn(*arguments, **environment)
        return process.wait(deadline), process.output

    def secret(self) -> str:
        """Something that mustn't appear in any output."""
        made = secrets.token_hex(15)
        self._secrets.add(made)
        return made

    def browse(self, twitch: Simulator, url: str) -> tuple[int, str]:
        """Opens an address as the browser of a bot's owner does, through the simulated Twitch and back if it leads there;
        returns status and text of the last page."""
        browser = Browser(twitch.ca_file, SOON)
        status, page = browser.open(url)
        self._secrets |= browser.codes()
        return status, text_of(page)

    def command(self, bots: Bots, *arguments: str, **environment: str) -> Process:
        """Starts a command of the program with the configuration of these bots."""
        return self.spawn(*arguments, "--config", str(bots.config_file), "--env", str(bots.env_file), **environment)

    def authorise(self, twitch: Simulator, bots: Bots, bot: str, login: str = "") -> None:
        """Waits until a bot asks for it, and does what its owner does then: opens the page, and agrees as the bot's account."""
        wait_for(lambda: bots.asks_for(bot), f"{bot} asks to be authorised")
        twitch.consent("approve", login or bots.config()["bots"][bot]["account"])
        status, page = self.browse(twitch, bots.start_url(bot))
        self.assertEqual(status, 200, page)

    def let_owner_grant(self, twitch: Simulator, bots: Bots, bot: str, channel: str) -> None:
        """A channel's owner does what `creamery auth BOT --channel CHANNEL` asks for."""
        process = self.command(bots, "auth", bot, "--channel", channel, "--no-browser", CREAMERY_COG_PATH=str(TEST_COGS))
        page = f"http://localhost:{bots.config()['bots'][bot]['auth_port']}/start/{bot}/{channel}"
        wait_for(lambda: page in process.output, "it tells the address", show=lambda: process.output)
        twitch.consent("approve", channel)
        status, text = self.browse(twitch, page)
        self.assertEqual(status, 200, text)
        self.assertEqual(process.wait(), 0, process.output)
        self.assertIn(f"{bot}/{channel} is authorised as {channel}", process.output)

    # -- common conditions

    def wait_until_joined(self, twitch: Simulator, login: str, channels: Iterable[str], deadline: float = SOON) -> None:
        wanted = set(channels)
        wait_for(lambda: twitch.members(login) >= wanted, f"{login} is in {', '.join(sorted(wanted))}", deadline)

    def wait_until_it_answers(self, twitch: Simulator, login: str, channel: str, deadline: float = SOON) -> None:
        """Waits until the bot is in the channel, and a command is answered."""
        self.wait_until_joined(twitch, login, [channel], deadline)
        command = twitch.say(channel, "!mark here")
        wait_for(lambda: any(x["reply_to"] == command for x in twitch.messages(login)), f"{login} answers in #{channel}",
                 deadline)

    def wait_until_handled(self, twitch: Simulator, bots: Bots, bot: str, login: str | None = None, cog: str = "history",
                           channels: Iterable[str] | None = None, deadline: float = SOON) -> None:
        """Waits until a recording cog has handled as many lines as its account was sent."""
        wait_for(lambda: bots.handled(bot, cog) >= twitch.lines_to(login or bot, channels),
                 f"{bot}'s {cog} has handled all that was sent", deadline)

    def skip_without_test_data(self, name: str) -> Path:
        """A file of real Twitch traffic (CREAMERY_TEST_DATA)."""
        file = TEST_DATA / name
        if not file.exists():
            self.skipTest(f"{file} is absent")
        return file

    # -- afterwards

    def _processes(self) -> list[Process]:
        return [*(x.process for x in self._bots if hasattr(x, "process")), *self._others,
                *(x.process for x in self._simulators)]

    def _clean_up(self) -> None:
        try:
            try:
                granted = set().union(*(x.fingerprints() for x in self._simulators))
            finally:
                for process in self._processes():
                    process.kill()
            self._check_secrets(granted)
        finally:
            self._outputs = [(x.name, x.output) for x in self._processes()]
            shutil.rmtree(self.folder)

    def _check_secrets(self, granted: set[str]) -> None:
        """`granted` are the fingerprints of the tokens that the simulator knew: it tells nobody the tokens themselves."""
        hidden = self._secrets.union(*(x.tokens.values() for x in self._simulators))
        written = [*self.folder.rglob("*.out"), *self.folder.rglob("*.log*"), *self.folder.rglob("*.jsonl")]
        for file in written:
            content = file.read_text(encoding="utf-8", errors="replace")
            self.assertFalse([x for x in hidden if x in content], f"a secret is in {file.relative_to(self.folder)}")
            words = {hashlib.sha256(x.encode()).hexdigest()[:8] for x in set(TOKEN_WORD.findall(content))}
            self.assertFalse(words & granted, f"a granted token is in {file.relative_to(self.folder)}")

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Shows what the processes wrote when the test fails."""
        assert result is not None
        before = len(result.failures) + len(result.errors)
        self._outputs: list[tuple[str, str]] = []
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            for name, output in self._outputs:
                print(f"---- {name} (its last lines)", *output.splitlines()[-60:], sep="\n")
        return result
