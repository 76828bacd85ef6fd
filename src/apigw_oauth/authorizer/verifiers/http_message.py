"""HTTP/1.1 as octets: the answer to a request, in whatever pieces it arrives. See RFC 9112.

In the place of `http.client`, which reads fields with the parser for e-mail: to import it takes longer than to
import `ssl`, and a warm call over TLS takes 534 thousand instructions with it, 127 thousand with this. It is also
stricter: what two readers could understand differently is no answer here, such as two lengths, a folded line, or a
line that ends without a carriage return.
"""

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason

MAX_BODY = 65536
"""Octets of an answer's content."""
MAX_HEAD = 65536
"""Octets of status line and fields, of interim answers and of trailers too."""
MAX_FIELDS = 100
_MAX_CHUNK_LINE = 1024
_MAX_CHUNKED = 8 * MAX_BODY
"""Octets of content with what stands around its chunks: these may have one octet each, and no extensions then."""

_VISIBLE = bytes([0x09, *range(0x20, 0x7F), *range(0x80, 0x100)])
_TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEXADECIMAL = b"0123456789abcdefABCDEF"
_SEEN: dict[bytes, tuple[bytes, bytes]] = {}
"""What lines of heads say that were found to be fields: a server sends the same ones with each answer, and to read
five of them takes 25 thousand instructions, of the 430 thousand of the least function that asks."""
_MOST_SEEN, _LONGEST_SEEN = 64, 256
_VERSIONS = (b"HTTP/1.1 ", b"HTTP/1.0 ")


class Answer:
    """One answer, which arrives in pieces; whatever these are, the same comes of it."""

    __slots__ = (
        "_chunked", "_chunks", "_data", "_left", "_passed", "_size", "content", "fields", "keeps_open", "status",
    )  # fmt: skip

    def __init__(self) -> None:
        """Begin with nothing."""
        self.status = 0
        """Less than 200 until there is one."""
        self.fields: dict[bytes, bytes] = {}
        """By their names in lower case; values of the same name with a comma between them."""
        self.content = b""
        """What stands in the whole answer."""
        self.keeps_open = False
        """Whether the connection can take another request, once the answer is whole."""
        self._data = b""
        """What has arrived, and is not read yet."""
        self._chunked = False
        self._chunks: list[bytes] = []
        self._size = 0
        self._left: int | None = None
        """Octets of content that are still to come; None: until the connection ends, or the last chunk."""
        self._passed = 0
        """Octets that have been read."""

    @property
    def has_begun(self) -> bool:
        """Whether an octet of it has arrived."""
        return bool(self.status or self._data)

    def take(self, data: bytes) -> bool:
        """Take what has arrived next, and say whether the answer is whole. Raises VerifierUnavailableError."""
        self._data = data = self._data + data
        while self.status < 200:
            end = data.find(b"\r\n\r\n")
            if self._passed + (len(data) - 3 if end < 0 else end) > MAX_HEAD:
                raise _not_http("its head is too long")
            if end < 0:
                _require_beginning(data)
                return False
            head = data[:end]
            self._data = data = data[end + 4 :]
            self._passed += end + 4
            self._read_head(head.split(b"\r\n"))
        return self._take_chunks() if self._chunked else self._take_content()

    def end(self) -> None:
        """Note that the connection has ended in order. Raises VerifierUnavailableError if the answer has not."""
        if self.status < 200 or self._chunked or self._left is not None:
            raise _not_http("it ends half way")
        self.content, self.keeps_open = self._data, False

    def _read_head(self, lines: list[bytes]) -> None:
        self.status = _status(lines[0])
        self.fields = fields = _fields(lines[1:])
        if self.status < 200:
            # After the others the answer comes, asked for or not (RFC 9110 §15.2); after this, no HTTP.
            if self.status == 101:
                raise _not_http("a change of protocol that nobody asked for")
            # It has no content (RFC 9112 §6.3): what says otherwise could hold the answer, or be one.
            if b"content-length" in fields or b"transfer-encoding" in fields:
                raise _not_http("an interim answer with content")
            return
        is_new = lines[0].startswith(_VERSIONS[0])
        self.keeps_open = is_new
        if b"connection" in fields:
            options = [option.strip() for option in fields[b"connection"].lower().split(b",")]
            self.keeps_open = b"close" not in options and (is_new or b"keep-alive" in options)
        self._chunked = b"transfer-encoding" in fields
        if self._chunked and (
            fields[b"transfer-encoding"].lower() != b"chunked" or b"content-length" in fields or not is_new
        ):
            raise _not_http("a transfer coding that is not for us, or not alone")
        if b"content-length" in fields:
            self._left = _length(fields[b"content-length"])
        if self.status in (204, 304):  # they have no content, whatever their fields say
            self._left, self._chunked = 0, False

    def _take_content(self) -> bool:
        size, left = len(self._data), self._left
        if (size if left is None else left) > MAX_BODY:
            raise _too_long()
        if left is None or size < left:
            return False
        self.content = self._data[:left]
        self.keeps_open = self.keeps_open and size == left
        return True

    def _take_chunks(self) -> bool:
        at, is_whole = 0, False
        while (end := self._data.find(b"\r\n", at)) >= 0:
            size = _chunk_size(self._data[at:end])
            if size == 0:
                is_whole = self._take_trailers(self._data[end:])
                break
            begin, after = end + 2, end + 2 + size
            if self._size + size > MAX_BODY:
                raise _too_long()
            if len(self._data) < after + 2:
                break
            if self._data[after : after + 2] != b"\r\n":
                raise _not_http("a chunk that does not end")
            self._chunks.append(self._data[begin:after])
            self._size += size
            at = after + 2
        self._data = self._data[at:]
        self._passed += at
        if self._passed > _MAX_CHUNKED:
            raise _too_long()
        if end < 0 and len(self._data) - 1 > _MAX_CHUNK_LINE:
            raise _not_http("a chunk that does not begin")
        return is_whole

    def _take_trailers(self, data: bytes) -> bool:
        """Read the fields after the last chunk, which say nothing to us; `data` begins with its line break."""
        end = data.find(b"\r\n\r\n")
        if (len(data) - 3 if end < 0 else end) > MAX_HEAD:
            raise _not_http("its trailers are too long")
        if end < 0:
            return False
        if end > 0:
            _fields(data[2:end].split(b"\r\n"))
        self.content = b"".join(self._chunks)
        self.keeps_open = self.keeps_open and len(data) == end + 4
        return True


