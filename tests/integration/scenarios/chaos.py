"""Actors are killed at random while chat arrives at full speed: the user notices nothing."""

import random
import threading
import time
from collections.abc import Callable

from checker import check_answers, check_gaps, check_limits, check_lines
from harness import Bots, Scenario, Simulator, wait_for

BOT = "ann"
CHANNELS = ["red", "green"]

# Commands that viewers give meanwhile: within what Twitch allows a moderator to say.
COMMANDS = 40

# Times that the captured lines are said, at most, until enough kills have landed.
MOST_ROUNDS = 100

# As many failures as there may be, and short pauses: here they are planted.
SHORT = {"backoff_first_ms": 5, "backoff_cap_ms": 20}
MANY = {"failures": 100_000}
PATIENT = {"supervision": {kind: MANY | SHORT for kind in ("accounts", "bots", "account", "bot", "cog")}
           | {kind: SHORT for kind in ("router", "connection", "outbox", "journal", "store")} | {"node": MANY}}

# Seconds.
DROP_EVERY = 0.6

EVERYBODY = ["accounts", f"accounts/{BOT}", f"accounts/{BOT}/outbox", "bots", f"bots/{BOT}", "journal", "store"] + [
    f"bots/{BOT}/{x}" for x in ("router", "irc-1", "cog history", "cog thrower")]


class Killer:
    """Ends random actors, one after the other, until it is stopped; with `drops` the connection's socket as well, but not more
    often than Twitch lets an account log in."""

    def __init__(self, bots: Bots, seed: int, drops: bool = False) -> None:
        self._bots, self._dice, self._drops = bots, random.Random(seed), drops
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.landed: dict[str, int] = dict.fromkeys(["socket", *EVERYBODY], 0)
        self._thread.start()

    def _run(self) -> None:
        next_drop = time.monotonic() + DROP_EVERY
        while not self._stop.is_set():
            if self._drops and time.monotonic() >= next_drop and self._bots.fault("drop", f"bots/{BOT}/irc-1"):
                next_drop = time.monotonic() + DROP_EVERY
                self.landed["socket"] += 1
            victim = self._dice.choice(EVERYBODY)
            self.landed[victim] += self._bots.fault("kill", victim)

    @property
    def total(self) -> int:
        return sum(self.landed.values())

    def __str__(self) -> str:
        return ", ".join(f"{path.split('/', 1)[-1]} {count}" for path, count in self.landed.items() if count)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


