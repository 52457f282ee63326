"""Twitch's own command line tool against our program: its mock of EventSub over WebSocket, and the webhooks that it sends."""

from __future__ import annotations

import http.client
import http.server
import os
import re
import subprocess
import sys
import threading
import unittest
from pathlib import Path
from typing import IO, Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "integration")]

from event_scenario import BOT  # noqa: E402
from harness import SOON, Bots, free_ports, wait_for  # noqa: E402
from webhook_scenario import WebhookScenario  # noqa: E402

TOOL = os.environ.get("CREAMERY_TWITCH_CLI", "")
SECRET = "what-the-tool-signs-with"
# What a bot may subscribe to in its own channel with a token that may do anything, over WebSocket.
TYPES = ["channel.ban", "channel.cheer", "channel.follow", "channel.raid", "channel.subscribe", "channel.update", "channel.poll.begin",
         "channel.channel_points_custom_reward_redemption.add", "stream.online", "stream.offline", "user.update"]
CLOSE_CODES = range(4000, 4008)
# The tool closes the old sockets so long after it has asked to go on elsewhere; in between it can't close any.
GRACE = 45


class Crossing(http.server.BaseHTTPRequestHandler):
    """Twitch's API for both: of subscriptions the tool is asked, of everything else the simulator."""

    tool = simulator = 0

    def pass_on(self) -> None:
        path = self.path.removeprefix("/helix")
        is_tools = path.startswith("/eventsub/")
        to = http.client.HTTPConnection("127.0.0.1", self.tool if is_tools else self.simulator, timeout=SOON)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        to.request(self.command, path if is_tools else self.path, body, headers)
        answer = to.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        to.close()

    do_GET = do_POST = do_DELETE = do_PATCH = pass_on

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


