"""`.apigw-oauth/serve.json`."""

import stat

import pytest

from apigw_oauth.cli.local_stack import serve_file
from tests.serve_process import ServeProcess

CREDENTIALS = {"service_api_key": "1", "service_api_secret": "s"}


def test_what_was_written_is_read_and_nobody_else_can(tmp_path):
    serve_file.write(tmp_path, {"event": "ready", "gateway": "x"})
    serve_file.write(tmp_path, {"event": "ready", "gateway": "y"})
    read = serve_file.read(tmp_path)
    assert read is not None
    assert read["gateway"] == "y"
    path = serve_file.path_for(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["serve.json"]


def test_it_goes_unless_another_serve_has_written_its_own(tmp_path):
    serve_file.write(tmp_path, {"event": "ready", "service_api_secret": "ours"})
    serve_file.write(tmp_path, {"event": "ready", "service_api_secret": "theirs"})
    serve_file.remove(tmp_path, {"event": "ready", "service_api_secret": "ours"})
    assert serve_file.path_for(tmp_path).exists()
    serve_file.remove(tmp_path, {"event": "ready", "service_api_secret": "theirs"})
    assert not serve_file.path_for(tmp_path).exists()
    serve_file.remove(tmp_path, {})


@pytest.mark.parametrize(
    "ready",
    [
        {}, {"authserver": None}, {"authserver": "http://127.0.0.1:1"}, {"authserver": "http://[", **CREDENTIALS},
        {"authserver": None, **CREDENTIALS}, {"authserver": "http://127.0.0.1:1", **CREDENTIALS},
        {"authserver": "http://127.0.0.1:1", "service_api_key": 1, "service_api_secret": []},
    ],
)  # fmt: skip
def test_a_file_of_which_nobody_answers_is_dead(ready):
    assert not serve_file.is_alive(ready)


def test_a_server_is_told_from_another_one_at_its_address(shared_serve: ServeProcess):
    assert serve_file.is_alive(shared_serve.ready)
    assert not serve_file.is_alive({**shared_serve.ready, "service_api_secret": "of another"})


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_rubbish_is_as_if_nothing_ran(tmp_path, content):
    path = serve_file.path_for(tmp_path)
    path.parent.mkdir()
    path.write_bytes(content)
    assert serve_file.read(tmp_path) is None
