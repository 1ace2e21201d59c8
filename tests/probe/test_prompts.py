"""Prompts and cases from the user's files: every usual shape, and errors that name file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.errors import ProbeError
from advisor.files.tables import MAX_BYTES, MAX_YAML_BYTES
from advisor.probe.prompts import from_files

CHAT = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "two"}]

SHAPES = {
    "a.jsonl": '{"id": "1", "input": "one", "answer": "1", "state": "accepted"}\n\n' + json.dumps({"messages": CHAT}),
    "b.ndjson": '{"prompt": "one"}\r\n{"input": {"question": "two"}}\r\n',
    "c.json": json.dumps(["one", {"messages": [*CHAT, {"role": "assistant", "content": "the answer"}]}]),
    "d.json": json.dumps({"cases": [{"input": "one"}, {"input": CHAT}]}),
    "e.yaml": "- input: one\n- input: |\n    two\n",
    "f.yml": "cases:\n  - {input: one, answer: 1}\n  - two\n",
    "g.csv": '\ufeffid,input,answer\n1,one,\n,,\n2,"two",x\n',
    "H.CSV": 'prompt\none\n"two"\n',
}


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("name", SHAPES)
def test_the_usual_shapes_are_read(tmp_path: Path, name: str) -> None:
    found = from_files([written(tmp_path, name, SHAPES[name])])
    assert [messages[-1].content.strip() for messages in found.all] == ["one", "two"]
    assert all(messages[-1].role == "user" for messages in found.all)
    assert found.source == name


def test_several_files_follow_each_other_and_a_text_is_one_prompt(tmp_path: Path) -> None:
    files = [written(tmp_path, "a.jsonl", '{"input": "one"}'), written(tmp_path, "b.txt", "two\nlines")]
    found = from_files(files)
    assert [messages[0].content for messages in found.all] == ["one", "two\nlines"]
    assert found.pick(2, None)[0].content == "one"


def test_line_separators_inside_a_text_end_no_line(tmp_path: Path) -> None:
    content = "one\u2028still\x85one"
    path = written(tmp_path, "a.jsonl", json.dumps({"input": content}, ensure_ascii=False) + "\n")
    assert from_files([path]).all[0][0].content == content


def test_text_in_parts_is_joined_and_a_developer_is_the_system(tmp_path: Path) -> None:
    parts = [{"type": "text", "text": "on"}, {"type": "input_text", "text": "e"}]
    chat = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": parts}]
    (messages,) = from_files([written(tmp_path, "a.jsonl", json.dumps({"messages": chat}))]).all
    assert [(turn.role, turn.content) for turn in messages] == [("system", "Be brief."), ("user", "one")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "a.jsonl",
            '{"input": "one"}\n{"output": 1}\n',
            "a.jsonl:2: expected messages or prompt or input, found output",
        ),
        ("a.jsonl", '{"input": "one"}\n\n{"input": \n', "a.jsonl:3: expected JSON"),
        ("a.jsonl", "[1]\n", "a.jsonl:1: expected an entry with names, such as input, found list"),
        ("a.jsonl", '{"input": 5}', "a.jsonl:1: input: expected a text or a list of messages, found int"),
        ("a.jsonl", '{"input": {"name": "x"}}', "a.jsonl:1: input: expected a text, or one under"),
        ("a.jsonl", '{"messages": [{"role": "tool", "content": "x"}]}', "role system, user or assistant, found 'tool'"),
        ("a.jsonl", '{"messages": [{"role": "assistant", "content": "x"}]}', "expected a message of the user"),
        (
            "a.jsonl",
            '{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}',
            "a.jsonl:1: messages: expected a message of text",
        ),
        ("a.jsonl", "[" * 100_000, "a.jsonl:1: expected JSON of ordinary depth"),
        ("a.jsonl", '{"input": ' + "9" * 5_000 + "}", "a.jsonl:1: expected JSON of ordinary depth and size"),
        ("a.json", '{\n"cases": [\n{"input": }]}', "a.json:3: expected JSON"),
        ("a.json", '{"input": "one"}', "a.json:1: expected a list of entries, or one under cases"),
        ("a.yaml", "cases:\n  - input: one\n  - answer: two\n", "a.yaml:3: expected messages"),
        ("a.yaml", "- input: [one\n", "a.yaml:"),
        ("a.csv", "id,text\n1,one\n", "a.csv:2: expected messages or prompt or input, found id, text"),
        ("a.csv", 'id,input\n1,"a\nb"\n2,c,d\n', "a.csv:4: expected 2 columns as in the header, found 3"),
        ("a.csv", 'id,input\n1,"open\n', "a.csv:2: expected CSV"),
        ("a.csv", "input,input\na,b\n", "a.csv:1: expected a header that names each column once"),
        ("a.jsonl", "", "expected at least one prompt, found none"),
        ("a.txt", "  \n", "expected at least one prompt, found none"),
        ("a.jsonl", " " * (MAX_BYTES + 1), "expected at most 8,388,608 bytes"),
        ("a.yaml", "#" * (MAX_YAML_BYTES + 1), "expected at most 1,048,576 bytes"),
        ("a.jsonl", '{"input": "x"}\n' * 10_001, "expected at most 10,000 prompts"),
    ],
)
def test_what_is_wrong_names_file_and_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(ProbeError) as caught:
        from_files([written(tmp_path, name, text)])
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("row", "sent"),
    [
        ({"instruction": "Summarize", "input": "text here", "output": "x"}, "Summarize\n\ntext here"),
        ({"instruction": "Name a river", "input": "", "output": "x"}, "Name a river"),
        ({"instruction": "Answer", "context": "The Elbe flows.", "response": "x"}, "Answer\n\nThe Elbe flows."),
        ({"question": "Which?", "context": "The Elbe flows.", "answers": {}}, "Which?\n\nThe Elbe flows."),
    ],
)
def test_an_instruction_is_sent_with_what_it_is_about(tmp_path: Path, row: dict[str, object], sent: str) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([row]))
    ((message,),) = from_files([file]).all
    assert message.content == sent
