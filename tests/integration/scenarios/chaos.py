"""Actors are killed at random while chat arrives at full speed: the user notices nothing."""

import random
import threading
import time
from collections.abc import Callable

from checker import check_answers, check_limits, check_lines
from harness import Bots, Scenario, Simulator, wait_for

BOT = "ann"
CHANNELS = ["red", "green"]

# Commands that viewers give meanwhile: within what Twitch allows a moderator to say.
COMMANDS = 40

# As many failures as there may be: here they are planted.
PATIENT = {"supervision": {kind: {"failures": 100_000} for kind in ("node", "accounts", "bots", "account", "bot", "cog")}
           | {kind: {"backoff_first_ms": 5, "backoff_cap_ms": 20} for kind in ("router", "connection", "outbox")}}
PATIENT["supervision"]["cog"] |= {"backoff_first_ms": 5, "backoff_cap_ms": 20}


class Killer:
    """Ends random actors, one after the other, until it is stopped."""

    def __init__(self, bots: Bots, victims: list[str], seed: int) -> None:
        self._bots, self._victims, self._dice = bots, victims, random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.kills: dict[str, int] = dict.fromkeys(victims, 0)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            victim = self._dice.choice(self._victims)
            self.kills[victim] += self._bots.fault("kill", victim)

    @property
    def total(self) -> int:
        return sum(self.kills.values())

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


class Chaos(Scenario):
    def begin(self, transport: str, rounds: int, seed: int) -> tuple[Simulator, Bots, Killer, int]:
        lines = self.skip_without_test_data("chat-burst.irc")
        twitch = self.simulator()
        twitch.moderator(BOT, *CHANNELS)
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS, "cogs": {"history": {}, "thrower": {}}}}, transport, **PATIENT)
        self.wait_until_joined(twitch, BOT, CHANNELS)
        wait_for(lambda: bots.actors().get(f"bots/{BOT}/irc-1", {}).get("state") == "running", "the connection runs")
        print(f"(seed {seed})", end=" ", flush=True)
        replay = twitch.replay(lines, speed="fastest", rounds=rounds, channels=CHANNELS)
        victims = [f"accounts/{BOT}", f"accounts/{BOT}/outbox"] + [
            f"bots/{BOT}/{x}" for x in ("router", "irc-1", "cog history", "cog thrower")]
        return twitch, bots, Killer(bots, victims, seed), replay

    def survive(self, transport: str, rounds: int, kills: int) -> None:
        seed = int(time.time())
        twitch, bots, killer, replay = self.begin(transport, rounds, seed)
        commands: list[str] = []
        try:
            def ask_until(condition: Callable[[], bool]) -> bool:
                if len(commands) < COMMANDS:
                    commands.append(twitch.say(CHANNELS[len(commands) % 2], f"!mark {len(commands)}"))
                return condition()

            wait_for(lambda: ask_until(lambda: twitch.replay_status(replay)["state"] == "done"), "the replay is over", 60)
            sent = 4_000 * rounds
            wait_for(lambda: ask_until(lambda: bots.handled(BOT) >= sent + len(commands)), "all lines are handled", 60)
        finally:
            landed = killer.total  # all of them while lines were in flight: until the last one was handled
            killer.stop()
        for cog in ("history", "thrower"):
            wait_for(lambda: bots.handled(BOT, cog) >= sent + len(commands), f"{cog} has handled all", 60)
        # Whoever is being restarted is missing in a report.
        wait_for(lambda: sum(x["confirmed"] for x in bots.report()["accounts"]) >= len(commands), "every command is answered",
                 60)
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
        by_kind = ", ".join(f"{path.split('/')[-1]} {count}" for path, count in killer.kills.items())
        print(f"{landed} kills landed ({by_kind}), {len(commands)} commands answered")
        self.assertGreaterEqual(landed, kills)

    def test_killed_actors_lose_and_double_nothing_over_irc(self) -> None:
        self.survive("irc", 5, 50)

    def test_killed_actors_lose_and_double_nothing_over_wss(self) -> None:
        self.survive("wss", 5, 50)
