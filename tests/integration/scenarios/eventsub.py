"""EventSub over WebSocket: the real program against the simulator, whose sessions are moved, closed and silenced."""

import json
from pathlib import Path

from event_scenario import BOT, CHANNEL, EventScenario
from harness import Bots, Simulator, wait_for
from scenarios.chaos import PATIENT

STORM = 100
KILLS = 60
QUICKLY = {"eventsub_redial_ms": 20, "eventsub_grace_ms": 200}


class Eventsub(EventScenario):
    def begin(self, events: list[str], **more: object) -> tuple[Simulator, Bots]:
        """A bot that subscribes to these events of one channel, and writes down each that it handles."""
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": [CHANNEL], "cogs": {"event_ledger": {}, "eventsub": {"events": events}}}},
                         timeouts=QUICKLY, **more)
        self.wait_until_joined(twitch, BOT, [CHANNEL])
        self.wait_until_subscribed(bots, len(events))
        return twitch, bots

    def test_events_reach_cogs_and_the_log(self) -> None:
        twitch, bots = self.begin(["channel_raid_in", "channel_stream_start"])
        self.assertEqual(self.raid(twitch, count=3), 3)
        self.assertEqual(self.check(twitch, bots), 3)
        log = wait_for(lambda: [x for x in bots.process.output.splitlines() if "channel.raid:" in x], "it is in the log")
        self.assertIn("viewers 9001", log[0])
        self.assertIn("from_broadcaster Big", log[0])
        self.assertEqual(bots.process.stop(), 0)

    def test_what_twitch_sends_twice_is_handled_once(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        self.assertEqual(self.raid(twitch, count=5, repeat=3), 20)
        self.assertEqual(self.check(twitch, bots), 5)
        self.assertEqual(bots.report()["store"]["same_messages"], 15)

    def test_what_twitch_does_not_allow_is_told_with_what_helps(self) -> None:
        twitch = self.simulator()
        events = {"events": ["channel_raid_in", "channel_follow"]}
        bots = self.bots(twitch, {BOT: {"channels": [CHANNEL], "cogs": {"eventsub": events}}}, timeouts=QUICKLY)
        self.wait_until_subscribed(bots, 1)
        log = wait_for(lambda: [x for x in bots.process.output.splitlines() if x.startswith("  channel.follow 2")], "it is told")
        self.assertIn("refused: needs the scope moderator:read:followers", log[0])
        self.assertIn("what helps: creamery auth ann", log[0])

    def test_check_names_events_that_there_are_not(self) -> None:
        twitch = self.simulator()
        events = ["channel_folow", "channel.follow 1", "drop.entitlement.grant", "channel_raid"]
        bots = self.bots(twitch, {BOT: {"channels": [CHANNEL], "cogs": {"eventsub": {"events": events}}}}, start=False)
        status, output = self.program("check", "--config", str(bots.config_file), "--env", str(bots.env_file))
        self.assertEqual(status, 1, output)
        self.assertIn("there is no event 'channel_folow' (did you mean 'channel_follow'?)", output)
        self.assertIn("Twitch has removed the event 'channel.follow 1'", output)
        self.assertIn("Twitch sends the event 'drop.entitlement.grant' over webhooks only", output)
        self.assertNotIn("channel_raid", output)

    def test_pubsub_is_fed_by_what_has_replaced_it(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": [BOT], "cogs": {"pubsub": {}}}}, timeouts=QUICKLY, without_token=[BOT])
        self.authorise(twitch, bots, BOT)
        self.wait_until_subscribed(bots, 10)
        for type, said in (("channel.cheer", '"message_type":"bits_event"'),
                           ("channel.channel_points_custom_reward_redemption.add", '"type":"reward-redeemed"'),
                           ("channel.subscription.message", '"context":"resub"')):
            self.assertEqual(twitch.request("POST", "/events", {"type": type, "sample": True})["result"], 1)
            wait_for(lambda said=said: [x for x in bots.process.output.splitlines() if "pubsub" in x and said in x], f"{said} is told",
                     show=lambda: bots.process.output)
        status, output = self.program("check", "--config", str(self.mistaken(bots)), "--env", str(bots.env_file))
        self.assertEqual(status, 1, output)
        self.assertIn("there is no topic 'channel_point' (did you mean 'channel_points'?)", output)

    def mistaken(self, bots: Bots) -> Path:
        """A configuration with a topic that there is not."""
        config = bots.config()
        config["bots"][BOT]["cogs"]["pubsub"] = {"topics": ["channel_point"]}
        file = self.folder / "mistaken.yaml"
        file.write_text(json.dumps(config), encoding="utf-8")
        return file

    def test_a_storm_of_reconnects_loses_and_doubles_nothing(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        for number in range(STORM):
            moved = self.sessions(bots)[0]["handovers"]
            self.raid(twitch, count=2)
            # Every other time the old socket has the last word.
            concerned = twitch.request("POST", "/event_sockets", {"action": "reconnect", "old_until": number % 2 * 0.05})
            self.assertEqual(concerned["result"], 1)
            self.raid(twitch)
            wait_for(lambda: self.sessions(bots)[0]["handovers"] > moved, "the session has moved", show=bots.report)
            self.raid(twitch, count=2)
        self.assertEqual(self.check(twitch, bots), 5 * STORM)
        session = self.sessions(bots)[0]
        self.assertEqual((session["sessions"], session["handovers"], session["losses"], session["gaps"]), (1, STORM, 0, 0))
        self.assertEqual(twitch.request("GET", "/eventsub")["counters"]["too_late"], 0)

    def test_after_every_close_code_all_is_subscribed_to_again(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        for number, code in enumerate(range(4000, 4008), 1):
            concerned = twitch.request("POST", "/event_sockets", {"action": "close", "code": code})
            self.assertEqual(concerned["result"], 1)
            wait_for(lambda: self.sessions(bots)[0]["sessions"] > number, f"a new session after {code}", show=bots.report)
            self.wait_until_subscribed(bots, 1)
            self.assertEqual(self.raid(twitch), 1)
            self.check(twitch, bots)
            self.assertIn(f"(close code {code})", bots.process.output)
        self.assertEqual(self.sessions(bots)[0]["gaps"], 8)
        self.assertIn("no events were received from", bots.process.output)

    def test_what_was_missed_while_the_process_was_away_is_told(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        self.assertEqual(self.raid(twitch), 1)
        self.check(twitch, bots)
        commits = bots.report()["store"]["commits"]
        wait_for(lambda: bots.report()["store"]["commits"] > commits + 1, "it is written down that it is there")
        self.assertEqual(self.sessions(bots)[0]["gaps"], 0)
        bots.process.kill()
        bots.start()
        self.wait_until_subscribed(bots, 1)
        wait_for(lambda: self.sessions(bots)[0]["gaps"] == 1, "the gap is told", show=bots.report)
        self.assertEqual(bots.process.output.count("no events were received from"), 1)

    def test_a_session_that_can_not_be_moved_is_begun_anew(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        twitch.request("POST", "/event_sockets", {"action": "reconnect", "to_invalid": True})
        wait_for(lambda: self.sessions(bots)[0]["sessions"] == 2, "a new session", show=bots.report)
        self.wait_until_subscribed(bots, 1)
        self.assertGreaterEqual(self.raid(twitch), 1)
        self.check(twitch, bots)
        self.assertEqual(self.sessions(bots)[0]["losses"], 0)

    def test_killed_actors_lose_and_double_no_event(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"], **PATIENT)
        victims = (f"bots/{BOT}/eventsub-1", f"bots/{BOT}/cog event_ledger", "store", f"bots/{BOT}", "bots")
        rounds = self.kill(bots, victims, KILLS, lambda _: self.raid(twitch, count=5))
        self.assertEqual(self.check(twitch, bots), 5 * rounds)
        self.assertEqual(twitch.request("GET", "/eventsub")["counters"]["sessions"], 1)
