"""The checker has to be worth something: a good history passes, and each fault that is planted into it is named."""

from __future__ import annotations

import copy
import unittest
from datetime import UTC, datetime

import checker
from checker import Event, check_answers, check_gaps, check_limits, check_lines
from token_checker import Renewals, judge_renewals, read_log

START = 1_700_000_000_000_000


def good_run(lines: int = 12) -> tuple[list[Event], list[Event]]:
    """A bot on connection 1 in two channels, with lines in turn; every third has no id, every fourth is a command. And what its
    cog handled. Connection 2 is somebody else's."""
    twitch: list[Event] = []

    def add(event: str, seconds: float, **more: object) -> None:
        twitch.append({"n": len(twitch) + 1, "at": START + int(seconds * 1_000_000), "event": event, **more})

    add("login", 0, connection=1, login="bot")
    add("login", 0, connection=2, login="other")
    for channel in ("a", "b"):
        add("join", 0.1, connection=1, login="bot", channel=channel, verdict="joined")
    handled: list[Event] = []
    for number in range(lines):
        channel = "ab"[number % 2]
        has_id = number % 3 != 2
        line = {"kind": "PRIVMSG" if has_id else "CLEARCHAT", "id": f"line-{number}" if has_id else "", "channel": channel}
        add("line", 1 + 2 * number, **line, order=number // 2, to=[1, 2])
        handled.append(line | {"n": number + 1})
        if number % 4 == 0 and has_id:
            add("message", 1.5 + 2 * number, connection=1, login="bot", channel=channel, text=f"mark {number}",
                reply_to=line["id"], verdict="delivered", id=f"answer-{number}")
    add("line", 30, kind="PRIVMSG", id="not-for-us", channel="c", order=0, to=[2])
    return twitch, handled


def commands_of(twitch: list[Event]) -> list[str]:
    return [x["reply_to"] for x in twitch if x["event"] == "message"]


class Checker(unittest.TestCase):
    def kinds(self, problems: list[checker.Problem]) -> list[str]:
        return [x.kind for x in problems]

    def setUp(self) -> None:
        self.twitch, self.handled = good_run()
        self.commands = commands_of(self.twitch)

    # -- lines

    def test_accepts_a_good_run(self) -> None:
        self.assertEqual(check_lines(self.twitch, "bot", self.handled), [])
        self.assertEqual(check_answers(self.twitch, "bot", self.commands), [])
        self.assertEqual(check_limits(self.twitch), [])
        self.assertGreaterEqual(len(self.commands), 2)

    def test_names_a_lost_line(self) -> None:
        lost = self.handled.pop(4)
        self.assertEqual([(x.kind, x.what) for x in check_lines(self.twitch, "bot", self.handled)], [("lost", lost["id"])])

    def test_names_the_last_line_lost(self) -> None:
        self.handled.pop(10)
        self.assertIn("lost", self.kinds(check_lines(self.twitch, "bot", self.handled)))

    def test_names_a_lost_line_without_id(self) -> None:
        self.handled.remove(next(x for x in self.handled if not x["id"]))
        self.assertEqual(self.kinds(check_lines(self.twitch, "bot", self.handled)), ["lost"])

    def test_names_everything_lost(self) -> None:
        self.assertEqual(self.kinds(check_lines(self.twitch, "bot", [])), ["lost"] * 12)

    def test_names_a_doubled_line(self) -> None:
        self.handled.insert(6, self.handled[4])
        self.assertEqual(self.kinds(check_lines(self.twitch, "bot", self.handled)), ["doubled"])

    def test_names_a_line_doubled_much_later(self) -> None:
        self.handled.append(self.handled[0])
        self.assertIn("doubled", self.kinds(check_lines(self.twitch, "bot", self.handled)))

    def test_names_two_swapped_lines(self) -> None:
        self.handled[4], self.handled[6] = self.handled[6], self.handled[4]  # both in channel a
        self.assertEqual(self.kinds(check_lines(self.twitch, "bot", self.handled)), ["swapped"])

    def test_does_not_mind_the_order_between_channels(self) -> None:
        self.handled.sort(key=lambda x: x["channel"])
        self.assertEqual(check_lines(self.twitch, "bot", self.handled), [])

    def test_names_a_line_of_another_channel(self) -> None:
        self.handled.insert(3, {"n": 1, "kind": "PRIVMSG", "id": "not-for-us", "channel": "c"})
        self.assertEqual(self.kinds(check_lines(self.twitch, "bot", self.handled)), ["foreign"])

    def test_names_a_line_under_a_wrong_channel(self) -> None:
        self.handled[0] = self.handled[0] | {"channel": "b"}
        self.assertEqual(sorted(self.kinds(check_lines(self.twitch, "bot", self.handled))), ["foreign", "lost"])

    def test_judges_only_a_bots_own_channels(self) -> None:
        mine = [x for x in self.handled if x["channel"] == "a"]
        self.assertEqual(check_lines(self.twitch, "bot", mine, channels=["a"]), [])

    # -- connections that end

    def test_excuses_the_end_of_a_connection_that_was_reset(self) -> None:
        self.twitch.append({"n": 99, "at": START, "event": "fault", "kind": "reset", "connection": 1, "login": "bot"})
        self.assertEqual(check_lines(self.twitch, "bot", self.handled[:7]), [])

    def test_does_not_excuse_a_hole_before_the_end(self) -> None:
        self.twitch.append({"n": 99, "at": START, "event": "fault", "kind": "reset", "connection": 1, "login": "bot"})
        self.handled.pop(4)
        self.assertEqual(self.kinds(check_lines(self.twitch, "bot", self.handled)), ["lost"])

    def test_does_not_excuse_a_loss_after_an_orderly_end(self) -> None:
        self.twitch.append({"n": 99, "at": START, "event": "fault", "kind": "finish", "connection": 1, "login": "bot"})
        self.assertIn("lost", self.kinds(check_lines(self.twitch, "bot", self.handled[:10])))

    def test_wants_a_line_once_that_was_sent_to_two_connections(self) -> None:
        self.twitch.insert(0, {"n": 98, "at": START, "event": "login", "connection": 3, "login": "bot"})
        for line in self.twitch:
            if line["event"] == "line" and 1 in line["to"]:
                line["to"] = [1, 3]
        self.assertEqual(check_lines(self.twitch, "bot", self.handled), [])

    # -- gaps

    def run_with_a_gap(self) -> dict[str, object]:
        """In channel a lines 4 (at 9 s) and 6 (at 13 s) were said while the bot was away; line 2 (at 5 s) has no id."""
        for line in self.twitch:
            if line["event"] == "line" and line["id"] in ("line-4", "line-6"):
                line["to"] = []
        again = {"event": "join", "connection": 3, "login": "bot", "channel": "a", "verdict": "joined"}
        place = next(n for n, x in enumerate(self.twitch) if x.get("id") == "line-7")
        self.twitch.insert(place, again | {"n": 0, "at": START + 14_000_000})
        self.handled = [x for x in self.handled if x["id"] not in ("line-4", "line-6")]
        return self.gap(1, 14)

    def gap(self, begin: float, end: float | None, **more: object) -> dict[str, object]:
        def time(seconds: float) -> str:
            moment = datetime.fromtimestamp(START / 1_000_000 + seconds, UTC)
            return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

        return {"channel": "a", "cog": None, "from": time(begin), "to": None if end is None else time(end)} | more

    def judged(self, *gaps: dict[str, object], **more: float) -> list[str]:
        return self.kinds(check_gaps(self.twitch, "bot", self.handled, gaps, **more))

    def test_accepts_what_was_missed_in_a_gap_that_was_told(self) -> None:
        self.assertEqual(self.judged(self.run_with_a_gap()), [])
        self.assertEqual(check_gaps(*good_run()[:1], "bot", good_run()[1], []), [])

    def test_names_each_line_missed_without_a_word(self) -> None:
        self.run_with_a_gap()
        self.assertEqual(self.judged(), ["lost", "lost"])

    def test_names_what_was_missed_before_or_after_the_gap_that_was_told(self) -> None:
        self.run_with_a_gap()
        self.assertEqual(self.judged(self.gap(10, 14)), ["lost"])
        self.assertEqual(self.judged(self.gap(1, 12)), ["lost"])

    def test_names_a_gap_in_which_something_was_handled(self) -> None:
        self.run_with_a_gap()
        self.assertEqual(self.judged(self.gap(0.5, 14)), ["gap too long"])
        self.assertEqual(self.judged(self.gap(0.5, 14), early=1), [])
        self.assertEqual(self.judged(self.gap(1, None)), ["gap too long"])

    def test_does_not_take_the_gap_of_another_channel_or_cog(self) -> None:
        self.run_with_a_gap()
        self.assertEqual(self.judged(self.gap(1, 14, channel="c")), ["lost", "lost"])
        self.assertEqual(self.judged(self.gap(1, 14, cog="other")), ["lost", "lost"])

    def test_names_what_was_doubled_around_a_gap(self) -> None:
        gap = self.run_with_a_gap()
        self.handled.append(self.handled[0])
        self.assertEqual(self.judged(gap), ["doubled"])

    # -- answers

    def test_names_a_missing_answer(self) -> None:
        self.twitch.remove(next(x for x in self.twitch if x["event"] == "message"))
        self.assertEqual(self.kinds(check_answers(self.twitch, "bot", self.commands)), ["unanswered"])

    def test_names_a_doubled_answer(self) -> None:
        self.twitch.append(copy.deepcopy(next(x for x in self.twitch if x["event"] == "message")))
        self.assertEqual(self.kinds(check_answers(self.twitch, "bot", self.commands)), ["answered twice"])

    def test_names_swapped_answers(self) -> None:
        first, second = [x for x in self.twitch if x["event"] == "message" and x["channel"] == "a"][:2]
        first["reply_to"], second["reply_to"] = second["reply_to"], first["reply_to"]
        self.assertEqual(self.kinds(check_answers(self.twitch, "bot", self.commands)), ["answers swapped"])

    def test_names_an_answer_that_nobody_asked_for(self) -> None:
        self.assertEqual(self.kinds(check_answers(self.twitch, "bot", self.commands[1:])), ["answered nothing"])

    # -- limits

    def attempts(self, event: str, *seconds: float, channels: str = "abcdefghijklmnopqrstuvwxyz") -> list[Event]:
        return [{"n": n, "at": START + int(second * 1_000_000), "event": event, "login": "bot", "connection": 1,
                 "channel": channels[n % len(channels)], "reply_to": ""} for n, second in enumerate(seconds)]

    def test_accepts_twenty_messages_in_thirty_seconds(self) -> None:
        self.assertEqual(check_limits(self.attempts("message", *range(20), 30.0)), [])

    def test_names_the_twenty_first_message_within_thirty_seconds(self) -> None:
        self.assertEqual(self.kinds(check_limits(self.attempts("message", *range(20), 29.9))), ["message limit"])

    def test_knows_that_moderators_may_say_more(self) -> None:
        moderates = {("bot", "a")}
        hundred = self.attempts("message", *(x * 0.2 for x in range(100)), channels="a")
        self.assertEqual(check_limits(hundred, moderates), [])
        one_more = self.attempts("message", *(x * 0.2 for x in range(101)), channels="a")
        self.assertEqual(self.kinds(check_limits(one_more, moderates)), ["message limit"])

    def test_counts_what_a_moderator_says_against_other_channels(self) -> None:
        said = self.attempts("message", *range(20), channels="a")
        said.append(said[-1] | {"n": 20, "at": START + 21_000_000, "channel": "b"})
        self.assertEqual(self.kinds(check_limits(said, {("bot", "a")})), ["message limit"])

    def test_names_two_messages_in_one_channel_within_a_second(self) -> None:
        self.assertEqual(self.kinds(check_limits(self.attempts("message", 0, 0.9, channels="a"))), ["channel limit"])

    def test_names_the_twenty_first_join_and_login_within_ten_seconds(self) -> None:
        self.assertEqual(check_limits(self.attempts("join", *[0.0] * 20, 10.0)), [])
        self.assertEqual(self.kinds(check_limits(self.attempts("join", *[0.0] * 20, 9.9))), ["join limit"])
        self.assertEqual(self.kinds(check_limits(self.attempts("login_refused", *[0.0] * 20, 9.9))), ["login limit"])



class TokenChecker(unittest.TestCase):
    """The story of a bot whose process is killed after a renewal was stored, in the gap, and after its successor was told so."""

    def setUp(self) -> None:
        self.twitch: list[Event] = []
        self.log: list[Event] = []
        self.kills: list[int] = []
        self._seconds = 0
        self.add("grant")
        for _ in range(2):
            self.renew("granted")
            self.add("stored")
            self.kill()
        self.renew("granted")
        self.kill()  # in the gap
        self.renew("refused")
        self.add("told")
        self.add("grant")
        self.renew("granted")
        self.kill()  # in the gap, too, but the token was on the disk already
        self.renew("granted")
        self.add("stored")

    def add(self, event: str, **more: object) -> None:
        self._seconds += 1
        to = self.log if event in ("stored", "told") else self.twitch
        to.append({"at": START + self._seconds * 1_000_000, "event": event, "login": "bot", **more})

    def renew(self, verdict: str) -> None:
        self.add("api_call", path="/oauth2/validate", status=401)
        self.add("refresh", verdict=verdict)

    def kill(self) -> None:
        self._seconds += 1
        self.kills.append(START + self._seconds * 1_000_000)

    def judge(self) -> Renewals:
        return judge_renewals(self.twitch, self.log, self.kills, "bot")

    def kinds(self) -> list[str]:
        return [x.kind for x in self.judge().problems]

    def test_accepts_a_good_story_of_tokens(self) -> None:
        found = self.judge()
        self.assertEqual(found.problems, [])
        self.assertEqual((found.kills, found.in_flight, found.in_gap), (4, 2, 2))
        self.assertEqual((found.granted, found.stored, found.lost), (5, 3, 1))

    def test_names_a_token_that_was_stored_and_lost(self) -> None:
        self.kill()
        self.renew("refused")
        self.add("told")
        self.assertEqual(self.kinds(), ["lost"])

    def test_names_a_token_that_was_lost_without_a_kill(self) -> None:
        self.renew("refused")
        self.add("told")
        self.assertEqual(self.kinds(), ["lost"])

    def test_names_a_gap_that_was_not_recognised(self) -> None:
        self.log = [x for x in self.log if x["event"] != "told"]
        self.assertEqual(self.kinds(), ["not recognised"])

    def test_names_a_gap_that_was_not_recognised_at_the_end(self) -> None:
        self.renew("granted")
        self.kill()
        self.renew("refused")
        self.assertEqual(self.kinds(), ["not recognised"])

    def test_lets_each_life_find_the_gap_for_itself(self) -> None:
        self.renew("granted")
        for _ in range(3):
            self.kill()
            self.renew("refused")
        self.add("told")
        self.assertEqual(self.kinds(), [])
        self.assertEqual(self.judge().lost, 2)

    def test_names_a_refused_token_that_is_tried_again_in_the_same_life(self) -> None:
        self.renew("granted")
        self.kill()
        self.renew("refused")
        self.renew("refused")
        self.add("told")
        self.assertEqual(self.kinds(), ["hammered"])

    def test_names_a_loss_that_was_none(self) -> None:
        self.add("told")
        self.assertEqual(self.kinds(), ["false alarm"])

    def test_names_a_token_that_is_stored_without_having_been_granted(self) -> None:
        self.add("stored")
        self.assertEqual(self.kinds(), ["stored nothing"])

    def test_reads_what_a_bot_logs_of_its_tokens(self) -> None:
        text = """2026-11-27 23:50:04.950 info    [token] bot: the token was renewed and is stored (1)
2026-11-27 23:50:05.000 info    [token] bot: the token of bot is good
2026-11-27 23:50:06.000 error   [token] bot: Twitch doesn't renew the token any more: Invalid refresh token (HTTP 400); it was \
renewed once before, and that answer was lost on its way. Others go on; open http://localhost:1/start/bot or run: creamery auth bot
2026-11-27 23:50:07.000 error   [token] bot: Twitch doesn't renew the token any more: no. Others go on; run: creamery auth bot
"""
        found = read_log(text)
        self.assertEqual([(x["event"], x["login"]) for x in found], [("stored", "bot"), ("told", "bot")])
        self.assertEqual(found[1]["at"] - found[0]["at"], 1_050_000)


if __name__ == "__main__":
    unittest.main()
