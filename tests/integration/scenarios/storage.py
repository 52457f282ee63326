"""What cogs store is there again, whatever is killed meanwhile."""

from harness import Bots, Scenario, Simulator, wait_for
from scenarios.chaos import PATIENT

BOT = "ann"
CHANNEL = "red"
CALLS = 60
# One more within a minute, and it rests.
STORE_KILLS = 8


class Storage(Scenario):
    def answers(self, twitch: Simulator) -> list[int]:
        return [int(x["text"]) for x in twitch.messages(BOT)]

    def count(self, twitch: Simulator, bots: Bots, victims: list[str]) -> None:
        """Lets the cog count, while these are killed in turn, until that has succeeded often enough: what is just being restarted can't
        be killed. Each call has to be counted once."""
        counted = len(self.answers(twitch))
        killed = calls = 0
        while calls < CALLS or (victims and killed < CALLS // 6 and calls < 10 * CALLS):
            twitch.say(CHANNEL, "!count")
            if victims and (victims[calls % len(victims)] != "store" or calls // len(victims) < STORE_KILLS):
                killed += bots.fault("kill", victims[calls % len(victims)])
            calls += 1
        wait_for(lambda: len(self.answers(twitch)) >= counted + calls, "every call is answered", 60, show=bots.report)
        self.assertEqual(sorted(self.answers(twitch)), list(range(1, counted + calls + 1)))
        if victims:
            self.assertGreaterEqual(killed, CALLS // 6)

    def test_what_a_cog_stores_outlives_whatever_is_killed(self) -> None:
        twitch = self.simulator()
        twitch.moderator(BOT, CHANNEL)
        bots = self.bots(twitch, {BOT: {"channels": [CHANNEL], "cogs": {"counter": {}}}}, **PATIENT)
        self.wait_until_joined(twitch, BOT, [CHANNEL])
        self.count(twitch, bots, ["store", f"bots/{BOT}/cog counter", "bots"])
        wait_for(lambda: bots.report()["store"]["outcomes"] >= CALLS, "all of it is written", show=bots.report)
        bots.process.kill()
        wait_for(lambda: not twitch.connections(BOT), "Twitch has noticed it")
        bots.start()
        self.wait_until_joined(twitch, BOT, [CHANNEL])
        counted = len(self.answers(twitch))
        twitch.say(CHANNEL, "!count")
        wait_for(lambda: len(self.answers(twitch)) == counted + 1, "it answers")
        self.assertEqual(self.answers(twitch)[-1], counted + 1)
        self.assertEqual(bots.process.stop(), 0)
