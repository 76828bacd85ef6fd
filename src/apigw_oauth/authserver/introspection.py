"""What the introspection API says about an access token."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apigw_oauth.authserver import dpop_proofs, jwt_form
from apigw_oauth.authserver.api_calls import Parameters
from apigw_oauth.authserver.challenges import FOR_OK, challenge
from apigw_oauth.authserver.client_certificates import MalformedCertificateError, thumbprint_matches
from apigw_oauth.authserver.dpop_proofs import InvalidProofError
from apigw_oauth.authserver.refusals import Refusal
from apigw_oauth.authserver.result_codes import message, oauth_error
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.tokens import TokenRecord


@dataclass(frozen=True, slots=True)
class Question:
    """What a resource server asks about a token. Empty and 0 mean that this is not asked. `max_age` in seconds."""

    token: str | None = field(repr=False)
    scopes: tuple[str, ...]
    subject: str | None
    client_certificate: str | None
    dpop: str | None = field(repr=False)
    htm: str | None
    htu: str | None
    dpop_nonce_required: bool
    resources: tuple[str, ...]
    acr_values: tuple[str, ...]
    max_age: int

    @staticmethod
    def of(parameters: Parameters) -> "Question":
        """Read a call; what Authlete uses for message signatures is ignored. Raises ApiError."""
        return Question(
            token=parameters.text("token"),
            scopes=parameters.texts("scopes"),
            subject=parameters.text("subject"),
            client_certificate=parameters.text("clientCertificate"),
            dpop=parameters.text("dpop"),
            htm=parameters.text("htm"),
            htu=parameters.text("htu"),
            dpop_nonce_required=parameters.flag("dpopNonceRequired"),
            resources=parameters.texts("resources"),
            acr_values=parameters.texts("acrValues"),
            max_age=parameters.integer("maxAge"),
        )


_EXPIRED = "A065303"

Check = Callable[[Service, TokenRecord, Question], Refusal | None]


def introspect(service: Service, parameters: Parameters) -> dict[str, Any]:
    """Answer an introspection call.

    An expired token is reported as such once; then its record is gone, unless it can be refreshed.
    """
    question = Question.of(parameters)
    found = jwt_form.find(service, question.token)
    if isinstance(found, Refusal):
        return _refused(service, question, None, found)
    digest, record, code_hash = found
    refreshable = service.refresh_tokens.can_refresh(code_hash, service.clock())
    refusal = next(filter(None, (check(service, record, question) for check in CHECKS)), None)
    if refusal is None:
        facts = _facts(record, question, usable=True, refreshable=refreshable)
        facts |= _nonce(service, record, question)
        return _answer("A056001", message("A056001"), "OK", FOR_OK, facts)
    if refusal.code == _EXPIRED and refreshable:
        refusal = Refusal("UNAUTHORIZED", "invalid_token", "A065301")
    if refusal.code == _EXPIRED and not service.tokens.remove(digest):  # another call was faster
        return _refused(service, question, None, Refusal("UNAUTHORIZED", "invalid_token", "A057302"))
    return _refused(service, question, record, refusal, refreshable=refreshable)


def _refused(
    service: Service,
    question: Question,
    record: TokenRecord | None,
    refusal: Refusal,
    *,
    refreshable: bool = False,
) -> dict[str, Any]:
    error = oauth_error(service.settings, refusal.error, refusal.code, *refusal.values)
    dpop = record is not None and record.dpop_thumbprint is not None
    content = challenge(error, scopes=question.scopes, dpop=dpop, further=refusal.further)
    usable = refusal.code not in {_EXPIRED, "A065301"}
    facts = _facts(record, question, usable=usable, refreshable=refreshable) | _nonce(service, record, question)
    return _answer(refusal.code, message(refusal.code, *refusal.values), refusal.action, content, facts)


def _client(service: Service, record: TokenRecord, _: Question) -> Refusal | None:
    return None if service.clients.by_id(record.client_id) else Refusal("UNAUTHORIZED", "invalid_token", "DEV001")


def _expiry(service: Service, record: TokenRecord, _: Question) -> Refusal | None:
    return Refusal("UNAUTHORIZED", "invalid_token", _EXPIRED) if record.has_expired(service.clock()) else None


def _certificate(_: Service, record: TokenRecord, question: Question) -> Refusal | None:
    if record.certificate_thumbprint is None:
        return None
    if not question.client_certificate:
        return Refusal("UNAUTHORIZED", "invalid_token", "A065304")
    try:
        same = thumbprint_matches(question.client_certificate, record.certificate_thumbprint)
    except MalformedCertificateError:
        return Refusal("UNAUTHORIZED", "invalid_token", "A065307")
    return None if same else Refusal("UNAUTHORIZED", "invalid_token", "A065305")


def _dpop(service: Service, record: TokenRecord, question: Question) -> Refusal | None:
    """Verify the proof; whether it was used before is the resource server's to notice, as it seems at Authlete."""
    if record.dpop_thumbprint is None:
        return None
    if not question.dpop:
        return Refusal("UNAUTHORIZED", "invalid_token", "A065308")
    if not question.htm or not question.htu:
        return Refusal("INTERNAL_SERVER_ERROR", "server_error", "DEV005")
    try:
        proof = dpop_proofs.verify(
            question.dpop,
            method=question.htm,
            url=question.htu,
            now=service.clock(),
            access_token=question.token,
        )
    except InvalidProofError as error:
        return Refusal("UNAUTHORIZED", "invalid_dpop_proof", error.code, error.values)
    if proof.thumbprint != record.dpop_thumbprint:
        return Refusal("UNAUTHORIZED", "invalid_dpop_proof", "A065309")
    if _wants_nonce(service, question) and not service.dpop_nonces.is_good(proof.nonce):
        return Refusal("UNAUTHORIZED", "use_dpop_nonce", "DEV006")
    return None


