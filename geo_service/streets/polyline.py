"""Floor 1: lines packed into text, as routers send them (Google's encoded polyline algorithm)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def decode_polyline(text: str, precision: int = 6) -> npt.NDArray[np.float64]:
    """Return the places of an encoded line, shape (k, 2), degrees, lon lat.

    Parameters
    ----------
    precision
        Decimal places that were kept: 6 at Valhalla, 5 at most others.

    Raises
    ------
    ValueError
        When the text is no encoded line.

    Examples
    --------
    >>> decode_polyline("_p~iF~ps|U_ulLnnqC_mqNvxq`@", 5).tolist()
    [[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]]
    """
    numbers, value, shift = [], 0, 0
    for letter in text:
        part = ord(letter) - 63
        if not 0 <= part < 64 or shift > 60:
            raise ValueError("the text holds a character that no encoded line has")
        value |= (part & 31) << shift
        shift += 5
        if part < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    if shift or len(numbers) % 2:
        raise ValueError("the encoded line is cut off")
    latlon = np.cumsum(np.array(numbers, dtype=np.int64).reshape(-1, 2), axis=0)
    return latlon[:, ::-1] / 10.0**precision
