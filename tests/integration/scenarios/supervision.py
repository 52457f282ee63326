"""The tree of actors from outside: what it shows, restarts by hand, who may do that; and actors that are stuck or throw."""

from checker import check_lines
from harness import Bots, Scenario, Simulator, wait_for

BOT = "ann"


class Supervision(Scenario):
    def begin(self, cogs: tuple[str, ...] = ("history", ), **more: object) -> tuple[Simulator, Bots]:
        twitch = self.simulator()
        twitch.moderator(BOT, "red")
        bots = self.bots(twitch, {BOT: {"channels": ["red"], "cogs": {x: {} for x in cogs}}}, **more)
        self.wait_until_joined(twitch, BOT, ["red"])
        wait_for(lambda: bots.actors().get(f"bots/{BOT}/irc-1", {}).get("state") == "running", "the whole tree runs")
        return twitch, bots

    def end(self, twitch: Simulator, bots: Bots, *cogs: str) -> None:
        """After everything: lines are handled, the history is without fault, and the process ends in good order."""
        twitch.say("red", "!mark afterwards")
        for cog in cogs:
            self.wait_until_handled(twitch, bots, BOT, cog=cog)
        self.assertTrue(bots.report()["balanced"])
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        for cog in cogs:
            self.assertEqual(check_lines(history, BOT, bots.record(BOT, cog), losing=[]), [], cog)

    def test_the_tree_shows_every_actor(self) -> None:
        twitch, bots = self.begin()
        actors = bots.actors()
        self.assertEqual(list(actors), ["vault", "authorizer", "store", "accounts", "accounts/ann", "accounts/ann/token",
                                        "accounts/ann/helix", "accounts/ann/outbox", "bots", "bots/ann",
                                        "bots/ann/router", "bots/ann/cog history", "bots/ann/irc-1", "journal"])
        for path, one in actors.items():
            self.assertEqual((one["state"], one["restarts"], one["last_error"]), ("running", 0, ""), path)
            self.assertLess(one["uptime_ms"], 60_000)
        self.assertEqual(actors["bots/ann/irc-1"]["kind"], "chat_connection")
        self.end(twitch, bots, "history")

    def test_status_shows_it_as_a_table(self) -> None:
        twitch, bots = self.begin()
        address = bots.config()
        address["admin"]["listen"] = bots.address()
        bots.write(address, {"ANN_ACCESS_TOKEN": twitch.token(BOT)})
        status, output = self.program("status", "--config", str(bots.config_file), "--env", str(bots.env_file))
        self.assertEqual(status, 0, output)
        self.assertRegex(output, r"(?m)^    cog history +cog +running +0 ")
        self.end(twitch, bots, "history")
        status, output = self.program("status", "--config", str(bots.config_file), "--env", str(bots.env_file))
        self.assertEqual(status, 1)
        self.assertIn("is the service running?", output)

    def test_restarting_takes_the_token(self) -> None:
        twitch, bots = self.begin()
        restart = "/api/actors/restart"
        path = "bots/ann/router"
        self.assertEqual(bots.admin("POST", restart, path=path)[0], 401)
        self.assertEqual(bots.admin("POST", restart, token="wrong", path=path)[0], 401)
        self.assertEqual(bots.admin("POST", restart, token=bots.admin_token[:-1], path=path)[0], 401)
        self.assertEqual(bots.admin("GET", restart, token=bots.admin_token, path=path)[0], 405)
        self.assertEqual(bots.admin("POST", restart, token=bots.admin_token, path="bots/nobody")[0], 404)
        self.assertEqual(bots.admin("POST", restart, token=bots.admin_token)[0], 404)
        self.assertEqual(bots.admin("GET", "/api/nothing")[0], 404)
        self.assertEqual(bots.admin("GET", "/healthz"), (200, "ok\n"))
        self.assertEqual(bots.process.count("is restarted by hand"), 0)
        for path in ("bots/ann/router", "bots/ann/cog history", "accounts/ann/outbox", "accounts/ann"):
            self.assertEqual(bots.admin("POST", restart, token=bots.admin_token, path=path), (200, {"done": True}))
            wait_for(lambda: bots.actors().get(path, {}).get("state") == "running", f"{path} runs again")
            self.assertEqual(bots.actors()[path]["restarts"], 0)
        self.end(twitch, bots, "history")

    def test_a_name_that_points_here_is_not_ours(self) -> None:
        """A web page could read what is here under a name of its own that it has pointed at this machine."""
        twitch, bots = self.begin()
        for host, status in (("evil.example:7780", 403), ("127.0.0.1.evil.example", 403), ("localhost:7780", 200),
                             ("127.0.0.1", 200), ("[::1]:7780", 200)):
            self.assertEqual(bots.admin("GET", "/api/tree", host=host)[0], status, host)
        self.end(twitch, bots, "history")

    def test_without_a_token_nobody_may_restart(self) -> None:
        twitch, bots = self.begin(admin={"listen": "127.0.0.1:0"})
        status, content = bots.admin("POST", "/api/actors/restart", token="anything", path="bots/ann/router")
        self.assertEqual(status, 403)
        self.assertIn("no admin token is set", content["error"])
        self.end(twitch, bots, "history")

    def test_a_port_that_is_taken_costs_the_pages_only(self) -> None:
        _, first = self.begin()
        twitch, second = self.begin_without_pages(first.address())
        self.assertEqual(second.process.count("no admin pages: .*can't listen there"), 1)
        twitch.say("red", "hello")
        self.wait_until_handled(twitch, second, BOT)

    def begin_without_pages(self, taken: str) -> tuple[Simulator, Bots]:
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": ["red"]}}, admin={"listen": taken})
        self.wait_until_joined(twitch, BOT, ["red"])
        return twitch, bots

    def test_a_cog_that_is_stuck_is_given_up_and_replaced(self) -> None:
        twitch, bots = self.begin(("history", "thrower"),
                                  supervision={"cog": {"slow_after_ms": 200, "stuck_after_ms": 1000}})
        twitch.say("red", "before")
        self.wait_until_handled(twitch, bots, BOT)
        self.assertTrue(bots.fault("block", "bots/ann/cog history"))
        twitch.say("red", "meanwhile")
        self.wait_until_handled(twitch, bots, BOT, cog="thrower")  # nobody else is held up
        stuck = wait_for(lambda: (x := bots.actors()["bots/ann/cog history"])["abandoned"] == 1 and x, "it is given up")
        self.assertEqual(stuck["restarts"], 1)
        self.assertEqual(bots.process.count("cog history has been busy with one handler for"), 1)
        self.assertEqual(bots.process.count("cog history has been stuck in one handler for"), 1)
        self.wait_until_handled(twitch, bots, BOT)
        self.assertTrue(bots.report()["balanced"])
        bots.process.stop(deadline=30)  # with a thread that can't be ended
        history = twitch.stop()
        for cog in ("history", "thrower"):
            self.assertEqual(check_lines(history, BOT, bots.record(BOT, cog), losing=[]), [], cog)

    def test_a_cog_that_throws_again_and_again_rests_and_can_be_woken(self) -> None:
        twitch, bots = self.begin(("history", "thrower"), supervision={"cog": {"failures": 2, "backoff_first_ms": 1}})
        path = "bots/ann/cog thrower"
        for count in (1, 2):
            self.assertTrue(bots.fault("throw", path))
            wait_for(lambda: bots.actors()[path]["restarts"] == count and bots.actors()[path]["state"] == "running",
                     f"it was restarted {count} times")
        self.assertTrue(bots.fault("throw", path))
        wait_for(lambda: bots.actors()[path]["state"] == "quarantined", "it rests")
        twitch.say("red", "meanwhile")
        self.wait_until_handled(twitch, bots, BOT)
        wait_for(lambda: bots.actors()[path]["queue"] == 1, "its line waits for it")
        self.assertEqual(bots.admin("POST", "/api/actors/restart", token=bots.admin_token, path=path)[0], 200)
        self.end(twitch, bots, "history", "thrower")

    def test_a_command_that_is_spammed_until_it_throws_rests_alone(self) -> None:
        twitch, bots = self.begin(("history", "thrower"))
        poisoned = 0
        for _ in range(6):
            twitch.say("red", "!trip")
            poisoned += 1
            if poisoned <= 3:
                wait_for(lambda: bots.actors()["bots/ann/cog thrower"]["restarts"] == poisoned, "the command has thrown")

        def thrower() -> dict[str, object]:
            return next((x for x in bots.report()["bots"][0]["cogs"] if x["name"] == "thrower"), {})

        wait_for(lambda: thrower()["skipped_calls"] == 3, "the others are not called")
        self.assertEqual(thrower()["resting_commands"], ["trip"])
        self.assertEqual(thrower()["poisoned"], 3)
        self.assertEqual(bots.process.count("the command 'trip' has failed too often"), 1)
        answer = len(twitch.messages(BOT))
        twitch.say("red", "!alive")
        wait_for(lambda: len(twitch.messages(BOT)) > answer, "another command of the same cog is answered")
        self.assertEqual(bots.actors()["bots/ann/cog thrower"]["state"], "running")
        path = "bots/ann/cog thrower"
        self.assertEqual(bots.admin("POST", "/api/actors/restart", token=bots.admin_token, path=path)[0], 200)
        wait_for(lambda: thrower().get("resting_commands") == [], "after a restart by hand it is forgiven")
        self.end(twitch, bots, "history")

    def test_a_dropped_socket_is_replaced(self) -> None:
        twitch, bots = self.begin()
        twitch.say("red", "before")
        self.wait_until_handled(twitch, bots, BOT)
        old = twitch.connections(BOT)[0]["id"]
        self.assertTrue(bots.fault("drop", "bots/ann/irc-1"))
        wait_for(lambda: [x["channels"] for x in twitch.connections(BOT) if x["id"] > old] == [1], "it is in its channel again")
        self.assertEqual(bots.actors()["bots/ann/irc-1"]["restarts"], 0)
        self.end(twitch, bots, "history")

    def test_faults_are_only_for_tests(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": ["red"]}}, start=False)
        bots.start(faults=False)
        self.wait_until_joined(twitch, BOT, ["red"])
        self.assertEqual(bots.admin("POST", "/api/faults/kill", path="bots/ann/router")[0], 404)
        self.assertEqual(bots.actors()["bots/ann/router"]["restarts"], 0)
        self.assertEqual(bots.process.stop(), 0)

    def test_a_tree_that_can_not_be_kept_alive_ends_the_process(self) -> None:
        _, bots = self.begin(supervision={"node": {"failures": 0}})
        self.assertTrue(bots.fault("kill", "bots"))
        self.assertEqual(bots.process.wait(), 1)
        self.assertEqual(bots.process.count("could not be kept alive"), 1)
