"""Signs as the button of the rehearsal platform's sign page does: one request, with the page's own token."""

from __future__ import annotations

import json
import urllib.request
from typing import Final
from urllib.parse import urlsplit

_TIMEOUT_S: Final = 30.0


def sign_on_page(sign_url: str) -> str:
    """Open the sign page and press its button; return the state that the page then has. Raises OSError, ValueError."""
    address = urlsplit(sign_url)
    if address.scheme not in {"http", "https"}:
        raise ValueError("not a web address")
    # Straight there: whatever proxy the person's shell names, the platform is this computer.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(sign_url, timeout=_TIMEOUT_S) as page:
        page.read()
    token = address.path.rstrip("/").rsplit("/", 1)[1]
    request = urllib.request.Request(  # noqa: S310  the scheme is checked above
        f"{sign_url.rstrip('/')}/sign",
        json.dumps({"token": token}).encode(),
        {"Content-Type": "application/json", "Origin": f"{address.scheme}://{address.netloc}"},
        method="POST",
    )
    with opener.open(request, timeout=_TIMEOUT_S) as answer:
        return str(json.loads(answer.read())["state"])