class Chaos(Scenario):
    def survive(self, transport: str, least_rounds: int, least_kills: int) -> None:
        lines = self.skip_without_test_data("chat-burst.irc")
        seed = int(time.time())
        twitch = self.simulator()
        twitch.moderator(BOT, *CHANNELS)
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS, "cogs": {"history": {}, "thrower": {}}}}, transport, **PATIENT)
        self.wait_until_joined(twitch, BOT, CHANNELS)
        wait_for(lambda: bots.actors().get(f"bots/{BOT}/irc-1", {}).get("state") == "running", "the connection runs")
        print(f"(seed {seed})", end=" ", flush=True)
        killer = Killer(bots, seed)
        commands: list[str] = []
        rounds = 0
        try:
            def ask_until(condition: Callable[[], bool]) -> bool:
                if len(commands) < COMMANDS:
                    commands.append(twitch.say(CHANNELS[len(commands) % 2], f"!mark {len(commands)}"))
                return condition()

            # By kills as well as by lines: how many kills fit into a round depends on the machine.
            while rounds < least_rounds or (killer.total < least_kills and rounds < MOST_ROUNDS):
                replay = twitch.replay(lines, speed="fastest", rounds=1, channels=CHANNELS)
                rounds += 1
                wait_for(lambda: ask_until(lambda: twitch.replay_status(replay)["state"] == "done"), "the replay is over", 60)
            sent = 4_000 * rounds
            wait_for(lambda: ask_until(lambda: bots.handled(BOT) >= sent + len(commands)), "all lines are handled", 60)
        finally:
            landed = killer.total  # all of them while lines were in flight: until the last one was handled
            killer.stop()
        for cog in ("history", "thrower"):
            wait_for(lambda: bots.handled(BOT, cog) >= sent + len(commands), f"{cog} has handled all", 60)
        # Whoever is being restarted is missing in a report.
        wait_for(lambda: sum(x["confirmed"] for x in bots.report()["accounts"]) >= len(commands),
                 f"all {len(commands)} commands are answered", 60, show=bots.report)
        wait_for(lambda: [y["queued"] for x in bots.report()["bots"] for y in x["cogs"]] == [0, 0],
                 "nothing is on its way any more")
        report = bots.report()
        self.assertTrue(report["balanced"], report)
        for cog in report["bots"][0]["cogs"]:
            self.assertEqual((cog["poisoned"], cog["shed"]), (0, 0), cog)
        self.assertEqual(len(twitch.connections(BOT)), 1)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        for cog in ("history", "thrower"):
            self.assertEqual(check_lines(history, BOT, bots.record(BOT, cog), losing=[])[:5], [], cog)
        self.assertEqual(check_answers(history, BOT, commands), [])
        self.assertEqual(check_limits(history, {(BOT, x) for x in CHANNELS}), [])
        self.assertEqual(sum(x["event"] == "connect" for x in history), 1, "a killed actor takes no socket along")
        print(f"{landed} kills landed ({killer}), {len(commands)} commands answered")
        self.assertGreaterEqual(landed, least_kills)

    def test_killed_actors_lose_and_double_nothing_over_irc(self) -> None:
        self.survive("irc", 5, 50)

    def test_killed_actors_lose_and_double_nothing_over_wss(self) -> None:
        self.survive("wss", 5, 50)

    def test_what_dropped_sockets_lose_is_what_is_told(self) -> None:
        """Sockets are dropped as well: what is missing then lies between the last line that was read and the next JOIN."""
        lines = self.skip_without_test_data("chat-burst.irc")
        seed = int(time.time())
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS, "cogs": {"history": {}, "thrower": {}}}},
                         timeouts={"redial_first_ms": 10, "redial_cap_ms": 50}, **PATIENT)
        self.bots(twitch, {"bob": {"channels": CHANNELS}})  # in an empty channel nothing is said
        for login in (BOT, "bob"):
            self.wait_until_joined(twitch, login, CHANNELS)
        print(f"(seed {seed})", end=" ", flush=True)
        replay = twitch.replay(lines, speed="fixed", rate=4000, rounds=5, channels=CHANNELS)
        killer = Killer(bots, seed, drops=True)
        try:
            wait_for(lambda: twitch.replay_status(replay)["state"] == "done", "the replay is over", 60)
        finally:
            killer.stop()
        self.wait_until_joined(twitch, BOT, CHANNELS)
        last = {twitch.say(channel, "the end") for channel in CHANNELS}
        for cog in ("history", "thrower"):
            wait_for(lambda: {x["id"] for x in bots.record(BOT, cog)} >= last, f"{cog} has handled the last line")
        gaps = wait_for(lambda: (x := bots.report()["bots"]) and x[0]["connections"] and x[0]["gaps"], "the gaps are told")
        self.assertEqual(bots.report()["bots"][0]["gap_count"], len(gaps))
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        missed = 0
        for cog in ("history", "thrower"):
            handled = bots.record(BOT, cog)
            self.assertEqual(check_gaps(history, BOT, handled, gaps, cog)[:5], [], cog)
            missed += len({x["id"] for x in history if x["event"] == "line"} - {x["id"] for x in handled})
        print(f"{killer.total} faults landed ({killer}), {len(gaps)} gaps, {missed // 2} lines missed")
        self.assertGreaterEqual(killer.total, 50)
        self.assertGreaterEqual(killer.landed["socket"], 5)
        self.assertGreater(missed, 0)
