"""Four thousand real lines of a large channel, as fast as the bot takes them: each is handled exactly once, in order."""

from checker import check_limits, check_lines
from harness import Scenario, wait_for

LINES = 4000


class Replay(Scenario):
    def full_speed(self, transport: str, lines_per_frame: int = 1, rounds: int = 1) -> None:
        lines = self.skip_without_test_data("chat-burst.irc")
        twitch = self.simulator("--lines-per-frame", str(lines_per_frame))
        bots = self.bots(twitch, {"ann": {"channels": ["red", "green", "blue"]}}, transport)
        self.wait_until_joined(twitch, "ann", ["red", "green", "blue"])
        replay = twitch.replay(lines, speed="fastest", rounds=rounds, channels=["red", "green", "blue"])
        wait_for(lambda: twitch.replay_status(replay)["state"] == "done", "the replay is over", 60)
        sent = twitch.replay_status(replay)["sent"]
        self.assertEqual(sent, LINES * rounds)
        wait_for(lambda: bots.handled("ann") >= sent, f"{sent} lines were handled", 60)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_lines(history, "ann", bots.record("ann")), [])
        self.assertEqual(check_limits(history), [])
        # What the test is worth: every one of these lines was there to be lost, and nothing was repaired by a new connection.
        self.assertEqual(sum(x["event"] == "line" for x in history), sent)
        self.assertEqual(sum(x["event"] == "connect" for x in history), 1)

    def test_real_lines_over_ws(self) -> None:
        self.full_speed("ws")

    def test_real_lines_over_ws_with_sixteen_in_a_frame(self) -> None:
        self.full_speed("ws", lines_per_frame=16)

    def test_real_lines_over_wss(self) -> None:
        self.full_speed("wss")

    def test_real_lines_over_irc(self) -> None:
        self.full_speed("irc")

    def test_real_lines_over_ircs(self) -> None:
        self.full_speed("ircs")

    def test_real_lines_eight_times_over_irc(self) -> None:
        """As many as fit into the queue of a cog that is slower than the network: none of them may be shed."""
        self.full_speed("irc", rounds=8)

    def test_real_lines_cut_anywhere(self) -> None:
        """The bytes come in pieces of a size that has nothing to do with lines."""
        lines = self.skip_without_test_data("chat-modern-tags.irc")
        twitch = self.simulator()
        twitch.fault("slice", when="connect", bytes=37)
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, "ircs")
        self.wait_until_joined(twitch, "ann", ["red"])
        replay = twitch.replay(lines, speed="fastest", channels=["red"])
        wait_for(lambda: twitch.replay_status(replay)["state"] == "done", "the replay is over", 60)
        self.wait_until_handled(twitch, bots, "ann")
        self.assertEqual(bots.process.stop(), 0)
        self.assertEqual(check_lines(twitch.stop(), "ann", bots.record("ann")), [])
