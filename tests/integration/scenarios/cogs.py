"""Cogs that misbehave: what they break is contained."""

import os

from checker import check_answers, check_lines
from harness import Scenario, wait_for


class Cogs(Scenario):
    def test_a_line_whose_handler_throws_is_not_tried_again(self) -> None:
        twitch = self.simulator()
        twitch.moderator("ann", "red")
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": {"thrower": {}, "history": {}}}})
        self.wait_until_joined(twitch, "ann", ["red"])
        commands = []
        for number in range(5):
            twitch.say("red", f"before {number}")
            poison = twitch.say("red", "throw")
            commands += [twitch.say("red", "!alive"), twitch.say("red", f"!mark {number}")]
        for cog in ("thrower", "history"):
            self.wait_until_handled(twitch, bots, "ann", cog=cog)
        wait_for(lambda: len(twitch.messages("ann")) >= len(commands), "every command was answered")
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        for cog in ("thrower", "history"):
            self.assertEqual(check_lines(history, "ann", bots.record("ann", cog)), [], cog)
        # Both answer, each its own command; between them there is no order.
        for mine in (commands[0::2], commands[1::2]):
            problems = [x for x in check_answers(history, "ann", mine) if x.kind != "answered nothing"]
            self.assertEqual(problems, [])
        self.assertEqual(sum(x["n"] == 1 for x in bots.record("ann", "thrower")), 6, "five restarts, each with fresh state")
        self.assertEqual(sum(x["n"] == 1 for x in bots.record("ann", "history")), 1)
        self.assertEqual(bots.process.count(r"a handler threw: as I was told"), 5)
        self.assertGreaterEqual(bots.process.count(rf"the line that caused it, which is not tried again: .*{poison}"), 1)

    def test_more_blocking_cogs_than_cores_hold_up_nobody_else(self) -> None:
        """They have threads of their own: PONGs come in time, and the other cogs handle their lines."""
        twitch = self.simulator("--ping-period", "0.2", "--pong-timeout", "1")
        names = [f"bot{x}" for x in range(2 * (os.cpu_count() or 1) + 4)]
        bots = self.bots(twitch, {x: {"channels": ["red"], "cogs": {"blocker": {}, "history": {}}} for x in names})
        for name in names:
            self.wait_until_joined(twitch, name, ["red"])
        for name in names:
            self.assertTrue(bots.fault("block", f"bots/{name}/cog blocker"))
        answered = twitch.counters()["pongs"]
        for number in range(50):
            twitch.say("red", f"meanwhile {number}")
        for name in names:
            self.wait_until_handled(twitch, bots, name)
        wait_for(lambda: twitch.counters()["pongs"] > answered + 10 * len(names), "PINGs are answered for a while")
        self.assertEqual([bots.handled(x, "blocker") for x in names], [0] * len(names), "all of them are still blocked")
        self.assertTrue(bots.report()["balanced"])
        self.assertEqual(bots.process.stop(deadline=30), 0)  # with threads that can't be ended
        history = twitch.stop()
        self.assertEqual(sum(x["event"] == "login" for x in history), len(names), "no connection was dropped")
        for name in names:
            self.assertEqual(check_lines(history, name, bots.record(name)), [])

    def test_a_cog_that_says_it_never_waits_and_does_is_given_a_thread(self) -> None:
        twitch = self.simulator("--ping-period", "0.2", "--pong-timeout", "1")
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": {"pretender": {}, "history": {}}}},
                         supervision={"cog": {"stuck_after_ms": 1000}})
        self.wait_until_joined(twitch, "ann", ["red"])
        twitch.say("red", "before")
        self.wait_until_handled(twitch, bots, "ann", cog="pretender")
        path = "bots/ann/cog pretender"
        for times in (1, 2):
            self.assertTrue(bots.fault("block", path))
            wait_for(lambda: bots.actors()[path]["abandoned"] == times and bots.actors()[path]["state"] == "running",
                     "it is given up and replaced")
            twitch.say("red", "afterwards")
            for cog in ("pretender", "history"):
                self.wait_until_handled(twitch, bots, "ann", cog=cog)
        self.assertEqual(bots.process.count("it says that it never waits, and did: it gets a thread of its own"), 1)
        self.assertTrue(bots.report()["balanced"])
        bots.process.stop(deadline=30)  # with threads that can't be ended
        history = twitch.stop()
        self.assertEqual(sum(x["event"] == "login" for x in history), 1, "the connection was not dropped")
        for cog in ("pretender", "history"):
            self.assertEqual(check_lines(history, "ann", bots.record("ann", cog)), [], cog)

    def test_a_cog_that_takes_its_time_to_start_misses_nothing(self) -> None:
        """Lines that arrive while its constructor runs wait for it."""
        twitch = self.simulator()
        cogs = {"blocker": {"milliseconds": 1500, "at_start": True}, "history": {}}
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": cogs}})
        self.wait_until_joined(twitch, "ann", ["red"])
        for number in range(10):
            twitch.say("red", f"already talking {number}")
        for cog in cogs:
            self.wait_until_handled(twitch, bots, "ann", cog=cog)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        for cog in cogs:
            self.assertEqual(check_lines(history, "ann", bots.record("ann", cog)), [])

    def test_a_command_of_another_bot_with_the_same_prefix_is_not_obeyed_by_itself(self) -> None:
        """What a bot says itself, as another connection of its account sees it, is no command: no bot talks to itself."""
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"account": "creamy", "channels": ["red"], "cogs": {"speaker": {}}},
                                  "bob": {"account": "creamy", "channels": ["red"], "cogs": {"history": {}}}})
        self.wait_until_joined(twitch, "creamy", ["red"])
        wait_for(lambda: len(twitch.connections("creamy")) == 2 and all(x["channels"] for x in twitch.connections("creamy")),
                 "both bots are in the channel")
        twitch.say("red", '!speak "!mark me"')
        wait_for(lambda: len(bots.record("bob")) >= 2, "the other bot has seen what was said")
        twitch.say("red", "!mark this")
        wait_for(lambda: len(twitch.messages("creamy")) >= 2, "a viewer's command is obeyed")
        self.assertEqual([x["text"] for x in twitch.messages("creamy")], ["!mark me", "mark this"])
        self.assertEqual(bots.process.stop(), 0)