def _wants_nonce(service: Service, question: Question) -> bool:
    return question.dpop_nonce_required or service.settings.dpop_nonce_required


def _nonce(service: Service, record: TokenRecord | None, question: Question) -> dict[str, str]:
    """Tell the nonce of the next request, also to whoever has a good one. See RFC 9449 §8.2."""
    bound = record is not None and record.dpop_thumbprint is not None
    return {"dpopNonce": service.dpop_nonces.current()} if bound and _wants_nonce(service, question) else {}


def _scopes(_: Service, record: TokenRecord, question: Question) -> Refusal | None:
    if question.scopes and not record.scopes:
        return Refusal("FORBIDDEN", "insufficient_scope", "A064301")
    missing = _missing_scope(record, question)
    return None if missing is None else Refusal("FORBIDDEN", "insufficient_scope", "A064302", (missing,))


def _missing_scope(record: TokenRecord, question: Question) -> str | None:
    return next((scope for scope in question.scopes if scope not in record.scopes), None)


def _subject(_: Service, record: TokenRecord, question: Question) -> Refusal | None:
    if question.subject is None or question.subject == record.subject:
        return None
    return Refusal("FORBIDDEN", "invalid_request", "A066301" if record.subject is None else "A066302")


def _resources(_: Service, record: TokenRecord, question: Question) -> Refusal | None:
    missing = next((resource for resource in question.resources if resource not in record.resources), None)
    return None if missing is None else Refusal("UNAUTHORIZED", "invalid_token", "DEV002", (missing,))


def _authentication(service: Service, record: TokenRecord, question: Question) -> Refusal | None:
    further = _step_up(question.acr_values, question.max_age)
    if question.acr_values and record.acr not in question.acr_values:
        return Refusal("UNAUTHORIZED", "insufficient_user_authentication", "DEV003", further=further)
    if question.max_age and (record.auth_time is None or service.clock() - record.auth_time > question.max_age):
        return Refusal("UNAUTHORIZED", "insufficient_user_authentication", "DEV004", further=further)
    return None


def _step_up(acr_values: Sequence[str], max_age: int) -> Mapping[str, str]:
    acr = {"acr_values": " ".join(acr_values)} if acr_values else {}
    return {**acr, "max_age": str(max_age)} if max_age else acr


# Authlete does not publish its order; this one is ours. The first refusal is the answer.
CHECKS: tuple[Check, ...] = (_client, _expiry, _certificate, _dpop, _scopes, _subject, _resources, _authentication)


def _answer(code: str, text: str, action: str, content: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"resultCode": code, "resultMessage": text, "action": action, "responseContent": content, **facts}


def _facts(record: TokenRecord | None, question: Question, *, usable: bool, refreshable: bool) -> dict[str, Any]:
    if record is None:
        unknown = {"clientId": 0, "clientIdAliasUsed": False, "expiresAt": 0, "subject": None, "scopes": None}
        return {**unknown, "existent": False, "usable": False, "sufficient": False, "refreshable": False}
    details = list(record.authorization_details)
    return {
        "clientId": record.client_id,
        "clientIdAlias": record.client_alias,
        "clientIdAliasUsed": record.alias_used,
        "subject": record.subject,
        "scopes": list(record.scopes) or None,
        "existent": True,
        "usable": usable,
        "sufficient": _missing_scope(record, question) is None,
        "refreshable": refreshable,
        "expiresAt": record.expires_at or 0,
        "grantType": record.grant_type,
        "properties": list(record.properties) or None,
        "resources": list(record.resources) or None,
        "accessTokenResources": list(record.resources) or None,
        "authorizationDetails": {"elements": details} if details else None,
        "certificateThumbprint": record.certificate_thumbprint,
        "acr": record.acr,
        "authTime": record.auth_time or 0,
    }
