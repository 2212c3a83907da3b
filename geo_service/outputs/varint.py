"""Floor 7: whole numbers as protocol-buffer varints, a whole array at once, and ragged lists laid side by side."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

UInts = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

_PAYLOAD_BITS = np.uint64(7)
_PAYLOAD = np.uint64(0x7F)
_MORE_FOLLOWS = np.uint8(0x80)


def varint(value: int) -> bytes:
    """Encode one number.

    Examples
    --------
    >>> varint(300).hex()
    'ac02'
    """
    out = bytearray()
    while value > 0x7F:
        out.append(0x80 | value & 0x7F)
        value >>= 7
    return bytes([*out, value])


def varints(values: UInts) -> bytes:
    """Encode numbers one after the other: seven bits a byte, lowest first, the high bit says that more follow.

    Examples
    --------
    >>> varints(np.array([1, 127, 128], np.uint64)).hex()
    '017f8001'
    """
    lowest = values.astype(np.uint8)
    long = np.flatnonzero(values > _PAYLOAD)
    if len(long) == 0:
        return lowest.tobytes()
    rest = values[long]
    sizes = np.ones(len(values), np.int64)
    sizes[long] = varint_sizes(rest)
    starts = np.cumsum(sizes) - sizes
    out = np.empty(int(sizes.sum()), np.uint8)
    out[starts] = lowest
    at = starts[long]
    while len(rest):
        out[at] |= _MORE_FOLLOWS
        rest = rest >> _PAYLOAD_BITS
        at = at + 1
        out[at] = rest & _PAYLOAD
        goes_on = rest > _PAYLOAD
        rest, at = rest[goes_on], at[goes_on]
    return out.tobytes()


def varint_sizes(values: UInts) -> Ints:
    """Return how many bytes each number takes, 1 to 10."""
    sizes = np.ones(values.shape, np.int64)
    if values.size == 0:
        return sizes
    for bits in range(7, int(values.max()).bit_length(), 7):
        sizes += values >= np.uint64(1 << bits)
    return sizes


def zigzag(values: Ints) -> UInts:
    """Fold signed numbers into unsigned ones so that small magnitudes stay small.

    Examples
    --------
    >>> zigzag(np.array([0, -1, 1, -2])).tolist()
    [0, 1, 2, 3]
    """
    return ((values << 1) ^ (values >> 63)).astype(np.uint64)


def interleave(*parts: tuple[UInts, Ints]) -> UInts:
    """Lay ragged lists side by side: all of row 0's parts in turn, then all of row 1's, and so on.

    Parameters
    ----------
    parts
        Each a flat array and how many of its values belong to each row; all with the same number of rows.

    Examples
    --------
    >>> heads = np.array([10, 20], np.uint64), np.array([1, 1])
    >>> tails = np.array([1, 2, 3], np.uint64), np.array([2, 1])
    >>> interleave(heads, tails).tolist()
    [10, 1, 2, 20, 3]
    """
    per_row = sum((counts for _, counts in parts), np.zeros_like(parts[0][1]))
    starts = np.cumsum(per_row) - per_row
    out = np.empty(int(per_row.sum()), np.uint64)
    for values, counts in parts:
        out[ragged_positions(starts, counts)] = values
        starts = starts + counts
    return out


def ragged_positions(starts: Ints, counts: Ints) -> Ints:
    """Return ``starts[i], starts[i] + 1, ...`` (``counts[i]`` of them) for each row in turn.

    Examples
    --------
    >>> ragged_positions(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    before = np.cumsum(counts) - counts
    positions: Ints = np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
    return positions


def ragged_sums(values: Ints, counts: Ints) -> Ints:
    """Return the sum of each row's values; a row may have none.

    Examples
    --------
    >>> ragged_sums(np.array([1, 2, 3]), np.array([2, 0, 1])).tolist()
    [3, 0, 3]
    """
    running = np.concatenate([[0], np.cumsum(values)])
    ends = np.cumsum(counts)
    sums: Ints = running[ends] - running[ends - counts]
    return sums
