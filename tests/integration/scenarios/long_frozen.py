"""Cogs that say they never wait, and do, can take all the threads that the actors share. Then nothing can be done but to end the
process, for the service manager to start it anew. Run with `./run test --long`."""

import os

from harness import Scenario, wait_for


class Frozen(Scenario):
    def test_a_process_whose_threads_are_all_stuck_ends(self) -> None:
        twitch = self.simulator()
        names = [f"bot{x}" for x in range(max(4, os.cpu_count() or 1) + 2)]
        bots = self.bots(twitch, {x: {"channels": ["red"], "cogs": {"pretender": {}}} for x in names})
        for name in names:
            self.wait_until_joined(twitch, name, ["red"])
        wait_for(lambda: all(bots.actors()[f"bots/{x}/cog pretender"]["state"] == "running" for x in names), "all cogs run")
        twitch.say("red", "freeze")
        self.assertEqual(bots.process.wait(120), 1)
        self.assertEqual(bots.process.count("the actors have not answered for 60 s"), 1)
