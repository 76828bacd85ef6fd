"""MethodArn: the name that API Gateway and IAM give to one request."""

from typing import NamedTuple

from apigw_oauth.authorizer.errors import UnknownEventError

# None of these may hold what IAM reads as a wildcard, since they are printed into policies as they came.
_UPPER_CASE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAME = _UPPER_CASE + "abcdefghijklmnopqrstuvwxyz0123456789_.$-"

_FRAME = len("arn::execute-api::://")

_MOST_KNOWN = 64
_known: dict[tuple[str, str, str], tuple[str, str, str, str, str, str]] = {}
"""What was found in ARNs before their path: there are few of these, and looking into one takes 4 µs."""

_MOST_WHOLE, _LONGEST = 1000, 300
_whole: "dict[str, MethodArn]" = {}
"""ARNs of whole requests, many of which are for the same path: 0.2 µs instead of 1."""


class MethodArn(NamedTuple):
    """`arn:{partition}:execute-api:{region}:{account}:{api_id}/{stage}/{VERB}/{path without its first slash}`."""

    partition: str
    region: str
    account: str
    api_id: str
    stage: str
    verb: str
    """The HTTP method; `$connect` for the handshake of a WebSocket API."""
    path: str
    """The request's own path, as it came: it begins with a slash and may hold anything that a client can send.

    Empty for `$connect`.
    """

    @classmethod
    def parse(cls, text: str) -> "MethodArn":
        """Take an ARN apart; the path may hold colons and slashes, the root is `GET/`.

        Raises UnknownEventError. Does not decode the path.
        """
        arn = _whole.get(text)
        if arn is not None:
            return arn
        try:
            before, stage, verb, path = text.split("/", 3)
        except ValueError:
            return cls._parse(text)
        known = _known.get((before, stage, verb))
        if known is None:
            known = cls._parse(text)[:6]
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            _known[before, stage, verb] = known
        arn = cls(*known, "/" + path)
        if len(text) <= _LONGEST:
            if len(_whole) >= _MOST_WHOLE:
                _whole.clear()
            _whole[text] = arn
        return arn

    @classmethod
    def _parse(cls, text: str) -> "MethodArn":
        fields = text.split(":", 5)
        if len(fields) != 6 or fields[0] != "arn" or fields[2] != "execute-api":
            raise UnknownEventError("the ARN of the request is not an execute-api ARN")
        _, partition, _, region, account, rest = fields
        api_id, stage, verb, path, *_ = [*rest.split("/", 3), "", "", ""]
        if any(not name or name.strip(_NAME) for name in (partition, region, account, api_id, stage)):
            raise UnknownEventError(
                "the ARN of the request has an empty field or a character that no ARN of API Gateway has"
            )
        if not verb or (verb != "$connect" and verb.strip(_UPPER_CASE)):
            raise UnknownEventError("the ARN of the request names no HTTP method")
        if verb == "$connect" and rest.count("/") > 2:
            raise UnknownEventError("the ARN of a handshake has a path")
        return cls(partition, region, account, api_id, stage, verb, "" if verb == "$connect" else "/" + path)

    def __str__(self) -> str:
        """Print the ARN; `MethodArn.parse` reads it back."""
        return self.resource(f"{self.verb}{self.path}")

    @property
    def room_before(self) -> int:
        """Return the characters of a resource before its pattern: `arn:…:execute-api:…:…:…/…/`."""
        return sum(map(len, self[:5])) + _FRAME

    def resource(self, pattern: str) -> str:
        """Print a policy resource of the same API and stage, for a pattern such as `GET/pets/*`."""
        return (
            f"arn:{self.partition}:execute-api:{self.region}:{self.account}:{self.api_id}/{self.stage}/{pattern}"
        )
