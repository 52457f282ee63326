"""Judges what became of an account's tokens while the bot's process was killed again and again, from what the simulator saw, what
the bot logged, and when it was killed. Pure, as checker.py is.

Each renewal replaces the refresh token. One that Twitch has granted and whose token the bot hasn't called stored is *open*: if the
process is killed then, the new token is lost or not, which only the next start can tell. What Twitch refuses must have been open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from checker import Problem

Event = dict[str, Any]

STORED = re.compile(r"\[token\] (\w+): the token was renewed and is stored")
LOST = re.compile(r"error .*\[token\] (\w+): .*that answer was lost on its way.*creamery auth \1")


def read_log(text: str) -> list[Event]:
    """What a bot has logged of its tokens: `stored`, and `told`: a renewal was lost, and who can mend that. Times as the
    simulator's, at the end of the millisecond that the log tells."""
    found = []
    for line in text.splitlines():
        for kind, pattern in (("stored", STORED), ("told", LOST)):
            if match := pattern.search(line):
                at = round(datetime.fromisoformat(line[:23]).timestamp() * 1000) * 1000 + 999
                found.append({"at": at, "event": kind, "login": match[1]})
    return found


@dataclass
class Renewals:
    """What `judge_renewals` found. Kills `in_flight` came after Twitch had refused the old access token and before the new one
    was called stored; those `in_gap`, of them, after Twitch had granted it. `lost` are the renewals that were lost thereby."""

    problems: list[Problem] = field(default_factory=list)
    kills: int = 0
    in_flight: int = 0
    in_gap: int = 0
    granted: int = 0
    stored: int = 0
    lost: int = 0


def judge_renewals(twitch: Iterable[Event], log: Iterable[Event], kills: Iterable[int], login: str) -> Renewals:
    """`log` as `read_log` gives it, `kills` are times as the simulator's. Kinds of problems: `lost` (a token that was stored),
    `hammered` (a refused token is tried again in the same life), `not recognised` (its owner was asked without being told why, or
    not at all), `false alarm` (nothing was lost), `stored nothing`."""
    mine = [x for x in twitch if x.get("login") == login and (x["event"] in ("grant", "refresh") or _is_begin(x))]
    mine += [x for x in log if x["login"] == login]
    mine += [{"at": at, "event": "killed"} for at in kills]
    found = Renewals()
    begun = is_open = is_refused = is_gap = must_tell = False

    def problem(kind: str, at: int) -> None:
        found.problems.append(Problem(kind, login, f"at {at / 1e6:.6f}"))

    for event in sorted(mine, key=lambda x: int(x["at"])):
        what, at = event["event"], event["at"]
        if what == "api_call":
            begun = True
        elif what == "refresh" and event["verdict"] == "granted":
            found.granted += 1
            is_open = True
            if is_gap:
                problem("false alarm", at)
            is_gap = is_refused = must_tell = False
        elif what == "refresh":
            if is_refused:
                problem("hammered", at)
            elif not is_open and not is_gap:
                problem("lost", at)
            found.lost += not is_gap
            is_gap = is_refused = must_tell = True
            begun = is_open = False
        elif what == "stored":
            if not is_open:
                problem("stored nothing", at)
            found.stored += 1
            begun = is_open = False
        elif what == "told":
            if not is_gap:
                problem("false alarm", at)
            must_tell = False
        elif what == "grant":
            if must_tell:
                problem("not recognised", at)
            begun = is_open = is_refused = is_gap = must_tell = False
        else:
            found.kills += 1
            found.in_flight += begun or is_open
            found.in_gap += is_open
            # The next life has to find out by itself, and to tell.
            begun = is_refused = must_tell = False
    if must_tell:
        problem("not recognised", mine[-1]["at"])
    return found


def _is_begin(event: Event) -> bool:
    """Twitch has refused an access token, so that a renewal begins."""
    return event["event"] == "api_call" and event["path"] == "/oauth2/validate" and event["status"] == 401
