"""All parts, in the order of the results: a further one is a file, and a line here."""

from benchmarks import introspection, jwt_cold, policy
from benchmarks.part import Part

PARTS = (
    Part("introspection", "cold start and warm invocations with TLS introspection", introspection.sections),
    Part("jwt-cold", "cold start with an RS256 token and keys fetched over TLS", jwt_cold.sections),
    Part("policy", "what policies cost: compile time, decisions, sizes", policy.sections),
)
