"""Judges a run from two histories: what the simulator sent and received, and what recording cogs handled. Pure: no process, no
socket, no clock. It says what is wrong as a list of `Problem`s; an empty list is a good run.

A line is called by its id. Twitch gives CLEARCHAT and CLEARMSG none: such a line is called after the last line with an id in
its channel, so that it has to be in the right place, too. (Where that line itself is missing or misplaced, it is known by its
kind, or one fault would look like two.)"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Event = dict[str, Any]
Channel = str
Name = str

# Faults after which the end of what a connection was sent may be missing. All that was sent before something that arrived
# must have arrived even then. A FIN isn't among them: it comes behind everything that was sent.
LOSING_FAULTS = frozenset({"reset", "cut", "half_open"})

SECOND = 1_000_000


@dataclass(frozen=True)
class Limits:
    """What Twitch allows one account, without margin (twitch-platform 1.15)."""

    messages: int = 20
    privileged_messages: int = 100
    message_window: float = 30
    channel_gap: float = 1
    joins: int = 20
    logins: int = 20
    attempt_window: float = 10


@dataclass(frozen=True)
class Problem:
    """`kind` is one of: lost, doubled, swapped, foreign, gap too long, unanswered, answered twice, answers swapped, answered nothing, message
    limit, channel limit, join limit, login limit."""

    kind: str
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.who}: {self.kind}: {self.what}"


# -- lines -------------------------------------------------------------------------------------------------------------


def name_lines(lines: Iterable[Event]) -> dict[Channel, list[tuple[Name, Event]]]:
    """The lines of each channel in their order, each with the name that it is called by."""
    named: dict[Channel, list[tuple[Name, Event]]] = defaultdict(list)
    last_id: dict[Channel, str] = defaultdict(lambda: "the beginning")
    nameless: dict[Channel, int] = defaultdict(int)
    for line in lines:
        channel = line["channel"]
        if line["id"]:
            last_id[channel] = name = line["id"]
            nameless[channel] = 0
        else:
            nameless[channel] += 1
            name = f"{line['kind']} {nameless[channel]} after {last_id[channel]}"
        named[channel].append((name, line))
    return named


def check_lines(twitch: Iterable[Event], login: str, handled: Iterable[Event], who: str = "",
                channels: Collection[Channel] | None = None, losing: Collection[int] | None = None) -> list[Problem]:
    """Whether a cog handled each line that its bot was sent exactly once and in channel order.

    `channels` are the bot's, when several bots use its account. `losing` are the connections whose last lines may be missing;
    by default those that a fault struck which loses lines."""
    twitch = list(twitch)
    who = who or login
    mine = {x["connection"] for x in twitch if x["event"] == "login" and x["login"] == login}
    if losing is None:
        losing = {x["connection"] for x in twitch if x["event"] == "fault" and x["kind"] in LOSING_FAULTS}
    sent = name_lines(x for x in twitch if x["event"] == "line" and mine.intersection(x["to"])
                      and (channels is None or x["channel"] in channels))
    got = name_lines(handled)
    problems = []
    for channel in sorted(sent.keys() | got.keys()):
        expected, found = sent.get(channel, []), got.get(channel, [])
        problems += _check_channel(expected, _recognise(expected, found), f"{who} in #{channel}", mine, losing)
    return problems


def _recognise(sent: list[tuple[Name, Event]], got: list[tuple[Name, Event]]) -> list[Name]:
    """The names of what was handled. Lines without id whose neighbour isn't where it should be are taken for the next ones of
    their kind that are missing."""
    sent_names, got_names = {name for name, _ in sent}, {name for name, _ in got}
    missing: dict[str, list[Name]] = defaultdict(list)
    for name, line in sent:
        if not line["id"] and name not in got_names:
            missing[line["kind"]].append(name)
    return [missing[line["kind"]].pop(0) if not line["id"] and name not in sent_names and missing[line["kind"]] else name
            for name, line in got]


def _check_channel(sent: list[tuple[Name, Event]], got: list[Name], who: str, mine: Collection[int],
                   losing: Collection[int]) -> list[Problem]:
    place = {name: index for index, (name, _) in enumerate(sent)}
    problems = _check_order([name for name, _ in sent], got, who)
    found = set(got) & place.keys()
    # A connection may lose the end of what it was sent: that after the last line which arrived by it (and by no other one).
    last_found = {connection: max((place[name] for name, line in sent
                                   if name in found and set(line["to"]) & set(mine) == {connection}), default=-1)
                  for connection in losing}
    for name, line in sent:
        to = set(line["to"]) & set(mine)
        may_be_lost = all(x in losing and place[name] > last_found[x] for x in to)
        if name not in found and not may_be_lost:
            problems.append(Problem("lost", who, name))
    return problems


def _longest_rising(numbers: list[int]) -> set[int]:
    """The numbers of a longest rising subsequence (patience sorting); numbers are distinct."""
    tops: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        pile = bisect_left(tops, number)
        before[number] = tops[pile - 1] if pile else None
        tops[pile:pile + 1] = [number]
    found: set[int] = set()
    number_or_none = tops[-1] if tops else None
    while number_or_none is not None:
        found.add(number_or_none)
        number_or_none = before[number_or_none]
    return found


# -- gaps --------------------------------------------------------------------------------------------------------------


def unix_ms(time: str) -> int:
    """Milliseconds since 1970 of a time as the bots report it."""
    moment = datetime.fromisoformat(time.replace("Z", "+00:00"))
    return round(moment.timestamp() * 1000)


def check_gaps(twitch: Iterable[Event], login: str, handled: Iterable[Event], gaps: Iterable[dict[str, Any]], cog: str = "",
               who: str = "", early: float = 0) -> list[Problem]:
    """Whether what a cog did not handle, of all that was said since its bot was first in a channel, is exactly what its gaps
    tell: from the last line that was read until the bot was in the channel again. Lines without id aren't judged.

    A gap may begin too early by so many seconds: after a `kill -9` it begins where the bot last wrote down how far it was."""
    twitch, gaps = list(twitch), list(gaps)
    own = {x["id"] for x in twitch if x["event"] == "message" and x["login"] == login}  # Twitch sends nobody what they say
    joins: dict[Channel, list[int]] = defaultdict(list)
    sent: dict[Channel, list[Event]] = defaultdict(list)
    for event in twitch:
        if event["event"] == "join" and event["login"] == login and event["verdict"] == "joined":
            joins[event["channel"]].append(event["at"])
        elif event["event"] == "line" and event["id"] and event["id"] not in own and event["channel"] in joins:
            sent[event["channel"]].append(event)
    got: dict[Channel, list[Name]] = defaultdict(list)
    for line in handled:
        if line["id"]:
            got[line["channel"]].append(line["id"])
    problems = []
    for channel, lines in sent.items():
        found = set(got[channel])
        untold = {x["id"]: x["at"] for x in lines if x["id"] not in found}
        in_channel = f"{who or login} in #{channel}"
        for gap in gaps:
            if gap["channel"] != channel or gap["cog"] not in (None, cog):
                continue
            begin = unix_ms(gap["from"])
            end = (unix_ms(gap["to"]) + 1) * 1000 if gap["to"] else float("inf")
            untold = {name: at for name, at in untold.items() if not begin <= at // 1000 or at >= end}
            if gap["to"] and not gap["cog"]:
                # The bot hears a moment later that it is in the channel: that moment is no part of the gap.
                end = max((x for x in joins[channel] if x < end), default=0)
            # Several lines may have come in the millisecond that it begins in.
            problems += [Problem("gap too long", in_channel, x["id"]) for x in lines if x["id"] in found
                         and begin + 1000 * early < x["at"] // 1000 and x["at"] < end]
        problems += [Problem("lost", in_channel, name) for name in untold]
        problems += _check_order([x["id"] for x in lines], got[channel], in_channel)
    return problems


def _check_order(sent: list[Name], got: list[Name], who: str) -> list[Problem]:
    """Whether what was handled was sent, came once, and in the order in which it was sent."""
    place = {name: index for index, name in enumerate(sent)}
    problems = [Problem("foreign", who, name) for name in got if name not in place]
    problems += [Problem("doubled", who, f"{name} ({times} times)") for name, times in Counter(got).items()
                 if times > 1 and name in place]
    # What is left is compared by place: each line that isn't part of the longest rising sequence is out of order.
    once = [name for name in dict.fromkeys(got) if name in place]
    in_order = _longest_rising([place[name] for name in once])
    return problems + [Problem("swapped", who, name) for name in once if place[name] not in in_order]


# -- answers -----------------------------------------------------------------------------------------------------------


def check_answers(twitch: Iterable[Event], login: str, commands: Collection[str]) -> list[Problem]:
    """Whether an account answered each of these command lines (their ids) with exactly one reply, in the order of the commands
    within their channel, and said nothing else as a reply."""
    twitch = list(twitch)
    asked: dict[Channel, list[str]] = defaultdict(list)
    for line in twitch:
        if line["event"] == "line" and line["id"] in commands:
            asked[line["channel"]].append(line["id"])
    answers: dict[Channel, list[str]] = defaultdict(list)
    for message in twitch:
        if message["event"] == "message" and message["login"] == login and message["reply_to"]:
            answers[message["channel"]].append(message["reply_to"])
    problems = []
    for channel in sorted(asked.keys() | answers.keys()):
        who = f"{login} in #{channel}"
        times = Counter(answers[channel])
        place = {command: index for index, command in enumerate(asked[channel])}
        problems += [Problem("unanswered", who, x) for x in asked[channel] if times[x] == 0]
        problems += [Problem("answered twice", who, f"{x} ({times[x]} times)") for x in asked[channel] if times[x] > 1]
        problems += [Problem("answered nothing", who, x) for x in times if x not in place]
        answered = [place[x] for x in times if x in place]  # in the order of the first answers
        in_order = _longest_rising(answered)
        problems += [Problem("answers swapped", who, asked[channel][x]) for x in answered if x not in in_order]
    return problems


# -- limits ------------------------------------------------------------------------------------------------------------


def check_limits(twitch: Iterable[Event], privileged: Collection[tuple[str, Channel]] = (),
                 limits: Limits = Limits()) -> list[Problem]:
    """Whether any account exceeded what Twitch allows it, recomputed from the times at which the simulator got each attempt.
    `privileged` are the pairs of login and channel where the larger limits hold."""
    messages: dict[str, list[Event]] = defaultdict(list)
    joins: dict[str, list[Event]] = defaultdict(list)
    logins: dict[str, list[Event]] = defaultdict(list)
    for event in twitch:
        kinds = {"message": messages, "join": joins, "login": logins, "login_refused": logins}
        if event["event"] in kinds:
            kinds[event["event"]][event["login"]].append(event)
    problems = []
    for login, attempts in messages.items():
        everywhere = [x for x in attempts if (login, x["channel"]) not in privileged]
        # Messages where it is privileged fill the window as well, but are allowed when it is full.
        problems += _exceeded(attempts, limits.privileged_messages, limits.message_window, "message limit", login)
        problems += [x for x in _exceeded(attempts, limits.messages, limits.message_window, "message limit", login,
                                          only=everywhere)]
        by_channel: dict[Channel, list[Event]] = defaultdict(list)
        for message in everywhere:
            by_channel[message["channel"]].append(message)
        for channel, there in by_channel.items():
            problems += _exceeded(there, 1, limits.channel_gap, "channel limit", f"{login} in #{channel}")
    for login, attempts in joins.items():
        problems += _exceeded(attempts, limits.joins, limits.attempt_window, "join limit", login)
    for login, attempts in logins.items():
        problems += _exceeded(attempts, limits.logins, limits.attempt_window, "login limit", login)
    return problems


def _exceeded(attempts: list[Event], limit: int, window: float, kind: str, who: str,
              only: list[Event] | None = None) -> list[Problem]:
    """The attempts that were one too many: `limit` others lie in the window before. `only` tells which ones are judged; all
    of them are counted."""
    judged = {x["n"] for x in (attempts if only is None else only)}
    problems = []
    for index, attempt in enumerate(attempts):
        if index >= limit and attempt["n"] in judged:
            passed = attempt["at"] - attempts[index - limit]["at"]
            if passed < window * SECOND:
                problems.append(Problem(kind, who, f"{limit + 1} within {passed / SECOND:.3f} s (event {attempt['n']})"))
    return problems
