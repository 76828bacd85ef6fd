import ssl

from apigw_oauth.cli.plain_http import trusted


def test_certificates_are_looked_at_where_somebody_shows_them():
    assert trusted("https://as.example.com") is True


def test_over_plain_http_no_certificate_is_loaded():
    context = trusted("http://127.0.0.1:8081")
    assert isinstance(context, ssl.SSLContext)
    assert context.get_ca_certs() == []
    assert context.verify_mode is ssl.CERT_REQUIRED  # should anybody speak TLS there after all
