"""What requests of every kind of API can say."""

from typing import Protocol

from apigw_oauth.gateway.http_messages import HeaderList
from apigw_oauth.gateway.identifiers import RequestIds
from apigw_oauth.gateway.request_target import RequestTarget


class Received(Protocol):
    """A request that API Gateway has taken in. `time` is in seconds since the epoch."""

    @property
    def verb(self) -> str:
        """Return the verb."""
        ...

    @property
    def target(self) -> RequestTarget:
        """Return the path and the query."""
        ...

    @property
    def headers(self) -> HeaderList:
        """Return the headers that are handed on, the gateway's own included."""
        ...

    @property
    def source_ip(self) -> str:
        """Return the address of the client."""
        ...

    @property
    def ids(self) -> RequestIds:
        """Return the identifiers of the request."""
        ...

    @property
    def time(self) -> float:
        """Return when it came."""
        ...

    @property
    def arn(self) -> str:
        """Return the ARN that a policy is compared with."""
        ...

    def header(self, name: str) -> list[str]:
        """Return all values of a header, whatever its casing."""
        ...

    def last_header(self, name: str) -> str | None:
        """Return the last value of a header, whatever its casing."""
        ...

    def query_values(self) -> dict[str, list[str]]:
        """Return the query parameters, decoded."""
        ...

    def value(self, reference: str) -> str | None:
        """Return what an identity source or a mapping refers to, or None."""
        ...
