"""`creamery auth` and the pages of the running service in a real browser: the form of the identity server is filled in and sent,
redirects are followed from https to http and back, pages are read as they are shown."""

from __future__ import annotations

import re
import shutil
import sys
import unittest
import urllib.parse
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "integration")]

from harness import TEST_COGS, Bots, Process, Scenario, Simulator, wait_for  # noqa: E402
from webdriver import PROGRAMS, Chromium  # noqa: E402


class InChromium(Scenario):
    def setUp(self) -> None:
        if absent := [x for x in PROGRAMS if not shutil.which(x)]:
            self.skipTest(f"{', '.join(absent)} is not installed")
        super().setUp()

    def begin(self, start: bool = False) -> tuple[Simulator, Bots, Chromium]:
        """A bot without a token, and the browser of its owner; with `start`, the service is running."""
        twitch = self.simulator()
        twitch.moderator("ann", "red")
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, without_token=["ann"], start=start)
        home = self.folder / "home"
        home.mkdir()
        browser = Chromium(home, twitch.ca_file)
        self.addCleanup(browser.close)
        return twitch, bots, browser

    def auth(self, bots: Bots) -> Process:
        """`creamery auth ann`, once it waits for the browser, which isn't there yet."""
        process = self.command(bots, "auth", "ann", "--no-browser", CREAMERY_COG_PATH=str(TEST_COGS))
        wait_for(lambda: bots.start_url("ann") in process.output, "it tells the address")
        return process

    def come_to_twitch(self, twitch: Simulator, browser: Chromium) -> None:
        """The browser shows Twitch's page, which says who asks for what."""
        wait_for(lambda: browser.url().startswith(f"{twitch.apis}/oauth2/authorize?"), "Twitch asks")
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(browser.url()).query)
        self.assertGreaterEqual(len(query["state"][0]), 20)
        self.assertEqual(query["force_verify"], ["true"])
        self.assertRegex(browser.title(), "wants to access an account$")
        self.assertEqual(browser.text("ul").split(), query["scope"][0].split())
        self.assertEqual(set(query["scope"][0].split()), {"chat:read", "chat:edit"})

    def come_back(self, bots: Bots, browser: Chromium, title: str, *expected: str) -> None:
        """The browser is back at the bot's page, which says this."""
        own = f"http://localhost:{bots.config()['bots']['ann']['auth_port']}/"
        wait_for(lambda: browser.url().startswith(own), "the browser is sent back")
        self._secrets |= set(urllib.parse.parse_qs(urllib.parse.urlsplit(browser.url()).query).get("code", []))
        self.assertEqual(browser.title(), f"{title} – Creamery")
        self.assertEqual(browser.text("h1"), title)
        for text in expected:
            self.assertIn(text, re.sub(r"\s+", " ", browser.text()))

    def end_of(self, process: Process, status: int, expected: str) -> None:
        self.assertEqual(process.wait(), status, process.output)
        self.assertIn(expected, process.output)

    def test_the_owner_agrees(self) -> None:
        """The program itself shows the page in the browser that `BROWSER` names; here that only notes the address."""
        twitch, bots, browser = self.begin()
        wish = self.folder / "wish"
        program = self.folder / "browser"
        program.write_text(f"#!/bin/sh\necho \"$1\" >'{wish}.part' && mv '{wish}.part' '{wish}'\n", encoding="utf-8")
        program.chmod(0o755)
        process = self.command(bots, "auth", "ann", BROWSER=str(program), CREAMERY_COG_PATH=str(TEST_COGS))
        wait_for(wish.exists, "the program opens a page")
        self.assertEqual(wish.read_text(encoding="utf-8").strip(), bots.start_url("ann"))
        browser.open(bots.start_url("ann"))
        self.come_to_twitch(twitch, browser)
        browser.type("#login", "ann")
        browser.click("#approve")
        self.come_back(bots, browser, "Done", "The bot ann may now act for ann. You can close this page.")
        self.end_of(process, 0, "ann is authorised as ann")
        bots.start()
        self.wait_until_joined(twitch, "ann", ["red"])
        self.wait_until_it_answers(twitch, "ann", "red")
        self.assertEqual(bots.process.stop(), 0)

    def test_the_owner_refuses(self) -> None:
        twitch, bots, browser = self.begin()
        process = self.auth(bots)
        browser.open(bots.start_url("ann"))
        self.come_to_twitch(twitch, browser)
        browser.click("#deny")
        self.come_back(bots, browser, "That did not work", "The bot ann was not authorised: The user denied you access.")
        self.end_of(process, 1, "not authorised: The user denied you access")
        self.assertFalse((bots.store / "tokens.vault").exists())

    def test_the_owner_is_logged_in_with_another_account(self) -> None:
        twitch, bots, browser = self.begin()
        process = self.auth(bots)
        browser.open(bots.start_url("ann"))
        self.come_to_twitch(twitch, browser)
        browser.type("#login", "eve")
        browser.click("#approve")
        why = "you are logged in at Twitch as 'eve', but the account 'ann' is needed"
        self.come_back(bots, browser, "That did not work", why)
        self.end_of(process, 1, "not authorised: " + why)
        wait_for(lambda: [x["login"] for x in twitch.events("revoked")] == ["eve"], "the token is given back")
        self.assertFalse((bots.store / "tokens.vault").exists())

    def test_an_answer_with_a_wrong_state_changes_nothing(self) -> None:
        """Somebody lures the browser to an answer of their own: what the owner does afterwards still works."""
        twitch, bots, browser = self.begin()
        process = self.auth(bots)
        browser.open(bots.start_url("ann").partition("start/")[0] + "?code=stolen&scope=chat%3Aread&state=guessed")
        self.come_back(bots, browser, "This answer belongs to no question of ours", "Nothing was changed. Please begin again.")
        self.assertEqual([x for x in twitch.events("api_call") if x["path"] == "/oauth2/token"], [], "no code was tried")
        browser.open(bots.start_url("ann"))
        self.come_to_twitch(twitch, browser)
        browser.type("#login", "ann")
        browser.click("#approve")
        self.come_back(bots, browser, "Done")
        self.end_of(process, 0, "ann is authorised as ann")

    def test_the_running_service_leads_through_it_and_lets_the_owner_try_again(self) -> None:
        twitch, bots, browser = self.begin(start=True)
        wait_for(lambda: bots.asks_for("ann"), "the page offers it")
        browser.open(bots.start_url("ann").partition("start/")[0])
        self.come_back(bots, browser, "Authorise your bots", "The bot ann needs an authorisation of the account ann")
        browser.click("a.button")
        self.come_to_twitch(twitch, browser)
        browser.click("#deny")
        self.come_back(bots, browser, "That did not work", "The user denied you access", "Try again")
        browser.click("a.button")
        self.come_to_twitch(twitch, browser)
        browser.type("#login", "ann")
        browser.click("#approve")
        self.come_back(bots, browser, "Done", "The bot ann may now act for ann.")
        self.wait_until_joined(twitch, "ann", ["red"])
        self.wait_until_it_answers(twitch, "ann", "red")
        self.assertEqual(bots.process.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
