"""EventSub over WebSocket: the real program against the simulator, whose sessions are moved, closed and silenced."""

import json
import re
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from event_scenario import BOT, CHANNEL, EventScenario
from harness import SOON, Bots, Simulator, wait_for
from scenarios.chaos import PATIENT

STORM = 100
KILLS = 60
QUICKLY = {"eventsub_redial_ms": 20, "eventsub_grace_ms": 200}
# Twitch says something at least so often; less can't be asked for.
KEEPALIVE = 10
REDEMPTION = "channel.channel_points_custom_reward_redemption.add"


class Eventsub(EventScenario):
    def begin(self, events: list[str], channels: Sequence[str] = (CHANNEL,), timeouts: dict[str, int] | None = None,
              simulator: tuple[str, ...] = (), **more: object) -> tuple[Simulator, Bots]:
        """A bot that subscribes to these events of its channels, and writes down each that it handles. It may see what is redeemed in
        its own."""
        twitch = self.simulator(*simulator)
        twitch.token(BOT, ["chat:read", "chat:edit", "channel:read:redemptions"])
        bots = self.bots(twitch, {BOT: {"channels": list(channels), "cogs": {"event_ledger": {}, "eventsub": {"events": events}}}},
                         timeouts=QUICKLY | (timeouts or {}), **more)
        self.wait_until_joined(twitch, BOT, channels)
        self.wait_until_subscribed(bots, len(events) * len(channels))
        return twitch, bots

    def sockets(self, twitch: Simulator, action: str, **more: object) -> None:
        """Moves, closes or silences the one session that there is."""
        self.assertEqual(twitch.request("POST", "/event_sockets", {"action": action} | more)["result"], 1)

    def redeem(self, twitch: Simulator, id: str) -> int:
        """Somebody redeems a reward; returns by how many messages that was told."""
        return self.trigger(twitch, REDEMPTION, event={"id": id})

    def session_of_last(self, twitch: Simulator) -> str:
        """The session that got the last message about an event."""
        return str(twitch.events("event")[-1]["session"])

    def raids_in_log(self, bots: Bots) -> list[str]:
        """The channels whose raids were handled, in that order."""
        return [x.lower() for x in re.findall(r"channel\.raid: .*to_broadcaster (\w+)", bots.process.output)]

    def gaps(self, bots: Bots) -> list[tuple[float, float]]:
        """From when to when no events were received, as the log tells it, in seconds since 1970."""
        told = re.findall(r"no events were received from (\S+) to (\S+)", bots.process.output)
        return [(datetime.fromisoformat(begin).timestamp(), datetime.fromisoformat(end).timestamp()) for begin, end in told]

    def check_gap(self, bots: Bots, missed_at: float) -> None:
        """There was one gap, and what was missed at that time is in it."""
        wait_for(lambda: self.gaps(bots), "the gap is told", show=bots.report)
        (begin, end), = self.gaps(bots)
        self.assertLessEqual(begin, missed_at)
        self.assertGreaterEqual(end, missed_at)

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

    def test_a_redemption_under_several_ids_is_handled_once_and_a_raid_as_often_as_it_comes(self) -> None:
        """A redemption has an id of its own; of a raid nobody can tell whether it is another one."""
        twitch, bots = self.begin(["channel_points_redeemed", "channel_raid_in"], [BOT])
        for type in (REDEMPTION, "channel.raid"):
            self.assertEqual(self.trigger(twitch, type, count=3, repeat=1, repeat_as_another=2), 12)
        self.wait_until_stored(bots, 24)
        self.assertEqual(self.arrivals(bots), {"events": 3 + 9, "same_messages": 3 + 3, "same_events": 6})
        # Of each redemption the message that came first, and its four are together.
        self.check_handled(bots, lambda: self.ids(twitch, REDEMPTION)[::4] + self.ids(twitch, "channel.raid"))

    def test_a_redemption_is_known_again_after_a_restart(self) -> None:
        twitch, bots = self.begin(["channel_points_redeemed"], [BOT])
        self.assertEqual(self.redeem(twitch, "tea"), 1)
        self.check(twitch, bots)
        bots.process.kill()
        bots.start()
        self.wait_until_subscribed(bots, 1)
        self.assertEqual(self.redeem(twitch, "tea"), 1)
        self.assertEqual(self.redeem(twitch, "cake"), 1)
        self.wait_until_stored(bots, 2)
        self.assertEqual(self.arrivals(bots), {"events": 1, "same_messages": 0, "same_events": 1})
        tea, again, cake = self.ids(twitch)
        self.assertNotEqual(tea, again)
        self.check_handled(bots, lambda: [tea, cake])

    def test_what_arrives_in_another_order_is_handled_in_that_order_each_once(self) -> None:
        channels = [CHANNEL, "green"]
        twitch, bots = self.begin(["channel_raid_in"], channels)
        rooms = {x["room_id"]: x["channel"] for x in twitch.request("GET", "/channels")}
        subscribed = [rooms[x["condition"]["to_broadcaster_user_id"]] for x in twitch.request("GET", "/eventsub")["subscriptions"]]
        self.assertEqual(sorted(subscribed), sorted(channels))
        for out_of_order in (False, True):  # as they were subscribed to, or the other way round
            self.assertEqual(self.trigger(twitch, "channel.raid", count=3, repeat=1, out_of_order=out_of_order,
                                          event={"viewers": int(out_of_order)}), 12)
        self.assertEqual(self.check(twitch, bots), 12)
        wanted = 3 * subscribed + 3 * subscribed[::-1]
        wait_for(lambda: len(self.raids_in_log(bots)) >= len(wanted), "all are in the log", show=lambda: bots.process.output)
        self.assertEqual(self.raids_in_log(bots), wanted)

    def test_what_a_scenario_file_lets_happen_is_handled(self) -> None:
        """Where it says so, or with `*` where it has its first channel."""
        file = self.folder / "evening.yaml"
        file.write_text("""
            repeat: 300ms
            channels: {green: {chatter: 0}, red: {chatter: 0}}
            timeline:
              - {at: 0s, event: {type: channel.raid, channel: red, event: {viewers: 4321}}}
              - {at: 100ms, event: {type: stream.online, channel: "*", count: 2}}""", encoding="utf-8")
        twitch, bots = self.begin(["channel_raid_in", "stream.online"], [CHANNEL, "green"], simulator=("--scenario", str(file)))
        for type, count in (("channel.raid", 3), ("stream.online", 6)):
            wait_for(lambda: len(self.ids(twitch, type)) >= count, f"{type} has happened several times")
        self.check(twitch, bots)

        def told(pattern: str) -> set[str]:
            return set(re.findall(pattern, bots.process.output))

        wait_for(lambda: (told(r"channel\.raid: .*to_broadcaster (\w+, viewers \d+)"), told(r"stream\.online: broadcaster (\w+)"))
                 == ({"Red, viewers 4321"}, {"green"}), "both are in the log, and nothing else", show=lambda: bots.process.output)

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
                           (REDEMPTION, '"type":"reward-redeemed"'),
                           ("channel.subscription.message", '"context":"resub"')):
            self.assertEqual(self.trigger(twitch, type), 1)
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
            self.sockets(twitch, "reconnect", old_until=number % 2 * 0.05)
            self.raid(twitch)
            wait_for(lambda: self.sessions(bots)[0]["handovers"] > moved, "the session has moved", show=bots.report)
            self.raid(twitch, count=2)
        self.assertEqual(self.check(twitch, bots), 5 * STORM)
        session = self.sessions(bots)[0]
        self.assertEqual((session["sessions"], session["handovers"], session["losses"], session["gaps"]), (1, STORM, 0, 0))
        self.assertEqual(twitch.request("GET", "/eventsub")["counters"]["too_late"], 0)

    def test_an_old_socket_that_goes_on_talking_is_read_for_as_long(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        old = twitch.events("eventsub_open")[0]["session"]
        self.sockets(twitch, "reconnect", old_until=0.5)

        def is_over() -> bool:
            self.assertEqual(self.raid(twitch), 1)
            return self.session_of_last(twitch) != old

        wait_for(is_over, "the new socket has the word")
        moved_at, = (x["n"] for x in twitch.events("eventsub_open") if x["moved"])
        late = [x for x in twitch.events("event") if x["session"] == old and x["n"] > moved_at]
        print(f"{len(late)} events came late", end=" ", flush=True)
        self.assertGreater(len(late), 2)
        wait_for(lambda: [x for x in twitch.events("eventsub_gone") if x["session"] == old], "the old socket is closed")
        self.assertEqual(self.raid(twitch), 1)
        self.check(twitch, bots)
        session = self.sessions(bots)[0]
        self.assertEqual((session["sessions"], session["handovers"], session["losses"], session["gaps"]), (1, 1, 0, 0))
        self.assertEqual(bots.report()["store"]["same_messages"], 0)
        self.assertEqual(twitch.request("GET", "/eventsub")["counters"]["too_late"], 0)

    def test_a_welcome_that_comes_late_costs_nothing(self) -> None:
        """The old socket is read until the new one is welcomed, however long that takes."""
        twitch, bots = self.begin(["channel_raid_in"])
        self.sockets(twitch, "reconnect", welcome_after=1.5)
        wait_for(lambda: self.raid(twitch) == 1 and self.sessions(bots)[0]["dials"] == 2, "it goes there", show=bots.report)
        self.assertEqual(self.sessions(bots)[0]["handovers"], 0)
        wait_for(lambda: self.raid(twitch) == 1 and self.sessions(bots)[0]["handovers"] == 1, "it has moved", show=bots.report)
        self.assertEqual(self.raid(twitch), 1)
        self.check(twitch, bots)
        session = self.sessions(bots)[0]
        self.assertEqual({x: session[x] for x in ("sessions", "failed_handovers", "losses", "gaps")},
                         {"sessions": 1, "failed_handovers": 0, "losses": 0, "gaps": 0})

    def test_after_every_close_code_all_is_subscribed_to_again(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        for number, code in enumerate(range(4000, 4008), 1):
            self.sockets(twitch, "close", code=code)
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
        self.sockets(twitch, "reconnect", to_invalid=True)
        sent: list[int] = []

        def another() -> bool:
            """One more raid, which one or both sessions tell."""
            sent.append(self.raid(twitch))
            return sent.count(2) > 20

        wait_for(another, "both sessions tell the same", show=bots.report)
        self.assertIn(2, sent, "the new session has subscribed while the old one was there")
        wait_for(lambda: len(self.ledger()) + self.sessions(bots)[0]["same_events"] >= sum(sent), "all are handled", show=bots.report)
        self.assertEqual(list(self.ledger().values()), [1] * len(sent))
        self.assertEqual(self.sessions(bots)[0]["losses"], 0)

    def test_a_session_that_is_sent_nowhere_is_begun_anew_without_a_gap(self) -> None:
        """The old socket is read until the new session has its own subscriptions; a redemption that both of them tell is handled once."""
        twitch, bots = self.begin(["channel_points_redeemed"], [BOT], {"eventsub_handover_ms": 1_000})
        old = twitch.events("eventsub_open")[0]["session"]
        self.assertEqual(self.redeem(twitch, "before"), 1)
        self.sockets(twitch, "reconnect", to_nowhere=True)
        self.assertEqual(self.redeem(twitch, "meanwhile"), 1)
        wait_for(lambda: self.sessions(bots)[0]["sessions"] == 2, "a new session", show=bots.report)
        self.wait_until_subscribed(bots, 1)
        self.assertGreaterEqual(self.redeem(twitch, "afterwards"), 1)
        wait_for(lambda: [x for x in twitch.events("eventsub_gone") if x["session"] == old], "the old socket is closed")
        self.assertEqual(self.redeem(twitch, "at last"), 1)
        self.assertNotEqual(self.session_of_last(twitch), old)
        wait_for(lambda: len(self.ledger()) >= 4, "all are handled", show=bots.report)
        self.assertEqual(list(self.ledger().values()), [1] * 4)
        session = self.sessions(bots)[0]
        self.assertEqual({x: session[x] for x in ("dials", "sessions", "handovers", "failed_handovers", "losses", "gaps")},
                         {"dials": 3, "sessions": 2, "handovers": 0, "failed_handovers": 1, "losses": 0, "gaps": 0})

    def test_a_session_that_is_sent_nowhere_and_cut_off_leaves_a_gap_that_is_told(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"], timeouts={"eventsub_handover_ms": 2_000})
        self.assertEqual(self.raid(twitch), 1)
        self.sockets(twitch, "reconnect", to_nowhere=True)
        wait_for(lambda: self.sessions(bots)[0]["dials"] == 2, "it goes there", show=bots.report)
        self.sockets(twitch, "close", code=4004)
        wait_for(lambda: self.sessions(bots)[0]["last_error"], "it knows that the old socket is closed", show=bots.report)
        missed_at = time.time()
        self.assertEqual(self.raid(twitch), 0)  # nobody hears it
        wait_for(lambda: self.sessions(bots)[0]["sessions"] == 2, "a new session", show=bots.report)
        self.wait_until_subscribed(bots, 1)
        self.assertEqual(self.raid(twitch), 1)
        self.assertEqual(self.check(twitch, bots), 2)
        session = self.sessions(bots)[0]
        self.assertEqual({x: session[x] for x in ("handovers", "failed_handovers", "losses", "gaps")},
                         {"handovers": 0, "failed_handovers": 1, "losses": 1, "gaps": 1})
        self.assertIn("it could not be moved", bots.process.output)
        self.check_gap(bots, missed_at)

    def test_a_socket_that_has_fallen_silent_is_replaced_and_the_gap_is_told(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        self.assertEqual(self.raid(twitch), 1)
        self.check(twitch, bots)
        self.sockets(twitch, "silence")
        self.assertEqual(self.raid(twitch), 1)
        missed = twitch.events("event")[-1]
        wait_for(lambda: self.sessions(bots)[0]["sessions"] == 2, "a new session", KEEPALIVE + SOON, show=bots.report)
        self.wait_until_subscribed(bots, 1)
        self.assertEqual(self.raid(twitch), 1)
        self.check_handled(bots, lambda: set(self.ids(twitch)) - {missed["id"]})
        session = self.sessions(bots)[0]
        self.assertEqual((session["losses"], session["gaps"], session["blind_since"]), (1, 1, 0))
        self.assertIn(f"nothing was heard for {KEEPALIVE} s", bots.process.output)
        self.check_gap(bots, missed["at"] / 1_000_000)

    def test_killed_actors_lose_and_double_no_event(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"], **PATIENT)
        victims = (f"bots/{BOT}/eventsub-1", f"bots/{BOT}/cog event_ledger", "store", f"bots/{BOT}", "bots")
        rounds = self.kill(bots, victims, KILLS, lambda _: self.raid(twitch, count=5))
        self.assertEqual(self.check(twitch, bots), 5 * rounds)
        self.assertEqual(twitch.request("GET", "/eventsub")["counters"]["sessions"], 1)
