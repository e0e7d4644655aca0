"""A form with a file in it, as a client posts it: multipart/form-data, read by the standard library."""

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP


def read_form(content_type: str, body: bytes) -> Mapping[str, bytes]:
    """The fields by name, each as the bytes that were sent. Raises ValueError for what is no form."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    if not message.is_multipart():
        raise ValueError("no form")
    fields: dict[str, bytes] = {}
    for part in message.iter_parts():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields[name] = content
    return fields
