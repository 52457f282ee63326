"""What is said while a connection is down is missed; the gap is shown, and it is neither shorter nor longer than what was missed."""

import itertools
from typing import Any

from checker import check_gaps, check_lines
from harness import Bots, Scenario, Simulator, wait_for

BOT = "ann"
CHANNELS = ["red", "green"]


def gaps_of(bots: Bots) -> list[dict[str, Any]]:
    return list(bots.report()["bots"][0]["gaps"])


class Gaps(Scenario):
    def watched(self, transport: str = "irc") -> tuple[Simulator, Bots]:
        """A bot in channels that somebody else is in as well: in an empty one nothing is said."""
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS}}, transport)
        self.bots(twitch, {"bob": {"channels": CHANNELS}})
        for login in (BOT, "bob"):
            self.wait_until_joined(twitch, login, CHANNELS)
        return twitch, bots

    def wait_until_back(self, twitch: Simulator, after: int) -> None:
        """Waits until a younger connection than `after` is in all channels."""
        wait_for(lambda: any(x["id"] > after and x["channels"] == len(CHANNELS) for x in twitch.connections(BOT)),
                 "another connection is in all channels")

    def drop(self, twitch: Simulator, bots: Bots, how: str) -> None:
        """Ends the connection: `drop` by our own side, anything else by Twitch's."""
        if how == "drop":
            self.assertTrue(bots.fault("drop", f"bots/{BOT}/irc-1"))
        else:
            self.assertEqual(twitch.fault(how, connection=twitch.connections(BOT)[0]["id"]), 1)

    def survive(self, transport: str, ways: tuple[str, ...]) -> None:
        lines = self.skip_without_test_data("chat-burst.irc")
        twitch, bots = self.watched(transport)
        replay = twitch.replay(lines, speed="fixed", rate=2000, rounds=0, channels=CHANNELS)
        for how in ways:
            handled = bots.handled(BOT)
            wait_for(lambda: bots.handled(BOT) > handled + 500, "lines are handled")
            old = twitch.connections(BOT)[0]["id"]
            self.drop(twitch, bots, how)
            self.wait_until_back(twitch, old)
        handled = bots.handled(BOT)
        wait_for(lambda: bots.handled(BOT) > handled + 500, "lines are handled")
        twitch.request("DELETE", f"/replays/{replay}")
        last = [twitch.say(channel, "the end") for channel in CHANNELS]
        wait_for(lambda: {x["id"] for x in bots.record(BOT)}.issuperset(last), "everything is handled")
        wait_for(lambda: gaps_of(bots) and all(x["to"] for x in gaps_of(bots)), "all gaps have ended")
        report = bots.report()
        gaps = report["bots"][0]["gaps"]
        self.assertEqual(len(gaps), len(ways) * len(CHANNELS))
        self.assertEqual(report["bots"][0]["gap_count"], len(gaps))
        self.assertTrue(report["balanced"])
        self.assertEqual(bots.process.count("again: what was said there between"), len(gaps))
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_gaps(history, BOT, bots.record(BOT), gaps)[:5], [])
        missed = len({x["id"] for x in history if x["event"] == "line"} - {x["id"] for x in bots.record(BOT)})
        print(f"{len(gaps)} gaps, {missed} lines missed in them", end=" ", flush=True)
        self.assertGreater(missed, 0)

    def test_dropped_sockets_leave_the_gaps_that_are_shown_over_irc(self) -> None:
        self.survive("irc", ("drop", "reset", "finish", "drop"))

    def test_dropped_sockets_leave_the_gaps_that_are_shown_over_wss(self) -> None:
        self.survive("wss", ("drop", "reset", "cut", "drop"))

    def test_status_shows_them(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS}})
        self.wait_until_joined(twitch, BOT, CHANNELS)
        twitch.say("red", "hello")
        self.wait_until_handled(twitch, bots, BOT)
        old = twitch.connections(BOT)[0]["id"]
        self.drop(twitch, bots, "drop")
        self.wait_until_back(twitch, old)
        config = bots.config()
        config["admin"]["listen"] = bots.address()
        bots.write(config, {"ANN_ACCESS_TOKEN": twitch.token(BOT)})
        status, output = self.program("status", "--config", str(bots.config_file), "--env", str(bots.env_file))
        self.assertEqual(status, 0, output)
        self.assertRegex(output, r"(?m)^not read by ann \(the last 2 of 2 gaps\):$")
        self.assertEqual({x for x in CHANNELS if f"#{x}" in output}, set(CHANNELS))
        self.assertEqual(bots.process.stop(), 0)

    def test_a_killed_process_tells_afterwards_what_was_missed(self) -> None:
        lines = self.skip_without_test_data("chat-burst.irc")
        twitch, bots = self.watched()
        replay = twitch.replay(lines, speed="fixed", rate=2000, rounds=0, channels=CHANNELS)
        gaps: list[dict[str, Any]] = []
        for life in itertools.count(1):
            handled = bots.handled(BOT)
            wait_for(lambda: bots.handled(BOT) > handled + 3000, "lines are handled for a while")
            wait_for(lambda: len(gaps_of(bots)) == (len(CHANNELS) if life > 1 else 0)
                     and all(x["to"] for x in gaps_of(bots)), "the gaps before this life have ended")
            gaps += gaps_of(bots)
            if life == 3:
                break
            bots.process.kill()
            wait_for(lambda: not twitch.connections(BOT), "Twitch has noticed it")
            bots.start()
            self.wait_until_joined(twitch, BOT, CHANNELS)
        twitch.request("DELETE", f"/replays/{replay}")
        last = [twitch.say(channel, "the end") for channel in CHANNELS]
        wait_for(lambda: {x["id"] for x in bots.record(BOT)}.issuperset(last), "everything is handled")
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        # What is written down twice a second is at most so old.
        self.assertEqual(check_gaps(history, BOT, bots.record(BOT), gaps, early=2)[:5], [])

    def test_a_stopped_process_tells_afterwards_exactly_what_was_missed(self) -> None:
        twitch, bots = self.watched()
        twitch.say("red", "before")
        self.wait_until_handled(twitch, bots, BOT)
        self.assertEqual(bots.process.stop(), 0)
        missed = [twitch.say(channel, "meanwhile") for channel in CHANNELS]
        bots.start()
        self.wait_until_joined(twitch, BOT, CHANNELS)
        wait_for(lambda: len(gaps_of(bots)) == 2 and all(x["to"] for x in gaps_of(bots)), "the gaps have ended")
        gaps = gaps_of(bots)
        twitch.say("red", "after")
        self.wait_until_handled(twitch, bots, BOT)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_gaps(history, BOT, bots.record(BOT), gaps), [])
        self.assertFalse({x["id"] for x in bots.record(BOT)}.intersection(missed))

    def test_what_was_left_behind_and_can_not_be_read_is_told(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS}}, start=False)
        store = self.folder / "bots-0" / "var"
        store.mkdir()
        (store / "reading.json").write_text("{]", encoding="utf-8")
        bots.start()
        self.wait_until_joined(twitch, BOT, CHANNELS)
        self.assertEqual(bots.process.count("reading.json: .*what was missed since the last run isn't known"), 1)
        self.assertEqual(gaps_of(bots), [])
        self.assertEqual(bots.process.stop(), 0)

    def test_a_folder_is_used_by_one_process_at_a_time(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS}})
        self.wait_until_joined(twitch, BOT, CHANNELS)
        status, output = self.program("run", "--config", str(bots.config_file), "--env", str(bots.env_file))
        self.assertEqual(status, 1)
        self.assertRegex(output, r"store\.path: \S+/var is used by another process")
        twitch.say("red", "hello")
        self.wait_until_handled(twitch, bots, BOT)
        self.assertEqual(bots.process.stop(), 0)
        self.assertEqual(check_lines(twitch.stop(), BOT, bots.record(BOT)), [])
