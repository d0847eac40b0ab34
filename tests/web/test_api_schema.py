"""The API held against its own OpenAPI document: generated requests, right and wrong ones, in process.

Fixed seed and no database of examples, so that every run asks the same.
"""

from __future__ import annotations

import functools
import os
import warnings

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks

from sanshe.exchange.actions import make_token
from sanshe.kernel import clock
from sanshe.kernel.access import Viewer
from sanshe.web.api import document
from tests import purchase_cast as cast

#: Address and method → whether it is for those who have signed in.
PATHS = {
    (path, method.upper()): "403" in operation["responses"]
    for path, methods in document.schema()["paths"].items()
    for method, operation in methods.items()
}
EXAMPLES = int(os.environ.get("SANSHE_API_EXAMPLES", "12"))


@functools.cache
def described():
    load_all_checks()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


@pytest.fixture
def w(now, monkeypatch):
    # The test's transaction must outlive the requests, as it does with Django's own test client.
    for signal in (request_started, request_finished):
        monkeypatch.setattr(signal, "send", lambda sender, **named: [])
    with clock.frozen(now):
        world = cast.world(now)
        cast.need(world)
        yield world


def headers(who) -> dict[str, str]:
    """The session of that person; nobody's for the public."""
    if who is None:
        return {}
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize(("path", "method"), PATHS)
def test_the_api_does_what_its_document_says(w, path, method, mode):
    operation = described()[path][method]
    if mode.is_negative and not list(operation.iter_parameters()):
        return
    session = headers(w.officer if PATHS[path, method] else None)
    if method == "POST":  # a session would have to show a CSRF token as well
        _, secret = make_token(name="测试", scope="write", days=1, by=Viewer.of(w.officer), now=clock.now())
        session = {"Authorization": f"Bearer {secret}"}

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        case.call_and_validate(headers=session)

    ask()


def test_the_document_is_the_one_in_the_reference():
    """The golden copy stands in docs/reference; `sanshe docs` writes it, so a change of the API shows in the diff."""
    from sanshe.web.docs_cli import folder

    assert (folder() / "openapi.json").read_text("utf-8") == document.document_text()
