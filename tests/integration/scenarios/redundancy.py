"""`redundancy: 2`: every channel is read over two connections; losing either makes no gap, and every line is handled once."""

from checker import check_answers, check_limits, check_lines
from harness import Bots, Scenario, Simulator, wait_for

BOT = "ann"
CHANNELS = ["red", "green"]


class Redundancy(Scenario):
    def begin(self, transport: str) -> tuple[Simulator, Bots]:
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS, "redundancy": 2}}, transport)
        self.wait_for_both(twitch)
        return twitch, bots

    def wait_for_both(self, twitch: Simulator, after: int = 0) -> None:
        """Waits until both connections are in all channels, one of them a younger one than `after`."""
        wait_for(lambda: [x["channels"] for x in twitch.connections(BOT)] == [len(CHANNELS)] * 2
                 and max(x["id"] for x in twitch.connections(BOT)) > after, "both connections are in all channels")

    def survive(self, transport: str) -> None:
        lines = self.skip_without_test_data("chat-burst.irc")
        twitch, bots = self.begin(transport)
        replay = twitch.replay(lines, speed="fixed", rate=1500, rounds=2, channels=CHANNELS)
        lost = 0
        while twitch.replay_status(replay)["state"] != "done" and lost < 6:
            victim = twitch.connections(BOT)[lost % 2]["id"]
            newest = max(x["id"] for x in twitch.connections(BOT))
            self.assertEqual(twitch.fault("reset", connection=victim), 1)
            lost += 1
            self.wait_for_both(twitch, newest)
        wait_for(lambda: twitch.replay_status(replay)["state"] == "done", "the replay is over", 30)
        self.wait_until_handled(twitch, bots, BOT)
        self.assertGreaterEqual(lost, 3, "connections were lost while lines were in flight")
        report = bots.report()
        self.assertTrue(report["balanced"])
        self.assertGreater(report["bots"][0]["duplicates"], 1000)
        self.assertEqual(report["bots"][0]["gaps"], [])
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_lines(history, BOT, bots.record(BOT), losing=[])[:5], [], "no gap, nothing twice")
        self.assertEqual(check_limits(history), [])

    def test_losing_either_connection_makes_no_gap_over_irc(self) -> None:
        self.survive("irc")

    def test_losing_either_connection_makes_no_gap_over_wss(self) -> None:
        self.survive("wss")

    def test_what_the_bot_says_it_says_once_and_does_not_hear(self) -> None:
        twitch, bots = self.begin("irc")
        commands = []
        for number in range(3):
            commands.append(twitch.say("red", f"!mark {number}"))
            wait_for(lambda: len(twitch.messages(BOT)) == number + 1, "the command was answered")
            victim = max(x["id"] for x in twitch.connections(BOT))
            twitch.fault("reset", connection=min(x["id"] for x in twitch.connections(BOT)))
            self.wait_for_both(twitch, victim)
        wait_for(lambda: bots.report()["accounts"][0]["confirmed"] == 3, "all were confirmed")
        self.assertEqual(bots.handled(BOT), 3)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_answers(history, BOT, commands), [])
        self.assertEqual(check_limits(history), [])
