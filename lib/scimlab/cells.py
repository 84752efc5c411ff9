"""Text from outside, made inert before a spreadsheet opens it."""

from typing import TypeVar

import polars as pl
import polars.selectors as cs

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


def inert(frame: Frame) -> Frame:
    """The same rows, each text that a spreadsheet would run as a formula led by an apostrophe.

    source: OWASP, CSV injection: a cell that begins with = + - @, a tab or a carriage return is evaluated.

    >>> inert(pl.DataFrame({"name": ["=1+1", "Ada"]}))["name"].to_list()
    ["'=1+1", 'Ada']
    """
    text = cs.string()
    return frame.with_columns(pl.when(text.str.contains(r"^[=+\-@\t\r]")).then(pl.lit("'") + text).otherwise(text).name.keep())
