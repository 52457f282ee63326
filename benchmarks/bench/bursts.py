"""Raids: how many lines a bot takes, what a line costs it, and how soon it answers. Our own bot over each transport, and those of the
other libraries."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measure import median, percentile, progress, progress_ends, spread
from raids import Bot, Creamery, Failed, PeerBot, Raid, Result, Setup, Sink

# Replies a second that an account may say: a verified bot's 7,500 in 32 seconds, with a margin.
REPLIES_PER_SECOND = 200

# Lines so that each raid takes a second or more at the speed that a bot has.
LINES = {"creamery": 1_000_000, "twitch-irc-rs": 200_000, "go-twitch-irc": 100_000, "twurple": 50_000, "tmi.js": 50_000,
         "TwitchIO": 20_000}

RATES = (1_000, 10_000, 50_000, 100_000)


@dataclass
class Row:
    """One line of a table: what was measured, round by round."""
    name: str
    results: list[Result] = field(default_factory=list)
    # Why there are no more results.
    failure: str = ""

    def values(self, of: Callable[[Result], float]) -> list[float]:
        return [of(x) for x in self.results]

    def middle(self, of: Callable[[Result], float]) -> float:
        return median(self.values(of))

    def numbers(self) -> dict[str, Any]:
        return {"name": self.name,
                "rounds": [{"lines": x.lines, "seconds": x.seconds, "cpu": x.cpu, "generator_cpu": x.generator_cpu,
                            "lost": x.lost, "unanswered": x.unanswered, "doubled": x.doubled, "resting": x.resting, "resident": x.resident,
                            "channels": x.raw["channels"], "clients": x.raw["clients"],
                            **({f"p{100 * p:g}_ms": x.latency(p) for p in (0.5, 0.99, 0.999)} if x.raw["latency_ms"] else {})}
                           for x in self.results]}


def in_turn(rounds: int, what: str, rows: list[tuple[Row, Raid, dict[str, Any]]], warm_up: bool = True) -> list[Row]:
    """Plays a raid on each, round after round; the first one is for the caches and isn't counted. That another library's bot fails
    ends its row, that ours does ends everything."""
    for turn in range(rounds + warm_up):
        for row, raid, plan in rows:
            progress(f"{what}: round {turn + 1 - warm_up} of {rounds}, {row.name}")
            if row.failure:
                continue
            try:
                result = raid.run(**plan)
            except Failed as why:
                if raid.is_ours:
                    raise
                row.failure = str(why)
                continue
            if turn >= warm_up:
                row.results.append(result)
    progress_ends()
    return [row for row, _, _ in rows]


def shown(row: Row, of: Callable[[Result], float], form: str = ",.2f") -> str:
    middle, low, high = spread(row.values(of))
    return f"{middle:{form}} ({low:{form}}–{high:{form}})"


def counts(row: Row) -> str:
    """Lines that were not counted, commands that were not answered, and those that were answered twice."""
    return " / ".join(f"{sum(row.values(of)):,.0f}" for of in (lambda x: x.lost, lambda x: x.unanswered, lambda x: x.doubled))


# -- as fast as the sockets take it ----------------------------------------------------------------------------------------


def saturation(build: Path, rounds: int) -> tuple[str, list[Row]]:
    """Our bot in ten channels over each transport."""
    setups = [("irc", 1), ("ircs", 1), ("ws", 1), ("ws", 20), ("wss", 1), ("wss", 20)]
    with ExitStack() as stack:
        rows = []
        for transport, lines_per_frame in setups:
            setup = Setup(transport, lines_per_frame, channels=10)
            name = transport if not transport.startswith("ws") else f"{transport}, {lines_per_frame} a frame"
            rows.append((Row(name), stack.enter_context(Raid(build, setup, Creamery(build))), {"lines": LINES["creamery"]}))
        for transport in ("irc", "ircs"):
            rows.append((Row(f"{transport}, no bot"), stack.enter_context(Raid(build, Setup(transport, channels=10), Sink())),
                         {"lines": LINES["creamery"], "commands": 0}))
        done = in_turn(rounds, "saturation", rows)
    for row in done:
        if "no bot" in row.name:
            for one in row.results:
                one.raw["counted"] = one.raw["expected"] # it doesn't count
    head = f"{'transport':<18}{'lines/s':>34}{'CPU s per million lines':>30}{'generator':>11}{'MiB':>7}{'lost/unans./double':>20}"
    text = [f"{row.name:<18}{shown(row, lambda x: x.rate, ',.0f'):>34}{shown(row, lambda x: x.cpu_per_million):>30}"
            f"{row.middle(lambda x: x.generator_cpu / x.lines * 1e6):>11.2f}{row.middle(lambda x: x.resident / 2**20):>7.0f}"
            f"{counts(row):>20}" for row in done]
    return "\n".join([f"full speed, ten channels, 1 % commands, no limits: median of {rounds} rounds in turn (quartiles)", head,
                      *text]), done


def allocations(build: Path) -> tuple[str, dict[str, float]]:
    """How much our bot allocates for a line that is read, routed and handled, with nobody asking for a reply."""
    found = {}
    with Raid(build, Setup("irc", channels=10), Creamery(build), build / "benchmarks/libcount_allocations.so") as raid:
        raid.run(lines=200_000, commands=0)
        for name, plan in (("full speed", {"lines": 1_000_000}), ("10,000 lines/s", {"lines": 30_000, "rate": 10_000})):
            progress(f"allocations, {name}")
            result = raid.run(commands=0, joins=0, **plan)
            found[name] = (result.allocations or 0) / result.lines
    progress_ends()
    return "allocations per line, socket to handler: " + ", ".join(f"{x:.3f} at {name}" for name, x in found.items()), found


def joins(build: Path) -> tuple[str, dict[str, float]]:
    """How long our bot takes to join 1,000 channels when it may join 200 in eleven seconds."""
    limit, window, channels = 200, 11.0, 1_000
    progress(f"joins: {channels:,} channels, {limit} every {window:g} s")
    with Raid(build, Setup("ircs", channels=channels, join_limit=limit), Creamery(build)) as raid:
        seconds = raid.joined["seconds"]
    progress_ends()
    allowed = (channels / limit - 1) * window
    return (f"{channels:,} channels joined in {seconds:.2f} s; {limit} in {window:g} s are allowed, so {allowed:g} s are needed",
            {"seconds": seconds, "allowed": allowed})


# -- how soon it answers ---------------------------------------------------------------------------------------------------


def rare(row: Row) -> str:
    """The 99.9th percentile of all rounds together: one has too few replies for it."""
    everything = sorted(x for one in row.results for x in one.raw["latency_ms"])
    return f"{percentile(everything, 0.999):,.2f} (of {len(everything):,})" if len(everything) >= 1_000 else "too few replies"


def latency(build: Path, rounds: int) -> tuple[str, list[Row]]:
    """Our bot at even rates, open loop, within the limits of a verified account."""
    with ExitStack() as stack:
        raids = {transport: stack.enter_context(Raid(build, Setup(transport, channels=10, verified=True), Creamery(build)))
                 for transport in ("irc", "ircs", "wss")}
        rows = [(Row(f"{transport} {rate:,}"), raid, {"lines": int(rate * 3.5), "rate": rate, "replies_per_second": REPLIES_PER_SECOND})
                for rate in RATES for transport, raid in raids.items()]
        done = in_turn(rounds, "latency", rows)
    head = (f"{'transport, lines/s':<20}{'p50 ms':>22}{'p99 ms':>22}{'p99.9 ms, all rounds':>22}{'generator late p99':>20}{'cores':>7}"
            f"{'lost/unans./double':>20}")
    text = [f"{row.name:<20}{shown(row, lambda x: x.latency(0.5)):>22}{shown(row, lambda x: x.latency(0.99)):>22}"
            f"{rare(row):>22}"
            f"{row.middle(lambda x: percentile(x.raw['lateness_ms'], 0.99)):>20.2f}"
            f"{row.middle(lambda x: x.cpu / x.seconds):>7.2f}{counts(row):>20}" for row in done]
    return "\n".join([f"from the scheduled command to the reply, open loop, ten channels, 1 % commands but at most {REPLIES_PER_SECOND} a second "
                      f"(a verified account's allowance): median of {rounds} rounds in turn (quartiles)", head, *text]), done


# -- beside the others -----------------------------------------------------------------------------------------------------


def lines_for(name: str) -> int:
    return next(count for prefix, count in LINES.items() if name.startswith(prefix))


def with_peers(build: Path, peers: list[PeerBot], rounds: int) -> tuple[str, list[Row]]:
    """The same raid on everybody, in one channel, over each transport that they know."""
    bots: list[Bot] = [Creamery(build), *peers]
    with ExitStack() as stack:
        rows = []
        for bot in bots:
            for transport in bot.transports:
                raid = stack.enter_context(Raid(build, Setup(transport, lines_per_frame=1), bot))
                rows.append((Row(f"{bot.name}, {transport}"), raid, {"lines": lines_for(bot.name)}))
        everybody = in_turn(rounds, "peers", rows)
    done = [x for x in everybody if not x.failure]
    failed = [f"FAILED: {x.failure}" for x in everybody if x.failure]
    best = {bot.name: min((x for x in done if x.name.startswith(bot.name + ",")), key=lambda x: x.middle(lambda y: y.cpu_per_million))
            for bot in bots if any(x.name.startswith(bot.name + ",") for x in done)}
    ours = best["creamery"].middle(lambda x: x.cpu_per_million)
    head = f"{'bot, transport':<28}{'lines/s':>34}{'lines per CPU second':>34}{'to our best':>13}{'MiB':>7}{'lost/unans./double':>20}"
    text = [f"{row.name:<28}{shown(row, lambda x: x.rate, ',.0f'):>34}{shown(row, lambda x: 1e6 / x.cpu_per_million, ',.0f'):>34}"
            f"{row.middle(lambda x: x.cpu_per_million) / ours:>12.1f}x{row.middle(lambda x: x.resident / 2**20):>7.0f}{counts(row):>20}"
            f"{'  *' if row is best[row.name.split(',')[0]] else ''}"
            for row in sorted(done, key=lambda x: x.middle(lambda y: y.cpu_per_million))]
    return "\n".join([f"full speed, one channel, 1 % commands, one line a frame: median of {rounds} rounds in turn (quartiles); "
                      "*: its best transport", head, *text, *failed]), done


# -- as the work grows -----------------------------------------------------------------------------------------------------


def growth(build: Path, rounds: int) -> tuple[str, dict[str, list[tuple[int, Row]]]]:
    """CPU per line handled and memory against channels, connections, bots and cogs."""
    steps: dict[str, list[tuple[int, Setup]]] = {
        "channels": [(n, Setup("ircs", channels=n, verified=True)) for n in (1, 10, 100, 1_000, 10_000)],
        "connections": [(n, Setup("ircs", channels=n, channels_per_connection=1, verified=True)) for n in (1, 5, 20, 100)],
        "bots": [(n, Setup("ircs", channels=max(n, 20), bots=n, verified=True)) for n in (1, 2, 5, 10, 20)],
        "cogs": [(n, Setup("ircs", channels=10, cogs=n, verified=True)) for n in (1, 2, 5, 10, 20, 50)],
    }
    found: dict[str, list[tuple[int, Row]]] = {}
    text = [f"CPU per line and memory as the work grows, full speed, TLS, 0.1 % commands: median of {rounds} rounds (quartiles)",
            f"{'':<22}{'CPU s per million lines':>32}{'… and per cog':>16}{'MiB at rest':>13}{'after':>7}{'lost/unans./double':>20}"]
    for what, all_steps in steps.items():
        found[what] = []
        for count, setup in all_steps:
            # Up to fifty cogs get every line, so these are fewer.
            lines = 200_000 if what == "cogs" else 500_000
            with Raid(build, setup, Creamery(build)) as raid:
                plan = {"lines": lines, "commands": 0.001} # which stays within the limits of a verified account
                row, = in_turn(rounds, f"{what}: {count:,}", [(Row(f"{count:,} {what}"), raid, plan)])
            found[what].append((count, row))
            text.append(f"{row.name:<22}{shown(row, lambda x: x.cpu_per_million):>32}"
                        f"{row.middle(lambda x: x.cpu_per_million) / setup.cogs:>16.2f}{row.middle(lambda x: x.resting / 2**20):>13.0f}"
                        f"{row.middle(lambda x: x.resident / 2**20):>7.0f}{counts(row):>20}")
    return "\n".join(text), found


