"""Chat over EventSub: commands are answered as over IRC, whichever transport it comes by, and whatever is killed."""

import json
from typing import Any

from event_scenario import BOT, CHANNEL, EventScenario
from harness import Bots, Simulator, wait_for
from scenarios.chaos import PATIENT

QUICKLY = {"eventsub_redial_ms": 20, "eventsub_grace_ms": 200, "eventsub_retry_ms": 100}
MOVES = 30
KILLS = 50


class EventChat(EventScenario):
    def begin(self, options: dict[str, Any] | None = None, **more: object) -> tuple[Simulator, Bots]:
        """A bot that reads and writes without IRC, and writes down what it handles."""
        twitch = self.simulator()
        twitch.moderator(BOT, CHANNEL)  # else the channel's owner has to allow that an application's token reads there
        bots = self.bots(twitch, {BOT: {"channels": [CHANNEL], "chat": "eventsub", "cogs": {"history": {}, "eventsub": options or {}}}},
                         without_token=[BOT], **{"timeouts": QUICKLY} | more)
        self.authorise(twitch, bots, BOT)
        self.wait_until_subscribed(bots, 6)
        return twitch, bots

    def handled(self) -> list[dict[str, Any]]:
        file = self.folder / "bots-0" / f"{BOT}.history.jsonl"
        return [json.loads(x) for x in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []

    def check_answers(self, twitch: Simulator, bots: Bots, count: int) -> None:
        """So many commands are called, each of which is handled once and answered."""
        asked = [twitch.say(CHANNEL, f"!mark {x}") for x in range(count)]
        wait_for(lambda: {x["reply_to"] for x in twitch.messages(BOT)} >= set(asked), "every command is answered", 60, show=bots.report)
        self.assertEqual(len([x for x in twitch.messages(BOT) if x["reply_to"] in asked]), count)

    def test_commands_are_answered_without_irc(self) -> None:
        twitch, bots = self.begin()
        self.check_answers(twitch, bots, 5)
        self.assertEqual(bots.report()["bots"][0]["connections"], [])
        self.assertEqual(twitch.members(BOT), set())
        self.check_lines(5)  # what it has said itself came as an event, too, and is none
        self.assertEqual(bots.process.stop(), 0)

    def test_a_conduit_brings_chat_too(self) -> None:
        twitch, bots = self.begin({"transport": "conduit", "shards": 2})
        self.check_answers(twitch, bots, 5)
        self.check_lines(5)

    def test_what_cogs_want_as_events_comes_as_such_too(self) -> None:
        twitch, bots = self.begin({"events": ["channel.chat.notification"]})
        self.assertEqual(self.trigger(twitch, "channel.chat.notification"), 1)
        wait_for(lambda: "channel.chat.notification:" in bots.process.output, "it is in the log", show=bots.report)

    def test_moved_sessions_lose_and_double_no_message(self) -> None:
        twitch, bots = self.begin()
        for number in range(MOVES):
            moved = self.sessions(bots)[0]["handovers"]
            twitch.say(CHANNEL, f"before {number}")
            self.assertEqual(twitch.request("POST", "/event_sockets", {"action": "reconnect"})["result"], 1)
            twitch.say(CHANNEL, f"after {number}")
            wait_for(lambda moved=moved: self.sessions(bots)[0]["handovers"] > moved, "the session has moved", show=bots.report)
        self.check_answers(twitch, bots, 3)
        self.check_lines(2 * MOVES + 3)

    def test_killed_actors_lose_and_double_no_message(self) -> None:
        twitch, bots = self.begin(**PATIENT | {"timeouts": QUICKLY})
        bot = f"bots/{BOT}"
        victims = (f"{bot}/eventsub-1", f"{bot}/router", f"{bot}/cog history", f"{bot}/helix", bot)

        def talk(number: int) -> None:
            for again in range(3):
                twitch.say(CHANNEL, f"line {number} {again}")

        self.check_lines(3 * self.kill(bots, victims, KILLS, talk))

    def check_lines(self, count: int) -> None:
        """Every line of viewers is handled exactly once."""
        def lines() -> list[str]:
            return [x["id"] for x in self.handled() if x.get("id")]

        wait_for(lambda: len(lines()) >= count, "every line is handled", 60, show=lambda: len(lines()))
        self.assertEqual(len(lines()), count)
        self.assertEqual(len(set(lines())), count)

    def test_check_names_mistakes(self) -> None:
        twitch = self.simulator()

        def check(settings: dict[str, Any], expected: int = 1) -> str:
            bots = self.bots(twitch, {BOT: {"channels": [CHANNEL], "chat": "eventsub"} | settings}, start=False)
            status, output = self.program("check", "--config", str(bots.config_file), "--env", str(bots.env_file))
            self.assertEqual(status, expected, output)
            return output

        self.assertIn("has no chat connection to send over", check({"send": "irc"}))
        self.assertIn("needs 4 WebSockets for its events, and Twitch allows 3", check({"channels": [f"channel{x}" for x in range(151)]}, 0))
        self.assertIn("chat doesn't come over webhooks", check({"cogs": {"eventsub": {"transport": "webhook", "url": "https://a.example"}}}))
