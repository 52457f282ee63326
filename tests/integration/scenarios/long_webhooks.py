"""Webhooks while the process is killed two hundred times with events on their way."""

import random

from webhook_scenario import WebhookScenario

KILLS = 200


class LongWebhooks(WebhookScenario):
    def test_two_hundred_kills_lose_and_double_no_event(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        self.wait_until_subscribed(bots, 1)
        self.assertGreaterEqual(self.kill_and_count(twitch, bots, KILLS, random.randrange(1 << 30)), 2_000)
