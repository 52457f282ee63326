"""Logins that are refused: other accounts go on, nothing is hammered, and as soon as Twitch accepts the token the bot works,
without a restart of the process."""

from checker import check_limits, check_lines
from harness import Scenario, wait_for


class Login(Scenario):
    def test_a_refused_login_is_tried_again_until_it_is_accepted(self) -> None:
        twitch = self.simulator()
        twitch.fault("refuse_login", login="ann")
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}, "bob": {"channels": ["red"]}}, "wss")
        self.wait_until_joined(twitch, "bob", ["red"])
        wait_for(lambda: twitch.counters()["logins_refused"] >= 3, "three logins were refused")
        self.assertGreaterEqual(bots.process.count(r"Twitch refused the login of ann"), 1)
        self.assertEqual(twitch.members("ann"), set())

        twitch.clear_faults()
        self.wait_until_joined(twitch, "ann", ["red"])
        twitch.say("red", "!mark welcome")
        for bot in ("ann", "bob"):
            wait_for(lambda: twitch.messages(bot), f"{bot} answers")
            self.wait_until_handled(twitch, bots, bot)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        for bot in ("ann", "bob"):
            self.assertEqual(check_lines(history, bot, bots.record(bot)), [])
        self.assertEqual(check_limits(history), [])

    def test_a_token_that_twitch_does_not_know_is_not_used(self) -> None:
        """It is asked about once, and waits in .env for somebody who changes it; the other bot goes on."""
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}, "bob": {"channels": ["red"]}}, "irc", start=False)
        token = twitch.tokens["ann"]
        twitch.request("DELETE", f"/tokens/{token}")
        bots.start()
        wait_for(lambda: bots.process.count(r"error .*ann: Twitch doesn't accept the token any more: invalid access token"),
                 "the log tells that the token isn't good")
        self.wait_until_joined(twitch, "bob", ["red"])
        twitch.say("red", "!mark alone")
        wait_for(lambda: twitch.messages("bob"), "the other one answers")
        self.assertEqual(bots.process.stop(), 0)
        counters = twitch.counters()
        self.assertEqual((counters["validations"], counters["unauthorized"], counters["logins_refused"]), (2, 1, 0))
        twitch.request("POST", "/accounts", {"login": "ann", "token": token})
        bots.start()
        self.wait_until_joined(twitch, "ann", ["red"])

    def test_a_token_revoked_in_the_middle_is_noticed(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, "ws")
        self.wait_until_joined(twitch, "ann", ["red"])
        twitch.request("DELETE", f"/tokens/{twitch.tokens['ann']}")
        wait_for(lambda: bots.process.count("the login was refused"), "the log tells that the login was refused")
        twitch.request("POST", "/accounts", {"login": "ann", "token": twitch.tokens["ann"]})
        self.wait_until_joined(twitch, "ann", ["red"])

    def test_a_rejected_token_is_not_hammered(self) -> None:
        """With the time-outs of real life: the first pause after a refusal is at least five seconds."""
        twitch = self.simulator()
        twitch.fault("refuse_login", login="ann")
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, "irc", timeouts={"refused_first_ms": 10_000})
        wait_for(lambda: twitch.counters()["logins_refused"] >= 1, "a login was refused")
        self.assertEqual(bots.process.stop(), 0)
        self.assertEqual(twitch.counters()["logins_refused"], 1)
        self.assertEqual(bots.process.count(r"dialling again in ([5-9]\.\d|10\.0|10) s"), 1)

    def test_an_anonymous_bot_reads_and_says_nothing(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {"reader": {"anonymous": True, "channels": ["red"]}}, "wss", start=False)
        config = bots.config()
        del config["bots"]["reader"]["account"]
        bots.write(config, {})
        bots.start()
        login = wait_for(lambda: next((x["login"] for x in twitch.connections() if x["channels"]), ""), "it is in its channel")
        self.assertRegex(login, r"^justinfan\d+$")
        twitch.say("red", "!mark nothing to be said")
        self.wait_until_handled(twitch, bots, "reader", login)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_lines(history, login, bots.record("reader")), [])
        self.assertEqual([x for x in history if x["event"] == "message"], [])
