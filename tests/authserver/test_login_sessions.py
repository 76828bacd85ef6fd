import httpx2


def test_a_planted_cookie_is_replaced(shared):
    planted = "A" * 43
    with httpx2.Client() as fresh:
        page = fresh.get(
            shared.authorization_url(client_id="plain"), headers={"Cookie": f"apigw_oauth_login={planted}"}
        )
        given = page.cookies["apigw_oauth_login"]
        assert given != planted
        again = fresh.get(shared.authorization_url(client_id="plain"))
        assert again.cookies["apigw_oauth_login"] == given
    assert f"path=/api/auth/authorization/direct/{shared.key};" in page.headers["set-cookie"].lower()


def test_two_pages_in_one_browser_do_not_disturb_each_other(shared):
    first = shared.http.get(shared.authorization_url(client_id="plain", state="1"))
    shared.http.get(shared.authorization_url(client_id="plain", state="2"))
    assert shared.decide(first, denied="true").headers["location"].endswith("&state=1")
