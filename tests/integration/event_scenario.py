"""What scenarios about Twitch's events have in common, whichever way these come."""

import json
import sqlite3
from collections.abc import Callable, Collection

from harness import Bots, Scenario, Simulator, wait_for

BOT = "ann"
CHANNEL = "red"
# One more within a minute, and some parts rest.
MOST_KILLS = 8


class EventScenario(Scenario):
    def setUp(self) -> None:
        super().setUp()
        self.sent = 0  # events that were triggered with `raid`

    def wait_until_subscribed(self, bots: Bots, count: int) -> None:
        wait_for(lambda: sum(x["enabled"] for x in self.sessions(bots)) >= count, f"{count} subscriptions are there",
                 show=bots.report)

    def sessions(self, bots: Bots) -> list[dict[str, int]]:
        return [x for bot in bots.report()["bots"] for x in bot["eventsub"]]

    def raid(self, twitch: Simulator, **more: object) -> int:
        """Triggers raids of the channel; returns how many messages that were."""
        room = next(x["room_id"] for x in twitch.request("GET", "/channels") if x["channel"] == CHANNEL)
        event = {"from_broadcaster_user_id": "77", "from_broadcaster_user_login": "big", "from_broadcaster_user_name": "Big",
                 "to_broadcaster_user_id": room, "to_broadcaster_user_login": CHANNEL, "to_broadcaster_user_name": "Red",
                 "viewers": 9001}
        messages = int(twitch.request("POST", "/events", {"type": "channel.raid", "event": event} | more)["result"])
        self.sent += messages // (1 + int(str(more.get("repeat", 0))))
        return messages

    def trigger(self, twitch: Simulator, type: str, **more: object) -> int:
        """Lets something happen, of which Twitch makes up what isn't said; returns how many messages that were."""
        return int(twitch.request("POST", "/events", {"type": type, "sample": True} | more)["result"])

    def arrivals(self, bots: Bots) -> dict[str, int]:
        """How many events were new to the store, and how many it had under the same message id, or the same id of their own."""
        store = bots.report()["store"]
        return {x: store[x] for x in ("events", "same_messages", "same_events")}

    def wait_until_stored(self, bots: Bots, count: int) -> None:
        """Waits until so many events have come, repetitions included."""
        wait_for(lambda: sum(self.arrivals(bots).values()) >= count, f"{count} events have come", show=bots.report)

    def ledger(self) -> dict[str, int]:
        """How often the cog has handled each event, from the file that it is stored in."""
        with sqlite3.connect(f"file:{self.folder / 'bots-0' / 'var' / 'events.db'}?mode=ro", uri=True) as file:
            rows = file.execute("SELECT key, value FROM value WHERE bot = ? AND cog = 'event_ledger'", (BOT,)).fetchall()
        return {key.split(" ", 1)[1]: json.loads(value) for key, value in rows}

    def ids(self, twitch: Simulator, type: str = "") -> list[str]:
        """Of each message that Twitch has sent about an event, of this type or any, in order."""
        return [x["id"] for x in twitch.events("event") if type in ("", x["type"])]

    def check_handled(self, bots: Bots, wanted: Callable[[], Collection[str]]) -> None:
        """These events were handled exactly once, and no others."""
        wait_for(lambda: self.ledger().keys() == set(wanted()), "every event has been handled",
                 show=lambda: (len(self.ledger()), len(set(wanted())), bots.report()))
        self.assertEqual({id: count for id, count in self.ledger().items() if count != 1}, {})

    def check(self, twitch: Simulator, bots: Bots) -> int:
        """Each event that Twitch has sent was handled exactly once; returns how many these are."""
        wait_for(lambda: len(set(self.ids(twitch))) >= self.sent, "Twitch has written down what it sent")
        self.check_handled(bots, lambda: self.ids(twitch))
        self.assertEqual(twitch.request("GET", "/eventsub")["counters"]["inbound"], 0)
        return len(set(self.ids(twitch)))

    def kill(self, bots: Bots, victims: tuple[str, ...], kills: int, meanwhile: Callable[[int], object],
             resting: tuple[str, ...] = ("store",)) -> int:
        """Kills these parts of the tree again and again, each time after something has happened, until that has succeeded so often;
        a part that is just being restarted can't be killed. Returns how often something has happened."""
        landed = dict.fromkeys(victims, 0)
        rounds = 0
        while sum(landed.values()) < kills and rounds < 10 * kills:
            meanwhile(rounds)
            rounds += 1
            for victim in victims:
                if victim not in resting or landed[victim] < MOST_KILLS:
                    landed[victim] += bots.fault("kill", victim)
        print(f"{landed}", end=" ", flush=True)
        self.assertGreaterEqual(sum(landed.values()), kills)
        return rounds
