"""The life of tokens while bots are in chat: renewals, tokens that die, an identity server in trouble, actors that are killed."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from checker import check_answers
from harness import Bots, Scenario, Simulator, wait_for

# How long tokens live where renewals are watched.
SHORT_LIFE = "2s"

# As many failures as there may be, and short pauses: here they are planted.
MANY = {"failures": 100_000}
SHORT = {"backoff_first_ms": 5, "backoff_cap_ms": 20}
PATIENT = {"supervision": {kind: MANY for kind in ("node", "accounts", "account")}
           | {kind: SHORT for kind in ("token_keeper", "vault", "authorizer")}}

# So often may the vault, or the authorizer, fail within a minute before it rests.
MOST_KILLS = 8


class Tokens(Scenario):
    def begin(self, names: list[str], life: str = "4h", rotate: bool = True, timeouts: dict[str, int] | None = None,
              **more: object) -> tuple[Simulator, Bots]:
        """Starts bots, each with an account and a channel of its name, and authorises them: their tokens live so long."""
        twitch = self.simulator()
        twitch.settings(token_life=life)
        for name in names:
            twitch.moderator(name, name)
        bots = self.bots(twitch, {name: {"channels": [name]} for name in names}, without_token=names, rotate=rotate,
                         timeouts=timeouts, **more)
        for name in names:
            self.authorise(twitch, bots, name)
        for name in names:
            self.wait_until_joined(twitch, name, [name])
        return twitch, bots

    @contextmanager
    def asked_all_the_time(self, twitch: Simulator, login: str) -> Iterator[None]:
        """Meanwhile a viewer gives an account's bot a command twice a second, and gets an answer to each."""
        commands: list[str] = []
        over = threading.Event()

        def ask() -> None:
            while not over.wait(0.5):
                commands.append(twitch.say(login, f"!mark {len(commands)}"))

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            yield
            wait_for(lambda: len(commands) >= 3, "something was asked")
        finally:
            over.set()
            thread.join()
        wait_for(lambda: {x["reply_to"] for x in twitch.messages(login)} >= set(commands), f"{login} answers everything")
        self.assertEqual(check_answers(twitch.events(), login, commands), [])

    def renewals(self, twitch: Simulator, login: str, verdict: str = "granted") -> int:
        return sum((x["login"], x["verdict"]) == (login, verdict) for x in twitch.events("refresh"))

    def wait_for_renewals(self, twitch: Simulator, login: str, more: int, deadline: float = 30) -> None:
        """Waits until the account's token was renewed so many times more."""
        wanted = self.renewals(twitch, login) + more
        wait_for(lambda: self.renewals(twitch, login) >= wanted, f"{login}'s token is renewed {more} times more", deadline)

    def check_nothing_lost(self, twitch: Simulator) -> None:
        """Each refresh token of a client that rotates them was used once, and none was refused."""
        used = [x["refresh_token"] for x in twitch.events("refresh")]
        self.assertEqual(len(set(used)), len(used), "a refresh token was used twice")
        self.assertEqual({x["verdict"] for x in twitch.events("refresh")}, {"granted"})

    # -- a token dies

    def test_a_dead_token_stops_one_bot_and_creamery_auth_brings_it_back(self) -> None:
        """Its owner has disconnected the application. The other bot goes on, the log tells what to do, and nobody hammers."""
        twitch, bots = self.begin(["ann", "bob"])
        with self.asked_all_the_time(twitch, "bob"):
            twitch.revoke_all("ann")
            wait_for(lambda: bots.process.count(r"error .*ann: Twitch doesn't renew the token any more: Invalid refresh token"
                                                r".*creamery auth ann"), "the log names the account and the command")
            self.assertEqual(twitch.members("ann"), set())
            process = self.command(bots, "auth", "ann", "--no-browser")
            wait_for(lambda: "The running service leads through it" in process.output, "creamery auth has found the page")
            self.authorise(twitch, bots, "ann")
            self.assertEqual(process.wait(), 0, process.output)
            self.wait_until_joined(twitch, "ann", ["ann"])
            self.wait_until_it_answers(twitch, "ann", "ann")
        counters = twitch.counters()
        self.assertEqual(counters["refused_refresh_token_uses"], 0)
        self.assertEqual(self.renewals(twitch, "ann", "refused"), 1)
        self.assertLessEqual(counters["unauthorized"], 2, "the dead token was asked about again and again")
        self.assertLessEqual(counters["logins_refused"], 2)
        self.assertEqual([x["login"] for x in twitch.events("refresh")], ["ann"])
        self.assertEqual(bots.process.stop(), 0)

    def test_a_token_revoked_in_chat_is_renewed_and_the_bot_comes_back(self) -> None:
        twitch, bots = self.begin(["ann"], timeouts={"token_trust_ms": 1})
        for life in (1, 2):
            twitch.revoke_access("ann")
            wait_for(lambda: self.renewals(twitch, "ann") == life, "the token is renewed")
            self.wait_until_joined(twitch, "ann", ["ann"])
            self.wait_until_it_answers(twitch, "ann", "ann")
        self.check_nothing_lost(twitch)
        self.assertLessEqual(twitch.counters()["logins_refused"], 2)
        self.assertEqual(bots.process.count(r"creamery auth ann"), 1, "its owner was asked once, at the beginning")
        self.assertEqual(bots.process.stop(), 0)

    # -- renewals

    def test_two_bots_on_one_account_share_one_renewal(self) -> None:
        twitch = self.simulator()
        twitch.settings(token_life=SHORT_LIFE)
        twitch.moderator("creamy", "red", "green")
        bots = self.bots(twitch, {"ann": {"account": "creamy", "channels": ["red"]},
                                  "bob": {"account": "creamy", "channels": ["green"]}}, without_token=["ann", "bob"])
        self.authorise(twitch, bots, "ann")
        self.wait_until_joined(twitch, "creamy", ["red", "green"])
        self.wait_for_renewals(twitch, "creamy", 6)
        for channel in ("red", "green"):
            self.wait_until_it_answers(twitch, "creamy", channel)
        self.check_nothing_lost(twitch)
        self.assertEqual(len(twitch.events("login")), 2, "nobody was thrown out")
        self.assertEqual(len(twitch.events("grant")), 1)
        self.assertEqual(bots.process.stop(), 0)

    def test_a_token_is_validated_at_the_start_and_every_hour(self) -> None:
        """Every half a second, here."""
        twitch, bots = self.begin(["ann"], timeouts={"validate_every_ms": 500})
        first = len(twitch.events("validate"))
        self.assertGreaterEqual(first, 1)
        wait_for(lambda: len(twitch.events("validate")) >= first + 4, "it was validated four times more")
        times = [x["at"] for x in twitch.events("validate")][first:]
        self.assertTrue(all(later - earlier >= 450_000 for earlier, later in zip(times, times[1:])), times)
        self.assertEqual({x["verdict"] for x in twitch.events("validate")}, {"valid"})
        self.assertEqual(twitch.events("refresh"), [])
        self.assertEqual(bots.process.stop(), 0)
        at_first = len(twitch.events("validate"))
        bots.start()
        self.wait_until_joined(twitch, "ann", ["ann"])
        logins, validations = twitch.events("login"), twitch.events("validate")
        self.assertLess(validations[at_first]["n"], logins[-1]["n"], "it was not validated before it was used")

    # -- an identity server in trouble

    def ride_out(self, most_calls: int, kind: str, path: str = "/oauth2/token", count: int = 3, **settings: object) -> None:
        """A fault strikes so many requests to the identity server while tokens live for two seconds. The bot stays in chat, on
        the same connection, and there are not more calls than that until all is well again."""
        twitch, bots = self.begin(["ann"], SHORT_LIFE, rotate=False, timeouts={"token_retry_ms": 100, "validate_every_ms": 700})
        self.wait_for_renewals(twitch, "ann", 1)
        with self.asked_all_the_time(twitch, "ann"):
            before = len(twitch.events("api_call"))
            twitch.fault(kind, path=path, count=count, **settings)
            wait_for(lambda: not twitch.request("GET", "/faults"), "the fault has struck so often")
            self.wait_for_renewals(twitch, "ann", 1)
            calls = [x for x in twitch.events("api_call")[before:] if x["path"] == path]
            self.wait_for_renewals(twitch, "ann", 1)
        self.assertGreaterEqual(len(calls), count)
        self.assertLessEqual(len(calls), most_calls, calls)
        self.assertEqual(len(twitch.events("login")), 1, "it lost its place in chat")
        self.assertEqual(self.renewals(twitch, "ann", "refused"), 0)
        self.assertEqual(bots.process.count("creamery auth ann"), 1, "its owner was asked once, at the beginning")
        self.assertEqual(bots.process.stop(), 0)

    def test_it_rides_out_a_storm_of_401(self) -> None:
        """Each makes the bot get another token, and no more than that."""
        self.ride_out(12, "http_status", "/oauth2/validate", count=6, status=401)

    def test_it_rides_out_429(self) -> None:
        self.ride_out(5, "http_status", status=429)

    def test_it_rides_out_an_identity_server_that_fails(self) -> None:
        self.ride_out(5, "http_status", status=503)

    def test_it_rides_out_a_slow_identity_server(self) -> None:
        self.ride_out(5, "http_slow", latency="1500ms", count=2)

    def test_it_rides_out_connections_that_are_cut_before_an_answer(self) -> None:
        self.ride_out(5, "http_cut", at="before")

    def test_it_rides_out_connections_that_are_cut_in_the_middle_of_an_answer(self) -> None:
        """Which is harmless only because this client keeps its refresh token."""
        self.ride_out(5, "http_cut", at="middle")

    def test_a_renewal_whose_answer_is_lost_is_told_from_others(self) -> None:
        """Twitch has replaced the refresh token, and only Twitch knows by which one: nothing helps but asking the owner."""
        twitch, bots = self.begin(["ann", "bob"], "3s", timeouts={"token_retry_ms": 100})
        with self.asked_all_the_time(twitch, "bob"):
            twitch.fault("http_lost", path="/oauth2/token", login="ann", count=1)
            wait_for(lambda: bots.process.count(r"error .*ann: .*Invalid refresh token.*that answer was lost on its way.*"
                                                r"creamery auth ann"), "the log tells that it was lost, and what to do")
            self.authorise(twitch, bots, "ann")
            self.wait_for_renewals(twitch, "ann", 2)
            self.wait_until_joined(twitch, "ann", ["ann"])
            self.wait_until_it_answers(twitch, "ann", "ann")
        self.assertEqual(self.renewals(twitch, "ann", "refused"), 1)
        self.assertEqual(self.renewals(twitch, "bob", "refused"), 0)
        self.assertEqual(twitch.counters()["refused_refresh_token_uses"], 0)
        self.assertEqual(bots.process.stop(), 0)

    # -- actors are killed

    def test_actors_killed_in_the_middle_of_renewals_lose_nothing(self) -> None:
        """With answers that take a while, so that kills land before, during and after each step. The keepers are killed all the
        time; the vault and the authorizer, which rest when they fail too often, once or twice in each renewal."""
        twitch, bots = self.begin(["ann", "bob"], SHORT_LIFE, **PATIENT)
        twitch.fault("http_slow", path="/oauth2/token", latency="150ms")
        seed = int(time.time())
        print(f"(seed {seed})", end=" ", flush=True)
        dice = random.Random(seed)
        landed = dict.fromkeys(["accounts/ann/token", "accounts/bob/token", "vault", "authorizer"], 0)
        due: list[tuple[float, str]] = []
        renewals = 0
        next_strike = 0.0

        def strike() -> bool:
            nonlocal renewals, next_strike
            if (now := len(twitch.events("refresh"))) > renewals:  # one has reached Twitch just now
                renewals = now
                due.extend((time.monotonic() + dice.uniform(0, 0.2), victim) for victim in ("vault", "authorizer")
                           if landed[victim] + sum(victim in x for x in due) < MOST_KILLS)
            if time.monotonic() < next_strike:  # else nobody would live long enough to have anything written, on a slow machine
                return False
            next_strike = time.monotonic() + dice.uniform(0, 0.1)
            victim = dice.choice(("accounts/ann/token", "accounts/bob/token"))
            if due and min(due)[0] <= time.monotonic():
                due.remove(first := min(due))
                victim = first[1]
            landed[victim] += bots.fault("kill", victim)
            return all(self.renewals(twitch, login) >= 6 for login in ("ann", "bob"))

        wait_for(strike, "both tokens were renewed six times", 60)
        print(", ".join(f"{path} {count}" for path, count in landed.items()), end=" ", flush=True)
        self.assertGreaterEqual(min(landed.values()), MOST_KILLS // 2, "too few kills for the test to mean anything")
        twitch.clear_faults()
        for login in ("ann", "bob"):
            self.wait_for_renewals(twitch, login, 1)
            self.wait_until_it_answers(twitch, login, login)
        self.check_nothing_lost(twitch)
        self.assertEqual(len(twitch.events("grant")), 2)
        self.assertEqual(len(twitch.events("login")), 2, "killing what keeps the token throws nobody out")
        self.assertEqual(bots.process.stop(), 0)
