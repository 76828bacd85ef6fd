"""All parts, in the order of the results: a further one is a file, and a line here."""

from benchmarks import (
    authserver,
    cached,
    gateway,
    introspection,
    jwt_cold,
    jwt_warm,
    memory,
    policy,
    routes,
    zip_files,
)
from benchmarks.part import Part

PARTS = (
    Part("introspection", "cold start and warm invocations with TLS introspection", introspection.sections),
    Part("jwt-cold", "cold start with an RS256 token and keys fetched over TLS", jwt_cold.sections),
    Part("jwt", "a JWT verified warm: RS256, ES256, Ed25519", jwt_warm.sections),
    Part("cached", "a token that was verified lately, warm", cached.sections),
    Part("routes", "decisions with 10 to 10,000 routes", routes.sections),
    Part("zip", "ZIP files: bytes, files, modules that are imported", zip_files.sections),
    Part("memory", "the most memory that functions take for thousands of tokens", memory.sections),
    Part("gateway", "requests a second through the local gateway", gateway.sections),
    Part("authserver", "introspections a second, per core", authserver.sections),
    Part("policy", "what policies cost: compile time, decisions, sizes", policy.sections),
)
