"""The demo: a simulated Twitch, bots and a raid in one process."""

from harness import Scenario


class Demo(Scenario):
    def test_loses_nothing(self) -> None:
        status, output = self.program("demo", "--seconds", "8", "--plain", deadline=40)
        self.assertIn("Nothing was lost", output)
        self.assertIn("a raid of 20,000 viewers arrives", output)
        for row in ("lines in", "routed", "handled", "poisoned", "shed", "lost", "commands", "replies", "p50", "p99"):
            self.assertIn(row, output.lower())
        self.assertEqual(status, 0)
