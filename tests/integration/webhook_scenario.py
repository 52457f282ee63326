"""A bot whose events come over webhooks, and a Twitch that sends them again until they are taken."""

import hashlib
import hmac
import http.client
import json
import random
import ssl
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from event_scenario import BOT, CHANNEL, EventScenario
from harness import SOON, Bots, Simulator, free_ports, wait_for

# Twitch's patience, made short for tests: every message is sent again soon, and hardly ever given up.
STUBBORN = {"retry": 0.05, "longest_retry": 0.2, "attempts": 1_000}
QUICKLY = {"eventsub_verification_ms": 500, "eventsub_retry_ms": 100}


class WebhookScenario(EventScenario):
    def setUp(self) -> None:
        super().setUp()
        self.port = free_ports(1)  # where the bot listens

    def begin(self, events: list[Any] | dict[str, Any], options: dict[str, Any] | None = None, timeouts: dict[str, int] | None = None,
              simulator: tuple[str, ...] = (), cogs: dict[str, Any] | None = None, channel: str = CHANNEL,
              **more: object) -> tuple[Simulator, Bots]:
        """A bot that subscribes to these events of one channel over webhooks, and writes down each that it handles."""
        twitch = self.simulator(*simulator)
        twitch.request("POST", "/webhooks", STUBBORN)
        twitch.moderator(BOT, channel)
        eventsub = {"transport": "webhook", "url": f"http://localhost:{self.port}", "port": self.port, "events": events}
        bots = self.bots(twitch, {BOT: {"channels": [channel], "cogs": {"event_ledger": {}, "eventsub": eventsub | (options or {})} | (cogs or {})}},
                         without_token=[BOT], timeouts=QUICKLY | (timeouts or {}), **more)
        self.authorise(twitch, bots, BOT)
        self.wait_until_joined(twitch, BOT, [channel])
        return twitch, bots

    def wait_until_subscribed(self, bots: Bots, count: int) -> None:
        super().wait_until_subscribed(bots, count)
        # The bot knows it as soon as it has answered, Twitch a moment later.
        wait_for(lambda: self.statuses(self._simulators[0]).count("enabled") >= count, "Twitch knows it, too")

    def webhooks(self, twitch: Simulator) -> dict[str, int]:
        return dict(twitch.request("GET", "/eventsub")["webhooks"])

    def port_report(self, bots: Bots) -> dict[str, Any]:
        return dict(bots.report()["webhooks"][0])

    def statuses(self, twitch: Simulator) -> list[str]:
        return [x["status"] for x in twitch.request("GET", "/eventsub")["subscriptions"]]

    def sender(self, twitch: Simulator, secret: str, ca_file: Path | None = None) -> Callable[[str, dict[str, Any]], int]:
        """What sends notifications of the one subscription that there is, signed with this secret as Twitch does: `send(id, content)`
        gives the status of the answer. `ca_file`: over TLS, with a certificate of this authority's."""
        subscription, = twitch.request("GET", "/eventsub")["subscriptions"]

        def send(id: str, content: dict[str, Any]) -> int:
            body = json.dumps({"subscription": subscription} | content)
            sent_at = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
            signature = hmac.new(secret.encode(), (id + sent_at + body).encode(), hashlib.sha256).hexdigest()
            headers = {"Message-Id": id, "Message-Type": "notification", "Message-Timestamp": sent_at,
                       "Message-Signature": f"sha256={signature}", "Subscription-Type": subscription["type"],
                       "Subscription-Version": subscription["version"]}
            to = http.client.HTTPConnection("localhost", self.port, timeout=SOON)
            if ca_file:
                to = http.client.HTTPSConnection("localhost", self.port, timeout=SOON, context=ssl.create_default_context(cafile=ca_file))
            try:
                to.request("POST", f"/eventsub/{BOT}", body, {f"Twitch-Eventsub-{name}": value for name, value in headers.items()})
                return to.getresponse().status
            finally:
                to.close()

        return send

    def kill_and_count(self, twitch: Simulator, bots: Bots, kills: int, seed: int) -> int:
        """Kills the process again and again while events are on their way, until that has happened so often; returns how many
        events there were. Each of them must be in the cog's storage exactly once."""
        print(f"seed {seed}", end=" ", flush=True)
        dice = random.Random(seed)
        landed = 0
        for _ in range(4 * kills):
            if landed >= kills:
                break
            self.raid(twitch, count=dice.randrange(5, 25))
            deadline = time.monotonic() + dice.random() * 0.03
            while time.monotonic() < deadline:  # until any moment of the work
                self.webhooks(twitch)
            bots.process.kill()
            landed += self.webhooks(twitch)["waiting"] > 0
            bots.start()
            twitch.events()  # it keeps only the latest
            if dice.random() < 0.5:  # else it is killed while it starts
                wait_for(lambda: bots.address(), "it runs")
        self.assertGreaterEqual(landed, kills)
        count = self.check(twitch, bots)
        print(f"{landed} kills in flight, {count} events, {self.webhooks(twitch)['repetitions']} repetitions", end=" ", flush=True)
        return count
