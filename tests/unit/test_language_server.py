"""An editor's YAML language server completes scenarios and flags wrong keys, with the schema that is shipped.

It needs npm's `yaml-language-server`: on the PATH, or where SIM_YAML_LANGUAGE_SERVER says.
"""

import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("SIM_YAML_LANGUAGE_SERVER") or shutil.which("yaml-language-server")
PATIENCE_S = 60
"""It answers in about two seconds; a busy machine may take longer."""

pytestmark = pytest.mark.skipif(SERVER is None, reason="yaml-language-server (npm) is not installed")

SCHEMA_LINE = "# yaml-language-server: $schema=scenario.schema.json"
SETTINGS = {"validate": True, "completion": True, "schemaStore": {"enable": False}}


class Editor:
    """As much of an editor as the Language Server Protocol asks for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._last_id = 0
        self._documents = 0
        capabilities = {"workspace": {"configuration": True}, "textDocument": {"publishDiagnostics": {}}}
        folders = [{"uri": folder.as_uri(), "name": "scenarios"}]
        started = {"processId": os.getpid(), "rootUri": folder.as_uri(), "capabilities": capabilities}
        self.ask("initialize", {**started, "workspaceFolders": folders})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": {"yaml": SETTINGS}})

    def open(self, text: str) -> tuple[str, list[dict[str, Any]]]:
        """Open a new document with this text; its address and its diagnostics."""
        self._documents += 1
        uri = (self.folder / f"scenario_{self._documents}.yaml").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        found = self._wait(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri
            )
        )
        return uri, found["params"]["diagnostics"]

    def complete(self, text: str) -> set[str]:
        """The keys offered where the text has a `‸`."""
        before, after = text.split("‸")
        uri, _ = self.open(before + after)
        position = {"line": before.count("\n"), "character": len(before.rsplit("\n", 1)[-1])}
        found = self.ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": position})
        return {item["label"] for item in (found["items"] if isinstance(found, dict) else found)}

    def ask(self, method: str, parameters: dict[str, Any]) -> Any:
        self._last_id += 1
        number = self._last_id
        self._send({"id": number, "method": method, "params": parameters})
        answer = self._wait(lambda message: message.get("id") == number and "method" not in message)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def close(self) -> None:
        self.ask("shutdown", {})
        self._tell("exit", {})
        self._process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def _tell(self, method: str, parameters: dict[str, Any]) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            length = int(header.split(b":")[1])
            while stream.readline().strip():  # other headers, then an empty line
                pass
            self._inbox.put(json.loads(stream.read(length)))

    def _wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message that is wanted; what the server asks meanwhile is answered."""
        while True:
            message = self._inbox.get(timeout=PATIENCE_S)
            if wanted(message):
                return message
            if message.get("method") == "workspace/configuration":
                sections = [item.get("section") for item in message["params"]["items"]]
                result = [SETTINGS if section == "yaml" else None for section in sections]
                self._send({"id": message["id"], "result": result})
            elif "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(ROOT / "scenarios" / "scenario.schema.json", folder)
    opened = Editor(folder)
    yield opened
    opened.close()


def template(name: str) -> str:
    return (ROOT / "sim" / "templates" / f"{name}.yaml").read_text(encoding="utf-8")


def replaced(name: str, old: str, new: str) -> str:
    text = template(name)
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.mark.parametrize("name", ["phone_desk", "omnichannel", "bot_first", "counter"])
def test_a_starter_has_nothing_to_flag(editor: Editor, name: str) -> None:
    _, flagged = editor.open(template(name))
    assert flagged == []


@pytest.mark.parametrize("file", sorted(ROOT.glob("scenarios/*.yaml")), ids=lambda file: file.stem)
def test_a_shipped_scenario_has_nothing_to_flag(editor: Editor, file: Path) -> None:
    _, flagged = editor.open(f"{SCHEMA_LINE}\n{file.read_text(encoding='utf-8')}")
    assert flagged == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("patience:", "patiense:", "Property patiense is not allowed"),
        ("skills: {", "skill: {", "Property skill is not allowed"),
        ("volume: 600/day", "volume: 600", "Incorrect type"),
    ],
)
def test_a_wrong_key_or_value_is_flagged_on_its_line(editor: Editor, old: str, new: str, said: str) -> None:
    text = template("phone_desk").replace(old, new)
    line = next(number for number, each in enumerate(text.split("\n")) if new in each)
    _, flagged = editor.open(text)
    assert [each["range"]["start"]["line"] for each in flagged if said in each["message"]] == [line]


def test_in_the_braces_of_a_team_its_keys_are_offered(editor: Editor) -> None:
    # Between braces this server offers nothing before the first letter.
    found = editor.complete(
        replaced("phone_desk", "{shifts: {early: 5, late: 4}, skills: {answer: 1}}", "{a‸}")
    )
    assert {"agents", "shifts", "skills"} <= found
    assert "attempts_to_human" not in found


def test_below_a_bot_the_keys_that_it_lacks_are_offered(editor: Editor) -> None:
    found = editor.complete(replaced("bot_first", "    gives_up_per_attempt: 10%\n", "    ‸\n"))
    assert {"sessions", "gives_up_per_attempt"} <= found
    assert not {"agents", "resolves"} & found


def test_at_the_left_margin_the_sections_are_offered(editor: Editor) -> None:
    found = editor.complete(template("phone_desk") + "\n‸\n")
    assert {"bots", "segments"} <= found
    assert "teams" not in found


def test_a_file_that_extends_another_may_use_dotted_keys(editor: Editor) -> None:
    text = f"{SCHEMA_LINE}\nextends: other.yaml\n"
    _, flagged = editor.open(text + "teams.desk.shifts.early: 6\n")
    assert flagged == []
    _, flagged = editor.open(text + "team: {}\n")
    assert flagged != []
