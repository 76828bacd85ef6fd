"""What a route requires, in words."""

from apigw_oauth.authorizer.route import Route


def told(route: Route) -> str:
    """Return what a route requires."""
    if route.public:
        return "nothing: it is public"
    if not route.any_of:
        return "what nobody has: it is closed"
    return "; ".join([" or ".join(alternatives(route)) or "any valid token", *_besides(route)])


def _besides(route: Route) -> list[str]:
    """Return what a route requires beside scopes."""
    besides = []
    if route.authorization_details:
        besides.append(f"authorization details of the types {', '.join(route.authorization_details)}")
    if route.sender_constrained:
        besides.append("bound to its sender")
    if route.acr_values:
        besides.append(f"acr {' or '.join(route.acr_values)}")
    if route.max_age is not None:
        besides.append(f"a login of the last {route.max_age} s")
    return besides


def alternatives(route: Route) -> tuple[str, ...]:
    """Return the scopes of each alternative, as a client asks for them; nothing where one of them needs none."""
    if not all(route.any_of):
        return ()
    return tuple(" ".join(sorted(required)) for required in route.any_of)


def nearest(route: Route, granted: frozenset[str]) -> frozenset[str]:
    """Return the alternative of which the token lacks least; it must have one."""
    return min(route.any_of, key=lambda required: (len(required - granted), sorted(required)))
