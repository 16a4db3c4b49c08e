"""Workers for a test or for a module, the jobs they know, and lines about what the faults came to."""

from collections.abc import Callable, Iterator

import pytest

from healthmgmt.work import registry, services
from healthmgmt.work.models import Job
from tests.faults.crew import Crew

@pytest.fixture
def tell(tell) -> Callable[[str], None]:
    """`tell(line)` prints a line about a fault at the end of the run."""
    return lambda line: tell(f"fault: {line}")


@pytest.fixture
def crew(tmp_path, django_db_setup) -> Iterator[Crew]:
    """Workers to be started by the test."""
    made = Crew(tmp_path)
    yield made
    made.end()


@pytest.fixture(scope="module")
def standing_crew(tmp_path_factory, django_db_setup) -> Iterator[Crew]:
    """One worker for all tests of a module, two children."""
    made = Crew(tmp_path_factory.mktemp("crew"))
    made.worker()
    yield made
    made.end()


@pytest.fixture
def submit(monkeypatch) -> Callable[..., Job]:
    """`submit(kind, key, **payload)` for the kinds that only the workers know."""
    registry.kinds()
    monkeypatch.setattr(registry, "handler_of", lambda kind: None)
    return lambda kind, key="k", lane="bulk", **payload: services.submit(kind, key, payload, lane=lane)