class TwitchCli(WebhookScenario):
    def setUp(self) -> None:
        if not TOOL:
            self.skipTest("CREAMERY_TWITCH_CLI doesn't say where it is")
        super().setUp()
        self.home = self.folder / "home"
        self.home.mkdir()

    def start_tool(self, *arguments: str, output: IO[str] | int = subprocess.PIPE) -> subprocess.Popen[str]:
        return subprocess.Popen([TOOL, *arguments], env={"HOME": str(self.home), "PATH": os.environ["PATH"]}, stdout=output,
                                stderr=subprocess.STDOUT, text=True)

    def tool(self, *arguments: str) -> str:
        """What it says."""
        process = self.start_tool(*arguments)
        try:
            output = process.communicate(timeout=SOON)[0]
        finally:
            process.kill()
        if versions := re.search(r"Valid version\(s\): (.*)", output):
            return self.tool(*arguments, "--version", versions[1].split(", ")[-1])
        self.assertEqual(process.returncode, 0, f"{arguments}: {output}")
        return output

    def handled(self) -> int:
        return len(self.ledger())

    # -- over WebSocket

    def begin_over_websocket(self) -> Bots:
        port = free_ports(1)
        self.server_log = self.folder / "twitch-cli.log"
        with open(self.server_log, "w", encoding="utf-8") as log:
            server = self.start_tool("event", "websocket", "start-server", "--port", str(port), "--require-subscription", output=log)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        twitch = self.simulator()
        handler = type("Handler", (Crossing,), {"tool": port, "simulator": int(twitch.api.rpartition(":")[2])})
        api = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=api.serve_forever, daemon=True).start()
        self.addCleanup(api.server_close)
        self.addCleanup(api.shutdown)
        endpoints = {"irc": twitch.endpoints["irc"], "eventsub": f"ws://127.0.0.1:{port}/ws", "id": f"{twitch.apis}/oauth2",
                     "helix": f"http://127.0.0.1:{api.server_address[1]}/helix", "ca_file": str(twitch.ca_file)}
        bots = self.bots(twitch, {BOT: {"channels": [BOT], "cogs": {"event_ledger": {}, "eventsub": {"events": TYPES}}}},
                         timeouts={"eventsub_redial_ms": 20}, endpoints=endpoints)
        self.subscribed(bots)
        return bots

    def subscribed(self, bots: Bots) -> None:
        """All types are, and raids in both directions, of which the tool takes one and says of the other that it is there."""
        wait_for(lambda: self.sessions(bots)[0]["enabled"] == len(TYPES) + 1, "all is subscribed to", show=bots.report)

    def trigger_all(self, bots: Bots, types: list[str]) -> None:
        """Each type that happens is handled once."""
        before = self.handled()
        for type in types:
            self.assertIn("✔", self.tool("event", "trigger", type, "--transport=websocket"), type)
        wait_for(lambda: self.handled() == before + len(types), f"{len(types)} more events are handled", show=lambda: (self.ledger(), bots.report()))
        self.assertEqual(set(self.ledger().values()), {1})

    def test_events_of_its_mock_are_handled_through_reconnects_silence_and_every_close_code(self) -> None:
        bots = self.begin_over_websocket()
        self.trigger_all(bots, TYPES)
        for name in TYPES:
            self.assertEqual(bots.process.count(re.escape(f" {name}:")), 1, name)
        self.tool("event", "websocket", "reconnect")
        wait_for(lambda: self.sessions(bots)[0]["handovers"] == 1, "it has moved", show=bots.report)
        self.trigger_all(bots, TYPES[:3])
        self.assertEqual({x: self.sessions(bots)[0][x] for x in ("sessions", "losses")}, {"sessions": 1, "losses": 0})

        wait_for(lambda: "Reconnect testing successful" in self.server_log.read_text(encoding="utf-8"), "it can close again", GRACE)
        for number, code in enumerate(CLOSE_CODES, 1):
            session = self.sessions(bots)[0]["session_id"]
            self.tool("event", "websocket", "close", f"--session={session}", f"--reason={code}")
            wait_for(lambda: self.sessions(bots)[0]["sessions"] == number + 1, "a new session", show=bots.report)
            self.subscribed(bots)
            self.trigger_all(bots, [TYPES[number]])
        self.assertEqual(self.sessions(bots)[0]["losses"], len(CLOSE_CODES))
        session = self.sessions(bots)[0]["session_id"]
        self.tool("event", "websocket", "keepalive", f"--session={session}", "--enabled=false")
        wait_for(lambda: self.sessions(bots)[0]["sessions"] == len(CLOSE_CODES) + 2, "silence is noticed", GRACE, show=bots.report)
        self.subscribed(bots)
        self.trigger_all(bots, TYPES[:2])
        self.assertEqual(bots.process.stop(), 0)

    # -- over webhooks

    def begin_over_webhooks(self) -> tuple[Bots, list[str]]:
        """A bot that listens, and how the tool reaches it."""
        _, bots = self.begin(["channel_raid_in"], {"EVENTSUB_SECRET_WORD": SECRET})
        self.wait_until_subscribed(bots, 1)
        return bots, ["--forward-address", f"http://localhost:{self.port}/eventsub/{BOT}"]

    def test_its_verification_finds_the_challenge(self) -> None:
        bots, forward = self.begin_over_webhooks()
        said = self.tool("event", "verify-subscription", "channel.raid", *forward, "--secret", SECRET)
        for expected in ("Valid response", "Valid content-type header. Received type text/plain", "Valid status code. Received status 200"):
            self.assertIn(f"✔ {expected}", said)
        self.assertIn("✗ Invalid status code", self.tool("event", "verify-subscription", "channel.raid", *forward, "--secret", "somebody else's"))
        self.assertEqual(bots.process.stop(), 0)

    def test_each_type_that_it_knows_is_handled_once_however_often_it_is_sent(self) -> None:
        bots, forward = self.begin_over_webhooks()
        types = re.search(r"Supported:\s*\[([^]]+)\]", self.tool("event", "trigger", "--help"))[1].split()
        self.assertGreater(len(types), 40)
        for number, type in enumerate(types, 1):
            said = self.tool("event", "trigger", type, *forward, "--secret", SECRET, "--event-id", f"event-{number}")
            self.assertIn("Status Code: 204", said, type)
        wait_for(lambda: self.handled() == len(types), "all are handled", show=lambda: (self.ledger(), bots.report()))
        for number in (1, len(types)):
            self.assertIn("[204]", self.tool("event", "retrigger", "--id", f"event-{number}", *forward, "--secret", SECRET))
        wait_for(lambda: bots.report()["store"]["same_messages"] == 2, "both are known", show=bots.report)
        self.assertEqual((self.handled(), set(self.ledger().values())), (len(types), {1}))
        self.assertEqual(bots.process.stop(), 0)

    def test_what_it_signs_with_another_secret_or_long_ago_is_refused(self) -> None:
        bots, forward = self.begin_over_webhooks()
        for arguments, status in ((["--secret", "somebody else's"], 403), ([], 400),
                                  (["--secret", SECRET, "--timestamp", "2026-01-01T00:00:00.123456789Z"], 403)):
            self.assertIn(f"Status Code: {status}", self.tool("event", "trigger", "channel.raid", *forward, *arguments))
        self.assertIn("Status Code: 204", self.tool("event", "trigger", "channel.raid", *forward, "--secret", SECRET))
        wait_for(lambda: self.handled() == 1, "the genuine one is handled", show=bots.report)
        self.assertEqual(bots.process.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
