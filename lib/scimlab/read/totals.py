"""Rows that add up the others: nobody's row, and a word on whether all of them are there."""

import polars as pl

from scimlab.read.parts import Parts

LABEL = r"(?i)^(?:grand |overall )?(?:totals?|sum|count|number of|gesamt|summe|anzahl)(?: [\pL]+){0,2} *[:=]? *[0-9]*$"


def without_totals(frame: pl.DataFrame, parts: Parts) -> pl.DataFrame:
    """The rows without those of totals, which are set aside; the number they tell is held against the rows there are.

    A row of totals begins with a word for one and holds no address. Its number is right where it counts the rows, or where
    several add up to them, as those of active and inactive users do; any other says that rows are missing, or too many.

    frame: rows as columns of text, with `row`.
    """
    texts = pl.concat_list(pl.exclude("row")).list.drop_nulls()
    is_total = texts.list.first().str.contains(LABEL) & ~texts.list.join(" ").str.contains("@", literal=True)
    totals = frame.filter(is_total)
    rows = frame.filter(~is_total.fill_null(False))
    for row, cells in totals.select("row", texts.alias("cells")).iter_rows():
        said = ", ".join(cells)
        parts.refuse_row(row, "foreign", "a row of totals", said)
        parts.reading.note(_held_against(said, rows.height))
    return rows


def _held_against(said: str, rows: int) -> str:
    """What a row of totals says of the rows above it; empty where it gives no number.

    >>> _held_against("Total, 3", 3), _held_against("Total, 2, 1", 3), _held_against("Total, 4", 3)
    ('', '', 'the totals say "Total, 4", 3 rows were read: rows are missing')
    """
    numbers = [int(each) for each in pl.Series([said]).str.extract_all("[0-9]+")[0]]
    if not numbers or rows in numbers or sum(numbers) == rows:
        return ""
    wrong = "rows are missing" if max(numbers) > rows else "there are more"
    return f'the totals say "{said[:80]}", {rows} rows were read: {wrong}'
