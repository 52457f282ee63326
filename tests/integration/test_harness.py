"""The harness keeps what it promises: no leaked secret passes unseen, and no process outlives its test."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import unittest
from collections.abc import Callable

from harness import Process, Scenario, wait_for


def outcome_of(body: Callable[[Scenario], None]) -> unittest.TestResult:
    """What becomes of a scenario with this body."""

    class Tried(Scenario):
        def test(self) -> None:
            body(self)

    result = unittest.TestResult()
    with contextlib.redirect_stdout(io.StringIO()):
        Tried("test").run(result)
    return result


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


class Harness(unittest.TestCase):
    def test_notices_a_secret_in_an_output(self) -> None:
        def leak(scenario: Scenario) -> None:
            scenario.program("check", "--config", f"no-such-{scenario.secret()}.yaml")

        result = outcome_of(leak)
        self.assertEqual(len(result.failures), 1)
        self.assertIn("a secret is in program-0.out", result.failures[0][1])

    def test_notices_a_token_in_a_log_file(self) -> None:
        def leak(scenario: Scenario) -> None:
            token = scenario.simulator().token("ann")
            (scenario.folder / "creamery.1.log").write_text(f"logging in with {token}\n", encoding="utf-8")

        self.assertEqual(len(outcome_of(leak).failures), 1)

    def test_notices_a_token_that_was_granted(self) -> None:
        """Nobody told the harness which one it is."""
        def leak(scenario: Scenario) -> None:
            granted = scenario.simulator().request("POST", "/grants", {"login": "ann", "client_id": "sim-client", "scopes": []})
            (scenario.folder / "creamery.log").write_text(f"renewing with {granted['result']['refresh_token']}\n", encoding="utf-8")

        result = outcome_of(leak)
        self.assertEqual(len(result.failures), 1)
        self.assertIn("a granted token is in creamery.log", result.failures[0][1])

    def test_ends_the_processes_of_a_test_that_fails(self) -> None:
        started: list[int] = []

        def fail(scenario: Scenario) -> None:
            twitch = scenario.simulator()
            bots = scenario.bots(twitch, {"ann": {"channels": ["red"]}})
            bots.process.send(signal.SIGSTOP)
            started.extend([twitch.process.pid, bots.process.pid])
            scenario.fail("on purpose")

        self.assertEqual(len(outcome_of(fail).failures), 1)
        self.assertTrue(all(has_ended(pid) for pid in started))

    def test_kills_a_process_that_does_not_end_in_time(self) -> None:
        found: list[Process] = []

        def hang(scenario: Scenario) -> None:
            process = scenario.simulator().process
            found.append(process)
            process.send(signal.SIGSTOP)
            process.stop(deadline=0.2)

        result = outcome_of(hang)
        self.assertIn("twitch didn't end within 0.2 s", result.failures[0][1])
        self.assertTrue(has_ended(found[0].pid))

    def test_says_what_did_not_come_to_pass(self) -> None:
        with self.assertRaisesRegex(AssertionError, r"not within 0.05 s: pigs fly \(last seen: 0\)"):
            wait_for(lambda: 0, "pigs fly", 0.05)
