"""What Twitch refuses for want of a grant, and what it limits: told with what helps, and there as soon as that was done."""

from event_scenario import BOT, CHANNEL, EventScenario
from harness import Bots, Simulator, wait_for

# What moderators see; each takes a subscription in each channel.
OF_MODERATORS = {
    "automod.settings.update": "moderator:read:automod_settings",
    "channel.follow": "moderator:read:followers",
    "channel.shield_mode.begin": "moderator:read:shield_mode",
    "channel.shield_mode.end": "moderator:read:shield_mode",
    "channel.shoutout.create": "moderator:read:shoutouts",
    "channel.shoutout.receive": "moderator:read:shoutouts",
    "channel.suspicious_user.message": "moderator:read:suspicious_users",
    "channel.suspicious_user.update": "moderator:read:suspicious_users",
    "channel.unban_request.create": "moderator:read:unban_requests",
    "channel.unban_request.resolve": "moderator:read:unban_requests",
    "channel.warning.send": "moderator:read:warnings",
}


class EventGrants(EventScenario):
    def begin(self, **options: object) -> tuple[Simulator, Bots]:
        """A bot that wants to know of cheers, which the channel's owner hasn't allowed."""
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": [CHANNEL],
                                        "cogs": {"event_ledger": {}, "eventsub": {"events": ["channel_cheers"]} | options}}},
                         without_token=[BOT])
        self.authorise(twitch, bots, BOT)
        self.wait_until_joined(twitch, BOT, [CHANNEL])
        return twitch, bots

    def check_that_the_owner_helps(self, **options: object) -> None:
        twitch, bots = self.begin(**options)
        wait_for(lambda: bots.process.count(rf"(can be subscribed to yet|refused): .*creamery auth {BOT} --channel {CHANNEL}"),
                 "it is told what helps", show=lambda: bots.process.output)
        self.let_owner_grant(twitch, bots, BOT, CHANNEL)
        wait_for(lambda: bots.process.count(r"channel\.cheer 1 +subscribed"), "the table is told anew", show=bots.report)
        self.assertEqual(self.trigger(twitch, "channel.cheer"), 1)
        self.sent += 1
        self.check(twitch, bots)
        self.assertEqual(bots.process.stop(), 0)

    def test_as_soon_as_a_channels_owner_allows_it_events_come_over_a_websocket(self) -> None:
        self.check_that_the_owner_helps()

    def test_as_soon_as_a_channels_owner_allows_it_events_come_through_a_conduit(self) -> None:
        self.check_that_the_owner_helps(transport="conduit")

    # -- limits

    def test_more_than_fits_on_a_session_is_spread_over_several(self) -> None:
        channels = [f"channel{number}" for number in range(30)]
        twitch = self.simulator()
        twitch.token(BOT, ["chat:read", "chat:edit", *set(OF_MODERATORS.values())])
        twitch.moderator(BOT, *channels)
        bots = self.bots(twitch, {BOT: {"channels": channels,
                                        "cogs": {"event_ledger": {}, "eventsub": {"events": list(OF_MODERATORS)}}}})
        self.wait_until_subscribed(bots, len(channels) * len(OF_MODERATORS))
        self.assertEqual({x["name"]: x["enabled"] for x in self.sessions(bots)},
                         {f"{BOT}/eventsub-1": 27 * len(OF_MODERATORS), f"{BOT}/eventsub-2": 3 * len(OF_MODERATORS)})
        for channel in (channels[0], channels[-1]):
            self.assertEqual(self.trigger(twitch, "channel.follow", channel=channel), 1)
            self.sent += 1
        self.check(twitch, bots)
        self.assertEqual(bots.process.stop(), 0)

    def check_warns(self, settings: dict[str, object], expected: str) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: settings}, start=False)
        process = self.command(bots, "check")
        self.assertEqual(process.wait(), 0, process.output)
        self.assertRegex(process.output, expected)

    def test_check_warns_of_events_that_cost_more_than_twitch_allows(self) -> None:
        channels = [f"channel{number}" for number in range(6)]
        self.check_warns({"channels": channels, "cogs": {"eventsub": {"events": ["channel_raid"]}}},
                         r"warning: account 'ann' wants events over WebSockets that cost up to 12, and Twitch allows 10")

    def test_check_warns_of_more_sessions_than_twitch_allows(self) -> None:
        channels = [f"channel{number}" for number in range(90)]
        self.check_warns({"channels": channels, "cogs": {"eventsub": {"events": list(OF_MODERATORS)}}},
                         r"warning: account 'ann' needs 4 WebSockets for its events, and Twitch allows 3")
