"""What is checked before a request passes, and what is answered where a check fails: one line a rule."""

from typing import NamedTuple


class Rule(NamedTuple):
    """One rule, in words."""

    checks: str
    answer: str


_401, _403, _500 = "401 `invalid_token`", "403 `insufficient_scope`", "500, never kept"
_PROOF, _NOT_REFUSED, _SETTINGS = "401 `invalid_dpop_proof`", "", "nothing starts"

SECTIONS: dict[str, dict[str, Rule]] = {
    "Taking the token out of the request": {
        "R1": Rule("Header names are found in whatever case they come.", _NOT_REFUSED),
        "R2": Rule("A request without credentials gets a challenge without an error code, for each scheme that is taken.", "401"),
        "R3": Rule("There is one `Authorization` value: neither two headers nor two joined by a comma.", "401 `invalid_request`"),
        "R4": Rule("The scheme in any case, at least one space, one token of the grammar of RFC 6750, and nothing else.", "401 `invalid_request`"),
        "R5": Rule("The token has at most 8,192 characters, found out before anything else is done with it.", "401 `invalid_request`"),
        "R6": Rule("A token in the query or in a body is not looked for.", "401"),
        "R7": Rule("Another scheme is no token, and no error.", "401"),
        "R8": Rule("Scheme and proof belong together, which is found out before anybody is asked.", "401 `invalid_request` or `invalid_dpop_proof`"),
    },
    "JWT access tokens (RFC 9068, RFC 7515, RFC 7519)": {
        "R9": Rule("Three parts of base64url characters and two dots; encrypted tokens are not taken.", _401),
        "R10": Rule("Header, signature, nesting and length are bounded before any cryptography.", _401),
        "R11": Rule("Base64url in its one spelling: no padding, no bits left over.", _401),
        "R12": Rule("Header and payload are JSON objects in strict UTF-8, with each name once.", _401),
        "R13": Rule("The algorithm is one that the settings allow; neither `none` nor a symmetric one can be among them.", _401),
        "R14": Rule("`typ` says that it is an access token; where a server writes none, something else must.", _401),
        "R15": Rule("Critical extensions are not understood, so a token with `crit` is not taken.", _401),
        "R16": Rule("Keys and addresses of keys in the token are not used; `kid` is a name to compare, no more.", _401),
        "R17": Rule("The issuer is one of the settings, letter by letter, and its keys are its own.", _401),
        "R18": Rule("The key fits: name, kind, curve, algorithm, use; it is strong enough, public, and the only one of its name.", _401),
        "R19": Rule("Where no key can be had, the token cannot be judged.", _500),
        "R20": Rule("The signature is verified before a claim is used; ECDSA signatures have their one length.", _401),
        "R21": Rule("`exp` is there, is a number, and has not come, give or take the leeway.", _401),
        "R22": Rule("`nbf` and `iat`, where present, are numbers and not in the future.", _401),
        "R23": Rule("The audience holds one of the identifiers of the settings, letter by letter.", _401),
        "R24": Rule("The scopes that the route asks for, all of them unless alternatives are configured.", _403),
        "R25": Rule("By RFC 9068: `sub`, `client_id`, `jti` and `iat`, of their types.", _401),
        "R26": Rule("A client that calls for itself is not presented as a user.", _NOT_REFUSED),
    },
    "Introspection (RFC 7662, RFC 9701, Authlete)": {
        "R27": Rule("The authorizer authenticates, sends a form, asks for what it can read, and follows no redirect.", _NOT_REFUSED),
        "R28": Rule("What is no verdict, whatever it is, refuses nobody.", _500),
        "R29": Rule("`active` is the JSON value `true`; `false` or nothing refuses, anything else is no verdict.", f"{_401}, or 500"),
        "R30": Rule("A server that asks to be left alone is left alone for as long as it says.", _500),
        "R31": Rule("Times, issuer, audience, type and client are compared here as well.", _401),
        "R32": Rule("Another kind of token, such as a refresh token, is refused though it is active.", _401),
        "R33": Rule("A signed answer is that of the server, for us, fresh, and of the right kind.", _500),
        "R34": Rule("Where signed answers are required, a plain one is none.", _500),
        "R35": Rule("A signed answer is not an access token.", _401),
        "R36": Rule("Authlete's action decides; an unknown one is no verdict, and its nonce is handed on.", "by action"),
    },
    "DPoP (RFC 9449)": {
        "R37": Rule("A bound token is not taken with the scheme `Bearer`.", _401),
        "R38": Rule("The scheme `DPoP` comes with a proof.", _PROOF),
        "R39": Rule("A proof over a token that is not bound proves nothing.", _401),
        "R40": Rule("`Bearer` with a proof beside it is ambiguous.", "401 `invalid_request`"),
        "R41": Rule("There is one proof.", _PROOF),
        "R42": Rule("The proof is signed by the public key in it, has its type, and its claims of their types.", _PROOF),
        "R43": Rule("`htm` is the method, in its own case.", _PROOF),
        "R44": Rule("`htu` is the address of the request, made of the configured addresses and not of headers.", _PROOF),
        "R45": Rule("`ath` is the hash of the token, and the key the one that the token is bound to.", f"{_PROOF}, or {_401}"),
        "R46": Rule("A proof is used up after everything else was in order, and is good once.", _PROOF),
        "R47": Rule("The proof is fresh.", _PROOF),
        "R48": Rule("Where nonces are asked for, the proof holds one of ours.", "401 `use_dpop_nonce`"),
        "R49": Rule("Nonces need no memory, hold a moment, and are of every environment.", "401 `use_dpop_nonce`"),
        "R50": Rule("Where answers are kept, no bound token is taken.", f"{_401}, or {_SETTINGS}"),
    },
    "Certificate-bound tokens (RFC 8705)": {
        "R51": Rule("The certificate is where API Gateway puts it, and never in a header.", _401),
        "R52": Rule("The thumbprint is that of the first certificate, compared in constant time.", _401),
        "R53": Rule("A missing, unreadable or other certificate is refused.", _401),
        "R54": Rule("Every known binding counts; unknown ones alone, or none where one is required, are refused.", _401),
    },
    "Step-up (RFC 9470)": {
        "R55": Rule("The login is of one of the levels that the route asks for.", "401 `insufficient_user_authentication`"),
        "R56": Rule("The login is recent enough, on every request.", "401 `insufficient_user_authentication`"),
        "R57": Rule("The challenge names what the route asks for, on the scheme that was used.", "401 `insufficient_user_authentication`"),
    },
    "Authorization details, resources and metadata (RFC 9396, RFC 8707, RFC 9728)": {
        "R58": Rule("`authorization_details` are an array of objects, each with a type.", _401),
        "R59": Rule("There are details of each type that the route asks for, and for this API where they name places.", _403),
        "R60": Rule("The backend gets them as compact JSON text.", _NOT_REFUSED),
        "R61": Rule("The identifier of the API is compared letter by letter.", _401),
        "R62": Rule("The metadata document says whom to ask, and for what.", _NOT_REFUSED),
        "R63": Rule("Its address is made by putting the path in after the host; `check` tells where that cannot be reached.", _NOT_REFUSED),
        "R64": Rule("Every challenge points to it where it is known.", _NOT_REFUSED),
        "R65": Rule("The challenge of a missing scope names every scope that the operation needs.", _403),
    },
    "The answer": {
        "R66": Rule("A challenge holds printable ASCII of its grammar, and nothing that a caller or a server chose.", _NOT_REFUSED),
        "R67": Rule("Each attribute once a challenge; what is wrong is told on the scheme that was used.", _NOT_REFUSED),
        "R68": Rule("A refusal is not kept by anybody.", _NOT_REFUSED),
        "R69": Rule("The backend is told verified facts alone, and never a token, a proof or a `jti`.", _NOT_REFUSED),
        "R70": Rule("The principal is never empty: the subject, else the client.", _NOT_REFUSED),
        "R71": Rule("A refusal is an explicit Deny.", _NOT_REFUSED),
        "R72": Rule("Names, types and sizes are those that API Gateway accepts.", _500),
        "R73": Rule("Policies are printed from route templates and not from the path of the request.", _NOT_REFUSED),
    },
}  # fmt: skip
"""The rules by their numbers, in the order in which they are numbered."""
