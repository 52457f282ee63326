"""The process is killed around renewals, hundreds of times: a token that was stored is never lost, and one whose answer was lost
between Twitch and the disk is recognised at the next start. Run with `./run test --long`."""

import random
import threading
import time

from harness import Bots, Scenario, Simulator, wait_for
from token_checker import LOST, STORED, judge_renewals, read_log

BOT = "ann"
SEED = 20_261
# Killed at least so often, and on until enough kills have come when they should, which depends on the machine's speed.
KILLS = 320
MOST_KILLS = 800
# How many of them have to come while a renewal is under way, and between Twitch's answer and the disk.
IN_FLIGHT = 200
IN_GAP = 60

# Expired before the process is there again, so that each life begins with a renewal.
SHORT_LIFE = "1ms"
# A token that was just granted has to be good until it is stored.
GRANTED_LIFE = "20s"
# In every other life Twitch takes its time, which widens the gap.
LATENCY = 0.03


class TokensAndKills(Scenario):
    def asked(self, twitch: Simulator) -> int:
        """How often Twitch has refused the bot's access token, so that a renewal began."""
        return sum((x["path"], x["status"], x["login"]) == ("/oauth2/validate", 401, BOT) for x in twitch.events("api_call"))

    def refusals(self, twitch: Simulator) -> int:
        return sum(x["verdict"] == "refused" for x in twitch.events("refresh"))

    def grant(self, twitch: Simulator, bots: Bots) -> None:
        """Its owner authorises the bot, whose next renewal begins at once."""
        twitch.settings(token_life=GRANTED_LIFE)
        self.authorise(twitch, bots, BOT)
        twitch.settings(token_life=SHORT_LIFE)

    def end_token(self, twitch: Simulator) -> None:
        """Ends the access token that the bot has, and throws it out of chat, so that it has to get another one."""
        twitch.revoke_access(BOT)

    def settle(self, twitch: Simulator, bots: Bots) -> None:
        """Waits until the bot has either renewed its token or told that it can't; then its owner authorises it anew."""
        wait_for(lambda: STORED.search(bots.process.output) or LOST.search(bots.process.output),
                 "the token is renewed, or the log tells why not")
        if LOST.search(bots.process.output):
            self.grant(twitch, bots)

    def test_kills_around_renewals_lose_no_token_that_was_stored(self) -> None:
        chance = random.Random(SEED)
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": ["red"]}}, without_token=[BOT],
                         timeouts={"token_trust_ms": 1, "token_retry_ms": 50})
        self.grant(twitch, bots)
        self.assertEqual(bots.process.stop(), 0)
        log, kills = read_log(bots.process.output), []
        while len(kills) < KILLS or (not self.is_enough(twitch, log, kills) and len(kills) < MOST_KILLS):
            twitch.clear_faults()
            slow = len(kills) % 2 == 0
            if slow:
                twitch.fault("http_slow", path="/oauth2/token", latency=f"{LATENCY}s")
            asked = self.asked(twitch)
            bots.start()
            if len(kills) and self.was_open(twitch, log):
                self.settle(twitch, bots)
                asked = self.asked(twitch)
                self.end_token(twitch)
            wait_for(lambda: self.asked(twitch) > asked, "a renewal begins")
            threading.Event().wait(chance.uniform(0, LATENCY + 0.02 if slow else 0.02))  # the moment is chance's
            bots.process.kill()
            kills.append(time.time_ns() // 1000)
            log += read_log(bots.process.output)
        twitch.clear_faults()
        bots.start()
        self.settle(twitch, bots)
        twitch.settings(token_life="4h")
        self.end_token(twitch)
        # After so many logins in so many lives, limits may have to be waited for.
        self.wait_until_joined(twitch, BOT, ["red"], deadline=60)
        self.wait_until_it_answers(twitch, BOT, "red", deadline=60)
        self.assertEqual(bots.process.stop(), 0)
        log += read_log(bots.process.output)
        history = twitch.stop()
        found = judge_renewals(history, log, kills, BOT)
        print(f"{found.kills} kills (seed {SEED}), {found.in_flight} while a renewal was under way, {found.in_gap} of them "
              f"between Twitch's answer and the disk; {found.granted} renewals granted, {found.stored} called stored, "
              f"{found.lost} lost in the gap", end=" ", flush=True)
        self.assertEqual(found.problems, [])
        self.assertGreaterEqual(found.in_flight, IN_FLIGHT, "too few kills in flight for the test to mean anything")
        self.assertGreaterEqual(found.in_gap, IN_GAP, "too few kills in the gap for the test to mean anything")
        self.assertEqual(sum(x["event"] == "grant" for x in history), found.lost + 1, "somebody was asked for nothing")

    def is_enough(self, twitch: Simulator, log: list[dict], kills: list[int]) -> bool:
        """Whether so many kills came when they should that the test means something."""
        found = judge_renewals(twitch.events(), log, kills, BOT)
        return found.in_flight >= IN_FLIGHT and found.in_gap >= IN_GAP

    def was_open(self, twitch: Simulator, log: list[dict]) -> bool:
        """Whether the last kill came after Twitch had granted a renewal, and before the log called it stored."""
        granted = [x["at"] for x in twitch.events("refresh") if x["verdict"] == "granted"]
        stored = [x["at"] for x in log if x["event"] == "stored"]
        return bool(granted) and max(granted) > max(stored, default=0)
