"""What to change where a token, or the proof that goes with it, is refused."""

from collections.abc import Mapping

from apigw_oauth.authorizer.reason import Reason

ABOUT_TOKENS: Mapping[Reason, str] = {
    Reason.UNRECOGNIZED_TOKEN: "No verifier takes such a token: it is a JWT of another issuer, or no JWT"
    " at all. Compare its iss with `issuer` of the verifiers, letter by letter.",
    Reason.MALFORMED_TOKEN: "This is no JWT that could be read: three parts, base64url without padding, JSON"
    " objects without repeated members. Was it cut? Encrypted tokens (five parts) are not supported.",
    Reason.WRONG_TOKEN_TYPE: "This is another kind of token, such as an ID token or a refresh token; or its server"
    " names the kind otherwise than RFC 9068: then choose its `profile` in [[verifiers]].",
    Reason.WRONG_ISSUER: "The token is of another issuer than `issuer` of [[verifiers]] says; they are compared"
    " letter by letter, a slash at the end included.",
    Reason.WRONG_AUDIENCE: "The token was issued for another API: its audience has none of `audience` in"
    " [[verifiers]]. Ask for it with the parameter resource (or audience) of the authorization server.",
    Reason.UNKNOWN_KEY: "The issuer publishes no key that fits the token (kid, alg): is it a token of this issuer?"
    " New keys are looked for every 30 s at most.",
    Reason.INVALID_SIGNATURE: "The signature is not that of the issuer's key: the token was changed, or is not its"
    " own.",
    Reason.INVALID_CLAIMS: "A claim is missing or malformed. Servers that leave out what RFC 9068 demands have a"
    " `profile` in [[verifiers]].",
    Reason.CLIENT_NOT_ALLOWED: "The token is of a client that `clients` of [[verifiers]] does not name.",
    Reason.NOT_YET_VALID: "The token begins in the future: is the clock of this machine right?",
    Reason.AMBIGUOUS_PRESENTATION: "The request has a DPoP proof and the scheme Bearer. A token that goes with a"
    " proof has the scheme DPoP: Authorization: DPoP and the token.",
    Reason.MISSING_PROOF: "The scheme DPoP needs a proof in the header DPoP, made for this request: give one with"
    " --header.",
    Reason.SENDER_CONSTRAINED_TOKEN: "The token is bound to a key or certificate, and that proof is missing, wrong"
    ' or not checked here. It is with cache = "off" in [authorizer], and proofs need public_base_urls in [api].'
    " Ask for an unbound token, or send the request as its owner does.",
    Reason.SENDER_CONSTRAINT_REQUIRED: "The route takes tokens only that are bound to a key (DPoP) or a"
    " certificate: get one with a proof at the token endpoint, or over mutual TLS.",
    Reason.INVALID_PROOF: "The proof is malformed, too old, or made for another request: htm is the method, htu"
    " the address without query as clients know it (public_base_urls in [api]), ath the hash of the token.",
    Reason.REPLAYED_PROOF: "This proof was used before: each request needs a new one, with a jti of its own.",
    Reason.NONCE_REQUIRED: "The proof must hold the nonce that the header DPoP-Nonce of the refusal gives.",
    Reason.WRONG_KEY: "The proof is signed by another key than the one that the token is bound to.",
    Reason.WRONG_CERTIFICATE: "The request did not come over a TLS connection with the certificate that the token"
    " is bound to. Client certificates come with a custom domain that has a trust store.",
    Reason.REPLAY_STORE_FULL: "More proofs are remembered than fit: they are forgotten as they grow old.",
}
