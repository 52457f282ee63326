"""Minutes of real chat while connections end, are replaced and lag: nothing is lost but what was under way when a connection
died, nothing is doubled, and memory stays where it is. Run with `./run test --long`."""

import random
from pathlib import Path

from checker import check_limits, check_lines
from harness import Scenario, wait_for

BOT = "ann"
CHANNELS = ["red", "green", "blue"]
RATE = 3_000  # lines a second
ROUNDS = 90  # of 4,000 lines each: two minutes
SEED = 20_261


class Endurance(Scenario):
    def endure(self, transport: str, kinds: list[str]) -> tuple[list[dict], list[dict]]:
        """Replays for two minutes and lets one fault after the other strike; returns both histories."""
        lines = self.skip_without_test_data("chat-burst.irc")
        chance = random.Random(SEED)
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS}}, transport)
        self.wait_until_joined(twitch, BOT, CHANNELS)
        replay = twitch.replay(lines, speed="fixed", rate=RATE, rounds=ROUNDS, channels=CHANNELS)
        faults = 0
        memory_after_a_while = 0

        def sent() -> int:
            return int(twitch.replay_status(replay)["sent"]) + int(twitch.replay_status(replay)["skipped"])

        for milestone in range(1, 25):
            wait_for(lambda: sent() >= milestone * ROUNDS * len_of(lines) // 25, f"milestone {milestone} of 25", 60)
            connections = [x for x in twitch.connections(BOT) if x["channels"] == len(CHANNELS)]
            if milestone == 8:
                memory_after_a_while = bots.process.resident_bytes()
            if connections:
                faults += twitch.fault(chance.choice(kinds), connection=int(connections[-1]["id"]), grace="1s")
        wait_for(lambda: twitch.replay_status(replay)["state"] == "done", "the replay is over", 120)
        self.wait_until_joined(twitch, BOT, CHANNELS)
        last = {twitch.say(channel, "the end") for channel in CHANNELS}
        wait_for(lambda: last <= {x["id"] for x in bots.record(BOT)[-100:]}, "the last lines were handled", 60)
        grown = bots.process.resident_bytes() - memory_after_a_while
        self.assertEqual(bots.process.stop(), 0)
        print(f"{faults} faults struck while lines were in flight; memory grew by {grown // 1024} KiB")
        self.assertGreaterEqual(faults, 15, "too few faults for the test to mean anything")
        self.assertLess(grown, 16 * 1024 * 1024)
        return twitch.stop(), bots.record(BOT)

    def test_two_minutes_of_reconnects_lose_nothing(self) -> None:
        history, record = self.endure("wss", ["reconnect"])
        self.assertEqual(check_lines(history, BOT, record, losing=[]), [])
        self.assertEqual(check_limits(history), [])

    def test_two_minutes_of_resets_double_nothing(self) -> None:
        history, record = self.endure("irc", ["reset", "finish", "reconnect"])
        self.assertEqual(check_lines(history, BOT, record), [])
        self.assertEqual(check_limits(history), [])


def len_of(file: Path) -> int:
    """How many lines a file has."""
    with file.open("rb") as lines:
        return sum(1 for _ in lines)
