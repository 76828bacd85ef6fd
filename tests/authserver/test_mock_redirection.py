import pytest
from playwright.sync_api import expect


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


@pytest.mark.parametrize("name", ["access_token", "error_description"])
def test_the_names_of_parameters_stay_whole_on_a_phone(shared, chromium, name):
    context = chromium.new_context(viewport={"width": 320, "height": 568})
    opened = context.new_page()
    opened.goto(f"{shared.base_url}/api/mock/redirection/{shared.key}?{name}=x#{name}={'y' * 100}")
    cells = opened.get_by_role("cell", name=name)
    expect(cells).to_have_count(2)
    for cell in cells.all():
        box = cell.bounding_box()
        assert box is not None
        lines = (
            "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getClientRects().length; }"
        )
        assert cell.evaluate(lines) == 1
    assert opened.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_without_javascript_the_mock_page_does_not_claim_that_nothing_came(shared, chromium):
    context = chromium.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(f"{shared.base_url}/api/mock/redirection/{shared.key}?a=b#access_token=x")
    expect(opened.locator("noscript p")).to_be_visible()
    expect(opened.get_by_text("None.", exact=True)).to_be_hidden()
    context.close()


def test_with_javascript_the_mock_page_says_when_nothing_came(shared, page):
    page.goto(f"{shared.base_url}/api/mock/redirection/{shared.key}?a=b")
    expect(page.get_by_text("None.", exact=True)).to_be_visible()
