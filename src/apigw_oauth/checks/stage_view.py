"""StageView: where ARNs decide about routes, the policies of all tokens that matter, made once for all rules."""

from itertools import islice
from typing import NamedTuple

from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.stage_policy import StagePolicies, StagePolicy
from apigw_oauth.checks.tokens import telling_scopes
from apigw_oauth.project import Project

_FEWEST_TOKENS, _MOST_TOKENS = 12, 50_000

LONGEST_PREFIX = len("arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abcdefghij//")
"""Characters of an ARN around the stage and before the verb."""


class TokenPolicy(NamedTuple):
    """What one set of scopes gets."""

    granted: frozenset[str]
    policy: StagePolicy

    def opens(self, route: Route) -> bool:
        """Say whether the route is open to the token."""
        return route.is_open_to(self.granted)


class StageView(NamedTuple):
    """A table of routes and its policies."""

    project: Project
    table: RouteTable
    tokens: tuple[TokenPolicy, ...]
    is_complete: bool
    """Whether all sets of scopes were looked at that `telling_scopes` names."""
    kept: bool
    """Whether answers are kept for the whole stage (cache mode `token`); if not, each is for one ARN."""

    def closed_to(self, token: TokenPolicy) -> tuple[Route, ...]:
        """Return the closed routes that no Deny of a kept policy protects."""
        if self.kept:
            return token.policy.unprotected
        return tuple(route for route in self.table if not route.public and not token.opens(route))

    def unprotected(self) -> dict[Route, TokenPolicy]:
        """Return routes that are closed to a token and not denied by its policy, with the first such token."""
        first: dict[Route, TokenPolicy] = {}
        for token in self.tokens:
            for route in token.policy.unprotected:
                first.setdefault(route, token)
        return first

    @classmethod
    def of(cls, project: Project, *, work: int = 200_000) -> "StageView | None":
        """Make the policies; None where no ARN decides about a route, or the answers are not ours.

        In cache mode `token`, kept answers are compared with ARNs; a TOKEN event has nothing but the ARN. `work`
        bounds the number of routes times that of tokens.
        """
        definition = project.authorizer_definition()
        foreign = project.file.authorizer.handler is not None
        kept = project.cache == "token" and bool(definition.ttl) and not definition.simple_responses
        if foreign or not (kept or project.file.authorizer.event == "token"):
            return None
        table = RouteTable(one.route for one in project.routes)
        most = max(_FEWEST_TOKENS, work // len(project.routes))
        sets = told = list(islice(telling_scopes(table), _MOST_TOKENS))
        if len(told) > most:
            # Evenly, since scopes that are alike in name are likely to be alike in what they open.
            sets = [*told[:2], *told[2 :: -(-len(told[2:]) // (most - 2))]]
        policies, prefix = StagePolicies(table), LONGEST_PREFIX + len(project.file.api.stage)
        tokens = (TokenPolicy(some, policies.for_scopes(some, prefix=prefix)) for some in sets)
        return cls(project, table, tuple(tokens), sets is told and len(told) < _MOST_TOKENS, kept)
