"""A chart in the forms that draw it everywhere: live in JupyterLab and in a report, as a picture on the web, in words.

Altair's own renderers fetch their script from elsewhere or give each output a random id; this one does neither.
"""

import re
from typing import Any

import altair as alt
import vl_convert

from scimlab.show.shown import CHART, Shown

# JupyterLab carries Vega-Lite 5: charts are labelled so, and written in what both 5 and 6 draw alike.
VEGA_LITE = "6.4"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
NUMBERED = re.compile(r"\b(clip|gradient_)(\d+)\b")


def chart(drawn: alt.Chart | alt.LayerChart) -> Shown:
    """The chart as Vega-Lite for what can draw it, as SVG for what cannot, and as its description for ears."""
    spec = drawn.to_dict() | {"$schema": SCHEMA}
    return Shown({CHART: spec, "image/svg+xml": svg(spec), "text/plain": spec["description"]})


def svg(spec: dict[str, Any]) -> str:
    """The picture of a chart; the same chart gives the same bytes.

    Vega numbers clip paths by how many it made before, in this process; here they count from 1 in each picture.
    """
    drawn = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    numbers: dict[str, str] = {}
    return NUMBERED.sub(lambda found: found[1] + numbers.setdefault(found[0], str(len(numbers) + 1)), drawn)
