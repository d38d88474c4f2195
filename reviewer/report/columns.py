"""Where the boxes of a picture stand in their columns: near what they are connected to, and never on one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ROUNDS = 24
"""How often the boxes are put in order by their neighbours. Pictures of hundreds of boxes come to rest before."""


def arranged(columns: Sequence[Sequence[int]], wires: Iterable[tuple[int, int]], pitch: float) -> Mapping[int, float]:
    """The height of each box, from 0 on, two of a column at least `pitch` apart, those of the longest one no further.

    `columns` are the boxes of each column in the order in which they are to stand if nothing speaks against it, `wires`
    connect them. Each round puts the columns in the order of their neighbours' mean height (the barycentre heuristic of
    Sugiyama, Tagawa and Toda, 1981), where the fewer wires a neighbour has, the more it counts; of all rounds the one
    with the shortest wires is taken.
    """
    wires = list(wires)
    near: dict[int, list[int]] = {box: [] for column in columns for box in column}
    for start, end in wires:
        near[start].append(end)
        near[end].append(start)
    heights = {box: number * pitch for column in columns for number, box in enumerate(_walked(column, near))}
    longest = max(map(len, columns))
    best, shortest = dict(heights), _length(heights, wires)
    for _ in range(ROUNDS):
        for column in sorted(columns, key=lambda column: -len(column)):
            wanted = {box: _wanted(box, heights, near) for box in column}
            order = sorted(column, key=lambda box: (wanted[box], heights[box]))
            is_longest = len(column) == longest
            places = [n * pitch for n in range(longest)] if is_longest else spread([wanted[b] for b in order], pitch)
            heights |= zip(order, places, strict=True)
        length = _length(heights, wires)
        if length < shortest:
            best, shortest = dict(heights), length
    lowest = min(best.values(), default=0)
    return {box: height - lowest for box, height in best.items()}


def _wanted(box: int, heights: Mapping[int, float], near: Mapping[int, Sequence[int]]) -> float:
    """Where a box would like to be: amid its neighbours, or where it is."""
    weights = [(1 / len(near[other]), heights[other]) for other in near[box]]
    total = sum(weight for weight, _ in weights)
    return sum(weight * height for weight, height in weights) / total if weights else heights[box]


def _length(heights: Mapping[int, float], wires: Iterable[tuple[int, int]]) -> float:
    return sum(abs(heights[start] - heights[end]) for start, end in wires)


def _walked(column: Sequence[int], near: Mapping[int, Sequence[int]]) -> list[int]:
    """The boxes of a column, those that share a neighbour one after the other, first of all one with few wires."""
    inside, seen = set(column), set[int]()
    walked = []
    for start in column:
        pending = [start]
        while pending:
            box = pending.pop()
            if box in seen:
                continue
            seen.add(box)
            walked += [box] if box in inside else []
            pending += sorted((other for other in near[box] if other not in seen), key=lambda other: -len(near[other]))
    return walked


@dataclass(slots=True)
class _Block:
    """Boxes that touch: how many, and the mean of where the first of them wants to be."""

    size: int
    wanted: float


def spread(wanted: Sequence[float], pitch: float) -> list[float]:
    """Heights at least `pitch` apart, in the given order and as near as can be to where they are wanted.

    Boxes that get too near form a block that moves as one (the pool-adjacent-violators algorithm).
    """
    blocks: list[_Block] = []
    for number, height in enumerate(wanted):
        blocks.append(_Block(1, height - number * pitch))
        while len(blocks) > 1 and blocks[-2].wanted > blocks[-1].wanted:
            last = blocks.pop()
            size = blocks[-1].size + last.size
            blocks[-1] = _Block(size, (blocks[-1].wanted * blocks[-1].size + last.wanted * last.size) / size)
    starts = [block.wanted for block in blocks for _ in range(block.size)]
    return [start + number * pitch for number, start in enumerate(starts)]
