"""A project → the Blueprint of what is deployed for it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal
from urllib.parse import urlsplit

from apigw_oauth.authorizer import dpop_nonce
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.route import DEFAULT
from apigw_oauth.deploy import names_at_aws, permissions
from apigw_oauth.deploy.blueprint import (
    BASE_URL,
    Backend,
    Blueprint,
    Domain,
    Function,
    Integration,
    Parameter,
    Route,
    ToFunction,
    ToHttp,
    ToNobody,
)
from apigw_oauth.deploy.target import Target
from apigw_oauth.project import Project, cors, project_file, references
from apigw_oauth.project.cors import PreflightRoute
from apigw_oauth.project.deploy_table import Deploy
from apigw_oauth.project.routes import ProjectRoute

METRICS_NAMESPACE = "apigw-oauth"
"""Of the metrics of every deployed authorizer; the alarm watches one of them."""

_LOOPBACK = re.compile(r"(?:localhost|127\..*|::1)", re.IGNORECASE)


def draft(
    project: Project, *, target: Target, scope: Literal["api", "authorizer"] = "api", imported: bool = False
) -> Blueprint:
    """Return what is deployed. Raises SettingsError for what cannot be, such as a backend on this machine.

    `imported`: API Gateway imports the project's OpenAPI document, with integrations that nothing else knows.
    """
    file = project.file
    if file.authorizer.handler is not None:
        raise SettingsError(
            f"{project.path}: authorizer.handler: is somebody else's authorizer, which is not built here; remove"
            " the key to deploy this one"
        )
    # An address that the project does not know is told to the function, and put into texts, once there is one.
    base_url = BASE_URL if project.base_url is None else None
    try:
        routes = tuple(_routes(project, base_url, imported=imported)) if scope == "api" else ()
        parameters = tuple(_parameters(project))
        _refuse_names(file.api.type, routes, parameters)
    except SettingsError as error:
        raise SettingsError(f"{project.path}: {error}") from None
    backends = {one.integration.backend: None for one in routes if isinstance(one.integration, ToFunction)}
    _refuse_alike({one.handler: one.name for one in backends}, "functions")
    _refuse_alike({one.variable: one.name for one in parameters}, "environment variables")
    return Blueprint(
        name=file.api.name,
        api_type=file.api.type,
        stage=file.api.stage,
        scope=scope,
        function=_function(project, target, base_url),
        parameters=parameters,
        authorizer=project.authorizer_definition(),
        routes=routes,
        backends=tuple(backends),
        backend_statements=permissions.to_clients(file.api.type, file.api.stage),
        backend_layers=tuple(file.deploy.function_layers),
        gateway_responses=project.gateway_responses(base_url),
        cors=project.cors() if file.api.type == "http" else None,
        domain=_domain(file.deploy),
        alarm_topic=file.deploy.alarm_topic,
        document=project.openapi,
    )


def unanswered(project: Project) -> dict[str, ToNobody]:
    """Return what nobody answers, by route key: no function, and no other server. Raises SettingsError."""
    base_url = BASE_URL if project.base_url is None else None
    some = [
        one
        for one in project.routes
        if (one.integration is None and not _is_documented(one, project))
        or (one.integration is not None and one.integration.mock is not None)
    ]
    made = {one.route.key: _integration_of(one, project, base_url) for one in some}
    return {key: one for key, one in made.items() if isinstance(one, ToNobody)}


def _function(project: Project, target: Target, base_url: str | None) -> Function:
    deploy = project.file.deploy
    return Function(
        target=target,
        memory=deploy.memory,
        timeout=deploy.timeout,
        variables={
            "APIGW_OAUTH_LOG_LEVEL": "info",
            "APIGW_OAUTH_METRICS": METRICS_NAMESPACE,
            **({} if base_url is None else {"APIGW_OAUTH_PUBLIC_BASE_URL": base_url}),
        },
        statements=permissions.statements(references.references_of(project.file)),
        layers=tuple(deploy.layers),
        log_retention=deploy.log_retention,
    )


def _parameters(project: Project) -> Iterator[Parameter]:
    variables: dict[str, bool] = {}
    for one in references.references_of(project.file):
        if one.kind == "env":
            variables[one.name] = variables.get(one.name, False) or one.secret
    dpop = project.file.authorizer.dpop
    if dpop is not None and dpop.nonces:
        variables[dpop_nonce.SECRET_VARIABLE] = True
    for variable, secret in variables.items():
        yield Parameter(
            name=_letters(variable),
            variable=variable,
            secret=secret,
            description=f"The environment variable {variable} of the authorizer",
        )


def _routes(project: Project, base_url: str | None, *, imported: bool) -> Iterator[Route]:
    for one in project.routes:
        method, _, path = one.route.key.rpartition(" ")
        documented = _is_documented(one, project)
        if documented and one.integration is None and not imported:
            raise SettingsError(
                f"{project.file.api.openapi}: {one.route.key} has an x-amazon-apigateway-integration that only API"
                " Gateway's import knows; deploy the document of `apigw-oauth template openapi`, or give the route"
                " an integration in [routes]"
            )
        yield Route(
            method=method,
            path=path,
            authorized=not one.route.public,
            integration=_integration_of(one, project, base_url),
            documented=documented,
        )
    for message in project.message_routes:
        answer = _integration(message.key, message.integration, project)
        yield Route("", message.key, authorized=False, integration=answer)
    for preflight in _preflights(project, imported=imported):
        yield Route(
            "OPTIONS", preflight.path, authorized=False, integration=ToNobody("", headers=preflight.headers)
        )


def _preflights(project: Project, *, imported: bool) -> tuple[PreflightRoute, ...]:
    """Return what answers preflight requests.

    A document that is imported answers those of every origin unless the project says which: its gateway responses
    let every origin read a refusal too. Where a path takes ANY, whatever is behind it may answer them itself.
    """
    api = project.file.api
    if not imported or "cors_origins" in api.model_fields_set or api.type != "rest":
        return project.preflight_routes()
    open_to_all = project.file.model_copy(
        update={"api": api.model_copy(update={"cors_origins": [cors.ANY_ORIGIN]})}
    )
    taken = {one.route.key.partition(" ")[2] for one in project.routes if one.route.method == "ANY"}
    return tuple(one for one in cors.preflight_routes(open_to_all, project.routes) if one.path not in taken)


def _integration_of(one: ProjectRoute, project: Project, base_url: str | None) -> Integration:
    if one.declared_by == "resource":
        document = json.dumps(project.resource_metadata(base_url))
        # Anybody may read it, from wherever: a client has it before anybody knows the client.
        return ToNobody(document, headers={cors.ALLOW_ORIGIN: cors.ANY_ORIGIN})
    return _integration(one.route.key, one.integration, project)


def _is_documented(one: ProjectRoute, project: Project) -> bool:
    """Say whether the OpenAPI document is what tells of the integration."""
    if one.declared_by != "openapi":
        return False
    method, _, path = (f"ANY /{DEFAULT}" if one.route.key == DEFAULT else one.route.key).partition(" ")
    verb = "x-amazon-apigateway-any-method" if method == "ANY" else method.lower()
    operation = ((project.openapi or {}).get("paths") or {}).get(path, {}).get(verb) or {}
    return "x-amazon-apigateway-integration" in operation


def _integration(key: str, ours: project_file.Integration | None, project: Project) -> Integration:
    headers = cors.headers_of_mocks(project.file)
    if ours is None:
        return ToNobody(json.dumps({"message": f"{key} has no integration yet"}), headers=headers)
    if ours.function is not None:
        return ToFunction(_backend(ours.function))
    if ours.http is None:
        return ToNobody(ours.mock or "", headers=headers)
    if _LOOPBACK.fullmatch(urlsplit(ours.http).hostname or ""):
        raise SettingsError(
            f'routes."{key}".integration.http: is on this machine, where API Gateway finds nothing; name a server'
            " that the internet can reach, or a function"
        )
    return ToHttp(ours.http)


def _backend(reference: str) -> Backend:
    file, _, name = reference.rpartition(":")
    module = file.removesuffix(".py")
    return Backend(_letters(f"{module}_{name}"), f"{module}.{name}")


def _domain(deploy: Deploy) -> Domain | None:
    if deploy.domain is None or deploy.certificate is None:
        return None
    return Domain(deploy.domain, deploy.certificate, deploy.trust_store)


def _refuse_names(api_type: str, routes: Iterable[Route], parameters: Iterable[Parameter]) -> None:
    """Raise SettingsError for what AWS would not take."""
    for parameter in parameters:
        names_at_aws.refuse_variable(parameter.variable)
    if api_type == "rest":
        for route in routes:
            names_at_aws.refuse_path(route.path)


def _refuse_alike(names: Mapping[str, str], what: str) -> None:
    """Raise SettingsError where two things would have one name in a template: letters and digits alone."""
    owners: dict[str, str] = {}
    for told, name in names.items():
        other = owners.setdefault(name, told)
        if other != told:
            raise SettingsError(f"the {what} {other} and {told} would both be called {name}; rename one of them")


def _letters(text: str) -> str:
    """Return letters and digits alone, as names in templates may have them: `MY_KEY` is `MyKey`."""
    return "".join(part[:1].upper() + part[1:].lower() for part in re.split(r"[^A-Za-z0-9]+", text))
