#!/usr/bin/env python3
"""Runs test functions, as ctest does: `run.py scenarios.transports.two_bots_over_wss`, or `run.py scenarios.transports`, or
nothing for all of them. Exit status 77: all that was asked for had to be skipped."""

import importlib
import sys
import unittest
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


def tests_of(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            yield from tests_of(one)
        else:
            yield one


def modules() -> list[str]:
    return ["test_checker", "test_harness", *sorted(f"scenarios.{file.stem}" for file in (HERE / "scenarios").glob("*.py"))]


def main(names: list[str]) -> int:
    suite = unittest.TestSuite()
    for name in names or modules():
        module, _, function = (name, "", "") if name in modules() else name.rpartition(".")
        found = [test for test in tests_of(unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(module)))
                 if not function or test.id().endswith(f".test_{function}")]
        if not found:
            print(f"there is no test {name}", file=sys.stderr)
            return 1
        suite.addTests(found)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    for test, _ in result.expectedFailures:
        print(f"KNOWN FAULT: {test.id()}: {test.shortDescription()}")
    for test, reason in result.skipped:
        print(f"SKIPPED: {test.id()}: {reason}")
    if not result.wasSuccessful():
        return 1
    return 77 if len(result.skipped) == result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
