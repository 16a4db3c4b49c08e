import hmac
import io
import os

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from healthmgmt.core import encryption


def encrypted(content: bytes) -> bytes:
    target = io.BytesIO()
    encryption.encrypt_stream(io.BytesIO(content), target)
    return target.getvalue()


def decrypted(data: bytes) -> bytes:
    return b"".join(encryption.decrypt_stream(io.BytesIO(data)))


def test_encrypt_gives_the_text_back_and_never_the_same_bytes():
    first, second = encryption.encrypt("11010519491231002X"), encryption.encrypt("11010519491231002X")
    assert first != second
    assert encryption.decrypt(first) == encryption.decrypt(second) == "11010519491231002X"


def test_decrypt_of_changed_bytes_fails():
    data = bytearray(encryption.encrypt("text"))
    data[-1] ^= 1
    with pytest.raises(encryption.Undecipherable):
        encryption.decrypt(bytes(data))


def test_keyed_hash_needs_the_key(settings):
    first = encryption.keyed_hash("11010519491231002X")
    settings.IDENTITY_KEY = "another"
    assert encryption.keyed_hash("11010519491231002X") != first


def test_keyed_hash_stays_what_is_stored_by(settings):
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"lookup").derive(settings.IDENTITY_KEY.encode())
    texts = ["11010519491231002X", "", "张"]
    assert encryption.keyed_hashes(texts) == [hmac.new(key, text.encode(), "sha256").hexdigest() for text in texts]


@pytest.mark.parametrize("size", [0, 1, encryption.FILE_BLOCK_BYTES - 1, encryption.FILE_BLOCK_BYTES, 2 * encryption.FILE_BLOCK_BYTES + 7])
def test_stream_comes_back_whole(size):
    content = os.urandom(size)
    data = encrypted(content)
    assert decrypted(data) == content
    assert size < 16 or content[:16] not in data


def test_stream_cut_at_a_block_fails():
    data = encrypted(os.urandom(2 * encryption.FILE_BLOCK_BYTES))
    with pytest.raises(encryption.Undecipherable):
        decrypted(data[: encryption.FILE_BLOCK_BYTES + 16 + encryption.NONCE_BYTES - 4])


def test_stream_with_swapped_blocks_fails():
    block = encryption.FILE_BLOCK_BYTES + 16
    data = encrypted(os.urandom(3 * encryption.FILE_BLOCK_BYTES))
    head = encryption.NONCE_BYTES - 4
    swapped = data[:head] + data[head + block : head + 2 * block] + data[head : head + block] + data[head + 2 * block :]
    with pytest.raises(encryption.Undecipherable):
        decrypted(swapped)
