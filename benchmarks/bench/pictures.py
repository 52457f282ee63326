"""Plots as SVG: bars and lines, both on logarithmic scales, since what is compared differs by orders of magnitude."""

from __future__ import annotations

import math
from html import escape

STYLE = ("text{font:13px sans-serif;fill:#222}.title{font-weight:bold}.small{font-size:11px;fill:#666}"
         ".ours{fill:#9146ff}.other{fill:#b8b8c0}.grid{stroke:#ddd}.axis{stroke:#888}")
COLOURS = ("#9146ff", "#1f9e89", "#e07b00", "#3366cc", "#cc3355", "#777777")


def _svg(width: int, height: int, parts: list[str]) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
            f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n')


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _decades(low: float, high: float) -> list[float]:
    return [10.0**x for x in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def bars(title: str, values: dict[str, float]) -> str:
    """One bar for each, the shortest first; those whose name begins with "creamery" are ours."""
    width, left, right, bar, top = 760, 210, 90, 24, 44
    grid = _decades(min(values.values()), max(values.values()))
    low, high = math.log10(grid[0]), math.log10(grid[-1])

    def x(value: float) -> float:
        return left + (math.log10(value) - low) / max(high - low, 1) * (width - left - right)

    parts = [f'<text x="10" y="22" class="title">{escape(title)}</text>']
    bottom = top + bar * len(values)
    for value in grid:
        parts.append(f'<line x1="{x(value):.0f}" y1="{top}" x2="{x(value):.0f}" y2="{bottom}" class="grid"/>'
                     f'<text x="{x(value):.0f}" y="{bottom + 14}" text-anchor="middle" class="small">{_number(value)}</text>')
    for i, (name, value) in enumerate(sorted(values.items(), key=lambda item: item[1])):
        y = top + i * bar
        kind = "ours" if name.startswith("creamery") else "other"
        parts.append(f'<text x="{left - 8}" y="{y + 16}" text-anchor="end">{escape(name)}</text>'
                     f'<rect x="{left}" y="{y + 3}" width="{max(2.0, x(value) - left):.0f}" height="{bar - 6}" class="{kind}"/>'
                     f'<text x="{x(value) + 6:.0f}" y="{y + 16}">{_number(value)}</text>')
    return _svg(width, bottom + 26, parts)


def lines(title: str, across: str, up: str, series: dict[str, list[tuple[float, float]]]) -> str:
    """One line for each series of points."""
    width, height, left, right, top, bottom = 760, 400, 80, 190, 50, 60
    points = [p for one in series.values() for p in one]
    grid_x = _decades(min(p[0] for p in points), max(p[0] for p in points))
    grid_y = _decades(min(p[1] for p in points), max(p[1] for p in points))

    def place(value: float, grid: list[float], begin: float, end: float) -> float:
        low, high = math.log10(grid[0]), math.log10(grid[-1])
        return begin + (math.log10(value) - low) / max(high - low, 1) * (end - begin)

    def x(value: float) -> float:
        return place(value, grid_x, left, width - right)

    def y(value: float) -> float:
        return place(value, grid_y, height - bottom, top)

    parts = [f'<text x="10" y="22" class="title">{escape(title)}</text>',
             f'<text x="{(left + width - right) / 2:.0f}" y="{height - 14}" text-anchor="middle">{escape(across)}</text>',
             f'<text x="10" y="{top - 10}" class="small">{escape(up)}</text>']
    for value in grid_x:
        parts.append(f'<line x1="{x(value):.0f}" y1="{top}" x2="{x(value):.0f}" y2="{height - bottom}" class="grid"/>'
                     f'<text x="{x(value):.0f}" y="{height - bottom + 16}" text-anchor="middle" class="small">{_number(value)}</text>')
    for value in grid_y:
        parts.append(f'<line x1="{left}" y1="{y(value):.0f}" x2="{width - right}" y2="{y(value):.0f}" class="grid"/>'
                     f'<text x="{left - 6}" y="{y(value) + 4:.0f}" text-anchor="end" class="small">{_number(value)}</text>')
    for i, (name, one) in enumerate(series.items()):
        colour = COLOURS[i % len(COLOURS)]
        path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in one)
        dots = "".join(f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="3.5" fill="{colour}"/>' for a, b in one)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
                     f'<rect x="{width - right + 14}" y="{top + 22 * i}" width="12" height="12" fill="{colour}"/>'
                     f'<text x="{width - right + 32}" y="{top + 22 * i + 11}">{escape(name)}</text>')
    return _svg(width, height, parts)
