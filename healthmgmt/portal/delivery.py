"""Delivering files over HTTP as an exam centre's own program would."""

import json
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.3
FINAL_STATES = {"applied", "partly_applied", "refused", "withdrawn"}


class DeliveryFault(RuntimeError):
    """The site refused a delivery or did not finish it; the message says which file and why."""


@dataclass(frozen=True)
class Site:
    """One organisation's API on loopback, and the token to use it with."""

    port: int
    host: str
    token: str

    def deliver(self, path: Path) -> str:
        """POST a file that is applied as soon as it was read; returns the upload's id."""
        boundary = uuid.uuid4().hex
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="apply"\r\n\r\ntrue\r\n'.encode()]
        heading = f'Content-Disposition: form-data; name="file"; filename="{path.name}"\r\nContent-Type: application/octet-stream'
        parts.append(f"--{boundary}\r\n{heading}\r\n\r\n".encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode())
        answer = self._call("POST", "/api/v1/uploads/", b"".join(parts), f"multipart/form-data; boundary={boundary}")
        return answer["id"]

    def wait(self, upload: str, *, seconds: float) -> dict[str, Any]:
        """The receipt of an upload, when it has come to its end. Raises DeliveryFault after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            receipt = self._call("GET", f"/api/v1/uploads/{upload}/")
            if receipt["state"] in FINAL_STATES:
                return receipt
            time.sleep(POLL_SECONDS)
        raise DeliveryFault(f"Upload {upload} did not come to its end within {seconds:.0f} s.")

    def _call(self, method: str, path: str, body: bytes | None = None, content_type: str = "") -> dict[str, Any]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body, method=method)
        request.add_header("Host", f"{self.host}:{self.port}")
        request.add_header("Authorization", f"Token {self.token}")
        if content_type:
            request.add_header("Content-Type", content_type)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise DeliveryFault(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:300]}") from error
