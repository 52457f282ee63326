"""EventSub over webhooks: the real program against the simulator, which signs, asks, sends again and revokes as Twitch does."""

import http.client
import json
import os
import random
import shutil
import socket
import subprocess

from event_scenario import BOT, CHANNEL
from harness import free_ports, wait_for
from scenarios.chaos import PATIENT
from webhook_scenario import WebhookScenario

KILLS = 12
ACTOR_KILLS = 50


class Webhooks(WebhookScenario):
    def test_events_are_taken_and_reach_cogs(self) -> None:
        twitch, bots = self.begin(["channel_raid", "channel.follow"])
        self.wait_until_subscribed(bots, 3)
        self.assertEqual(self.statuses(twitch), ["enabled"] * 3)
        self.raid(twitch, count=30, repeat=1)
        self.assertEqual(self.check(twitch, bots), 30)
        wait_for(lambda: self.webhooks(twitch)["waiting"] == 0, "all of it is taken")
        self.assertEqual(bots.report()["store"]["same_messages"], 30)
        self.assertEqual(bots.process.stop(), 0)

    def test_every_type_can_be_triggered_and_arrives(self) -> None:
        types = ["channel.follow", "channel.update", "stream.online", "channel.chat.message", "channel.ban", "user.update",
                 "user.authorization.revoke", "channel.moderate", "channel.hype_train.begin"]
        twitch, bots = self.begin(types)
        twitch.moderator(BOT, CHANNEL)
        wait_for(lambda: sum(x["enabled"] for x in self.sessions(bots)) >= 5, "most are there", show=bots.report)
        for type in {x["type"] for x in twitch.request("GET", "/eventsub")["subscriptions"] if x["status"] == "enabled"}:
            status, output = self.program("simulate", "trigger", type, "--control", twitch.control)
            self.assertEqual(status, 0, output)
        self.assertGreaterEqual(self.check(twitch, bots), 5)
        status, output = self.program("simulate", "trigger", "channel.nonsense", "--control", twitch.control)
        self.assertEqual((status, "nobody has subscribed to channel.nonsense" in output), (1, True), output)

    def test_what_is_not_genuine_is_refused_and_costs_nothing(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        self.wait_until_subscribed(bots, 1)
        twitch.request("POST", "/webhooks", {"attempts": 1, "failures": 1_000})
        self.raid(twitch, count=3, wrong_signature=True)
        self.raid(twitch, count=2, age=601)
        refused = wait_for(lambda: (x := self.port_report(bots)["refused"]) and sum(x.values()) == 5 and x, "they are refused",
                           show=bots.report)
        self.assertEqual(refused, {"the signature is wrong": 3, "the message is older than ten minutes": 2})
        self.assertEqual(bots.report()["store"]["events"], 0)
        self.assertEqual(self.ledger(), {})

    def test_strangers_are_told_that_they_are_wrong(self) -> None:
        _, bots = self.begin(["channel_raid_in"])
        self.wait_until_subscribed(bots, 1)
        for method, path, body, status in [("GET", f"/eventsub/{BOT}", "", 405), ("POST", "/", "{}", 404),
                                           ("POST", f"/eventsub/{BOT}", "{}", 400), ("POST", f"/eventsub/{BOT}", "x" * 300_000, 413)]:
            stranger = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            stranger.request(method, path, body)
            self.assertEqual(stranger.getresponse().status, status, (method, path))
            stranger.close()

    def test_a_restart_adopts_what_there_is_and_removes_what_nobody_wants(self) -> None:
        twitch, bots = self.begin(["channel_raid_in", "channel.follow"])
        self.wait_until_subscribed(bots, 2)
        before = {x["id"]: x["type"] for x in twitch.request("GET", "/eventsub")["subscriptions"]}
        self.assertEqual(bots.process.stop(), 0)
        self.raid(twitch, count=3)  # while it doesn't run
        config = bots.config()
        config["bots"][BOT]["cogs"]["eventsub"]["events"] = ["channel_raid_in", "channel.update"]
        bots.config_file.write_text(json.dumps(config), encoding="utf-8")
        bots.start()
        self.wait_until_subscribed(bots, 2)
        self.assertEqual(self.check(twitch, bots), 3)

        def types() -> dict[str, str]:
            return {x["type"]: x["id"] for x in twitch.request("GET", "/eventsub")["subscriptions"] if x["status"] == "enabled"}

        wait_for(lambda: types().keys() == {"channel.raid", "channel.update"}, "the list is right", show=types)
        self.assertIn(types()["channel.raid"], before)

    def test_another_secret_makes_all_of_them_anew(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        self.wait_until_subscribed(bots, 1)
        before = {x["id"] for x in twitch.request("GET", "/eventsub")["subscriptions"]}
        self.assertEqual(bots.process.stop(), 0)
        config = bots.config()
        config["bots"][BOT]["cogs"]["eventsub"]["EVENTSUB_SECRET_WORD"] = self.secret()
        bots.config_file.write_text(json.dumps(config), encoding="utf-8")
        bots.start()
        self.wait_until_subscribed(bots, 1)
        self.assertIn("were made with another secret", bots.process.output)
        self.assertFalse(before & {x["id"] for x in twitch.request("GET", "/eventsub")["subscriptions"]})
        self.raid(twitch)
        self.assertEqual(self.check(twitch, bots), 1)

    def test_a_revocation_is_told_and_the_rest_goes_on(self) -> None:
        twitch, bots = self.begin(["channel_raid_in", "channel.update"])
        self.wait_until_subscribed(bots, 2)
        twitch.request("POST", "/revocations", {"type": "channel.update", "status": "version_removed"})
        wait_for(lambda: "ended the subscription to channel.update 2 in #red: version_removed" in bots.process.output, "it is told")
        self.raid(twitch)
        self.assertEqual(self.check(twitch, bots), 1)

    def test_a_callback_that_twitch_does_not_reach_is_told_with_what_helps(self) -> None:
        _, bots = self.begin(["channel_raid_in"], {"url": f"http://localhost:{free_ports(1)}"})
        wait_for(lambda: "Twitch didn't reach the callback" in bots.process.output, "it is told", 30, show=lambda: bots.process.output)

    def test_killed_actors_lose_and_double_no_event(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"], **PATIENT)
        self.wait_until_subscribed(bots, 1)
        listener = next(x for x in bots.actors() if x.startswith("webhooks "))
        victims = (listener, f"bots/{BOT}/webhook", f"bots/{BOT}/cog event_ledger", "store", "bots")
        rounds = self.kill(bots, victims, ACTOR_KILLS, lambda _: self.raid(twitch, count=5), ("store", listener))
        self.assertEqual(self.check(twitch, bots), 5 * rounds)

    def test_a_killed_process_loses_and_doubles_no_event(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"])
        self.wait_until_subscribed(bots, 1)
        self.kill_and_count(twitch, bots, KILLS, random.randrange(1 << 30))

    def test_what_is_said_durably_is_said_whatever_is_killed(self) -> None:
        twitch, bots = self.begin(["channel_raid_in"], cogs={"herald": {"channel": CHANNEL}}, **PATIENT)
        twitch.moderator(BOT, CHANNEL)
        self.wait_until_subscribed(bots, 1)
        victims = [f"accounts/{BOT}/outbox", f"bots/{BOT}/irc-1", f"bots/{BOT}/cog herald", "store", "bots"]
        killed = 0
        for number in range(24):
            self.raid(twitch)
            if number % 8 == 7:
                bots.process.kill()
                bots.start()
            else:
                killed += bots.fault("kill", victims[number % len(victims)])
        sent = {f"event {x['id']}" for x in twitch.events() if x["event"] == "event"}
        self.assertEqual(len(sent), 24)

        def said() -> list[str]:
            return [str(x["text"]) for x in twitch.messages(BOT)]

        wait_for(lambda: set(said()) >= sent, "everything is said", 60, show=lambda: (sent - set(said()), bots.report()))
        # Said twice is only what may have been on its way when the process was killed, or a connection.
        print(f"{killed} actors killed, {len(said()) - len(sent)} said twice", end=" ", flush=True)
        self.assertLessEqual(len(said()) - len(sent), 3 + killed)
        self.assertGreaterEqual(killed, 10)

    def test_check_names_mistakes(self) -> None:
        twitch = self.simulator()
        options = {"transport": "webhook", "url": "http://bot.example.org", "EVENTSUB_CALLBACK": "callback",
                   "EVENTSUB_SECRET_WORD": "some_secret_string", "certificate": "/nowhere.pem", "events": ["channel_raid"]}
        bots = self.bots(twitch, {BOT: {"channels": [CHANNEL], "cogs": {"eventsub": options}}}, start=False)
        status, output = self.program("check", "--config", str(bots.config_file), "--env", str(bots.env_file))
        self.assertEqual(status, 1, output)
        for part in ("'url', the public address of this machine, isn't encrypted", "'EVENTSUB_CALLBACK' is no path",
                     "'EVENTSUB_SECRET_WORD' is one that everybody knows", "'certificate' is /nowhere.pem, which is no file",
                     "only one is named", "<BOT>_CLIENT_ID"):
            self.assertIn(part, output)
        self.assertNotIn("some_secret_string", output)

    def test_check_names_bots_that_would_get_each_others_events(self) -> None:
        def check(one: dict[str, object], other: dict[str, object]) -> str:
            shared = {"transport": "webhook", "url": "https://bot.example.org", "events": ["channel_raid"]}
            bots = {name: {"channels": [CHANNEL], "cogs": {"eventsub": {**shared, **options}}} for name, options in
                    (("one", one), ("other", other))}
            config = self.bots(self.simulator(), bots, start=False)
            return self.program("check", "--config", str(config.config_file), "--env", str(config.env_file))[1]

        same_address = "bot 'one' has the same public address"
        self.assertIn(same_address, check({"EVENTSUB_CALLBACK": "/a"}, {"EVENTSUB_CALLBACK": "/a"}))
        self.assertIn(same_address, check({"EVENTSUB_CALLBACK": "/a"}, {"EVENTSUB_CALLBACK": "/a", "port": 15999}))
        # A proxy may have taken the first part away, or not.
        self.assertIn("bot 'one' has the same path at the same port",
                      check({"EVENTSUB_CALLBACK": "/x/a"}, {"EVENTSUB_CALLBACK": "/a", "url": "https://other.example.org/x"}))
        self.assertNotIn("bot 'one' has the same", check({"EVENTSUB_CALLBACK": "/a"}, {"EVENTSUB_CALLBACK": "/b"}))

    # -- TLS

    def certificate(self) -> tuple[str, str]:
        """A certificate for localhost and its key, made by OpenSSL."""
        cert, key = str(self.folder / "cert.pem"), str(self.folder / "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
                       check=True, capture_output=True)
        return cert, key

    def test_the_built_in_tls_takes_a_new_certificate_without_a_restart(self) -> None:
        cert, key = self.certificate()
        port = free_ports(1)
        twitch, bots = self.begin(["channel_raid_in"], {"url": f"https://localhost:{port}", "listen": f"127.0.0.1:{port}",
                                                        "certificate": cert, "key": key}, simulator=("--webhook-ca", cert))
        self.wait_until_subscribed(bots, 1)
        self.raid(twitch, count=10)
        self.assertEqual(self.check(twitch, bots), 10)
        self.certificate()

        def was_read() -> bool:
            with socket.create_connection(("127.0.0.1", port)):
                return "has been read again" in bots.process.output

        wait_for(was_read, "the new certificate is read", show=lambda: bots.process.output)

    def test_a_real_nginx_may_stand_in_front(self) -> None:
        nginx = os.environ.get("CREAMERY_NGINX") or shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        if nginx is None:
            self.skipTest("there is no nginx here")
        cert, key = self.certificate()
        port, inner = free_ports(1), free_ports(1)
        config = self.folder / "nginx.conf"
        config.write_text(f"""
            daemon off; master_process off; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log;
            events {{}}
            http {{
              access_log off;
              client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy; fastcgi_temp_path {self.folder}/f;
              uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
              upstream creamery {{ server 127.0.0.1:{inner}; keepalive 8; }}
              server {{
                listen 127.0.0.1:{port} ssl; ssl_certificate {cert}; ssl_certificate_key {key};
                location /hooks/ {{
                  proxy_pass http://creamery/; proxy_http_version 1.1; proxy_set_header Connection "";
                }}
              }}
            }}""", encoding="utf-8")
        proxy = subprocess.Popen([nginx, "-c", str(config), "-e", str(self.folder / "nginx.log")])
        try:
            twitch, bots = self.begin(["channel_raid_in"], {"url": f"https://localhost:{port}/hooks", "port": inner},
                                      simulator=("--webhook-ca", cert))
            self.wait_until_subscribed(bots, 1)
            self.raid(twitch, count=30)
            self.assertEqual(self.check(twitch, bots), 30)
        finally:
            proxy.terminate()
            proxy.wait(10)

    # -- several bots

    def test_bots_share_a_port_by_path(self) -> None:
        twitch = self.simulator()
        port = free_ports(1)
        eventsub = {"transport": "webhook", "url": f"http://localhost:{port}", "port": port, "events": ["channel_raid_in"]}
        bots = self.bots(twitch, {name: {"channels": [CHANNEL], "cogs": {"event_ledger": {}, "eventsub": eventsub}}
                                        for name in ("ann", "ben")}, without_token=["ann", "ben"])
        for name in ("ann", "ben"):
            self.authorise(twitch, bots, name)
        self.wait_until_subscribed(bots, 2)
        self.assertEqual(self.raid(twitch, count=5), 10)
        wait_for(lambda: bots.report()["store"]["events"] == 10, "both have theirs", show=bots.report)
        wait_for(lambda: len(self.ledger()) == 5, "ann has handled hers")
