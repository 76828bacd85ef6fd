"""The same for chalice, whose authorizers are written in its own words; locally it has those for TOKEN events."""

from chalice import AuthResponse, Chalice
from chalice.app import AuthRequest

LET_IN = "Bearer let-me-in"
app = Chalice(app_name="benchmark")


@app.authorizer()
def token(request: AuthRequest) -> AuthResponse:
    """Let one token in."""
    routes = ["*"] if request.token == LET_IN else []
    return AuthResponse(routes=routes, principal_id="user", context={"scope": "pets"})


@app.route("/open")
def hello() -> dict[str, str]:
    """Greet."""
    return {"Hello": "World"}


@app.route("/token", authorizer=token)
def guarded() -> dict[str, str]:
    """Greet."""
    return {"Hello": "World"}
