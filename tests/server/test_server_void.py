"""What a newer edit or a cancellation has made void is not computed, and the answer says so."""

from __future__ import annotations

import pytest
from server_wire import about, edited, message, opened, session

URI = "file:///programs/net.cnn"
TEXT = "input conv max_pooling flatten dense output"

CANCELLED, MODIFIED, RETRY = -32800, -32801, -32802


def test_a_request_before_an_edit_is_answered_with_content_modified() -> None:
    answers, log = session(opened(URI, TEXT), about("codeLens", 1, URI), edited(URI, 2, " "), about("codeLens", 2, URI))
    by_number = {answer.get("id"): answer for answer in answers}
    assert by_number[1]["error"]["code"] == MODIFIED
    assert by_number[2]["result"]
    assert log == ""


def test_diagnostics_before_an_edit_are_to_be_asked_for_again() -> None:
    """With any other error an editor would show none, until it asks by itself."""
    answers, _ = session(opened(URI, TEXT), about("diagnostic", 1, URI), edited(URI, 2, "cnov "))
    (answer,) = (answer for answer in answers if answer.get("id") == 1)
    assert answer["error"]["code"] == RETRY
    assert answer["error"]["data"] == {"retriggerRequest": True}


def test_a_request_before_its_document_is_closed_has_no_answer() -> None:
    closed = message("textDocument/didClose", None, {"textDocument": {"uri": URI}})
    answers, _ = session(opened(URI, TEXT), about("codeLens", 1, URI), closed)
    assert [answer["error"]["code"] for answer in answers if answer.get("id") == 1] == [MODIFIED]


def test_an_edit_elsewhere_takes_nothing_back() -> None:
    other = "file:///programs/other.cnn"
    answers, _ = session(
        opened(URI, TEXT),
        opened(other, TEXT),
        about("codeLens", 1, URI),
        edited(other, 2, " "),
        about("codeLens", 2, URI),
    )
    assert [bool(answer["result"]) for answer in answers if answer.get("id") in (1, 2)] == [True, True]


def test_a_cancelled_request_says_so_once_and_the_log_says_nothing() -> None:
    cancel = message("$/cancelRequest", None, {"id": 1})
    answers, log = session(opened(URI, TEXT), about("codeLens", 1, URI), cancel, cancel, about("codeLens", 2, URI))
    assert [answer["error"]["code"] for answer in answers if answer.get("id") == 1] == [CANCELLED]
    assert log == ""


@pytest.mark.parametrize("client", [{}, {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}])
def test_of_edits_that_arrive_together_only_the_last_is_analysed(client: dict[str, object]) -> None:
    edits = [edited(URI, version, "x") for version in range(2, 60)]
    initialize = {"processId": None, "rootUri": None, "capabilities": client, "trace": "messages"}
    answers, _ = session(opened(URI, TEXT), *edits, about("codeLens", 1, URI), initialize=initialize)
    pushed = [a["params"] for a in answers if a.get("method") == "textDocument/publishDiagnostics"]
    assert [params["version"] for params in pushed] == [59]
