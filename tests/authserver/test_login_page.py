"""The pages in a real browser."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.authserver.servers import API_SECRET, CLIENT_SECRET, PASSWORD, running


class _Site(BaseHTTPRequestHandler):
    """Somebody else's web site: a page that frames whatever its query names, or only a title."""

    def do_GET(self):
        framed = parse_qs(urlsplit(self.path).query).get("frame", [""])[0].replace("&", "&amp;")
        body = f"<title>client</title><h1>client</h1><iframe src='{framed}'></iframe>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def server(site):
    clients = [
        {"client_id": "plain", "client_secret": CLIENT_SECRET},
        {
            "client_id": "app",
            "client_secret": CLIENT_SECRET,
            "redirect_uris": [f"{site}/cb"],
            "scopes": ["profile"],
        },
        {"client_id": "evil", "name": "<script>throw 1</script><img src=x onerror='throw 1'>"},
    ]
    with running(clients=clients) as started:
        yield started


def log_in(page: Page, login: str = "john", password: str = PASSWORD) -> None:
    page.get_by_label("Login ID").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Authorize").click()


def fragment_of(page: Page) -> dict[str, str]:
    return {
        name: values[0] for name, values in parse_qs(urlsplit(page.url).fragment, keep_blank_values=True).items()
    }


def test_a_wrong_password_and_then_the_right_one(server, page):
    page.goto(server.authorization_url(client_id="plain", scope="profile", state="x"))
    assert page.get_by_role("heading", level=1).inner_text() == "plain"
    log_in(page, password="wrong")
    assert page.get_by_role("alert").inner_text() == "Login ID and/or password are wrong."
    assert page.get_by_label("Login ID").input_value() == "john"
    assert page.get_by_label("Password").input_value() == ""
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Login ID")).to_be_focused()
    log_in(page)
    page.wait_for_url("**/api/mock/redirection/**")
    assert page.title().startswith("Redirection Endpoint")
    token = fragment_of(page)["access_token"]
    assert server.introspect(token)["subject"] == "john"
    rows = page.locator("#fragment tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == ["access_token", "token_type", "expires_in", "scope", "state"]
    assert rows[0].split("\t")[1] == token


def test_api_key_and_secret_log_in_and_the_token_arrives_at_the_client(server, site, page):
    page.goto(server.authorization_url(client_id="app", scope="profile"))
    log_in(page, server.key, API_SECRET)
    page.wait_for_url(f"{site}/cb#**")
    assert page.title() == "client"
    assert server.introspect(fragment_of(page)["access_token"])["scopes"] == ["profile"]


def test_deny(server, site, page):
    page.goto(server.authorization_url(client_id="app", state="s"))
    page.get_by_role("button", name="Deny").click()
    page.wait_for_url(f"{site}/cb#**")
    assert (fragment_of(page)["error"], fragment_of(page)["state"]) == ("access_denied", "s")


def test_the_code_flow_by_hand(server, page):
    page.goto(server.authorization_url(client_id="plain", response_type="code"))
    log_in(page)
    page.wait_for_url("**/api/mock/redirection/*?code=*")
    page.get_by_label("client_id").fill("plain")
    page.get_by_label("client_secret").fill(CLIENT_SECRET)
    with page.expect_response("**/api/auth/token/direct/*") as caught:
        page.get_by_role("button", name="Submit").click()
    assert caught.value.status == 200
    assert '"access_token"' in page.inner_text("body")


def test_the_keyboard_is_enough(server, page):
    page.goto(server.authorization_url(client_id="plain"))
    expect(page.locator(":focus")).to_have_count(0)  # whoever has the page read aloud begins with the client
    page.get_by_label("Login ID").focus()
    page.keyboard.type("john")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "authorized"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "denied"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/api/mock/redirection/**")
    assert "access_token" in fragment_of(page)


def test_enter_in_a_field_authorizes(server, page):
    page.goto(server.authorization_url(client_id="plain"))
    page.get_by_label("Login ID").fill("john")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/api/mock/redirection/**")
    assert "access_token" in fragment_of(page)


def test_another_site_cannot_frame_the_page(server, site, page):
    reported = []
    page.on("console", lambda message: reported.append(message.text))
    with page.expect_console_message(lambda message: "frame" in message.text.lower()):
        page.goto(f"{site}/?frame={server.authorization_url(client_id='plain').replace('&', '%26')}")
    assert re.search(r"frame", " ".join(reported), re.IGNORECASE)
    assert [frame for frame in page.frames if frame != page.main_frame and frame.query_selector("#loginId")] == []


def test_text_from_outside_is_text(server, page):
    markup = "\"'><script>throw 1</script><img src=x onerror='throw 1'>"
    page.goto(server.authorization_url(client_id="evil", state=markup))
    assert (
        page.get_by_role("heading", level=1).inner_text()
        == "<script>throw 1</script><img src=x onerror='throw 1'>"
    )
    log_in(page, login=markup, password="x")
    assert page.get_by_label("Login ID").input_value() == markup
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 0
    page.get_by_role("button", name="Deny").click()
    page.wait_for_url("**/api/mock/redirection/**")
    assert page.locator("#fragment tbody tr").last.inner_text() == f"state\t{markup}"
    assert page.locator("img").count() == 0


def test_nothing_is_loaded_from_elsewhere_and_the_policy_is_kept(server, page):
    requested, complaints = [], []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(server.authorization_url(client_id="plain"))
    page.goto(f"{server.base_url}/api/mock/redirection/{server.key}?code=x#a=b")
    assert all(url.startswith(server.base_url) for url in requested)
    assert [text for text in complaints if "Content Security Policy" in text] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_fits_and_can_be_read(server, chromium, scheme, width):
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    opened = context.new_page()
    opened.goto(server.authorization_url(client_id="app", scope="profile"))
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    dark = opened.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor")
    assert (dark == "rgb(255, 255, 255)") == (scheme == "light")
    for button in opened.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    context.close()


def test_the_first_tabs_lead_to_the_login_id(server, page):
    page.goto(server.authorization_url(client_id="plain"))
    page.keyboard.press("Tab")
    expect(page.get_by_label("Login ID")).to_be_focused()


def test_after_an_error_the_field_to_mend_has_the_focus(server, page):
    page.goto(server.authorization_url(client_id="plain"))
    log_in(page, login="", password="x")
    expect(page.get_by_label("Login ID")).to_be_focused()
    log_in(page, password="x")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_accessible_description(
        re.compile(r"Login ID and/or password are wrong\. A user of the project file")
    )


def test_what_is_read_aloud(server, page):
    page.goto(server.authorization_url(client_id="app", scope="profile"))
    expect(page.get_by_label("Password")).to_have_accessible_description(re.compile("A user of the project file"))
    assert "✓" not in page.locator("main").aria_snapshot()
    assert "See your profile" in page.locator("main").aria_snapshot()


def test_bar_card_and_footer_have_one_edge_and_the_focus_leaves_the_hint_alone(server, page):
    page.goto(server.authorization_url(client_id="app", scope="profile"))

    def edge(selector: str) -> float:
        text = "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getClientRects()[0].left; }"
        left: float = page.locator(selector).evaluate(text)
        return left

    assert edge(".bar p") == edge("h1") == edge("footer")
    field, hint = page.locator("#password").bounding_box(), page.locator("#login-hint").bounding_box()
    assert field is not None
    assert hint is not None
    assert hint["y"] - field["y"] - field["height"] > 3 + 2  # width and offset of the outline
