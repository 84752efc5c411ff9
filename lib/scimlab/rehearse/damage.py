"""Faults as a client meets them: a refusal instead of an answer, or an answer that arrives damaged."""

from collections.abc import Callable

import msgspec
from werkzeug.wrappers import Request, Response

from scimlab.rehearse.faults import Faults

OUTAGES = (500, 502, 503, 504)
RETRY_AFTER_SECONDS = 1

Answering = Callable[[Request], Response]


def answered(faults: Faults, request: Request, answer: Answering) -> tuple[Response, int, str]:
    """The answer to a request, the status it would have had (0 where nobody looked at it), and the fault that struck it, if one did."""
    key = f"{request.method} {request.full_path}"
    for name, refused in REFUSALS.items():
        if faults.strikes(name, key):
            return refused(faults), 0, name
    response = answer(request)
    for name, damaged in DAMAGES.items():
        if _can_be_damaged(name, request, response) and faults.strikes(name, key):
            return damaged(faults, response), response.status_code, name
    faults.spare(key)
    return response, response.status_code, ""


def throttled(faults: Faults) -> Response:
    """Too many requests, and when to come back."""
    response = throttled_silently(faults)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def throttled_silently(faults: Faults) -> Response:
    """Too many requests, and no word on when to come back."""
    return _error(429, "TooManyRequests", "Too many requests. Try again later.")


def unavailable(faults: Faults) -> Response:
    """An outage; a gateway answers in HTML."""
    status = OUTAGES[faults.draw("unavailable", range(len(OUTAGES)))]
    if status == 502:
        return Response("<html><body><h1>502 Bad Gateway</h1></body></html>", status, content_type="text/html")
    return _error(status, "ServiceUnavailable" if status == 503 else "UnknownError", "The service cannot answer now.")


def lost(faults: Faults, response: Response) -> Response:
    """What was asked is done, and a gateway in between gave up waiting for the answer."""
    return Response("<html><body><h1>504 Gateway Timeout</h1></body></html>", 504, content_type="text/html")


def torn(faults: Faults, response: Response) -> Response:
    """The first part of a body, with the length of the whole; the server closes the connection after it."""
    whole = response.get_data()
    kept = whole[: faults.draw("torn_pages", range(1, len(whole)))]
    damaged = Response(kept, response.status_code, response.headers)
    damaged.automatically_set_content_length = False
    damaged.headers["Content-Length"] = str(len(whole))
    return damaged


def spliced(faults: Faults, response: Response) -> Response:
    """Some rows, the beginning of another, and an error in the place where that row should go on."""
    page = msgspec.json.decode(response.get_data())
    kept = page["value"][: faults.draw("spliced_pages", range(len(page["value"])))]
    begun = msgspec.json.encode({"@odata.context": page["@odata.context"], "value": kept})[:-2]
    error = {"error": {"code": "BadRequest", "message": "A property that must have a value has none."}}
    row = b'{"id":"Sync_cut"' + msgspec.json.encode(error) + b"}"
    return Response(begun + (b"," if kept else b"") + row, 200, content_type=response.content_type)


def short(faults: Faults, response: Response) -> Response:
    """A SCIM page that counts more records than it holds."""
    page = msgspec.json.decode(response.get_data())
    page["Resources"] = page["Resources"][: faults.draw("short_pages", range(len(page["Resources"])))]
    return Response(msgspec.json.encode(page), 200, content_type=response.content_type)


REFUSALS: dict[str, Callable[[Faults], Response]] = {
    "throttled": throttled,
    "throttled_silently": throttled_silently,
    "unavailable": unavailable,
}
DAMAGES: dict[str, Callable[[Faults, Response], Response]] = {
    "lost_answers": lost,
    "torn_pages": torn,
    "spliced_pages": spliced,
    "short_pages": short,
}


def _can_be_damaged(name: str, request: Request, response: Response) -> bool:
    match name:
        case "lost_answers":
            return request.method != "GET" and response.status_code < 300
        case "torn_pages":
            return request.method == "GET" and response.status_code == 200 and len(response.get_data()) > 1
        case "spliced_pages":
            return request.method == "GET" and response.status_code == 200 and b'"value":[{' in response.get_data()
        case _:
            return request.method == "GET" and response.status_code == 200 and b'"Resources":[{' in _tight(response)


def _tight(response: Response) -> bytes:
    return response.get_data().replace(b'"Resources": [', b'"Resources":[')


def _error(status: int, code: str, message: str) -> Response:
    body = {"error": {"code": code, "message": message}}
    return Response(msgspec.json.encode(body), status, content_type="application/json")
