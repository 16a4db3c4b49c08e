"""Stored files belong to the organisation that stored them."""

import io
import uuid
from pathlib import Path

import pytest
from django.conf import settings

from healthmgmt.core import files
from tenants import current


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(settings, "UPLOAD_ROOT", tmp_path)
    return tmp_path


def test_files_lie_in_the_organisations_folder(pair, folder):
    with current.use(pair.a):
        key = files.store(io.BytesIO(b"MARK"))
    assert [path.relative_to(folder).parts for path in folder.rglob("*") if path.is_file()] == [(pair.a, key)]
    assert b"MARK" not in (folder / pair.a / key).read_bytes()


def test_files_of_another_organisation_cannot_be_opened_or_removed(pair, folder):
    with current.use(pair.a):
        key = files.store(io.BytesIO(b"MARK"))
    with current.use(pair.b):
        with pytest.raises(FileNotFoundError):
            files.open_plain(key)
        files.remove(key)
    with current.use(pair.a), files.open_plain(key) as plain:
        assert plain.read() == b"MARK"


@pytest.mark.parametrize("key", ["../x", "", "a" * 31, "/etc/hostname", "0123456789abcdef0123456789abcdef/.."])
def test_files_have_no_other_names_than_their_keys(pair, key):
    with current.use(pair.a), pytest.raises(ValueError):
        files.open_plain(key)


def test_files_outside_an_organisation_are_refused(free_database):
    with pytest.raises(RuntimeError, match="belong to an organisation"):
        files.store(io.BytesIO(b"x"))
