"""50,000 records of a provisioning log through the SDK's own adapter, checked and kept, against plain httpx that checks nothing."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 5, 1, tzinfo=UTC)
ROWS_A_PAGE = 1000


def make(folder: Path, records: int) -> None:
    """Pages as Graph gives them, of the records of an invented tenant, each again under other ids until there are enough."""
    from scimlab import simulate
    from scimlab.simulate.exports.graph import provisioning_object_summary

    job = simulate.tenant(seed=7, people=60, months=2).job
    rows = [provisioning_object_summary(each) for each in job.events]
    folder.mkdir()
    for first in range(0, records, ROWS_A_PAGE):
        value = [_again(rows[n % len(rows)], n) for n in range(first, min(first + ROWS_A_PAGE, records))]
        link = {"@odata.nextLink": f"LINK{first // ROWS_A_PAGE + 1}"} if first + ROWS_A_PAGE < records else {}
        (folder / str(first // ROWS_A_PAGE)).write_text(json.dumps({"value": value, **link}, separators=(",", ":")))


def _again(row: dict, number: int) -> dict:
    at = START + timedelta(seconds=number * 40)
    return row | {"id": f"00000000-0000-4000-8000-{number:012}", "activityDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}


def serve(folder: Path) -> None:
    """Those pages over HTTP; the port stands in the first line."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Pages(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _, _, number = self.path.partition("page=")
            url = f"http://127.0.0.1:{self.server.server_port}/v1.0/auditLogs/provisioning?page="
            body = (folder / (number or "0")).read_bytes().replace(b'"LINK', f'"{url}'.encode())
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Pages)
    print(server.server_port, flush=True)
    server.serve_forever()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server in a process of its own, which nobody waits for, so that it is not counted with ours."""
    server = subprocess.Popen([sys.executable, __file__, "serve", str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/v1.0"
    finally:
        server.kill()


def ours(folder: Path, patience: dict | None = None) -> str:
    """As a tenant is collected, with pacing off unless `patience` says how: each page asked through the SDK, checked, and kept."""
    from scimlab import live
    from scimlab.collect.asked import PROVISIONING
    from scimlab.collect.runs import Part, begin
    from scimlab.collect.walk import graph_part
    from scimlab.collect.windows import Window
    from scimlab.live.credentials import Ready

    window = Window(START, START + timedelta(days=90))
    with served(folder) as url:
        part = Part("provisioning", "provisioning", first=PROVISIONING.url(base=url, window=window), window=window)
        place = begin(folder.with_name("collected"), START)
        place.run.parts["provisioning"] = part
        graph = live.Graph(Ready("invented"), url)
        asyncio.run(graph_part(part, place, graph, live.Patience(**(patience or {"requests": 0})), lambda part: None))
    return f"{part.rows} records"


def paced(folder: Path) -> str:
    """The same at five requests in ten seconds, as a customer's tenant is asked."""
    return ours(folder, {"requests": 5})


def httpx(folder: Path) -> str:
    """Each page asked with httpx and read with json: no check, nothing kept."""
    import httpx

    with served(folder) as url, httpx.Client(verify=False) as client:
        link, count = f"{url}/auditLogs/provisioning", 0
        while link:
            page = json.loads(client.get(link).content)
            link, count = page.get("@odata.nextLink"), count + len(page["value"])
    return f"{count} records"


if __name__ == "__main__":
    way, place, *size = sys.argv[1:]
    print({"make": make, "serve": serve, "ours": ours, "paced": paced, "httpx": httpx}[way](Path(place), *map(int, size)))
