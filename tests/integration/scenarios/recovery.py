"""Connections that end: reset, in good order, without anybody noticing, in the middle of a line, and because Twitch says so.
The bots come back by themselves; what they were sent meanwhile is handled exactly once."""

import time
import unittest

from checker import check_answers, check_limits, check_lines
from harness import Bots, Scenario, Simulator, wait_for

BOT = "ann"
CHANNELS = ["red", "green"]


class Recovery(Scenario):
    def begin(self, transport: str) -> tuple[Simulator, Bots]:
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS}}, transport)
        self.wait_until_joined(twitch, BOT, CHANNELS)
        self.talk(twitch, "before")
        self.wait_until_handled(twitch, bots, BOT)
        return twitch, bots

    def talk(self, twitch: Simulator, what: str) -> None:
        for number in range(5):
            for channel in CHANNELS:
                twitch.say(channel, f"{what} {number}")

    def struck(self, twitch: Simulator, kind: str, **settings: object) -> int:
        """Lets a fault strike the bot's connection; returns which one that is."""
        connection = int(twitch.connections(BOT)[0]["id"])
        self.assertEqual(twitch.fault(kind, connection=connection, **settings), 1)
        return connection

    def wait_until_back(self, twitch: Simulator, old: int) -> None:
        """Waits until the bot is in its channels on another connection, and on no other one."""
        wait_for(lambda: [x["channels"] for x in twitch.connections(BOT) if x["id"] > old] == [len(CHANNELS)],
                 "the bot is in its channels on another connection")

    def lines_flow_again(self, twitch: Simulator, bots: Bots) -> None:
        """After a recovery: chat is handled, commands are answered, and the history is without fault from its beginning on."""
        before = bots.handled(BOT)
        self.talk(twitch, "after")
        commands = [twitch.say("red", "!mark recovered")]
        wait_for(lambda: bots.handled(BOT) >= before + 11, "11 lines were handled after the recovery")
        wait_for(lambda: twitch.messages(BOT), "the command was answered")
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_lines(history, BOT, bots.record(BOT)), [])
        self.assertEqual(check_answers(history, BOT, commands), [])
        self.assertEqual(check_limits(history), [])

    def drop(self, kind: str, transport: str) -> None:
        twitch, bots = self.begin(transport)
        for _ in range(3):
            self.talk(twitch, "meanwhile")  # some of it is on its way when the connection goes
            self.wait_until_back(twitch, self.struck(twitch, kind))
        self.lines_flow_again(twitch, bots)

    def test_a_reset_connection_is_replaced_over_wss(self) -> None:
        self.drop("reset", "wss")

    def test_a_reset_connection_is_replaced_over_irc(self) -> None:
        self.drop("reset", "irc")

    def test_a_connection_that_ended_in_order_is_replaced_over_ws(self) -> None:
        self.drop("finish", "ws")

    def test_a_connection_that_ended_in_order_is_replaced_over_ircs(self) -> None:
        self.drop("finish", "ircs")

    def test_a_line_that_is_cut_is_not_handled(self) -> None:
        twitch, bots = self.begin("irc")
        old = self.struck(twitch, "cut", bytes=40)
        twitch.say("red", "this line arrives as its first forty bytes")
        self.wait_until_back(twitch, old)
        self.lines_flow_again(twitch, bots)

    def test_a_garbage_line_disturbs_nothing(self) -> None:
        twitch, bots = self.begin("irc")
        for text in ("@", ":", "@a=b", "   ", "\u0001\u0002 PRIVMSG", "@;;=;= :x PRIVMSG", "PRIVMSG", "CLEARCHAT :red", "001",
                     "JOIN"):
            self.struck(twitch, "garbage", text=text)
        self.assertEqual(len(twitch.connections(BOT)), 1)
        self.assertEqual(len(twitch.events("connect")), 1)
        self.lines_flow_again(twitch, bots)

    def test_a_half_open_connection_is_found_by_a_ping(self) -> None:
        twitch, bots = self.begin("wss")
        old = self.struck(twitch, "half_open")
        self.talk(twitch, "into the void")
        self.wait_until_back(twitch, old)
        self.assertEqual(bots.process.count("half-open"), 1)
        twitch.clear_faults()
        self.lines_flow_again(twitch, bots)

    def test_a_connection_that_is_half_open_from_the_beginning_is_found(self) -> None:
        twitch = self.simulator()
        twitch.fault("half_open", when="connect", count=2)
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS}}, "irc")
        self.wait_until_joined(twitch, BOT, CHANNELS)
        self.assertEqual(len(twitch.events("connect")), 3)
        twitch.clear_faults()
        self.lines_flow_again(twitch, bots)

    def test_a_server_that_answers_no_ping_is_left(self) -> None:
        twitch, bots = self.begin("ws")
        self.wait_until_back(twitch, self.struck(twitch, "ignore_ping"))
        self.lines_flow_again(twitch, bots)

    def test_an_idle_connection_is_kept(self) -> None:
        """Pings that are answered keep a connection alive: several times the time-out passes without any chat."""
        twitch, bots = self.begin("irc")
        begun = time.monotonic()
        wait_for(lambda: time.monotonic() > begun + 4, "four seconds have passed")
        self.assertEqual(len(twitch.events("connect")), 1)
        self.lines_flow_again(twitch, bots)

    # -- RECONNECT

    def reconnect(self, transport: str, lagging: bool = False) -> None:
        """Chat goes on at a steady rate while Twitch replaces the connection several times: no gap, nothing twice. One of the
        two connections has a delay of some tenths of a second: the new one, or, if `lagging`, the old one."""
        lines = self.skip_without_test_data("chat-burst.irc")
        twitch, bots = self.begin(transport)
        replay = twitch.replay(lines, speed="fixed", rate=800, channels=CHANNELS)
        for _ in range(3):
            if lagging:
                self.struck(twitch, "slow", latency="300ms")
            else:
                twitch.fault("slow", when="login", count=1, latency="200ms")
            self.wait_until_back(twitch, self.struck(twitch, "reconnect"))
        wait_for(lambda: twitch.replay_status(replay)["state"] == "done", "the replay is over", 30)
        self.wait_until_handled(twitch, bots, BOT, deadline=5 if lagging else 20)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        overlap = [x for x in history if x["event"] == "line" and len(x["to"]) > 1]
        self.assertGreater(len(overlap), 0, "no line came by both connections: nothing was tried here")
        self.assertEqual(check_lines(history, BOT, bots.record(BOT), losing=[]), [])
        self.assertEqual(check_limits(history), [])

    def test_reconnect_makes_no_gap_and_doubles_nothing_over_wss(self) -> None:
        self.reconnect("wss")

    def test_reconnect_makes_no_gap_and_doubles_nothing_over_irc(self) -> None:
        self.reconnect("irc")

    def test_reconnect_waits_for_what_the_old_connection_still_has_to_say(self) -> None:
        """What lags behind on the old connection when the new one is ready comes first, and nothing of it is lost."""
        self.reconnect("irc", lagging=True)
