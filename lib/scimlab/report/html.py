"""An executed page as one HTML file that needs nothing from elsewhere: charts live, tables whole, code folded beneath."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import nbformat
import polars as pl
import vl_convert
from nbconvert import HTMLExporter

from scimlab import cells
from scimlab.show import CHART, TABLE, figure, lanes, steps, tables
from scimlab.show.anchors import Places

TEMPLATES = Path(str(files("scimlab.report").joinpath("templates")))
MOST_ROWS = 2_000
HINTS = {"picked": "Click in the legend to single one out.", "zoom": "Hold shift to zoom with the wheel or to drag."}


@cache
def environment() -> jinja2.Environment:
    """The templates of figure, table and index, in which whatever is put is escaped."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "scimlab"), autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined
    )


@cache
def frame() -> Mapping[str, Any]:
    """What every file holds: style, scripts, and the policy that lets just these scripts run and nothing be fetched.

    The policy names the scripts by hash, so markup that came in by a name would not run even if it got through.
    """
    style, script = ((TEMPLATES / "scimlab" / name).read_text("utf-8") for name in ("page.css", "page.js"))
    scripts = [vl_convert.javascript_bundle(vl_version=figure.VEGA_LITE), script]
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in scripts)
    policy = f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    return {"css": style, "scripts": scripts, "policy": policy, "version": version("scimlab")}


def page(notebook: nbformat.NotebookNode, *, title: str, tenant: str, as_of: str, places: Places | None = None) -> str:
    """An executed page as HTML.

    tenant, as_of: what the head of the page says it is about. places: where names lead.
    """
    exporter = HTMLExporter(extra_template_basedirs=[str(TEMPLATES)], template_name="scimlab", template_file="page.html.j2")
    drawn = nbformat.from_dict({**notebook, "cells": [_cell(cell, places or {}) for cell in notebook.cells]})
    exporter.environment.globals |= {**frame(), "title": f"{title} – {tenant}"}
    return exporter.from_notebook_node(drawn, resources={"tenant": tenant, "as_of": as_of, "version": frame()["version"]})[0]


def chart(spec: Mapping[str, Any], picture: str = "") -> str:
    """A chart as HTML: its title and reading in words, its specification, and a picture where no script runs.

    picture: the SVG, where it is drawn already.
    """
    title, can = spec["title"], {each["name"] for each in spec.get("params", [])}
    return (
        environment()
        .get_template("figure.html.j2")
        .render(
            title=" ".join(title["text"]),
            reading=" ".join(title["subtitle"]),
            hint=" ".join(hint for name, hint in HINTS.items() if name in can),
            spec=in_script(spec),
            alt=spec["description"],
            picture=base64.b64encode((picture or figure.svg(dict(spec))).encode()).decode(),
        )
    )


def table(rows: pl.DataFrame, name: str, *, zone: str, with_csv: bool = True, places: Places | None = None, extent: str = "") -> str:
    """A table as HTML, with the CSV of all its rows and columns folded in.

    places: where names lead. extent: how much of the whole this is, where the rows do not say it.
    """
    text = csv(rows) if with_csv and rows.width else None
    return (
        environment()
        .get_template("table.html.j2")
        .render(
            name=name,
            table=tables.markup(rows, name, zone=zone, most=MOST_ROWS, places=places),
            extent=extent or tables.extent(rows, name, most=MOST_ROWS),
            csv=in_script(text) if text else None,
        )
    )


def checklist(rows: pl.DataFrame, *, zone: str, places: Places | None = None) -> str:
    """A checklist as HTML, with the CSV of its steps."""
    return environment().get_template("steps.html.j2").render(steps=steps.markup(rows, zone=zone, places=places), csv=in_script(csv(rows)))


def timelines(found: Mapping[str, Any]) -> str:
    """The timelines of some people as HTML, each with the CSV of all that is known of them.

    found: what a page handed out in the form of timelines.
    """
    lines = tables.frame(found)
    of = {person["id"]: lines.filter(pl.col("person_id") == person["id"]) for person in found["people"]}
    people = [
        {**person, "chart": chart(person["spec"], person["picture"]), "table": _things(of[person["id"]], found["zone"])}
        for person in found["people"]
    ]
    return environment().get_template("timelines.html.j2").render(people=people)


def _things(runs: pl.DataFrame, zone: str) -> str:
    rows, extent = lanes.things(runs)
    return table(rows, lanes.NAME, zone=zone, extent=extent)


def csv(rows: pl.DataFrame) -> str:
    """The rows as CSV: instants in UTC, and no text that a spreadsheet would run."""
    return cells.inert(rows).write_csv(datetime_format="%Y-%m-%dT%H:%M:%S%.fZ")


def in_script(value: object) -> str:
    """JSON that cannot end the script element it stands in.

    >>> in_script("</script>")
    '"\\\\u003c/script>"'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _cell(cell: Mapping[str, Any], places: Places) -> Mapping[str, Any]:
    """A cell as the template takes it; `folded` if its code belongs beneath it, and not to the end of the page."""
    if cell["cell_type"] != "code":
        return cell
    folded = any({CHART, TABLE} & set(output.get("data", {})) or output["output_type"] == "error" for output in cell["outputs"])
    return {**cell, "outputs": [_output(output, places) for output in cell["outputs"]], "metadata": {"folded": folded}}


def _output(output: Mapping[str, Any], places: Places) -> Mapping[str, Any]:
    """An output, its chart or table as a file shows it."""
    data = output.get("data", {})
    if CHART in data:
        return {**output, "data": {"text/html": chart(data[CHART])}}
    if TABLE in data:
        return {**output, "data": {"text/html": _handed(data[TABLE], places)}}
    return output


def _handed(found: Mapping[str, Any], places: Places) -> str:
    """What a page handed out as data, in the form that it is to have."""
    if found.get("form") == lanes.FORM:
        return timelines(found)
    if found.get("form") == "checklist":
        return checklist(tables.frame(found), zone=found["zone"], places=places)
    return table(tables.frame(found), found["name"], zone=found["zone"], places=places)
