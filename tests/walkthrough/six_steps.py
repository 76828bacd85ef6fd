"""The six steps of the walkthrough, through a gateway that runs."""

from tests.serve_process import ServeProcess


def walk(server: ServeProcess) -> None:
    refused = server.get("/mydemoresource")
    assert refused.status_code == 401
    assert refused.json() == {"message": "Unauthorized"}
    assert refused.headers["x-amzn-ErrorType"] == "UnauthorizedException"
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert server.record(refused)["authorizer"] == "not invoked"

    token = server.token("profile", subject="john")
    served = server.get("/mydemoresource", token)
    assert (served.status_code, served.text) == (200, '{"Hello":"World"}')
    assert server.record(served)["authorizer"] == "invoked"

    without_scope = server.get("/mydemoresource", server.token())
    assert without_scope.status_code == 403
    assert without_scope.headers["x-amzn-ErrorType"] == "AccessDeniedException"
    assert without_scope.headers["WWW-Authenticate"].startswith('Bearer error="insufficient_scope"')
    assert 'scope="profile"' in without_scope.headers["WWW-Authenticate"]

    revoked = server.token("profile")
    assert server.authlete("token/revoke", {"accessTokenIdentifier": revoked})["count"] == 1
    assert server.get("/mydemoresource", revoked).status_code == 401

    response = server.get("/mydemoresource", token)
    assert response.status_code == 200
    again = server.record(response)
    assert (again["authorizer"], again["authorizer_ms"]) == ("cached", None)
