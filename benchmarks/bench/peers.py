"""The programs in benchmarks/peers, built from pinned versions of their libraries, each from its own registry."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from measure import ROOT, say
from raids import PeerBot

PEERS = ROOT / "benchmarks/peers"


@dataclass
class ParserPeer:
    # The program's command line, to be followed by `time FILE ROUNDS` or `show LIBRARY FILE`.
    command: list[str]
    # The names under which it can show lines.
    libraries: tuple[str, ...]


@dataclass
class Peers:
    parsers: list[ParserPeer]
    bots: list[PeerBot]
    # Listeners for webhooks: their names and command lines.
    webhooks: list[tuple[str, list[str]]]
    skipped: list[str]


def _call(command: list[str], folder: Path, **environment: str) -> None:
    done = subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _copy(source: Path, work: Path, name: str) -> Path:
    """The installers write beside the sources, so they get a copy."""
    return shutil.copytree(source, work / name, dirs_exist_ok=True)


Found = tuple[list[ParserPeer], list[PeerBot], list[tuple[str, list[str]]]]


def _rust(work: Path) -> Found:
    folders = [_copy(PEERS / kind / "rust", work, f"rust-{kind}") for kind in ("parsers", "bots")]
    for folder in folders:
        _call(["cargo", "build", "--release", "--quiet"], folder, RUSTFLAGS="-C target-cpu=native")
    return ([ParserPeer([str(folders[0] / "target/release/parsers")], ("tmi-rs", "twitch-irc-rs"))],
            [PeerBot("twitch-irc-rs 6.1.3", ("irc", "ircs"), [str(folders[1] / "target/release/bot")])], [])


def _go(work: Path) -> Found:
    programs = []
    for kind in ("parsers", "bots"):
        folder = _copy(PEERS / kind / "go", work, f"go-{kind}")
        _call(["go", "mod", "tidy"], folder)
        _call(["go", "build", "-o", "program", "."], folder)
        programs.append([str(folder / "program")])
    return ([ParserPeer(programs[0], ("go-twitch-irc", ))], [PeerBot("go-twitch-irc 4.2.0", ("irc", "ircs"), programs[1])], [])


def _node(work: Path) -> Found:
    parsers, bots, webhooks = folders = [_copy(PEERS / kind / "node", work, f"node-{kind}") for kind in ("parsers", "bots", "webhooks")]
    for folder in folders:
        _call(["npm", "install", "--silent", "--no-audit", "--no-fund"], folder)
    return ([ParserPeer(["node", str(parsers / "parsers.js")], ("tmi.js", "twurple"))],
            [PeerBot("twurple 8.2.0", ("ws", "wss"), ["node", str(bots / "twurple.js")]),
             PeerBot("tmi.js 1.8.5", ("ws", "wss"), ["node", str(bots / "tmi_js.js")])],
            [("twurple 8.1.4", ["node", str(webhooks / "twurple.mjs")])])


def _python(work: Path) -> Found:
    if not (work / "venv").exists():
        _call([sys.executable, "-m", "venv", str(work / "venv")], work)
    python = str(work / "venv/bin/python")
    for kind in ("parsers", "bots", "webhooks"):
        _call([python, "-m", "pip", "install", "--quiet", "-r", str(PEERS / kind / "python/requirements.txt")], work)
    return ([ParserPeer([python, str(PEERS / "parsers/python/parsers.py")], ("TwitchIO", ))],
            [PeerBot("TwitchIO 2.10.0", ("ws", "wss"), [python, str(PEERS / "bots/python/twitchio_bot.py")])],
            [("TwitchIO 2.10.0", [python, str(PEERS / "webhooks/python/twitchio_webhooks.py")])])


def set_up(work: Path) -> Peers:
    """Builds those that can be built here, and says why the others can't."""
    work.mkdir(parents=True, exist_ok=True)
    found = Peers([], [], [], [])
    for language, tool, build in (("Rust", "cargo", _rust), ("Go", "go", _go), ("Node", "npm", _node), ("Python", "python3", _python)):
        if shutil.which(tool) is None:
            found.skipped.append(f"the peers in {language}: there is no {tool} here")
            continue
        say(f"setting up the peers in {language}")
        parsers, bots, webhooks = build(work)
        found.parsers += parsers
        found.bots += bots
        found.webhooks += webhooks
    return found