def _require_beginning(data: bytes) -> None:
    """Refuse what will be no head, so that nobody waits for its end."""
    begin = data[:9]
    if not any(version.startswith(begin) for version in _VERSIONS):
        raise _not_http("no status line")
    if data.count(b"\n") != data.count(b"\r\n"):
        raise _not_http("a line break without carriage return")


def _status(line: bytes) -> int:
    if line == b"HTTP/1.1 200 OK":  # as nearly always: a sixth of what an answer takes
        return 200
    code = line[9:12]
    if not line.startswith(_VERSIONS) or len(code) != 3 or not code.isdigit() or line[12:13] not in b" ":
        raise _not_http("no status line")
    if code < b"100" or line.translate(None, _VISIBLE):
        raise _not_http("a status line that cannot be")
    return int(code)


def _fields(lines: list[bytes]) -> dict[bytes, bytes]:
    """Return the fields, by their names in lower case."""
    if len(lines) > MAX_FIELDS:
        raise _not_http("it has too many fields")
    fields: dict[bytes, bytes] = {}
    for line in lines:
        name, value = _SEEN.get(line) or _field(line)
        fields[name] = fields[name] + b", " + value if name in fields else value
    return fields


def _field(line: bytes) -> tuple[bytes, bytes]:
    """Read a line. Neither a folded one nor one with a space before its colon begins with a name."""
    name, colon, value = line.partition(b":")
    if not colon or not name or name.translate(None, _TOKEN):
        raise _not_http("a line that is no field")
    if value.translate(None, _VISIBLE):
        raise _not_http("a control character in a field")
    if len(_SEEN) >= _MOST_SEEN:
        _SEEN.clear()
    field = name.lower(), value.strip(b" \t")
    if len(line) <= _LONGEST_SEEN:
        _SEEN[line] = field
    return field


def _length(value: bytes) -> int:
    """Read a Content-Length; two of them, alike or not, are none."""
    if not value.isdigit() or len(value) > 18:
        raise _not_http("a length that is none")
    return int(value)


def _chunk_size(line: bytes) -> int:
    """Read the line before a chunk; extensions say nothing to us."""
    digits = line.partition(b";")[0].rstrip(b" \t")
    if not digits or len(digits) > 16 or digits.translate(None, _HEXADECIMAL) or len(line) > _MAX_CHUNK_LINE:
        raise _not_http("a chunk without a size")
    if line.translate(None, _VISIBLE):
        raise _not_http("a control character in a chunk's extension")
    return int(digits, 16)


def _not_http(why: str) -> VerifierUnavailableError:
    return VerifierUnavailableError(f"the answer is not HTTP: {why}", reason=Reason.AUTHORIZATION_SERVER_NONSENSE)


def _too_long() -> VerifierUnavailableError:
    return VerifierUnavailableError(
        f"the answer exceeds {MAX_BODY} bytes", reason=Reason.AUTHORIZATION_SERVER_NONSENSE
    )
