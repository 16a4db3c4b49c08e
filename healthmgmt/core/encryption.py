"""Encryption of identity numbers and of files at rest: AES-256-GCM with keys derived from one installation key.

Equal texts give different ciphertexts; looking a number up goes through `keyed_hash`.
"""

import os
from collections.abc import Iterator, Sequence
from functools import cache
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

NONCE_BYTES = 12
FILE_BLOCK_BYTES = 1024 * 1024


class Undecipherable(ValueError):
    """Stored bytes that were not written with this installation's key, or were changed since."""


@cache
def _derived(purpose: str, key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())


@cache
def _cipher(purpose: str, key: str) -> AESGCM:
    return AESGCM(_derived(purpose, key))


@cache
def _mac(purpose: str, key: str) -> HMAC:
    """An HMAC of nothing yet; a copy of it is had in less time than a new one."""
    return HMAC(_derived(purpose, key), SHA256())


def encrypt(text: str) -> bytes:
    """The ciphertext of a short text."""
    return encrypt_all([text])[0]


def encrypt_all(texts: Sequence[str]) -> list[bytes]:
    """The ciphertexts of many short texts."""
    cipher, nonces = _cipher("text", settings.IDENTITY_KEY), os.urandom(NONCE_BYTES * len(texts))
    starts = range(0, len(nonces), NONCE_BYTES)
    return [
        (nonce := nonces[start : start + NONCE_BYTES]) + cipher.encrypt(nonce, text.encode(), None) for start, text in zip(starts, texts)
    ]


def decrypt(data: bytes) -> str:
    """The text of a ciphertext. Raises Undecipherable."""
    data = bytes(data)
    try:
        return _cipher("text", settings.IDENTITY_KEY).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], None).decode()
    except InvalidTag as error:
        raise Undecipherable("An encrypted field cannot be read with this installation's key.") from error


def keyed_hash(text: str) -> str:
    """64 hexadecimal digits by which an encrypted text can be found; useless without the key."""
    return keyed_hashes([text])[0]


def keyed_hashes(texts: Sequence[str]) -> list[str]:
    """The same of many texts."""
    empty, digests = _mac("lookup", settings.IDENTITY_KEY), []
    for text in texts:
        mac = empty.copy()
        mac.update(text.encode())
        digests.append(mac.finalize().hex())
    return digests


def encrypt_stream(source: BinaryIO, target: BinaryIO) -> None:
    """Write a file encrypted, block by block; blocks carry their number, so they cannot be cut or swapped unseen."""
    cipher = _cipher("file", settings.IDENTITY_KEY)
    prefix = os.urandom(NONCE_BYTES - 4)
    target.write(prefix)
    number, block = 0, source.read(FILE_BLOCK_BYTES)
    while True:
        following = source.read(FILE_BLOCK_BYTES) if block else b""
        is_last = not following
        target.write(cipher.encrypt(prefix + number.to_bytes(4, "big"), block, b"last" if is_last else b"more"))
        if is_last:
            return
        number, block = number + 1, following


def decrypt_stream(source: BinaryIO) -> Iterator[bytes]:
    """The blocks of an encrypted file. Raises Undecipherable when it was changed, cut or is of another key."""
    cipher = _cipher("file", settings.IDENTITY_KEY)
    prefix, size = source.read(NONCE_BYTES - 4), FILE_BLOCK_BYTES + 16
    number, block = 0, source.read(size)
    while block:
        following = source.read(size)
        try:
            yield cipher.decrypt(prefix + number.to_bytes(4, "big"), block, b"more" if following else b"last")
        except InvalidTag as error:
            raise Undecipherable("A stored file was changed or cannot be read with this installation's key.") from error
        number, block = number + 1, following


class EncryptedTextField(models.BinaryField):
    """A short text, encrypted in the database. Not searchable: keep a keyed hash beside it."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def from_db_value(self, value, expression, connection) -> str:
        return decrypt(value) if value else ""

    def get_db_prep_value(self, value, connection, prepared=False):
        if isinstance(value, str):
            value = encrypt(value) if value else b""
        return super().get_db_prep_value(value, connection, prepared)

    def to_python(self, value):
        return value
