"""One demonstration for all tests of this folder, which stay together and in order: the last one changes its numbers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from healthmgmt import embedded
from tests.journeys.demo import starting


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo")
    yield folder
    embedded.erase(folder)


@pytest.fixture(scope="session")
def drawn(data_dir) -> str:
    """The summary of a first start."""
    return starting.start(data_dir)
