"""An authorizer event from a file, as captured from AWS, and the request that it tells of."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from apigw_oauth.authorizer.errors import UnknownEventError
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.route import CONNECT
from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.gateway.api import VERBS
from apigw_oauth.gateway.http_messages import HeaderList, sendable

_IN_PATH = "/%!$&'()*+,;=:@-._~"
_IN_DECODED_PATH = _IN_PATH.replace("%", "")


@dataclass(frozen=True, slots=True)
class CapturedEvent:
    """The event as it stands in the file, and its ARN."""

    content: dict[str, Any]
    arn: MethodArn

    @property
    def method(self) -> str:
        """Return the verb; of a handshake it is GET."""
        return "GET" if self.arn.verb == CONNECT else self.arn.verb

    @property
    def route_key(self) -> str | None:
        """Return the route that API Gateway names in the event; a TOKEN event names none."""
        context = self.content.get("requestContext")
        named = self.content.get("routeKey") or (context.get("routeKey") if isinstance(context, dict) else None)
        if isinstance(named, str):
            return named
        resource = self.content.get("resource")
        return f"{self.method} {resource}" if isinstance(resource, str) else None

    @property
    def target(self) -> str:
        """Return path and query as a client would send them, without the stage."""
        raw = self.content.get("rawPath")
        if isinstance(raw, str):  # HTTP APIs have decoded it
            path = quote(raw.removeprefix(f"/{self.arn.stage}") or "/", safe=_IN_DECODED_PATH)
        else:
            path = quote(self.arn.path or "/", safe=_IN_PATH)
        query = self.content.get("rawQueryString") or urlencode(list(self._parameters()))
        return f"{path}?{query}" if query else path

    def headers(self, token_header: str) -> HeaderList:
        """Return the headers; a TOKEN event has only the one in which its token came."""
        if self.content.get("type") == "TOKEN":
            pairs: Iterable[tuple[str, Any]] = [(token_header, self.content.get("authorizationToken"))]
        else:
            pairs = _pairs(self.content, "headers", "multiValueHeaders")
        return tuple(
            (name, value) for name, value in pairs if isinstance(value, str) and value and sendable(name, value)
        )

    def _parameters(self) -> Iterable[tuple[str, Any]]:
        return _pairs(self.content, "queryStringParameters", "multiValueQueryStringParameters")

    def with_token(self, token: str) -> "CapturedEvent":
        """Return the event with another token: captured ones have ended, or were made unreadable."""
        credentials = f"Bearer {token}"
        content = dict(self.content)
        if content.get("type") == "TOKEN":
            return CapturedEvent({**content, "authorizationToken": credentials}, self.arn)
        names = [name for name in content.get("headers") or {} if name.lower() == "authorization"]
        name = names[0] if names else "authorization" if "rawPath" in content else "Authorization"
        content["headers"] = {**_without(content.get("headers"), name), name: credentials}
        if "multiValueHeaders" in content:
            content["multiValueHeaders"] = {**_without(content["multiValueHeaders"], name), name: [credentials]}
        if isinstance(content.get("identitySource"), list):
            content["identitySource"] = [credentials, *content["identitySource"][1:]]
        return CapturedEvent(content, self.arn)


def read(path: Path) -> CapturedEvent:
    """Read the file. Raises WrongUsageError."""
    place = f"--event {path}"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(content, ensure_ascii=False).encode()
    except OSError as error:
        raise WrongUsageError(f"{place}: {error.strerror}") from None
    except UnicodeEncodeError:
        raise WrongUsageError(f"{place}: holds half of a surrogate pair, which no request can have") from None
    except (ValueError, RecursionError):
        raise WrongUsageError(f"{place}: is not JSON") from None
    if not isinstance(content, dict):
        raise WrongUsageError(f"{place}: is not a JSON object")
    arn = content.get("methodArn", content.get("routeArn"))
    if not isinstance(arn, str):
        raise WrongUsageError(
            f"{place}: is no event of a Lambda authorizer: it has neither methodArn nor routeArn"
        )
    _check_maps(content, place)
    try:
        parsed = MethodArn.parse(arn)
    except UnknownEventError as error:
        raise WrongUsageError(f"{place}: {error}") from None
    if parsed.verb not in {*VERBS, CONNECT}:
        raise WrongUsageError(f"{place}: its ARN names the method {parsed.verb}, which API Gateway does not have")
    return CapturedEvent(content, parsed)


def _check_maps(content: Mapping[str, Any], place: str) -> None:
    for key in ("headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters"):
        if not isinstance(content.get(key), dict | None):
            raise WrongUsageError(f"{place}: {key} is not an object")


def _pairs(content: Mapping[str, Any], single: str, several: str) -> list[tuple[str, Any]]:
    many = content.get(several) or {name: [value] for name, value in (content.get(single) or {}).items()}
    return [(name, value) for name, values in many.items() if isinstance(values, list) for value in values]


def _without(headers: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
    return {one: value for one, value in (headers or {}).items() if one.lower() != name.lower()}
