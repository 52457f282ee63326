"""What was measured beside what it is to be: one table, of all that this run has numbers for."""

from __future__ import annotations

from typing import Any

from measure import median


def _cpu_per_line(row: dict[str, Any]) -> float:
    return median(x["cpu"] / x["lines"] for x in row["rounds"])


def _parser(numbers: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    rows = []
    for capture, times in numbers.get("parsers", {}).items():
        if "tmi-rs 0.10.0" not in times:
            continue
        for task, what in (("envelope", "all fields within reach"), ("all_tags", "all tags looked at")):
            ours, theirs = median(times["creamery"][task]), median(times["tmi-rs 0.10.0"][task])
            rows.append((f"parse a line, {what}, {capture}", f"{ours:,.0f} ns, tmi-rs {theirs:,.0f} ns: {ours / theirs:.2f}",
                         "half of tmi-rs", ours <= theirs / 2))
    return rows


def _peers(numbers: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    rows = [x for x in numbers.get("peers", []) if x["rounds"]]
    ours = [x for x in rows if x["name"].startswith("creamery")]
    others = [x for x in rows if not x["name"].startswith("creamery")]
    if not others:
        return []
    best, fastest = min(ours, key=_cpu_per_line), min(others, key=_cpu_per_line)
    ratio = _cpu_per_line(fastest) / _cpu_per_line(best)
    return [("lines per CPU second", f"{1 / _cpu_per_line(best):,.0f} ({best['name']}), {fastest['name']} "
             f"{1 / _cpu_per_line(fastest):,.0f}: {ratio:.1f}x", "5x the fastest", ratio >= 5)]


def _latency(numbers: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    found = []
    for row in numbers.get("latency", []):
        if row["name"].endswith(" 100,000"):
            p99 = median(x["p99_ms"] for x in row["rounds"])
            missing = sum(x["lost"] + x["unanswered"] + x["doubled"] for x in row["rounds"])
            found.append((f"p99 of replies at 100,000 lines/s, {row['name'].split()[0]}", f"{p99:.2f} ms, {missing} lost, unanswered or doubled",
                          "10 ms, none", p99 < 10 and missing == 0))
    return found


def _growth(numbers: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    steps = {x["count"]: x for x in numbers.get("growth", {}).get("channels", [])}
    if not steps:
        return []
    rest = {count: median(x["resting"] for x in row["rounds"]) for count, row in steps.items()}
    low, high = min(rest), max(rest)
    channel = (rest[high] - rest[low]) / (high - low) / 1024
    return [("resident size, idle", f"{rest[low] / 1e6:.1f} MB", "30 MB", rest[low] < 30e6),
            ("… and for each channel", f"{channel:.1f} KB", "10 KB", channel < 10)]


def _joins(numbers: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    if "joins" not in numbers:
        return []
    seconds, allowed = numbers["joins"]["seconds"], numbers["joins"]["allowed"]
    return [("1,000 channels joined", f"{seconds:.2f} s, the limits allow {allowed:.0f} s", "within 2 %",
             abs(seconds / allowed - 1) <= 0.02)]


def _webhooks(numbers: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    found = numbers.get("webhooks")
    if not found:
        return []

    def rate(row: dict[str, Any]) -> float:
        return median(x["events"] / x["seconds"] for x in row["rounds"])

    def cost(row: dict[str, Any]) -> float:
        return median(x["cpu"] / x["events"] * 1e6 for x in row["rounds"])

    ours, *others = found["full"]
    rows = []
    for other in others:
        wanted = {"TwitchIO": 10, "twurple": 3}[other["name"].split()[0]]
        ratio = rate(ours) / rate(other)
        rows.append(("webhooks a second", f"{rate(ours):,.0f}, {other['name']} {rate(other):,.0f}: {ratio:.1f}x",
                     f"{wanted}x {other['name'].split()[0]}", ratio >= wanted))
    forged = cost(found["forged"][0])
    # Every two seconds the store writes that the process lives, which is less than a byte for each of so many.
    written = median(x["written"] / x["events"] for x in found["forged"][0]["rounds"])
    return [*rows, ("a forged webhook", f"{forged:.1f} µs of CPU, {forged / cost(ours):.2f} of a good one, {written:.1f} bytes written",
                    "20 µs, half, none", forged <= 20 and forged <= cost(ours) / 2 and written < 1)]


def table(numbers: dict[str, Any]) -> str:
    """Empty if there is nothing to compare."""
    rows = [*_parser(numbers), *_peers(numbers), *_latency(numbers), *_growth(numbers), *_joins(numbers), *_webhooks(numbers)]
    if not rows:
        return ""
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return "\n".join(["goals"] + [f"{what:<{widths[0]}}  {found:<{widths[1]}}  {goal:<{widths[2]}}  {'holds' if holds else 'DOES NOT HOLD'}"
                                  for what, found, goal, holds in rows])
