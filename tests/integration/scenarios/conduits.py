"""Conduits: the real program makes one, attaches its sessions to the shards, and keeps it while these come and go."""

from typing import Any

from event_scenario import BOT, CHANNEL, EventScenario
from harness import Bots, Simulator, wait_for
from scenarios.chaos import PATIENT

SHARDS = 2
KILLS = 60
QUICKLY = {"eventsub_redial_ms": 20, "eventsub_grace_ms": 200, "eventsub_retry_ms": 100}


class Conduits(EventScenario):
    def begin(self, options: dict[str, Any] | None = None, **more: object) -> tuple[Simulator, Bots]:
        """A bot whose raids come through a conduit with two shards, and which writes down each that it handles."""
        twitch = self.simulator()
        eventsub = {"transport": "conduit", "shards": SHARDS, "events": ["channel_raid_in"]}
        bots = self.bots(twitch, {BOT: {"channels": [CHANNEL], "cogs": {"event_ledger": {}, "eventsub": eventsub | (options or {})}}},
                         without_token=[BOT], timeouts=QUICKLY, **more)
        self.authorise(twitch, bots, BOT)
        self.wait_until_joined(twitch, BOT, [CHANNEL])
        return twitch, bots

    def part(self, bots: Bots, name: str) -> dict[str, Any]:
        return next((x for x in self.sessions(bots) if x["name"] == f"{BOT}/{name}"), {"enabled": 0})

    def wait_until_attached(self, bots: Bots) -> None:
        def is_ready() -> bool:
            shards = [self.part(bots, f"shard-{x}")["enabled"] for x in range(SHARDS)]
            return (shards == [1] * SHARDS and self.part(bots, "conduit")["enabled"] == SHARDS
                    and self.part(bots, "subscriptions")["enabled"] == 2)  # raids, and disabled shards

        wait_for(is_ready, "all is attached and subscribed", show=bots.report)

    def conduits(self, twitch: Simulator) -> list[dict[str, Any]]:
        return list(twitch.request("GET", "/eventsub")["conduits"])

    def book(self, twitch: Simulator) -> list[tuple[str, str]]:
        """What Twitch knows of the shards: status and session."""
        return [(x["status"], x["target"]) for x in self.conduits(twitch)[0]["shards"]]

    def attached(self, bots: Bots) -> list[tuple[str, str]]:
        """The same as it should be."""
        return [("enabled", self.part(bots, f"shard-{x}")["session_id"]) for x in range(SHARDS)]

    def check_both_shards(self, twitch: Simulator, bots: Bots) -> None:
        """Twitch knows both sessions, and raids come over each."""
        self.assertEqual(self.book(twitch), self.attached(bots))
        self.assertEqual(self.raid(twitch, count=4), 4)
        self.assertEqual({x["session"] for x in twitch.events("event")[-4:]}, {session for _, session in self.book(twitch)})
        self.check_raids(twitch, bots, 4)

    def check_raids(self, twitch: Simulator, bots: Bots, count: int) -> None:
        """Raids are handled once each, whatever else is told over the same sessions."""
        def raids() -> set[str]:
            return {x["id"] for x in twitch.events() if x["event"] == "event" and x["type"] == "channel.raid"}

        wait_for(lambda: len(raids()) >= count and raids() <= self.ledger().keys(), "every raid has been handled",
                 show=lambda: (len(self.ledger()), len(raids()), bots.report()))
        self.assertEqual(len(raids()), count)
        self.assertEqual({id: times for id, times in self.ledger().items() if times != 1}, {})

    def test_events_come_through_both_shards(self) -> None:
        twitch, bots = self.begin()
        self.wait_until_attached(bots)
        self.assertEqual([len(x["shards"]) for x in self.conduits(twitch)], [SHARDS])
        self.assertEqual(self.raid(twitch, count=10), 10)
        self.check_raids(twitch, bots, 10)
        heard = {x["session"] for x in twitch.events() if x["event"] == "event"}
        self.assertEqual(len(heard), SHARDS)
        self.assertIn("2 of 2 shards are attached", bots.process.output)

    def test_lost_and_moved_sessions_are_attached_again(self) -> None:
        twitch, bots = self.begin()
        self.wait_until_attached(bots)
        for action in ({"action": "close", "code": 4000}, {"action": "reconnect"}, {"action": "reconnect", "to_invalid": True}):
            before = {x["session_id"] for x in self.sessions(bots)}
            self.assertEqual(twitch.request("POST", "/event_sockets", action)["result"], SHARDS)
            wait_for(lambda before=before: len({x["session_id"] for x in self.sessions(bots)} - before) >= SHARDS,
                     "there are other sessions", show=bots.report)
            self.wait_until_attached(bots)
            self.raid(twitch, count=4)
        self.check_raids(twitch, bots, 12)
        self.assertEqual(len(self.conduits(twitch)), 1)
        self.assertEqual(twitch.request("GET", "/eventsub")["counters"]["unused"], 0)

    def test_a_shard_that_is_disabled_with_its_session_gets_another_one(self) -> None:
        twitch, bots = self.begin()
        self.wait_until_attached(bots)
        first, second = (session for _, session in self.attached(bots))
        concerned = twitch.request("POST", "/event_sockets", {"action": "close", "code": 4005, "session": first})
        self.assertEqual(concerned["result"], 1)
        wait_for(lambda: self.part(bots, "shard-0")["session_id"] not in ("", first), "there is another session", show=bots.report)
        self.wait_until_attached(bots)
        self.assertEqual([(x["type"], x["session"]) for x in twitch.events("event")], [("conduit.shard.disabled", second)])
        self.check_both_shards(twitch, bots)
        self.assertEqual([self.part(bots, f"shard-{x}")["sessions"] for x in range(SHARDS)], [2, 1])

    def test_a_shard_that_is_disabled_behind_a_living_session_is_attached_again(self) -> None:
        """Nothing else tells it: the session goes on, and the shards are looked at every half hour only."""
        twitch, bots = self.begin()
        self.wait_until_attached(bots)
        conduit = self.conduits(twitch)[0]["id"]
        taken_away = {"id": "0", "transport": {"method": "webhook", "callback": "https://localhost/nobody", "secret": self.secret()}}
        twitch.helix("PATCH", "eventsub/conduits/shards", bots.application(BOT), {"conduit_id": conduit, "shards": [taken_away]})
        self.assertNotEqual(self.book(twitch)[0], self.attached(bots)[0])
        disabled = {"conduit_id": conduit, "shard_id": "0", "status": "websocket_network_timeout"}
        self.assertEqual(self.trigger(twitch, "conduit.shard.disabled", event=disabled), 1)
        wait_for(lambda: self.book(twitch) == self.attached(bots), "it is attached again", show=lambda: (self.book(twitch), bots.report()))
        self.wait_until_attached(bots)
        self.check_both_shards(twitch, bots)
        self.assertEqual([self.part(bots, f"shard-{x}")["sessions"] for x in range(SHARDS)], [1, 1])

    def test_a_restart_finds_its_conduit_again_and_what_is_subscribed(self) -> None:
        twitch, bots = self.begin()
        self.wait_until_attached(bots)
        before = twitch.request("GET", "/eventsub")
        bots.process.kill()
        bots.start()
        self.wait_until_attached(bots)
        after = twitch.request("GET", "/eventsub")
        self.assertEqual([x["id"] for x in after["conduits"]], [x["id"] for x in before["conduits"]])
        self.assertEqual([x["id"] for x in after["subscriptions"]], [x["id"] for x in before["subscriptions"]])
        self.raid(twitch, count=4)
        self.check_raids(twitch, bots, 4)

    def test_a_conduit_that_there_is_not_is_told(self) -> None:
        _, bots = self.begin({"conduit": "nobody's"})
        wait_for(lambda: "the application has no conduit nobody's" in bots.process.output, "it is told", show=bots.report)

    def test_killed_actors_lose_and_double_no_event(self) -> None:
        twitch, bots = self.begin(**PATIENT)
        self.wait_until_attached(bots)
        bot = f"bots/{BOT}"
        victims = (f"{bot}/conduit", f"{bot}/subscriptions", f"{bot}/shard-0", f"{bot}/cog event_ledger", "store", bot, "bots")
        rounds = self.kill(bots, victims, KILLS, lambda _: self.raid(twitch, count=5))
        self.check_raids(twitch, bots, 5 * rounds)

    def test_check_names_mistakes(self) -> None:
        twitch = self.simulator()

        def check(first: dict[str, Any], second: dict[str, Any]) -> str:
            bots = {name: {"channels": [CHANNEL], "cogs": {"eventsub": {"events": ["channel_raid"]} | options}} for name, options in
                    ((BOT, first), ("bob", second))}
            config = self.bots(twitch, bots, start=False)
            return self.program("check", "--config", str(config.config_file), "--env", str(config.env_file))[1]

        output = check({"transport": "conduit", "shards": 21, "conduit": "c"}, {"transport": "conduit", "conduit": "c"})
        for part in ("'shards' is 21", "a number from 1 to 20", "another bot uses the conduit 'c', too", "conduits are made with the application's own token"):
            self.assertIn(part, output)
        output = check({"transport": "pigeon"}, {"shards": 2})
        self.assertIn("websocket, webhook or conduit", output)
        self.assertIn("'shards' is for conduits", output)
