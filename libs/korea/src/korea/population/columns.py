"""Tables as plain numpy columns of the same length, by name; a missing value is None (NaT among dates)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = dict[str, NDArray[Any]]
Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
Texts = NDArray[np.object_]
Truths = NDArray[np.bool_]


def rows(columns: Columns, which: Truths) -> Columns:
    """Some of the rows."""
    return {name: column[which] for name, column in columns.items()}


def texts(values: Sequence[str]) -> Texts:
    """Text as a column."""
    return np.array(values, dtype=object)


def text_of(characters: NDArray[np.bytes_]) -> Texts:
    """ASCII characters as a column of text."""
    return texts(characters.astype(str).tolist())


def unless(missing: Truths, values: NDArray[Any]) -> Texts:
    """The values, None where they are missing."""
    kept = values.astype(object)
    kept[missing] = None
    return kept


def always(value: Any, many: int) -> NDArray[Any]:
    """The same value in every row."""
    return np.full(many, value, dtype=object if isinstance(value, str) or value is None else None)


def no_days(many: int) -> NDArray[np.datetime64]:
    """A column of dates that nobody has said."""
    return np.full(many, "NaT", dtype="datetime64[D]")
