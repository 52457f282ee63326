"""Wrong input and wrong surroundings: one clear message each, an exit status that tells, and what can still work goes on."""

import re
import shutil
import struct

from checker import check_lines
from harness import TEST_COGS, ConnectProxy, Scenario, Simulator, free_ports, wait_for

# What a healthy log has none of.
COMPLAINT = r"\b(warning|error|critical)\b"


def loaded_size(module: bytes) -> int:
    """How much of an ELF file is mapped when it is loaded: the end of its last segment of that kind."""
    offset, = struct.unpack_from("<Q", module, 32)
    size, count = struct.unpack_from("<HH", module, 54)
    ends = [0]
    for number in range(count):
        kind, _, begin, _, _, length = struct.unpack_from("<IIQQQQ", module, offset + number * size)
        if kind == 1:  # PT_LOAD
            ends.append(begin + length)
    return max(ends)


class Mistakes(Scenario):
    # -- configuration

    def refused(self, text: str | None, *expected: str, **environment: str) -> None:
        """`check` and `run` refuse this bots.yaml with exit status 1, and say all of this."""
        file = self.folder / "bots.yaml"
        if text is not None:
            file.write_text(text, encoding="utf-8")
        for command in ("check", "run"):
            status, output = self.program(command, "--config", str(file), **environment)
            self.assertEqual(status, 1, f"{command}: {output}")
            for piece in (str(file), *expected):
                self.assertIn(piece, output, command)
            self.assertNotIn("terminate", output)

    def test_a_file_that_is_missing(self) -> None:
        self.refused(None)

    def test_a_file_that_is_no_yaml(self) -> None:
        self.refused("bots:\n  ann: [red\n  bob: }", "bots.yaml:")

    def test_an_unknown_key(self) -> None:
        token = self.secret()
        self.refused("bots:\n  ann:\n    chanels: [red]\n    cogs: [history]\n", "bots.yaml:3", "chanels", "channels",
                     ANN_ACCESS_TOKEN=token)

    def test_all_mistakes_at_once(self) -> None:
        token = self.secret()
        self.refused('bots:\n  ann:\n    channels: [red, red]\n    prefix: ""\n    cogs: {history: {}, history: {}}\n'
                     "  bob:\n    channels: 7\n    scopes: [chat:rea]\n", "bots.yaml:3", "bots.yaml:4", "bots.yaml:5",
                     "bots.yaml:7", "bots.yaml:8", "BOB_ACCESS_TOKEN", ANN_ACCESS_TOKEN=token)

    def test_a_good_file_is_accepted(self) -> None:
        file = self.folder / "bots.yaml"
        file.write_text("bots:\n  ann:\n    channels: [red]\n    cogs: [echo_console]\n", encoding="utf-8")
        status, output = self.program("check", "--config", str(file), ANN_ACCESS_TOKEN=self.secret())
        self.assertEqual(status, 0, output)

    def test_settings_for_tests_that_are_wrong(self) -> None:
        twitch = self.simulator()
        for wrong, expected in (("{", "must be a JSON object"), ('{"ping": 1}', "there is no 'ping'"),
                                ('{"overlap_ms": 0}', "'overlap_ms' must be"), ('{"overlap_ms": "1"}', "'overlap_ms' must be")):
            bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, start=False)
            process = bots.start(CREAMERY_TEST_SETTINGS=wrong)
            self.assertEqual(process.wait(), 1)
            self.assertIn("CREAMERY_TEST_SETTINGS", process.output)
            self.assertIn(expected, process.output)

    # -- cogs

    def test_a_cog_that_is_missing(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": {"no_such_cog": {}, "history": {}}}})
        self.wait_until_joined(twitch, "ann", ["red"])
        twitch.say("red", "!mark anyway")
        wait_for(lambda: twitch.messages("ann"), "the other cog answers")
        complaint = next(x for x in bots.process.output.splitlines() if "no_such_cog" in x)
        self.assertIn(f"{TEST_COGS}/no_such_cog.so", complaint, "it names the paths tried")
        self.assertIn("the bot goes on without it", complaint)
        self.assertEqual(bots.process.stop(), 0)

    def test_a_cog_that_was_built_for_another_version(self) -> None:
        twitch = self.simulator()
        folder = self.folder / "cogs"
        folder.mkdir()
        module = (TEST_COGS / "history.so").read_bytes()
        mark = b"creamery cog interface "
        self.assertIn(mark, module)
        (folder / "outdated.so").write_bytes(re.sub(mark + rb"\d", mark + b"0", module))
        (folder / "no_module.so").write_text("this is no module", encoding="utf-8")
        shutil.copy(TEST_COGS / "history.so", folder)
        cogs = {"outdated": {}, "no_module": {}, "history": {}}
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": cogs}}, start=False)
        bots.start(CREAMERY_COG_PATH=str(folder))
        self.wait_until_joined(twitch, "ann", ["red"])
        twitch.say("red", "!mark anyway")
        wait_for(lambda: twitch.messages("ann"), "the other cog answers")
        self.assertRegex(bots.process.output, r"outdated\.so: was built for \"creamery cog interface 0.*build it again")
        self.assertRegex(bots.process.output, r"no_module\.so: is no cog")
        self.assertEqual(bots.process.stop(), 0)

    def test_a_cog_whose_file_is_cut_off(self) -> None:
        """As when it is being copied: wherever the file ends, there is an error and not a crash. (What a debugger needs stands
        behind what the program needs: without that, a module works.)"""
        twitch = self.simulator()
        folder = self.folder / "cogs"
        folder.mkdir()
        module = (TEST_COGS / "history.so").read_bytes()
        shutil.copy(TEST_COGS / "history.so", folder)
        cogs: dict[str, dict[str, object]] = {"history": {}}
        sizes = range(0, loaded_size(module), 5_000)
        for size in sizes:
            (folder / f"cut_{size}.so").write_bytes(module[:size])
            cogs[f"cut_{size}"] = {}
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": cogs}}, start=False)
        bots.start(CREAMERY_COG_PATH=str(folder))
        self.wait_until_joined(twitch, "ann", ["red"])
        twitch.say("red", "!mark anyway")
        wait_for(lambda: twitch.messages("ann"), "the other cog answers")
        for size in sizes:
            self.assertRegex(bots.process.output, rf"cut_{size}\.so: .*; the bot goes on without it")
        self.assertEqual(bots.process.stop(), 0)

    def test_a_cog_with_wrong_options(self) -> None:
        """Its constructor throws each time: it is restarted ever more rarely, and the other cog goes on."""
        twitch = self.simulator()
        cogs = {"blocker": {"milliseconds": "soon"}, "history": {}}
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": cogs}})
        self.wait_until_joined(twitch, "ann", ["red"])
        wait_for(lambda: bots.process.count(r"its constructor threw"), "the log tells what was wrong")
        twitch.say("red", "!mark anyway")
        wait_for(lambda: twitch.messages("ann"), "the other cog answers")
        waits = wait_for(lambda: (found := re.findall(r"cog blocker failed .*: restarting it in (\d+) ms",
                                                      bots.process.output))[4:] and found,
                         "it was restarted several times")
        for number, wait in enumerate(waits[:5]):  # twice as long each time, of which half is chance
            self.assertIn(int(wait), range(10 * 2**number, 20 * 2**number + 1))
        self.assertEqual(bots.process.stop(), 0)

    # -- surroundings

    def test_a_server_that_is_not_there_yet(self) -> None:
        """The bot dials again and again with few words, and is there as soon as the server is."""
        port = free_ports(5)
        twitch = self.simulator()
        timeouts = {"redial_first_ms": 20, "redial_cap_ms": 200}
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, timeouts=timeouts, start=False)
        config = bots.config()
        config["endpoints"]["irc"] = f"irc://localhost:{port + 2}"
        bots.write(config, {"ANN_ACCESS_TOKEN": "sim-ann"})
        bots.start(faults=False)
        wait_for(lambda: bots.process.count(r"\(failure 8\)"), "it has dialled eight times")
        complaints = [x for x in bots.process.output.splitlines() if re.search(COMPLAINT, x)]
        self.assertLessEqual(len(complaints), 4, "the 1st, 2nd, 4th and 8th failure")
        self.assertIn("refused", complaints[0].lower())
        late = self.simulator(port=port)
        self.wait_until_joined(late, "ann", ["red"])
        late.say("red", "!mark here I am")
        wait_for(lambda: late.messages("ann"), "the command was answered")
        self.assertEqual(bots.process.stop(), 0)
        self.assertEqual(check_lines(late.stop(), "ann", bots.record("ann")), [])

    def no_connection(self, scheme: str, endpoint: str, expected: str, authority: Simulator | None = None) -> None:
        """The bot refuses to talk to this server, says why, and sends it no token. `scheme` is what the bot
        believes to talk, `endpoint` what the server does."""
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, "wss", {"handshake_timeout_ms": 500}, start=False)
        config = bots.config()
        config["endpoints"]["irc"] = twitch.endpoints[endpoint].replace(f"{endpoint}://", f"{scheme}://")
        if authority:
            config["endpoints"]["ca_file"] = str(authority.ca_file)
        bots.write(config, {"ANN_ACCESS_TOKEN": twitch.token("ann")})
        bots.start()
        wait_for(lambda: bots.process.count(r"\(failure 2\)"), "it has dialled twice")
        self.assertRegex(bots.process.output, expected)
        self.assertEqual(twitch.counters()["logins"] + twitch.counters()["logins_refused"], 0)
        self.assertEqual(bots.process.stop(), 0)

    def test_a_certificate_of_another_authority_over_wss(self) -> None:
        self.no_connection("wss", "wss", r"certificate", self.simulator())

    def test_a_certificate_of_another_authority_over_ircs(self) -> None:
        self.no_connection("ircs", "ircs", r"certificate", self.simulator())

    def test_a_server_that_talks_no_tls(self) -> None:
        self.no_connection("ircs", "irc", r"tls localhost:\d+: no answer in time")

    def test_a_server_that_talks_no_websocket(self) -> None:
        self.no_connection("ws", "irc", r"upgrade localhost:\d+: no answer in time")

    def test_a_file_of_certificates_that_is_none(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, "wss", start=False)
        twitch.ca_file.write_text("no certificate\n", encoding="utf-8")
        process = bots.start()
        self.assertEqual(process.wait(), 1)
        self.assertIn(str(twitch.ca_file), process.output)

    def through_a_proxy(self, host: str) -> tuple[str, str]:
        """Starts a simulator and bots that reach its chat by a proxy under the name `host`. Returns what the proxy was asked
        for that, and what the bots wrote once they are in their channel or have given up twice."""
        twitch = self.simulator()
        port = int(twitch.endpoints["wss"].rpartition(":")[2])
        with ConnectProxy(port) as proxy:
            bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, start=False)
            config = bots.config()
            password = self.secret()
            config["endpoints"] |= {"irc": f"wss://{host}:{port}",
                                    "proxy": f"http://cook:{password}@localhost:{proxy.port}"}
            bots.write(config, {"ANN_ACCESS_TOKEN": twitch.token("ann")})
            bots.start()
            wait_for(lambda: twitch.members("ann") or bots.process.count(r"\(failure 2\)"),
                     "the bot is in its channel, or refuses")
            self.assertEqual(bots.process.stop(), 0)
            return next(x for x in proxy.asked if f":{port} " in x), bots.process.output

    def test_a_proxy_is_used(self) -> None:
        asked, output = self.through_a_proxy("localhost")
        self.assertRegex(asked, r"^CONNECT localhost:\d+ HTTP/1.1$")
        self.assertIn("in #red", output)

    def test_a_certificate_for_another_host_name(self) -> None:
        """The proxy leads to the simulator under a name that isn't in its certificate."""
        asked, output = self.through_a_proxy("chat.example")
        self.assertRegex(asked, r"^CONNECT chat.example:\d+ HTTP/1.1$")
        self.assertNotIn("in #red", output)
        self.assertRegex(output, r"(?i)host ?name|certificate")

    def test_a_log_file_that_can_not_be_written(self) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, start=False, logging={"file": "/proc/no/such/file.log"})
        process = bots.start()
        self.assertEqual(process.wait(), 1)
        self.assertIn("/proc/no/such/file.log", process.output)
