"""`serve` runs anybody's authorizer."""

import json
from pathlib import Path

from tests.serve_process import FREE, ServeProcess


def test_somebody_elses_authorizer_is_run_as_it_is(project: Path):
    (project / "theirs.py").write_text(
        "def handler(event, context):\n"
        "    print('a line of its log')\n"
        "    if event['headers'].get('X-Key') != 'open sesame': raise Exception('Unauthorized')\n"
        "    return {'principalId': 'ali', 'policyDocument': {'Version': '2012-10-17', 'Statement': [\n"
        "        {'Action': 'execute-api:Invoke', 'Effect': 'Allow', 'Resource': event['methodArn']}]}}\n"
    )
    file = project / "apigw-oauth.toml"
    file.write_text(
        file.read_text().replace("[authorizer]", '[authorizer]\nhandler = "theirs.py:handler"\nidentity_sources = ["method.request.header.X-Key"]')
        .replace('cache = "route"', "")
    )  # fmt: skip
    server = ServeProcess(project, *FREE)
    try:
        assert server.get("/mydemoresource").status_code == 401
        assert server.get("/mydemoresource", headers={"X-Key": "wrong"}).status_code == 401
        assert server.get("/mydemoresource", headers={"X-Key": "open sesame"}).json() == {"Hello": "World"}
        server.wait_for_message(lambda line: "a line of its log" in line)
        assert all(json.loads(line) for line in server.lines)
    finally:
        server.stop()


def test_somebody_elses_authorizer_finds_the_development_server_in_its_environment(project: Path):
    (project / "theirs.py").write_text(
        "import base64, json, os, urllib.request\n"
        "def handler(event, context):\n"
        "    key = f\"{os.environ['AUTHLETE_API_KEY']}:{os.environ['AUTHLETE_API_SECRET']}\"\n"
        "    token = event['authorizationToken'].removeprefix('Bearer ')\n"
        "    request = urllib.request.Request(os.environ['AUTHLETE_BASE_URL'] + '/api/auth/introspection',\n"
        "        json.dumps({'token': token, 'scopes': ['profile']}).encode(), {'Content-Type': 'application/json',\n"
        "        'Authorization': 'Basic ' + base64.b64encode(key.encode()).decode()})\n"
        "    answer = json.load(urllib.request.urlopen(request))\n"
        "    if answer['action'] == 'UNAUTHORIZED': raise Exception('Unauthorized')\n"
        "    effect = 'Allow' if answer['action'] == 'OK' else 'Deny'\n"
        "    return {'principalId': str(answer['clientId']), 'policyDocument': {'Version': '2012-10-17', 'Statement': [\n"
        "        {'Action': 'execute-api:Invoke', 'Effect': effect, 'Resource': event['methodArn']}]}}\n"
    )
    file = project / "apigw-oauth.toml"
    text = file.read_text().replace('event = "request"', 'event = "token"\nhandler = "theirs.py:handler"')
    file.write_text(text.replace('cache = "route"', 'cache = "token"'))
    server = ServeProcess(project, *FREE)
    try:
        good = server.token("profile")
        assert server.get("/mydemoresource", good).json() == {"Hello": "World"}
        assert server.get("/mydemoresource", server.token()).status_code == 403
        assert server.get("/mydemoresource", "made-up").status_code == 401
        # The article's authorizer names one ARN, and API Gateway keeps that answer: the next route is a 403.
        assert server.get("/me", good).status_code == 403
    finally:
        server.stop()
