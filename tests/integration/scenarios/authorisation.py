"""How bots get their tokens: on a page of the running service, with `creamery auth`, or with a code for another device; and all
that may go wrong with it."""

import re
import socket

from harness import Bots, Process, Scenario, Simulator, wait_for


class Authorisation(Scenario):
    def begin(self, start: bool = True) -> tuple[Simulator, Bots]:
        """A bot that has no token, and one that has."""
        twitch = self.simulator()
        bots = self.bots(twitch, {bot: {"channels": ["red"]} for bot in ("ann", "bob")}, without_token=["ann"], start=start)
        for bot in ("ann", "bob"):
            twitch.moderator(bot, "red")
        if start:
            self.wait_until_joined(twitch, "bob", ["red"])
        return twitch, bots

    def end(self, twitch: Simulator, bots: Bots) -> None:
        """Both bots are there, and nothing had to be started anew for it."""
        self.wait_until_joined(twitch, "ann", ["red"])
        for bot in ("ann", "bob"):
            self.wait_until_it_answers(twitch, bot, "red")
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual([x["login"] for x in history if x["event"] == "grant"], ["ann"])
        self.assertEqual([x for x in history if x["event"] == "login_refused"], [])

    def auth(self, bots: Bots, *arguments: str) -> Process:
        return self.command(bots, "auth", *arguments, "--no-browser")

    def refused(self, bots: Bots, expected: str, *arguments: str) -> None:
        """`creamery auth` ends at once, with status 1 and this message."""
        process = self.auth(bots, *arguments)
        self.assertEqual(process.wait(), 1, process.output)
        self.assertRegex(process.output, expected)

    # -- on the pages of the running service

    def test_a_bot_without_a_token_waits_and_joins_when_it_is_given_one(self) -> None:
        twitch, bots = self.begin()
        wait_for(lambda: bots.asks_for("ann"), "the page offers it")
        port = bots.config()["bots"]["ann"]["auth_port"]
        self.assertRegex(bots.process.output, rf"error .*ann: there is no token yet\. Others go on; open http://localhost:{port}"
                                              r"/start/ann or run: creamery auth ann")
        status, overview = self.browse(twitch, f"http://localhost:{port}/")
        self.assertEqual(status, 200)
        self.assertRegex(overview, r"bot ann needs an authorisation of the account ann")
        self.wait_until_it_answers(twitch, "bob", "red")
        self.assertEqual([x for x in twitch.events("login", "login_refused") if x["login"] == "ann"], [])
        self.authorise(twitch, bots, "ann")
        self.wait_until_joined(twitch, "ann", ["red"])
        wait_for(lambda: not bots.asks_for("ann"), "nobody is asked any more")
        self.end(twitch, bots)

    def test_who_says_no_is_asked_again(self) -> None:
        twitch, bots = self.begin()
        wait_for(lambda: bots.asks_for("ann"), "the page offers it")
        twitch.consent("deny")
        status, page = self.browse(twitch, bots.start_url("ann"))
        self.assertEqual(status, 400)
        self.assertIn("The user denied you access", page)
        self.assertEqual(bots.process.count(r"warning .*ann was not authorised: The user denied you access"), 1)
        self.authorise(twitch, bots, "ann")
        self.end(twitch, bots)

    def test_another_account_than_the_bots_is_not_taken(self) -> None:
        """Its token is given back, and nothing is stored."""
        twitch, bots = self.begin()
        wait_for(lambda: bots.asks_for("ann"), "the page offers it")
        twitch.consent("approve", "eve")
        status, page = self.browse(twitch, bots.start_url("ann"))
        self.assertEqual(status, 400)
        self.assertRegex(page, "you are logged in at Twitch as 'eve', but the account 'ann' is needed")
        wait_for(lambda: [x["login"] for x in twitch.events("revoked")] == ["eve"], "the token is revoked")
        self.assertFalse((bots.store / "tokens.vault").exists())
        self.assertTrue(bots.asks_for("ann"))
        twitch.consent("approve", "ann")
        self.assertEqual(self.browse(twitch, bots.start_url("ann"))[0], 200)
        self.wait_until_joined(twitch, "ann", ["red"])
        self.wait_until_it_answers(twitch, "ann", "red")

    def test_two_bots_that_turn_out_to_have_one_account_share_it_after_a_restart(self) -> None:
        """Until then the first one has it: two that renew the same token would lose it."""
        twitch = self.simulator()
        bots = self.bots(twitch, {bot: {"account": "", "channels": [channel]} for bot, channel in (("one", "red"), ("two", "green"))},
                         without_token=["one", "two"])
        self.authorise(twitch, bots, "one", "ann")
        self.wait_until_joined(twitch, "ann", ["red"])
        self.authorise(twitch, bots, "two", "ann")
        wait_for(lambda: bots.process.count(r"warning .*two: the account ann is that of one, too: restart the service"),
                 "it is told what to do")
        self.wait_until_it_answers(twitch, "ann", "red")
        self.assertEqual(twitch.members("ann"), {"red"})
        self.assertEqual(bots.process.stop(), 0)
        bots.start()
        self.wait_until_joined(twitch, "ann", ["red", "green"])
        for channel in ("red", "green"):
            self.wait_until_it_answers(twitch, "ann", channel)
        self.assertEqual([x["name"] for x in bots.report()["accounts"]], ["ann"])

    def test_an_answer_to_no_question_changes_nothing(self) -> None:
        """Somebody lures the owner's browser to an answer of their own: its state is unknown."""
        twitch, bots = self.begin()
        wait_for(lambda: bots.asks_for("ann"), "the page offers it")
        page = bots.start_url("ann").partition("start/")[0]
        for query in ("code=stolen&state=guessed", "code=stolen", "error=access_denied&state=guessed"):
            status, text = self.browse(twitch, f"{page}?{query}")
            self.assertEqual(status, 400, query)
            self.assertIn("This answer belongs to no question of ours", text)
        self.assertEqual(twitch.events("api_call")[-1]["path"], "/oauth2/validate", "no code was tried")
        self.authorise(twitch, bots, "ann")
        self.end(twitch, bots)

    def test_a_port_that_is_free_later_is_taken_then(self) -> None:
        twitch, bots = self.begin(start=False)
        port = bots.config()["bots"]["ann"]["auth_port"]
        with socket.create_server(("127.0.0.1", port)):
            bots.start()
            wait_for(lambda: bots.process.count(rf"warning .*no authorisation can be given at http://localhost:{port}"),
                     "the log tells that the port is in use")
            self.wait_until_joined(twitch, "bob", ["red"])
        self.authorise(twitch, bots, "ann")
        self.end(twitch, bots)

    # -- with `creamery auth`

    def test_creamery_auth_finds_the_page_of_the_running_service(self) -> None:
        twitch, bots = self.begin()
        wait_for(lambda: bots.asks_for("ann"), "the page offers it")
        process = self.auth(bots, "ann")
        wait_for(lambda: "The running service leads through it. Open: " + bots.start_url("ann") in process.output,
                 "it has found the page")
        self.authorise(twitch, bots, "ann")
        self.assertEqual(process.wait(), 0)
        self.assertIn("ann is authorised as ann", process.output)
        self.end(twitch, bots)

    def test_creamery_auth_needs_no_service(self) -> None:
        twitch, bots = self.begin(start=False)
        process = self.auth(bots, "ann")
        wait_for(lambda: bots.start_url("ann") in process.output, "it tells the address")
        self.authorise(twitch, bots, "ann")
        self.assertEqual(process.wait(), 0)
        self.assertRegex(process.output, "log in at Twitch as 'ann'")
        bots.start()
        self.end(twitch, bots)
        self.assertEqual(bots.process.count("no token"), 0)

    def test_creamery_auth_fails_when_the_owner_says_no(self) -> None:
        twitch, bots = self.begin(start=False)
        for mode, login, expected in (("deny", "", "not authorised: The user denied you access"),
                                      ("approve", "eve", "you are logged in at Twitch as 'eve', but the account 'ann'")):
            process = self.auth(bots, "ann")
            wait_for(lambda: bots.asks_for("ann"), "the page offers it")
            twitch.consent(mode, login)
            self.assertEqual(self.browse(twitch, bots.start_url("ann"))[0], 400)
            self.assertEqual(process.wait(), 1)
            self.assertIn(expected, process.output)
        self.assertFalse((bots.store / "tokens.vault").exists())

    def test_creamery_auth_tells_who_can_not_be_authorised_and_why(self) -> None:
        _, bots = self.begin(start=False)
        port = bots.config()["bots"]["ann"]["auth_port"]
        with socket.create_server(("127.0.0.1", port)) as stranger:
            stranger.settimeout(0)
            self.refused(bots, rf"port {port} is used by another program.*--device", "ann")
        self.refused(bots, "there is no bot 'eve'; there are: ann, bob", "eve")
        self.refused(bots, rf"BOB_CLIENT_ID is not set: register an application at dev\.twitch\.tv/console", "bob")
        config = bots.config()
        variables = dict(line.split("=", 1) for line in bots.env_file.read_text(encoding="utf-8").splitlines())
        del variables["ANN_CLIENT_SECRET"]
        config["bots"]["bob"] = {"anonymous": True, "channels": ["red"]}
        bots.write(config, variables)
        self.refused(bots, "ANN_CLIENT_SECRET is not set: an application without a secret can only use --device", "ann")
        self.refused(bots, "bot 'bob' is anonymous", "bob")

    # -- on another device

    def device(self, bots: Bots) -> tuple[Process, str]:
        """Starts `creamery auth ann --device`; returns it and the address to be opened on the other device."""
        process = self.auth(bots, "ann", "--device")
        found = wait_for(lambda: re.search(r"^  (https://\S+)$(?=[\s\S]*The code is)", process.output, re.MULTILINE),
                         "it tells the address and the code")
        self.assertRegex(process.output, r"The code is  [A-Z]{8}  and good for 30 minutes")
        return process, found[1]

    def test_a_code_is_entered_on_another_device(self) -> None:
        twitch, bots = self.begin()
        twitch.settings(device_interval="1s")
        process, address = self.device(bots)
        wait_for(lambda: twitch.counters()["device_polls"] >= 2, "it has asked twice whether the code was entered")
        self.assertEqual(self.browse(twitch, f"{address}&sim_consent=approve&sim_login=ann")[0], 200)
        self.assertEqual(process.wait(), 0, process.output)
        self.assertIn("ann is authorised as ann", process.output)
        self.assertEqual(twitch.counters()["device_polls_too_fast"], 0)
        self.end(twitch, bots)

    def test_a_code_that_is_refused_on_the_other_device_ends_it(self) -> None:
        twitch, bots = self.begin(start=False)
        twitch.settings(device_interval="1s")
        for consent, expected in (("deny", "not authorised: the code was refused, used or denied: access_denied"),
                                  ("approve&sim_login=eve", "not authorised: you are logged in at Twitch as 'eve'")):
            process, address = self.device(bots)
            self.browse(twitch, f"{address}&sim_consent={consent}")
            self.assertEqual(process.wait(), 1)
            self.assertIn(expected, process.output)
        self.assertFalse((bots.store / "tokens.vault").exists())

    def test_a_code_that_nobody_enters_in_time_ends_it(self) -> None:
        twitch, bots = self.begin(start=False)
        twitch.settings(device_interval="1s", device_life="2s")
        process = self.auth(bots, "ann", "--device")
        self.assertEqual(process.wait(), 1)
        self.assertIn("not authorised: the code was", process.output)
