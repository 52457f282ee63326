"""What Twitch counts per account: messages, JOINs and channels, however many bots and connections an account has."""

from checker import check_answers, check_limits, check_lines
from harness import Scenario, wait_for


class Accounts(Scenario):
    def test_two_bots_on_one_account_share_one_budget(self) -> None:
        """Thirty answers are due at once, twenty of them may be given within thirty seconds."""
        twitch = self.simulator()
        channels = {"ann": ["a1", "a2", "a3", "a4", "a5"], "bob": ["b1", "b2", "b3", "b4", "b5"]}
        bots = self.bots(twitch, {bot: {"account": "creamy", "channels": where} for bot, where in channels.items()})
        everywhere = [channel for where in channels.values() for channel in where]
        self.wait_until_joined(twitch, "creamy", everywhere)
        commands = [twitch.say(channel, f"!mark {number}") for number in range(3) for channel in everywhere]
        wait_for(lambda: len(twitch.messages("creamy")) >= len(commands), "all commands were answered", 60)
        for bot, where in channels.items():
            self.wait_until_handled(twitch, bots, bot, "creamy", channels=where)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        messages = [x for x in history if x["event"] == "message"]
        self.assertGreater(messages[-1]["at"] - messages[0]["at"], 30_000_000, "the budget was never used up")
        self.assertEqual({x["verdict"] for x in messages}, {"delivered"})
        self.assertEqual(check_limits(history), [])
        self.assertEqual(check_answers(history, "creamy", commands), [])
        for bot, where in channels.items():
            self.assertEqual(check_lines(history, "creamy", bots.record(bot), bot, where), [])

    def test_a_moderator_says_more(self) -> None:
        """Forty answers in one channel within seconds, where twenty in thirty seconds would be the limit for others."""
        twitch = self.simulator()
        twitch.moderator("ann", "red")
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}})
        self.wait_until_joined(twitch, "ann", ["red"])
        commands = [twitch.say("red", f"!mark {number}") for number in range(40)]
        wait_for(lambda: len(twitch.messages("ann")) >= 40, "all commands were answered")
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_answers(history, "ann", commands), [])
        self.assertEqual(check_limits(history, {("ann", "red")}), [])

    def test_sixty_channels_are_spread_over_two_connections(self) -> None:
        twitch = self.simulator()
        channels = [f"channel_{number}" for number in range(60)]
        bots = self.bots(twitch, {"ann": {"channels": channels}}, "wss")
        self.wait_until_joined(twitch, "ann", channels, 60)
        sizes = sorted(x["channels"] for x in twitch.connections("ann"))
        self.assertEqual((len(sizes), sum(sizes)), (2, 60))
        self.assertLessEqual(max(sizes), 50)
        for channel in channels:
            twitch.say(channel, f"hello {channel}")
        self.wait_until_handled(twitch, bots, "ann")
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual({x["verdict"] for x in history if x["event"] == "join"}, {"joined"})
        self.assertEqual(len([x for x in history if x["event"] == "join"]), 60)
        self.assertEqual(check_limits(history), [])
        self.assertEqual(check_lines(history, "ann", bots.record("ann")), [])

    def refused_join(self, setting: str, expected: str) -> None:
        """A channel that can't be joined is tried again, seen in the log, and hinders no other; later it is joined after all."""
        twitch = self.simulator()
        twitch.room("odd", **{setting: True})
        bots = self.bots(twitch, {"ann": {"channels": ["odd", "red"]}}, timeouts={"join_timeout_ms": 500})
        self.wait_until_joined(twitch, "ann", ["red"])
        wait_for(lambda: sum(x["channel"] == "odd" for x in twitch.events("join")) >= 3, "the channel was tried three times")
        self.assertRegex(bots.process.output, rf"can't join #odd \(attempt 1\): .*{expected}")
        wait_for(lambda: bots.process.count(r"can't join #odd \(attempt 2\)"), "the second failure is in the log")
        twitch.room("odd", **{setting: False})
        self.wait_until_joined(twitch, "ann", ["odd", "red"])
        commands = [twitch.say("odd", "!mark at last")]
        wait_for(lambda: twitch.messages("ann"), "the command was answered")
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_answers(history, "ann", commands), [])
        self.assertEqual(check_limits(history), [])

    def test_a_channel_that_answers_nothing_is_tried_again(self) -> None:
        self.refused_join("silent", "no answer")

    def test_a_suspended_channel_is_tried_again(self) -> None:
        self.refused_join("suspended", "suspended")

    def test_a_channel_that_does_not_exist_is_tried_again(self) -> None:
        self.refused_join("missing", "")
