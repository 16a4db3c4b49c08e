import io

import pytest

from healthmgmt.core import encryption, files
from tenants import current


def test_store_keeps_a_file_encrypted_in_the_organisations_folder(org_a):
    key = files.store(io.BytesIO(b"employee numbers and results"))
    path = files._path(key)
    assert path.parent.name == org_a
    assert b"employee" not in path.read_bytes()
    with files.open_plain(key) as plain:
        assert plain.read() == b"employee numbers and results"


def test_file_of_another_organisation_is_not_there(org_a, org_b):
    key = files.store(io.BytesIO(b"a"))
    with current.use(org_b), pytest.raises(FileNotFoundError):
        files.open_plain(key)


def test_file_outside_of_organisations_is_refused(db):
    with pytest.raises(RuntimeError):
        files.store(io.BytesIO(b"a"))


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "x"])
def test_key_is_never_a_path(org_a, key):
    with pytest.raises(ValueError):
        files.open_plain(key)


def test_changed_file_is_not_read(org_a):
    key = files.store(io.BytesIO(b"a" * 100))
    path = files._path(key)
    data = bytearray(path.read_bytes())
    data[50] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(encryption.Undecipherable):
        files.open_plain(key)


def test_remove_twice_is_no_error(org_a):
    key = files.store(io.BytesIO(b"a"))
    files.remove(key)
    files.remove(key)
    with pytest.raises(FileNotFoundError):
        files.open_plain(key)
