import base64
import logging

from tests.authserver.servers import API_SECRET, CLIENT_SECRET, PASSWORD, running
from tests.authserver.standard_flow import introspected, refresh, tokens_of


def test_no_token_secret_or_password_reaches_logs_or_output(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="httpcore2")  # the client of this test, not the server
    with running() as server:
        made = server.create()
        secrets = [made["accessToken"], made["jwtAccessToken"], API_SECRET, CLIENT_SECRET, PASSWORD, "hush-hush"]
        server.introspect(made["accessToken"])
        server.introspect(made["jwtAccessToken"] + "x")
        secrets.append(server.log_in(client_id="plain").headers["location"].partition("=")[2].partition("&")[0])
        server.log_in(client_id="plain", password="hush-hush")
        server.token({"grant_type": "client_credentials"}, auth=("demo", CLIENT_SECRET))
        server.token({"grant_type": "client_credentials"}, auth=("demo", "hush-hush"))
        server.http.post("/api/auth/introspection", headers={"Authorization": "Basic hush-hush"})
        server.http.post("/api/auth/introspection", content=b"hush-hush", auth=(server.key, API_SECRET))
        server.http.get("/api/hush-hush")
        given = tokens_of(server)
        secrets += [given["access_token"], given["refresh_token"]]
        refresh(server, given["refresh_token"], headers={"DPoP": "hush-hush"})
        refresh(server, refresh(server, given["refresh_token"]).json()["refresh_token"], scope="hush-hush")
        introspected(server, given["access_token"])
        server.app.close()
        server.call("/auth/introspection", {"token": made["accessToken"]})
    out, err = capfd.readouterr()
    secrets += [base64.b64encode(f"{server.key}:{API_SECRET}".encode()).decode()]
    ours = [record for record in caplog.records if not record.name.startswith("httpx2")]
    logged = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in ours) + out + err
    assert "a request failed" in logged
    assert not [secret for secret in secrets if secret in logged]
