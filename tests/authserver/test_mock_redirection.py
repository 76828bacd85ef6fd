def test_query_parameters_are_shown_as_text(shared):
    answer = shared.http.get(f"/api/mock/redirection/{shared.key}", params={"code": "a<b>", "x": '"><script>'})
    assert answer.status_code == 200
    assert "<title>Redirection Endpoint" in answer.text
    assert '<td class="mono">a&lt;b&gt;</td>' in answer.text
    assert 'name="code" value="a&lt;b&gt;"' in answer.text
    assert "<script>" not in answer.text
    assert f'action="/api/auth/token/direct/{shared.key}"' in answer.text


def test_the_key_may_be_left_out(shared):
    assert shared.http.get("/api/mock/redirection").status_code == 200
    assert shared.http.get("/api/mock/redirection/1").json()["error_description"].startswith("[DEV201]")


def test_a_query_that_is_too_long_is_refused(shared):
    answer = shared.http.get("/api/mock/redirection?" + "&".join(f"a{number}=1" for number in range(60)))
    assert (answer.status_code, answer.json()["error_description"][:8]) == (400, "[DEV205]")


def test_only_the_script_of_the_page_may_run(shared):
    answer = shared.http.get("/api/mock/redirection")
    policy = answer.headers["content-security-policy"]
    nonce = policy.partition("script-src 'nonce-")[2].partition("'")[0]
    assert len(nonce) == 22
    assert f'<script nonce="{nonce}">' in answer.text
    assert shared.http.get("/api/mock/redirection").headers["content-security-policy"] != policy
    assert "form-action 'self'" in policy
