"""Calls of Twitch's API: that each does what it says, when one is repeated and when not, and bots that speak through it."""

import json
from typing import Any

from checker import check_answers
from harness import Bots, Event, Scenario, Simulator, wait_for


class Helix(Scenario):
    def begin(self, with_application: bool = True, **more: Any) -> None:
        """A bot, a moderator of #red, whose cog makes the calls that `ask` tells it to."""
        self.asked = 0
        self.twitch = self.simulator()
        self.twitch.moderator("ann", "red")
        probe = {"file": str(self.folder / "bots-0" / "ann.helix_probe.jsonl")}
        self.running = self.bots(self.twitch, {"ann": {"channels": ["red"], "cogs": {"helix_probe": probe}}},
                                 without_token=["ann"] if with_application else [], **more)
        if with_application:
            self.authorise(self.twitch, self.running, "ann")
        wait_for(lambda: self.outcomes(), "the cog is ready")
        self.ids = {x["login"]: x["id"] for x in self.ask("get_users", logins=["ann", "red", "eve", "viewer"])["value"]}

    # -- asking

    def outcomes(self) -> list[Event]:
        return self.running.record("ann", "helix_probe")

    def start(self, call: str, **arguments: Any) -> int:
        """Lets the cog make a call; returns its number."""
        self.asked += 1
        self.twitch.say("red", "!ask " + json.dumps({"n": self.asked, "call": call} | arguments))
        return self.asked

    def outcome(self, number: int) -> Event:
        """What has become of a call."""
        return wait_for(lambda: next((x for x in self.outcomes() if x.get("n") == number), None), f"call {number} is over")

    def ask(self, call: str, **arguments: Any) -> Event:
        return self.outcome(self.start(call, **arguments))

    def value(self, call: str, **arguments: Any) -> Any:
        """What a call gives; one that fails fails the test."""
        answer = self.ask(call, **arguments)
        self.assertIn("value", answer, f"{call} {arguments}")
        return answer["value"]

    def refusal(self, call: str, **arguments: Any) -> tuple[str, str]:
        """How and why a call fails."""
        answer = self.ask(call, **arguments)
        self.assertIn("error", answer, f"{call} {arguments}")
        return answer["kind"], answer["error"]

    def calls(self, path: str, method: str = "GET") -> list[Event]:
        """The requests that have reached Twitch."""
        return [x for x in self.twitch.events("api_call") if (x["method"], x["path"]) == (method, "/helix" + path)]

    def let_the_channel_grant(self, channel: str) -> None:
        self.let_owner_grant(self.twitch, self.running, "ann", channel)

    def end(self) -> list[Event]:
        self.assertEqual(self.running.process.stop(), 0)
        return self.twitch.stop()

    # -- each call does what it says

    def test_a_bot_reads_what_is_known_of_people_and_channels(self) -> None:
        self.begin()
        self.twitch.request("POST", "/streams", {"channel": "red", "live": True, "viewers": 7, "title": "Cremeschnitten",
                                                 "game_id": "33", "game_name": "Baking", "language": "de", "tags": ["cosy"]})
        self.assertEqual([x["login"] for x in self.value("get_users")], ["ann"], "without a name: the token's own user")
        found = self.value("get_users", ids=[self.ids["red"]], logins=["eve"])
        self.assertEqual({(x["id"], x["login"]) for x in found}, {(self.ids[x], x) for x in ("red", "eve")})
        channel = self.value("get_channels", ids=[self.ids["red"]])[0]
        self.assertEqual(channel, {"broadcaster_id": self.ids["red"], "broadcaster_login": "red", "broadcaster_name": "Red",
                                   "language": "de", "game_id": "33", "game_name": "Baking", "title": "Cremeschnitten",
                                   "tags": ["cosy"]})
        streams = self.value("get_streams", logins=["red", "eve"])
        self.assertEqual([(x["user_login"], x["viewers"], x["title"]) for x in streams["items"]], [("red", 7, "Cremeschnitten")])
        self.assertEqual(streams["cursor"], "")
        chatters = self.value("get_chatters", id=self.ids["red"])
        self.assertEqual([x["login"] for x in chatters["items"]], ["ann"])
        self.assertEqual(chatters["total"], 1)
        self.assertRegex(self.value("create_clip", id=self.ids["red"])["edit_url"], "^https://.*/edit$")
        self.end()

    def test_a_moderator_rules_a_channel(self) -> None:
        self.begin()
        red, eve = self.ids["red"], self.ids["eve"]
        line = self.twitch.say("red", "spam", "eve")
        self.assertIsNone(self.value("delete_messages", id=red, message=line))
        self.assertIsNone(self.value("warn_user", id=red, user=eve, reason="spam"))
        timeout = self.value("ban_user", id=red, user=eve, seconds=60, reason="more spam")
        self.assertEqual(timeout["user_id"], eve)
        self.assertNotEqual(timeout["end_time"], "")
        self.assertIsNone(self.value("unban_user", id=red, user=eve))
        self.assertEqual(self.value("ban_user", id=red, user=eve)["end_time"], "")
        self.assertEqual(self.refusal("ban_user", id=red, user=eve)[0], "refused")
        self.assertRegex(self.refusal("ban_user", id=red, user=red)[1], r"^refused \(HTTP 400\): The user specified")
        self.assertIsNone(self.value("unban_user", id=red, user=eve))
        self.assertEqual(self.value("change_chat_settings", id=red, slow_seconds=5, emotes_only=True)["slow_seconds"], 5)
        settings = self.value("get_chat_settings", id=red)
        self.assertEqual((settings["slow_seconds"], settings["emotes_only"]), (5, True))
        self.value("change_chat_settings", id=red, slow_seconds=0, emotes_only=False)
        self.assertIs(self.value("set_shield_mode", id=red, on=True), True)
        self.assertIs(self.value("get_shield_mode", id=red), True)
        self.assertIsNone(self.value("announce", id=red, text="Kaffee ist fertig", color="purple"))
        self.twitch.request("POST", "/streams", {"channel": "red", "live": True, "viewers": 7})
        self.assertIsNone(self.value("shout_out", id=red, to=eve))
        self.assertIsNone(self.value("whisper", to=eve, text="psst"))
        self.assertIsNone(self.value("delete_messages", id=red))
        history = self.end()
        self.assertEqual([(x["login"], x["reason"]) for x in history if x["event"] == "warning"], [("eve", "spam")])
        self.assertEqual([x["target"] for x in history if x["event"] == "shoutout"], ["eve"])
        lines = [x["kind"] for x in history if x["event"] == "line"]
        self.assertEqual((lines.count("CLEARMSG"), lines.count("CLEARCHAT"), lines.count("USERNOTICE")), (1, 3, 1))

    def test_a_broadcasters_calls_take_a_broadcasters_token(self) -> None:
        """Without one, the call names the command that gets it; with one, all of them work, at once and without a restart."""
        self.begin()
        red, what = self.ids["red"], {"broadcaster": "red", "id": self.ids["red"]}
        kind, why = self.refusal("get_polls", **what)
        self.assertEqual(kind, "unauthorized")
        self.assertRegex(why, "creamery auth ann --channel red$")
        self.let_the_channel_grant("red")
        self.assertIsNone(self.value("change_channel", title="Kuchen", game_id="33", **what))
        self.assertEqual(self.value("get_channels", ids=[red])[0]["title"], "Kuchen")
        poll = self.value("create_poll", title="Coffee?", choices=["yes", "no"], seconds=60, **what)
        self.assertEqual((poll["status"], [x["title"] for x in poll["choices"]]), ("ACTIVE", ["yes", "no"]))
        self.assertEqual(self.value("get_polls", **what)["items"], [poll])
        self.assertEqual(self.value("end_poll", poll=poll["id"], **what)["status"], "TERMINATED")
        bet = self.value("create_prediction", title="Who?", outcomes=["a", "b"], seconds=60, **what)
        winner = bet["outcomes"][1]["id"]
        self.assertEqual(self.value("get_predictions", **what)["items"], [bet])
        resolved = self.value("end_prediction", prediction=bet["id"], status="RESOLVED", winner=winner, **what)
        self.assertEqual((resolved["status"], resolved["winning_outcome_id"]), ("RESOLVED", winner))
        self.assertIsNone(self.value("start_raid", to=self.ids["eve"], **what))
        self.assertIsNone(self.value("cancel_raid", **what))
        self.assertEqual(self.refusal("cancel_raid", **what)[0], "refused")
        kind, why = self.refusal("get_polls", broadcaster="green", id=red)
        self.assertEqual(kind, "unauthorized")
        self.assertRegex(why, "there is no account green, and it is no channel of a bot with a client id")
        self.end()

    def test_redemptions_are_read_page_by_page_and_settled(self) -> None:
        """60 of them, of which an answer holds 50."""
        self.begin()
        self.let_the_channel_grant("red")
        what = {"broadcaster": "red", "id": self.ids["red"]}
        made = json.loads(self.value("generic", method="POST", path="/channel_points/custom_rewards", broadcaster="red",
                                     query={"broadcaster_id": what["id"]}, body={"title": "Water", "cost": 5}))
        reward = made["data"][0]["id"]
        self.assertEqual([(x["id"], x["cost"], x["is_enabled"]) for x in self.value("get_rewards", **what)], [(reward, 5, True)])
        for number in range(60):
            self.twitch.request("POST", "/redemptions", {"channel": "red", "login": f"viewer{number}", "reward_id": reward})
        first = self.value("get_redemptions", reward=reward, **what)
        second = self.value("get_redemptions", reward=reward, after=first["cursor"], **what)
        self.assertEqual((len(first["items"]), len(second["items"]), second["cursor"]), (50, 10, ""))
        self.assertEqual(len({x["id"] for x in first["items"] + second["items"]}), 60)
        ids = [x["id"] for x in second["items"]]
        settled = self.value("set_redemptions", reward=reward, ids=ids[:5], status="FULFILLED", **what)
        self.assertEqual([(x["id"], x["status"]) for x in settled], [(x, "FULFILLED") for x in ids[:5]])
        left = self.value("get_redemptions", reward=reward, after=first["cursor"], **what)
        self.assertEqual([x["id"] for x in left["items"]], ids[5:])
        self.end()

    def test_an_application_keeps_conduits_and_subscriptions(self) -> None:
        self.begin()
        conduit = self.value("create_conduit", shards=2)
        self.assertEqual(conduit["shard_count"], 2)
        self.assertEqual(self.value("resize_conduit", conduit=conduit["id"], shards=3)["shard_count"], 3)
        self.assertEqual(self.value("get_conduits"), [conduit | {"shard_count": 3}])
        self.assertEqual(self.value("get_conduit_shards", conduit=conduit["id"])["items"], [])
        transport = {"method": "conduit", "conduit_id": conduit["id"]}
        made = self.value("create_subscription", as_application=True, type="stream.online",
                          condition={"broadcaster_user_id": self.ids["red"]}, transport=transport)
        self.assertEqual((made["type"], made["status"]), ("stream.online", "enabled"))
        self.assertEqual(self.value("get_subscriptions", as_application=True)["items"], [made])
        self.assertEqual(self.value("get_subscriptions")["items"], [], "the user's token has its own")
        self.assertIsNone(self.value("delete_subscription", as_application=True, subscription=made["id"]))
        self.assertIsNone(self.value("delete_conduit", conduit=conduit["id"]))
        self.assertEqual(self.refusal("delete_conduit", conduit=conduit["id"])[0], "refused")
        history = self.end()
        tokens = [x for x in history if x["event"] == "grant" and x["kind"] == "client_credentials"]
        self.assertEqual(len(tokens), 1, "one application token is enough")

    # -- what is repeated, and what isn't

    def test_a_refused_token_is_renewed_once_and_the_call_repeated_once(self) -> None:
        self.begin()
        before = len(self.calls("/users"))
        self.twitch.fault("http_status", status=401, path="/helix/users", count=1)
        self.assertEqual([x["login"] for x in self.value("get_users", logins=["eve"])], ["eve"])
        self.assertEqual([x["status"] for x in self.calls("/users")[before:]], [401, 200])
        self.assertEqual([(x["login"], x["verdict"]) for x in self.twitch.events("refresh")], [("ann", "granted")])
        self.assertEqual(self.twitch.counters()["refused_token_uses"], 0, "the old token was not tried again")
        self.end()

    def test_a_token_that_is_good_after_all_is_not_renewed(self) -> None:
        """It is asked about first, if that was long ago."""
        self.begin(timeouts={"token_trust_ms": 1})
        asked = len(self.twitch.events("validate"))
        self.twitch.fault("http_status", status=401, path="/helix/users", count=1)
        self.assertEqual([x["login"] for x in self.value("get_users", logins=["eve"])], ["eve"])
        self.assertEqual(len(self.twitch.events("validate")), asked + 1)
        self.assertEqual(self.twitch.events("refresh"), [])
        self.end()

    def test_a_call_that_is_refused_with_every_token_fails(self) -> None:
        """It says so after the second try, and doesn't hammer."""
        self.begin(timeouts={"token_trust_ms": 1})
        before = len(self.calls("/users"))
        self.twitch.fault("http_status", status=401, path="/helix/users")
        kind, why = self.refusal("get_users", logins=["eve"])
        self.assertEqual((kind, why), ("unauthorized", "not authorised (HTTP 401): Invalid OAuth token"))
        self.assertEqual(len(self.calls("/users")) - before, 2)
        self.twitch.clear_faults()
        self.assertEqual(len(self.value("get_users", logins=["eve"])), 1, "the next call works")
        self.end()

    def test_a_missing_scope_is_an_error_and_no_reason_to_renew_again_and_again(self) -> None:
        self.begin()
        for _ in range(3):
            kind, why = self.refusal("generic", path="/channels/vips", query={"broadcaster_id": self.ids["ann"]})
            self.assertEqual(kind, "unauthorized")
            self.assertRegex(why, "Missing scope: channel:read:vips")
        self.assertLessEqual(len(self.twitch.events("refresh")), 1)
        self.end()

    def test_after_429_calls_wait_until_twitch_says(self) -> None:
        self.begin()
        self.twitch.fault("http_status", status=429, path="/helix/users", count=1, reset="2s")
        before = len(self.calls("/users"))
        self.assertEqual(len(self.value("get_users", logins=["eve"])), 1)
        first, second = self.calls("/users")[before:]
        self.assertEqual((first["status"], second["status"]), (429, 200))
        self.assertGreaterEqual(second["at"] - first["at"], 1_000_000)  # the header has whole seconds
        self.end()

    def test_more_calls_than_twitch_allows_wait_their_turn(self) -> None:
        """30 calls, of which 10 are allowed in two seconds: all are made, and Twitch doesn't have to refuse many."""
        self.begin()
        self.twitch.settings(rate_limit=10, rate_period="2s")
        numbers = [self.start("get_users", logins=[f"viewer{number}"]) for number in range(30)]
        for number in numbers:
            self.assertIn("value", self.outcome(number))
        self.assertLessEqual(self.twitch.counters()["too_many_requests"], 8, "as many as are under way together")
        self.end()

    def test_a_call_that_waits_too_long_is_given_up(self) -> None:
        self.begin()
        self.twitch.fault("http_status", status=429, path="/helix/users", reset="60s", count=1)
        kind, why = self.refusal("get_users", logins=["eve"], timeout_ms=500)
        self.assertEqual(kind, "timed_out")
        self.assertRegex(why, r"^timed out \(HTTP 429\): no time was left to try it again")
        self.end()

    def test_reading_is_repeated_when_twitch_is_broken(self) -> None:
        self.begin()
        for kind, settings in (("http_status", {"status": 500}), ("http_cut", {"at": "before"}), ("http_cut", {"at": "middle"})):
            before = len(self.calls("/users"))
            self.twitch.fault(kind, path="/helix/users", count=2, **settings)
            self.assertEqual(len(self.value("get_users", logins=["eve"])), 1, kind)
            self.assertEqual(len(self.calls("/users")) - before, 3, kind)
        self.twitch.fault("http_status", path="/helix/users", status=502, text="sorry")
        before = len(self.calls("/users"))
        self.assertEqual(self.refusal("get_users", logins=["eve"]), ("unavailable", "unavailable (HTTP 502): sorry"))
        self.assertEqual(len(self.calls("/users")) - before, 4)
        self.end()

    def test_what_twitch_may_have_done_is_not_done_twice(self) -> None:
        """A warning that perhaps was given isn't given again; one that certainly wasn't, is."""
        self.begin()
        what = {"id": self.ids["red"], "user": self.ids["eve"]}
        path = "/moderation/warnings"
        for number, (kind, settings, tries) in enumerate((("http_status", {"status": 500}, 1), ("http_lost", {}, 1),
                                                          ("http_cut", {"at": "middle"}, 1), ("http_status", {"status": 503}, 2))):
            before = len(self.calls(path, "POST"))
            self.twitch.fault(kind, path="/helix" + path, count=1, **settings)
            answer = self.ask("warn_user", reason=f"number {number}", **what)
            self.assertEqual(len(self.calls(path, "POST")) - before, tries, kind)
            self.assertEqual(answer.get("kind"), "unavailable" if tries == 1 else None, kind)
        history = self.end()
        self.assertEqual([x["reason"] for x in history if x["event"] == "warning"], ["number 1", "number 2", "number 3"])

    def test_killing_the_client_of_the_api_loses_one_call_at_most(self) -> None:
        self.begin()
        self.twitch.fault("http_slow", path="/helix/users", latency="300ms", count=1)
        number = self.start("get_users", logins=["eve"])
        wait_for(lambda: self.running.fault("kill", "accounts/ann/helix"), "its client is killed")
        self.outcome(number)  # whichever it is, it is told
        wait_for(lambda: "value" in self.ask("get_users", logins=["eve"]), "the next client makes calls")
        self.assertEqual(len(self.twitch.events("login")), 1, "chat doesn't notice")
        self.end()

    def test_an_account_without_an_application_makes_calls_with_its_ready_token(self) -> None:
        self.begin(with_application=False)
        self.assertEqual([x["login"] for x in self.value("get_users")], ["ann"])
        kind, why = self.refusal("get_conduits")
        self.assertEqual(kind, "unauthorized")
        self.assertRegex(why, "an application's token takes a client id and secret for bot 'ann'")
        self.end()


