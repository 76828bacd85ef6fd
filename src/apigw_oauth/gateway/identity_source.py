"""What must be present in a request before the authorizer is asked, and what its answer is cached under."""

import re

from apigw_oauth.gateway.api import Authorizer
from apigw_oauth.gateway.rest_request import RestRequest


class MissingIdentityError(Exception):
    """An identity source is absent, empty, or does not have the form that the authorizer demands."""


def find(authorizer: Authorizer, request: RestRequest) -> tuple[str, ...]:
    """Return the values of the identity sources, in their order.

    Raises MissingIdentityError, which names the source and never its value. A missing source refuses the request
    even when the cache is off. See "Configure a Lambda authorizer" in the API Gateway Developer Guide.
    """
    values = []
    for source in authorizer.identity_sources:
        value = request.value(source)
        if not value:
            raise MissingIdentityError(f"identity source {source} is missing or empty")
        values.append(value)
    expression = authorizer.identity_validation
    if expression is not None and not re.fullmatch(expression, values[0]):
        raise MissingIdentityError(
            f"{authorizer.identity_sources[0]} does not match the identity validation expression"
        )
    return tuple(values)


def secrets(authorizer: Authorizer | None, request: RestRequest) -> tuple[str, ...]:
    """Return what must not appear in any message: credentials that came with the request.

    These are all values of the identity sources taken from headers and the query string, and of `Authorization`,
    whole and without their scheme; the longest first. Values of less than four characters protect nothing, and are
    part of words.
    """
    found = set(request.header("Authorization"))
    for source in authorizer.identity_sources if authorizer else ():
        found.update(_all_values(source, request))
    parts = {part.rstrip().rpartition(" ")[2] for value in found for part in value.split(",")}
    return tuple(sorted((value for value in found | parts if len(value) >= 4), key=len, reverse=True))


def _all_values(source: str, request: RestRequest) -> list[str]:
    place, _, name = source.removeprefix("method.request.").partition(".")
    if place == "header":
        return request.header(name)
    return request.query_values().get(name, []) if place == "querystring" else []
