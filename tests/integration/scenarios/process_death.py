"""The process is killed, or taken down by a cog, and started again: limits are kept, what was missed is told, and the guilty cog rests."""

import shutil
import signal

from checker import check_answers, check_gaps, check_limits
from harness import SANITIZED, Bots, Scenario, Simulator, wait_for

BOT = "ann"
CHANNELS = [f"room{x}" for x in range(10)]


class ProcessDeath(Scenario):
    # -- limits

    def kill_again_and_again(self, forget: bool) -> tuple[Simulator, Bots]:
        """A bot that is no moderator joins ten channels, says twenty things and is killed; twice. With `forget` what it wrote
        down is lost each time."""
        twitch = self.simulator()
        bots = self.bots(twitch, {BOT: {"channels": CHANNELS}})
        store = self.folder / "bots-0" / "var"
        said = 0
        for life in range(3):
            self.wait_until_joined(twitch, BOT, CHANNELS, deadline=30)
            for channel in CHANNELS[:5]:
                twitch.say(channel, "!mark")
                said += 1
            wait_for(lambda: len(twitch.messages(BOT)) == said, "every command is answered", 45)
            if life < 2:
                bots.process.kill()
                wait_for(lambda: not twitch.connections(BOT), "Twitch has noticed it")
                if forget:
                    shutil.rmtree(store)
                bots.start()
        return twitch, bots

    def test_a_killed_process_keeps_to_the_limits_when_it_comes_back(self) -> None:
        twitch, bots = self.kill_again_and_again(forget=False)
        for _ in range(2):  # the twenty-first message within half a minute has to wait
            said = len(twitch.messages(BOT))
            for channel in CHANNELS[5:]:
                twitch.say(channel, "!mark")
            wait_for(lambda: len(twitch.messages(BOT)) == said + 5, "every command is answered", 45)
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertGreaterEqual(sum(x["event"] == "join" for x in history), 30)
        self.assertGreaterEqual(sum(x["event"] == "message" for x in history), 25)
        self.assertEqual(check_limits(history), [])

    def test_without_what_it_wrote_down_it_would_not(self) -> None:
        """That the test before this one can fail."""
        twitch, bots = self.kill_again_and_again(forget=True)
        self.assertEqual(bots.process.stop(), 0)
        self.assertIn("join limit", {x.kind for x in check_limits(twitch.stop())})

    # -- crashes

    def crash(self, twitch: Simulator, bots: Bots, cog: str) -> None:
        """A cog takes the process down, which is started again."""
        self.assertTrue(bots.fault("crash", f"bots/{BOT}/cog {cog}"))
        status = bots.process.wait()
        if SANITIZED:
            self.assertNotEqual(status, 0)  # the sanitizer has the last word
        else:
            self.assertEqual(status, -signal.SIGSEGV, bots.process.output[-2000:])
        wait_for(lambda: not twitch.connections(BOT), "Twitch has noticed it")
        bots.start()
        self.wait_until_joined(twitch, BOT, ["red"])

    def test_a_cog_that_takes_the_process_down_twice_begins_in_quarantine(self) -> None:
        twitch = self.simulator()
        twitch.moderator(BOT, "red")
        bots = self.bots(twitch, {BOT: {"channels": ["red"], "cogs": {"history": {}, "thrower": {}}}})
        watcher = self.bots(twitch, {"bob": {"channels": ["red"], "cogs": {"thrower": {}}}})  # says nothing
        for login in (BOT, "bob"):
            self.wait_until_joined(twitch, login, ["red"])
        path = f"bots/{BOT}/cog thrower"
        commands, gaps = [], []

        def answered() -> None:
            commands.append(twitch.say("red", "!mark"))
            wait_for(lambda: commands[-1] in {x["reply_to"] for x in twitch.messages(BOT)}, "a command is answered")

        answered()
        store = self.folder / "bots-0" / "var" / "reading.json"
        wait_for(lambda: store.exists() and "red" in store.read_text(), "how far it has read is written down")
        for life in (1, 2):
            twitch.say("red", "before the crash")
            self.crash(twitch, bots, "thrower")
            self.assertEqual(bots.process.count(r"SIGSEGV, in the cog ann/thrower: the process ended"), life)
            answered()
            wait_for(lambda: (x := bots.report()["bots"][0]["gaps"]) and all(y["to"] for y in x), "the gap is told")
            gaps += bots.report()["bots"][0]["gaps"]
            state = bots.actors()[path]
            self.assertEqual(state["state"], "running" if life == 1 else "quarantined")
        self.assertEqual(state["last_error"], "it took the process down 2 times, the last time by SIGSEGV")
        answered()  # the others go on
        self.assertEqual(bots.admin("POST", "/api/actors/restart", token=bots.admin_token, path=path)[0], 200)
        wait_for(lambda: bots.actors()[path]["state"] == "running", "it is given another chance by hand")
        handled = bots.handled(BOT, "thrower")
        answered()
        wait_for(lambda: bots.handled(BOT, "thrower") > handled, "it works again")
        self.assertTrue(bots.fault("kill", f"bots/{BOT}"))
        wait_for(lambda: bots.actors().get(path, {}).get("state") == "running", "that isn't held against it any more")
        for one in (bots, watcher):
            self.assertEqual(one.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(check_gaps(history, BOT, bots.record(BOT), gaps, "history", early=2), [])
        self.assertEqual(check_answers(history, BOT, commands), [])
        self.assertEqual(check_limits(history, {(BOT, "red")}), [])