class Speaking(Scenario):
    """Bots that say through Helix what others say over IRC."""

    def begin(self, send: str, moderator: bool = True) -> tuple[Simulator, Bots]:
        twitch = self.simulator()
        if moderator:
            twitch.moderator("ann", "red")
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "send": send, "cogs": {"history": {}, "speaker": {}}}},
                         without_token=["ann"])
        self.authorise(twitch, bots, "ann")
        self.wait_until_joined(twitch, "ann", ["red"])
        return twitch, bots

    def answers(self, twitch: Simulator, count: int) -> list[Event]:
        """What the bot has said, once that is so much: all of it through Helix."""
        found = wait_for(lambda: len(said := twitch.messages("ann")) >= count and said, f"the bot said {count} things")
        self.assertEqual({x.get("over") for x in found}, {"helix"})
        return found

    def report(self, bots: Bots) -> dict[str, Any]:
        return dict(next(x for x in bots.report()["accounts"] if x["name"] == "ann"))

    def wait_until_counted(self, bots: Bots, **expected: int) -> None:
        wait_for(lambda: {name: self.report(bots)[name] for name in expected} == expected, f"{expected} are counted")

    def answer_commands(self, send: str) -> list[Event]:
        twitch, bots = self.begin(send)
        commands = [twitch.say("red", f"!mark {number}") for number in range(10)]
        self.answers(twitch, 10)
        self.wait_until_counted(bots, confirmed=10, refused=0, unconfirmed=0, in_flight=0)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_answers(history, "ann", commands), [])
        self.assertEqual([x["reply_to"] for x in history if x["event"] == "message"], commands)
        return history

    def test_a_bot_answers_through_helix(self) -> None:
        history = self.answer_commands("helix")
        self.assertFalse([x for x in history if x["event"] == "grant" and x["kind"] == "client_credentials"])

    def test_a_bot_answers_as_an_application(self) -> None:
        history = self.answer_commands("application")
        self.assertEqual(len([x for x in history if x["event"] == "grant" and x["kind"] == "client_credentials"]), 1)

    def test_a_message_that_twitch_drops_is_counted_as_refused(self) -> None:
        """Slow mode came on meanwhile: Twitch answers 200, but `is_sent` is false. What comes later is said."""
        twitch, bots = self.begin("helix", moderator=False)
        twitch.room("red", slow=120)
        twitch.say("red", '!speak "first"')
        self.answers(twitch, 1)
        twitch.say("red", '!speak "second"')
        found = self.answers(twitch, 2)
        self.assertEqual([x["verdict"] for x in found], ["delivered", "slow"])
        self.wait_until_counted(bots, confirmed=1, refused=1, unconfirmed=0, in_flight=0)
        wait_for(lambda: bots.process.count(r"warning .*a message of ann in #red was refused by Twitch"), "the log tells it")
        twitch.room("red", slow=0)
        twitch.say("red", '!speak "third"')
        self.assertEqual(self.answers(twitch, 3)[-1]["verdict"], "delivered")
        self.assertEqual(bots.process.stop(), 0)

    def test_a_text_of_many_bytes_arrives_as_it_is(self) -> None:
        twitch, bots = self.begin("helix")
        for text in ("grüße 🍰 \"quoted\" \\ back", "/me dances", "x" * 700):
            twitch.say("red", f"!speak {json.dumps(text)}" if len(text) < 300 else "!long 150")
        texts = [x["text"] for x in self.answers(twitch, 5)]
        self.assertEqual(texts[0], "grüße 🍰 \"quoted\" \\ back")
        self.assertIn("dances", texts[1])
        self.assertEqual(" ".join(texts[2:]), " ".join(f"wörd{number}" for number in range(150)))
        self.assertEqual(bots.process.stop(), 0)

    def test_an_application_that_a_channel_has_not_let_in_is_told_so(self) -> None:
        """It takes the badge of a moderator, or `channel:bot` of the broadcaster: without either, each message is refused."""
        twitch, bots = self.begin("application", moderator=False)
        twitch.say("red", '!speak "hello"')
        self.wait_until_counted(bots, confirmed=0, refused=1, in_flight=0)
        wait_for(lambda: bots.process.count(r"warning .*was refused by Twitch: refused \(HTTP 403\): The sender is not permitted"),
                 "the log tells why")
        self.assertEqual(bots.process.stop(), 0)
