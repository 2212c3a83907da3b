"""Varints and ragged lists: the same as one number at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo_service.outputs.varint import interleave, ragged_sums, varint_sizes, varints, zigzag

UNSIGNED = st.one_of(st.integers(0, 300), st.integers(0, 2**64 - 1))


def one_varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


@given(st.lists(UNSIGNED))
def test_many_numbers_are_encoded_like_one_after_the_other(numbers) -> None:
    values = np.array(numbers, np.uint64)
    assert varints(values) == b"".join(map(one_varint, numbers))
    assert varint_sizes(values).tolist() == [len(one_varint(one)) for one in numbers]


@given(st.lists(st.integers(-(2**62), 2**62)))
def test_zigzag_can_be_undone(numbers) -> None:
    folded = [int(one) for one in zigzag(np.array(numbers, np.int64))]
    assert [(one >> 1) ^ -(one & 1) for one in folded] == numbers


@given(st.lists(st.tuples(st.lists(UNSIGNED, max_size=4), st.lists(UNSIGNED, max_size=4)), min_size=1))
def test_ragged_lists_side_by_side(rows) -> None:
    def part(place: int):
        values = [value for row in rows for value in row[place]]
        return np.array(values, np.uint64), np.array([len(row[place]) for row in rows], np.int64)

    assert interleave(part(0), part(1)).tolist() == [value for row in rows for part in row for value in part]
    signed = np.array([value % 1000 for row in rows for value in row[0]], np.int64)
    sums = [sum(value % 1000 for value in row[0]) for row in rows]
    assert ragged_sums(signed, part(0)[1]).tolist() == sums
