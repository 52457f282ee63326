"""SIGTERM and SIGINT end the program with status 0 within ten seconds, whatever it is doing."""

import signal

from checker import check_answers, check_lines
from harness import Scenario, wait_for


class Shutdown(Scenario):
    def in_the_middle_of_a_replay(self, number: signal.Signals, transport: str) -> None:
        lines = self.skip_without_test_data("chat-burst.irc")
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}, "bob": {"channels": ["red"]}}, transport)
        for bot in ("ann", "bob"):
            self.wait_until_joined(twitch, bot, ["red"])
        twitch.replay(lines, speed="fixed", rate=5000, rounds=0, channels=["red"])
        wait_for(lambda: bots.handled("ann") > 2000 and bots.handled("bob") > 2000, "the bots are busy")
        self.assertEqual(bots.process.stop(number), 0)
        wait_for(lambda: not twitch.connections(), "the connections were closed")
        history = twitch.stop()
        self.assertEqual(bots.process.count(r"\] stopped$"), 1)
        # The end may be missing; what is there must be right.
        for bot in ("ann", "bob"):
            mine = [x["connection"] for x in history if x["event"] == "login"]
            self.assertEqual(check_lines(history, bot, bots.record(bot), losing=mine), [])

    def test_sigterm_in_the_middle_of_a_replay_over_wss(self) -> None:
        self.in_the_middle_of_a_replay(signal.SIGTERM, "wss")

    def test_sigint_in_the_middle_of_a_replay_over_irc(self) -> None:
        self.in_the_middle_of_a_replay(signal.SIGINT, "irc")

    def test_a_websocket_is_closed_in_order(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, "wss")
        self.wait_until_joined(twitch, "ann", ["red"])
        self.assertEqual(bots.process.stop(), 0)
        self.assertEqual([x["reason"] for x in twitch.stop() if x["event"] == "close"], ["closed by client"])

    def test_while_a_server_says_nothing(self) -> None:
        twitch = self.simulator()
        twitch.fault("half_open", when="connect")
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, "wss")
        wait_for(lambda: twitch.counters()["faults"], "the bot is connected to a server that says nothing")
        self.assertEqual(bots.process.stop(), 0)

    def test_while_waiting_for_the_next_dial(self) -> None:
        twitch = self.simulator()
        twitch.fault("refuse_login", login="ann")
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, "irc", timeouts={"refused_first_ms": 600_000})
        wait_for(lambda: twitch.counters()["logins_refused"], "the login was refused")
        self.assertEqual(bots.process.stop(), 0)

    def test_what_was_read_is_handled_and_what_was_said_is_sent(self) -> None:
        twitch = self.simulator()
        twitch.moderator("ann", "red")
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": {"blocker": {"milliseconds": 1000}, "history": {}}}})
        self.wait_until_joined(twitch, "ann", ["red"])
        twitch.say("red", "block")
        wait_for(lambda: bots.handled("ann", "blocker") == 1, "the cog is busy")
        commands = [twitch.say("red", f"!mark {number}") for number in range(20)]
        wait_for(lambda: bots.report()["bots"][0]["received"] >= 21, "the lines were read")
        self.assertLess(bots.handled("ann", "blocker"), 21)
        self.assertEqual(bots.process.stop(), 0)
        self.assertEqual(bots.process.count("not everything could be finished"), 0)
        history = twitch.stop()
        for cog in ("blocker", "history"):
            self.assertEqual(check_lines(history, "ann", bots.record("ann", cog), losing=[]), [], cog)
        self.assertEqual(check_answers(history, "ann", commands), [])

    def test_a_second_signal_ends_it_at_once(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": {"blocker": {"milliseconds": 60_000}}}})
        self.wait_until_joined(twitch, "ann", ["red"])
        twitch.say("red", "block")
        wait_for(lambda: bots.handled("ann", "blocker") == 1, "the cog is stuck")
        bots.process.send(signal.SIGTERM)
        wait_for(lambda: bots.process.count(r"\] stopping"), "it is about to end")
        bots.process.send(signal.SIGINT)
        self.assertEqual(bots.process.wait(2), 1)
        self.assertEqual(bots.process.count("a second time"), 1)

    def test_while_a_cog_is_stuck(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": {"blocker": {"milliseconds": 60_000}, "history": {}}}})
        self.wait_until_joined(twitch, "ann", ["red"])
        twitch.say("red", "block")
        wait_for(lambda: bots.handled("ann", "blocker") == 1, "the cog is stuck")
        self.assertEqual(bots.process.stop(), 0)
        self.assertEqual(bots.process.count("a cog is stuck"), 1)

    def test_while_messages_wait_for_the_limits(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}})
        self.wait_until_joined(twitch, "ann", ["red"])
        for number in range(30):
            twitch.say("red", f"!mark {number}")
        wait_for(lambda: twitch.messages("ann"), "the bot began to answer")
        self.assertEqual(bots.process.stop(), 0)
