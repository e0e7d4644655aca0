"""Documents signed by the house's key, to be verified anywhere with the public key alone."""

import json
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from skills.keys import Keyring

PROOF = "proof"
RECEIPT, EXPORT = "receipt", "export"  # what was signed as one of them is not the other


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one way to write a document down: sorted, without spaces, in UTF-8."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


async def sign(keyring: Keyring, document: Mapping[str, Any], what: str = RECEIPT) -> dict[str, Any]:
    """The document with its proof: the public key, and an Ed25519 signature over all the rest."""
    public = b64encode(await keyring.public_key()).decode()
    unsigned = {**document, PROOF: {"type": "Ed25519", "public_key": public}}
    signature = b64encode(await keyring.sign(_signed(unsigned, what))).decode()
    return {**document, PROOF: {**unsigned[PROOF], "signature": signature}}


def is_signed_by(document: Mapping[str, Any], public_key: str, what: str = RECEIPT) -> bool:
    """Whether the holder of this key (base64) signed exactly this. The key that the document names proves nothing."""
    proof = document.get(PROOF)
    if not isinstance(proof, dict) or proof.get("public_key") != public_key:
        return False
    unsigned = {**document, PROOF: {name: value for name, value in proof.items() if name != "signature"}}
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(public_key, validate=True))
        key.verify(b64decode(str(proof.get("signature")), validate=True), _signed(unsigned, what))
    except (InvalidSignature, Error, ValueError):
        return False
    return True


def _signed(unsigned: Mapping[str, Any], what: str) -> bytes:
    return f"fenshen {what}\n".encode() + canonical(unsigned)
