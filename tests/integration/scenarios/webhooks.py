"""EventSub over webhooks: the real program against the simulator, which signs, asks, sends again and revokes as Twitch does."""

import http.client
import json
import os
import random
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

from event_scenario import BOT, CHANNEL
from harness import SOON, free_ports, wait_for
from scenarios.chaos import PATIENT
from webhook_scenario import WebhookScenario

# By what their conditions are made of, and who has to allow them.
OF_EVERY_KIND = dict.fromkeys(
    ("channel.follow", "channel.moderate", "channel.update", "stream.online", "channel.ban", "channel.hype_train.begin",
     "channel.channel_points_custom_reward_redemption.add", "channel.raid", "channel.chat.message", "user.update",
     "user.whisper.message", "user.authorization.revoke", "conduit.shard.disabled"),
    True) | {"extension.bits_transaction.create": {"extension": "deadbeef"}}
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

    def test_types_of_every_kind_can_be_triggered_and_arrive(self) -> None:
        """In the bot's own channel, where its owner may allow all of them. What comes in batches has a test of its own."""
        twitch, bots = self.begin(OF_EVERY_KIND, channel=BOT)
        types = set(OF_EVERY_KIND)
        self.wait_until_subscribed(bots, len(types) + 1)  # a raid has two sides
        self.assertEqual(set(self.statuses(twitch)), {"enabled"})
        self.assertEqual({x["type"] for x in twitch.request("GET", "/eventsub")["subscriptions"]}, types)
        for type in types:
            status, output = self.program("simulate", "trigger", type, "--control", twitch.control)
            self.assertEqual((status, output), (0, "told 2 times\n" if type == "channel.raid" else "told 1 time\n"), type)
        self.assertEqual(self.check(twitch, bots), len(types) + 1)
        self.assertEqual({x["type"] for x in twitch.events("event")}, types)
        status, output = self.program("simulate", "trigger", "channel.nonsense", "--control", twitch.control)
        self.assertEqual((status, "nobody has subscribed to channel.nonsense" in output), (1, True), output)

    def test_each_event_of_a_batch_is_handled_once(self) -> None:
        """Whether the message comes again, after a restart too, or some of its events do in another one."""
        word = self.secret()
        twitch, bots = self.begin({"drop.entitlement.grant": {"organization": "9001"}}, {"EVENTSUB_SECRET_WORD": word})
        self.wait_until_subscribed(bots, 1)
        send = self.sender(twitch, word)

        def batch(numbers: range) -> dict[str, Any]:
            return {"events": [{"id": f"entry-{x}", "data": {
                "organization_id": "9001", "category_id": "9002", "category_name": "Fortnite", "campaign_id": "9003", "user_id": "77",
                "user_login": "big", "user_name": "Big", "entitlement_id": f"entitlement-{x}", "benefit_id": "9004",
                "created_at": "2026-05-01T10:11:12Z"}} for x in numbers]}

        wanted = [f"first/entry-{x}" for x in range(3)] + [f"second/entry-{x}" for x in range(3, 5)]
        for id, numbers in (("first", range(3)), ("first", range(3)), ("second", range(1, 5))):
            self.assertEqual(send(id, batch(numbers)), 204)
        self.check_handled(bots, lambda: wanted)
        self.assertEqual(self.arrivals(bots), {"events": 5, "same_messages": 3, "same_events": 2})
        bots.process.kill()
        bots.start()
        wait_for(lambda: bots.report()["webhooks"], "it listens again")
        self.assertEqual(send("second", batch(range(1, 6))), 204)
        self.check_handled(bots, lambda: [*wanted, "second/entry-5"])
        self.assertEqual(self.arrivals(bots), {"events": 1, "same_messages": 4, "same_events": 0})

    def test_what_twitch_sends_in_batches_is_subscribed_to_so_and_arrives(self) -> None:
        twitch, bots = self.begin({"drop.entitlement.grant": {"organization": "9001"}})
        self.wait_until_subscribed(bots, 1)
        self.assertEqual(self.trigger(twitch, "drop.entitlement.grant", count=5, repeat=1), 10)
        self.wait_until_stored(bots, 10)
        self.assertEqual(self.arrivals(bots)["events"], 5)
        wait_for(lambda: len(self.ledger()) >= 5, "all are handled", show=bots.report)
        self.assertEqual(sorted((id.partition("/")[0], count) for id, count in self.ledger().items()),
                         sorted((id, 1) for id in set(self.ids(twitch))))

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

    def test_check_takes_an_id_that_looks_like_a_number(self) -> None:
        """As the documentation writes it."""
        eventsub = {"transport": "webhook", "url": "https://bot.example.org", "events": {"drop.entitlement.grant": {"organization": 9001}}}
        bots = self.bots(self.simulator(), {BOT: {"channels": [CHANNEL], "cogs": {"eventsub": eventsub}}}, without_token=[BOT], start=False)
        status, output = self.program("check", "--config", str(bots.config_file), "--env", str(bots.env_file))
        self.assertEqual(status, 0, output)

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

    def certificate(self, name: str, *more: str) -> tuple[Path, Path]:
        """A certificate and its key, made by OpenSSL."""
        cert, key = self.folder / f"{name}.pem", self.folder / f"{name}-key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                        "-subj", f"/CN={name}", *more, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
        return cert, key

    def authority(self) -> Path:
        """The certificate of whoever gives some to bots."""
        return self.certificate("authority")[0]

    def given(self) -> tuple[Path, Path]:
        """A certificate for localhost, given by the authority, and its key; another one each time, in the same files."""
        return self.certificate("localhost", "-addext", "subjectAltName=DNS:localhost", "-CA", str(self.folder / "authority.pem"),
                                "-CAkey", str(self.folder / "authority-key.pem"))

    def test_the_built_in_tls_takes_a_new_certificate_without_a_restart(self) -> None:
        authority = self.authority()
        cert, key = self.given()
        word = self.secret()
        twitch, bots = self.begin(["channel_raid_in"], {"url": f"https://localhost:{self.port}", "listen": f"127.0.0.1:{self.port}",
                                                        "certificate": str(cert), "key": str(key), "EVENTSUB_SECRET_WORD": word},
                                  simulator=("--webhook-ca", str(authority)))
        self.wait_until_subscribed(bots, 1)
        send = self.sender(twitch, word, authority)

        def presents(wanted: bytes) -> bool:
            shown = ssl.get_server_certificate(("localhost", self.port), timeout=SOON)
            return ssl.PEM_cert_to_DER_cert(shown) == wanted

        old = ssl.PEM_cert_to_DER_cert(cert.read_text())
        self.assertTrue(presents(old))
        self.raid(twitch, count=10)
        self.assertEqual(self.check(twitch, bots), 10)
        self.given()
        new = ssl.PEM_cert_to_DER_cert(cert.read_text())
        self.assertNotEqual(old, new)
        wait_for(lambda: presents(new), "the new certificate is presented", show=lambda: bots.process.output)
        self.assertIn("has been read again", bots.process.output)
        self.raid(twitch, count=10)
        self.assertEqual(self.check(twitch, bots), 20)
        self.assertEqual(send("over a new connection", {"event": {"viewers": 3}}), 204)
        self.check_handled(bots, lambda: [*self.ids(twitch), "over a new connection"])

    def test_a_real_nginx_may_stand_in_front(self) -> None:
        nginx = os.environ.get("CREAMERY_NGINX") or shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        if nginx is None:
            self.skipTest("there is no nginx here")
        authority = self.authority()
        cert, key = self.given()
        port = free_ports(1)
        config = self.folder / "nginx.conf"
        config.write_text(f"""
            daemon off; master_process off; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log;
            events {{}}
            http {{
              access_log off;
              client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy; fastcgi_temp_path {self.folder}/f;
              uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
              upstream creamery {{ server 127.0.0.1:{self.port}; keepalive 8; }}
              server {{
                listen 127.0.0.1:{port} ssl; ssl_certificate {cert}; ssl_certificate_key {key};
                location /hooks/ {{
                  proxy_pass http://creamery/; proxy_http_version 1.1; proxy_set_header Connection "";
                }}
              }}
            }}""", encoding="utf-8")
        proxy = subprocess.Popen([nginx, "-c", str(config), "-e", str(self.folder / "nginx.log")])
        try:
            twitch, bots = self.begin(["channel_raid_in"], {"url": f"https://localhost:{port}/hooks"},
                                      simulator=("--webhook-ca", str(authority)))
            self.wait_until_subscribed(bots, 1)
            self.raid(twitch, count=30)
            self.assertEqual(self.check(twitch, bots), 30)
        finally:
            proxy.terminate()
            proxy.wait(10)

    # -- several bots

    def test_bots_share_a_port_by_path(self) -> None:
        twitch = self.simulator()
        eventsub = {"transport": "webhook", "url": f"http://localhost:{self.port}", "port": self.port, "events": ["channel_raid_in"]}
        bots = self.bots(twitch, {name: {"channels": [CHANNEL], "cogs": {"event_ledger": {}, "eventsub": eventsub}}
                                        for name in ("ann", "ben")}, without_token=["ann", "ben"])
        for name in ("ann", "ben"):
            self.authorise(twitch, bots, name)
        self.wait_until_subscribed(bots, 2)
        self.assertEqual(self.raid(twitch, count=5), 10)
        wait_for(lambda: bots.report()["store"]["events"] == 10, "both have theirs", show=bots.report)
        wait_for(lambda: len(self.ledger()) == 5, "ann has handled hers")
