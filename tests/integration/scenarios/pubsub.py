"""The old PubSub: the real program listens to the simulator's, whose connections are moved, closed and silenced."""

from typing import Any

from event_scenario import BOT, CHANNEL, EventScenario
from harness import Bots, Simulator, wait_for
from scenarios.chaos import PATIENT

SCOPES = ("chat:read", "chat:edit", "channel:read:redemptions", "bits:read", "channel:read:subscriptions", "channel:moderate")
# What isn't a new connection's fault is never waited for.
QUICKLY = {"pubsub_redial_ms": 20, "pubsub_healthy_ms": 1}
MOVES = 20
KILLS = 50


class Pubsub(EventScenario):
    def begin(self, options: dict[str, Any] | None = None, scopes: tuple[str, ...] = SCOPES, **more: Any) -> tuple[Simulator, Bots]:
        """A bot that listens to a channel's topics with its owner's token, and writes down each message that it handles."""
        twitch = self.simulator()
        twitch.token(CHANNEL, scopes)
        pubsub = {"transport": "pubsub", "topics": ["channel_points", "bits"]} | (options or {})
        bots = self.bots(twitch, {BOT: {"channels": [CHANNEL], "cogs": {"event_ledger": {}, "pubsub": pubsub}}}, owners=[CHANNEL],
                         without_token=[BOT], **{"timeouts": QUICKLY} | more)
        self.authorise(twitch, bots, BOT)
        self.wait_until_joined(twitch, BOT, [CHANNEL])
        self.published = 0
        return twitch, bots

    def topic(self, twitch: Simulator, begin: str = "channel-bits-events-v2") -> str:
        room = next(x["room_id"] for x in twitch.request("GET", "/channels") if x["channel"] == CHANNEL)
        return f"{begin}.{room}"

    def listened(self, twitch: Simulator) -> int:
        return int(twitch.request("GET", "/eventsub")["pubsub"]["topics"])

    def publish(self, twitch: Simulator, count: int = 1) -> int:
        """Messages that differ from each other; returns by how many connections they went out."""
        told = 0
        for _ in range(count):
            message = {"data": {"bits_used": 100, "number": self.published}}
            told += int(twitch.request("POST", "/pubsub", {"topic": self.topic(twitch), "message": message})["result"])
            self.published += 1
        return told

    def check_all(self, bots: Bots) -> None:
        wait_for(lambda: len(self.ledger()) >= self.published, "every message has been handled",
                 show=lambda: (len(self.ledger()), self.published, bots.report()))
        self.assertEqual(len(self.ledger()), self.published)
        self.assertEqual({id: count for id, count in self.ledger().items() if count != 1}, {})

    def test_messages_reach_cogs_and_the_log(self) -> None:
        twitch, bots = self.begin()
        wait_for(lambda: self.listened(twitch) == 2, "both topics are listened to", show=bots.report)
        self.publish(twitch, 3)
        self.check_all(bots)
        self.assertIn(f'{self.topic(twitch)}: {{"data":{{"bits_used":100,"number":2}}}}', bots.process.output)
        self.assertEqual(sum(x["wanted"] for x in self.sessions(bots)), 2)  # and no subscription
        self.assertEqual(bots.process.stop(), 0)

    def test_moved_connections_lose_and_double_nothing(self) -> None:
        twitch, bots = self.begin()
        wait_for(lambda: self.listened(twitch) == 2, "both topics are listened to", show=bots.report)
        for number in range(MOVES):
            self.publish(twitch, 2)
            twitch.request("POST", "/pubsub_sockets", {"action": "reconnect"})
            self.publish(twitch, 2)
            wait_for(lambda number=number: self.sessions(bots)[0]["dials"] >= number + 2, "another one is dialed", show=bots.report)
            self.publish(twitch, 2)
        wait_for(lambda: self.listened(twitch) >= 2 * MOVES, "old and new ones are read", show=bots.report)
        self.assertGreater(self.publish(twitch), 10)
        self.check_all(bots)
        self.assertEqual(self.sessions(bots)[0]["gaps"], 0)

    def test_lost_and_silent_connections_are_replaced(self) -> None:
        twitch, bots = self.begin(timeouts=QUICKLY | {"pubsub_ping_ms": 500, "pubsub_pong_ms": 1_000})
        for number, action in enumerate(("close", "silence"), 1):
            wait_for(lambda: self.listened(twitch) >= 2, "both topics are listened to", show=bots.report)
            self.publish(twitch, 2)
            self.check_all(bots)
            self.assertEqual(twitch.request("POST", "/pubsub_sockets", {"action": action})["result"], 1)
            wait_for(lambda number=number: self.sessions(bots)[0]["gaps"] == number, "it is told that there was a gap", 30, show=bots.report)
        self.publish(twitch, 2)
        self.check_all(bots)
        self.assertIn("the server doesn't answer PING", bots.process.output)

    def test_killed_actors_lose_and_double_no_message(self) -> None:
        twitch, bots = self.begin(**PATIENT | {"timeouts": QUICKLY})
        wait_for(lambda: self.listened(twitch) == 2, "both topics are listened to", show=bots.report)
        victims = (f"bots/{BOT}/pubsub-1", f"bots/{BOT}/cog event_ledger", "store", f"bots/{BOT}")
        self.kill(bots, victims, KILLS, lambda _: self.assertGreaterEqual(self.publish(twitch, 3), 3))
        self.check_all(bots)

    def test_what_is_not_allowed_is_told_with_what_helps(self) -> None:
        twitch, bots = self.begin(scopes=("chat:read", "bits:read"))
        wait_for(lambda: self.listened(twitch) == 1, "one topic is listened to", show=bots.report)
        told = wait_for(lambda: [x for x in bots.process.output.splitlines() if "isn't listened to" in x], "it is told")
        self.assertIn("channel-points-channel-v1", told[0])
        self.assertIn("ERR_BADAUTH", told[0])
        self.assertIn("channel:read:redemptions", told[0])
        self.assertNotIn(twitch.tokens[CHANNEL], bots.process.output)

    def test_check_names_mistakes(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": [CHANNEL], "cogs": {"pubsub": {"transport": "pigeon", "topics": ["bit"]}}}}, start=False)
        status, output = self.program("check", "--config", str(bots.config_file), "--env", str(bots.env_file))
        self.assertEqual(status, 1, output)
        self.assertIn("'transport' is 'pigeon'", output)
        self.assertIn("there is no topic 'bit' (did you mean 'bits'?)", output)
