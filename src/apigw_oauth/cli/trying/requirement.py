"""What a route requires, in words."""

from apigw_oauth.authorizer.route import Route


def told(route: Route) -> str:
    """Return what a route requires."""
    if route.public:
        return "nothing: it is public"
    if not route.any_of:
        return "what nobody has: it is closed"
    return " or ".join(alternatives(route)) or "any valid token"


def alternatives(route: Route) -> tuple[str, ...]:
    """Return the scopes of each alternative, as a client asks for them; nothing where one of them needs none."""
    if not all(route.any_of):
        return ()
    return tuple(" ".join(sorted(required)) for required in route.any_of)


def nearest(route: Route, granted: frozenset[str]) -> frozenset[str]:
    """Return the alternative of which the token lacks least; it must have one."""
    return min(route.any_of, key=lambda required: (len(required - granted), sorted(required)))
