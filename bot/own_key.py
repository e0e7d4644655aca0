"""A private backup: sealed to a key that is the owner's alone, so that nobody else opens it, this house neither."""

from pyrage import RecipientError, encrypt, x25519


class NoKey(ValueError):
    """That is no public key of age: one begins with age1."""


def checked(key: str) -> str:
    """The public key, as age writes it. Raises NoKey."""
    try:
        return str(x25519.Recipient.from_str(key))
    except RecipientError:
        raise NoKey(NoKey.__doc__) from None


def sealed(data: bytes, key: str) -> bytes:
    """What `age --decrypt` opens with the secret key alone (age-encryption.org/v1, X25519). Raises NoKey."""
    return bytes(encrypt(data, [x25519.Recipient.from_str(checked(key))]))
