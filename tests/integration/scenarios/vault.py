"""The file that keeps the tokens: it is read again at the next start, needs its key, and is never written over when it can't be
read."""

from pathlib import Path

from harness import Bots, Scenario, Simulator, wait_for


class Vault(Scenario):
    def begin(self) -> tuple[Simulator, Bots, Path]:
        """A bot that was authorised, and has ended since; and where its token is kept."""
        twitch = self.simulator()
        twitch.moderator("ann", "red")
        bots = self.bots(twitch, {"ann": {"channels": ["red"]}}, without_token=["ann"])
        self.authorise(twitch, bots, "ann")
        self.wait_until_joined(twitch, "ann", ["red"])
        self.assertEqual(bots.process.stop(), 0)
        return twitch, bots, bots.store / "tokens.vault"

    def variables(self, bots: Bots) -> dict[str, str]:
        return dict(line.split("=", 1) for line in bots.env_file.read_text(encoding="utf-8").splitlines())

    def it_works(self, twitch: Simulator, bots: Bots) -> None:
        """The service starts, the bot answers, and nobody was asked for anything."""
        wait_for(lambda: not twitch.members("ann"), "Twitch has noticed that it ended")
        bots.start()
        self.wait_until_joined(twitch, "ann", ["red"])
        self.wait_until_it_answers(twitch, "ann", "red")
        self.assertEqual(len(twitch.events("grant")), 1)
        self.assertEqual(bots.process.count("creamery auth"), 0)
        self.assertEqual(bots.process.stop(), 0)

    def nobody_opens_it(self, bots: Bots, file: Path, expected: str) -> None:
        """The service, `creamery auth` and `creamery vault rekey` end with status 1 and a clear message; the file stays."""
        content = file.read_bytes()
        for start in (bots.start, lambda: self.command(bots, "auth", "ann", "--no-browser"),
                      lambda: self.command(bots, "vault", "rekey")):
            process = start()
            self.assertEqual(process.wait(), 1, process.output)
            self.assertRegex(process.output, rf"{file}: {expected}")
        self.assertEqual(file.read_bytes(), content)

    def test_a_token_is_there_after_a_restart(self) -> None:
        twitch, bots, file = self.begin()
        self.it_works(twitch, bots)
        self.assertEqual(file.stat().st_mode & 0o777, 0o600, "nobody else may read it")

    def test_without_the_right_key_nothing_is_opened(self) -> None:
        twitch, bots, file = self.begin()
        variables = self.variables(bots)
        bots.write(bots.config(), variables | {"CREAMERY_KEY": self.secret()})
        self.nobody_opens_it(bots, file, "the key doesn't fit")
        bots.write(bots.config(), {name: value for name, value in variables.items() if name != "CREAMERY_KEY"})
        self.nobody_opens_it(bots, file, "there are stored tokens, but no key: CREAMERY_KEY isn't set")
        bots.write(bots.config(), variables)
        self.it_works(twitch, bots)

    def test_a_damaged_file_is_not_touched(self) -> None:
        twitch, bots, file = self.begin()
        good = file.read_bytes()
        half = len(good) // 2
        for damaged in (good[:-10], good[:half] + bytes([good[half] ^ 1]) + good[half + 1:], b"tokens: none\n", b""):
            file.write_bytes(damaged)
            self.nobody_opens_it(bots, file, ".*(damaged|no vault)")
        file.write_bytes(good)
        self.it_works(twitch, bots)

    # -- another key

    def test_the_key_can_be_changed_for_another_one(self) -> None:
        twitch, bots, file = self.begin()
        before = file.read_bytes()
        key = self.secret()
        process = self.command(bots, "vault", "rekey", CREAMERY_NEW_KEY=key)
        self.assertEqual(process.wait(), 0, process.output)
        self.assertIn("set CREAMERY_KEY to it now", process.output)
        self.assertNotEqual(file.read_bytes(), before)
        self.nobody_opens_it(bots, file, "the key doesn't fit")
        bots.write(bots.config(), self.variables(bots) | {"CREAMERY_KEY": key})
        self.it_works(twitch, bots)

    def test_the_key_can_be_changed_for_one_in_a_file(self) -> None:
        """Once, and once more when it is there already."""
        twitch, bots, file = self.begin()
        process = self.command(bots, "vault", "rekey")
        self.assertEqual(process.wait(), 0, process.output)
        self.assertIn("remove CREAMERY_KEY now", process.output)
        self.nobody_opens_it(bots, file, "the key doesn't fit")
        variables = self.variables(bots)
        del variables["CREAMERY_KEY"]
        bots.write(bots.config(), variables)
        self.it_works(twitch, bots)
        key_file = next(x for x in bots.store.iterdir() if "key" in x.name)
        self.assertEqual(key_file.stat().st_mode & 0o777, 0o600)
        first = key_file.read_text(encoding="ascii")
        process = self.command(bots, "vault", "rekey")
        self.assertEqual(process.wait(), 0, process.output)
        self.assertNotEqual(key_file.read_text(encoding="ascii"), first)
        self._secrets |= {first.strip(), key_file.read_text(encoding="ascii").strip()}
        self.it_works(twitch, bots)

    def test_the_key_is_not_changed_while_the_service_runs(self) -> None:
        """Which knows only the old one."""
        twitch, bots, file = self.begin()
        bots.start()
        self.wait_until_joined(twitch, "ann", ["red"])
        before = file.read_bytes()
        process = self.command(bots, "vault", "rekey", CREAMERY_NEW_KEY=self.secret())
        self.assertEqual(process.wait(), 1)
        self.assertIn("stop the service first", process.output)
        self.assertEqual(file.read_bytes(), before)
        self.assertEqual(bots.process.stop(), 0)
        self.it_works(twitch, bots)
