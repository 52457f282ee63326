"""Consumers that are too slow: the server is made to wait, memory stays bounded, others aren't affected, and afterwards
everything that wasn't shed arrives exactly once. (A blocked router is tried in router_blocked_test.cpp.)"""

import signal
import time

from checker import check_lines
from harness import JUDGES_MEMORY, Bots, Scenario, wait_for

MIB = 1 << 20


class Overload(Scenario):
    def test_a_process_that_stands_still_makes_the_server_wait(self) -> None:
        lines = self.skip_without_test_data("chat-burst.irc")
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, "ws")
        self.wait_until_joined(twitch, "ann", ["red"])
        bots.process.send(signal.SIGSTOP)
        # More than the kernel's buffers hold, and still no more than fits into the queue of a cog.
        replay = twitch.replay(lines, speed="fastest", rounds=8, channels=["red"])
        sent = seconds = 0.0

        def nothing_was_sent_for_three_seconds() -> bool:
            nonlocal sent, seconds
            if (now := twitch.replay_status(replay)["sent"]) != sent:
                sent, seconds = now, time.monotonic()
            return time.monotonic() - seconds > 3

        # Longer than the bot waits for a PONG.
        wait_for(nothing_was_sent_for_three_seconds, "the server waits")
        self.assertGreater(twitch.connections("ann")[0]["queued"], MIB, "the server's queue is full")
        self.assertLess(sent, 8 * 4000)
        bots.process.send(signal.SIGCONT)
        wait_for(lambda: twitch.replay_status(replay)["state"] == "done", "the replay is over", 60)
        wait_for(lambda: bots.handled("ann") >= 8 * 4000, "everything was handled", 60)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_lines(history, "ann", bots.record("ann"), losing=[]), [])
        self.assertEqual(sum(x["event"] == "connect" for x in history), 1)

    def test_a_blocked_cog_holds_up_nobody_and_loses_nothing(self) -> None:
        """As long as its queue isn't full."""
        lines = self.skip_without_test_data("chat-burst.irc")
        twitch = self.simulator()
        cogs = {"history": {}, "blocker": {"milliseconds": 4000}}
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": cogs}}, "ws")
        self.wait_until_joined(twitch, "ann", ["red"])
        twitch.say("red", "block")
        wait_for(lambda: bots.handled("ann", "blocker") == 1, "the cog is about to block")
        twitch.replay(lines, speed="fastest", channels=["red"])
        wait_for(lambda: bots.handled("ann") == 4001, "the other cog has handled everything")
        self.assertEqual(bots.handled("ann", "blocker"), 1, "it is still blocked")
        wait_for(lambda: bots.handled("ann", "blocker") == 4001, "the blocked cog has handled everything")
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        for cog in cogs:
            self.assertEqual(check_lines(history, "ann", bots.record("ann", cog)), [])

    def test_a_cog_blocked_for_ten_seconds_at_full_speed_takes_bounded_memory(self) -> None:
        """More than its queue holds arrives meanwhile: the oldest chat is shed, nothing comes twice or out of order, and the
        other cog doesn't notice."""
        lines = self.skip_without_test_data("chat-burst.irc")
        twitch = self.simulator()
        cogs = {"history": {}, "blocker": {"milliseconds": 10_000}}
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": cogs}}, "irc")
        self.wait_until_joined(twitch, "ann", ["red"])
        before = bots.process.resident_bytes()
        twitch.say("red", "block")
        wait_for(lambda: bots.handled("ann", "blocker") == 1, "the cog is about to block")
        rounds = 25  # 100,000 lines, 31 MB
        replay = twitch.replay(lines, speed="fixed", rate=14_000, rounds=rounds, channels=["red"])
        peak = before

        def is_over() -> bool:
            nonlocal peak
            peak = max(peak, bots.process.resident_bytes())
            return twitch.replay_status(replay)["state"] == "done"

        wait_for(is_over, "the replay is over", 60)
        wait_for(lambda: bots.handled("ann") == 1 + rounds * 4000, "the other cog has handled everything", 60)
        last = twitch.say("red", "the last one")
        wait_for(lambda: (record := bots.record("ann", "blocker")) and record[-1]["id"] == last,
                 "the blocked cog came to the last line", 60)
        if JUDGES_MEMORY:
            self.assertLess(peak - before, 64 * MIB)
        self.wait_until_it_says_what_was_shed(bots)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_lines(history, "ann", bots.record("ann")), [])
        problems = check_lines(history, "ann", bots.record("ann", "blocker"))
        self.assertEqual({x.kind for x in problems}, {"lost"}, "some of it was shed, and nothing else happened")
        self.assertLess(len(problems), rounds * 4000)

    def wait_until_it_says_what_was_shed(self, bots: Bots) -> None:
        wait_for(lambda: bots.process.count(r"blocker.*shed"), "the log says that lines for the blocked cog were shed")
