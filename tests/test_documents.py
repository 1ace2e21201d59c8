from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import RequirementsError
from advisor.files.atomic import replace_text
from advisor.files.yaml import MAX_BYTES, parse_document, read_document


def parse(text: str) -> object:
    return parse_document(text, path="f.yaml", error=RequirementsError).content


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("a: NO", {"a": "NO"}),
        ("a: [no, yes, on, off]", {"a": ["no", "yes", "on", "off"]}),
        ("a: True", {"a": True}),
        ("a: 012", {"a": "012"}),
        ("a: 12:30", {"a": "12:30"}),
        ("a: 2026-11-23", {"a": "2026-11-23"}),
        ("a: 300_000", {"a": 300_000}),
        ("a: 1_000.5", {"a": 1000.5}),
        ("a: '5'", {"a": "5"}),
        ("a: 1e3", {"a": 1000.0}),
        ("a: .nan", {"a": ".nan"}),
        ("a:\nb: ~", {"a": None, "b": None}),
        ('{"a": [1, {"b": null}]}', {"a": [1, {"b": None}]}),
        ("1: x", {"1": "x"}),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("", None),
    ],
)
def test_yaml_is_read_as_version_1_2_means_it(text: str, content: object) -> None:
    assert parse(text) == content


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: [1", r"^f\.yaml:3: expected YAML: .*flow sequence"),
        ("a: 1\n\tb: 2", r"^f\.yaml:2: expected YAML"),
        ("a: 1\nb: 2\na: 3", r"^f\.yaml:3: expected each key once, found 'a' again"),
        ("a: &x [1]\nb: *x", r"^f\.yaml:2: expected a value, found the alias \*x"),
        ("a: &x\n  b: *x", r"^f\.yaml:2: expected a value, found the alias"),
        ("a: !!python/object/apply:os.system [ls]", r"^f\.yaml:1: expected a plain value, found the tag"),
        ("a: 1\n---\nb: 2", r"^f\.yaml:3: expected one document"),
        ("? [a, b]\n: 1", r"^f\.yaml:1: expected a name before the colon"),
        ("a: 1\nb: \x00", r"^f\.yaml:2: expected YAML: control characters"),
        ("[" * 100_000, r"^f\.yaml:1: expected at most 24 levels"),
        ("{a: " * 100_000, r"^f\.yaml:1: expected at most 24 levels"),
    ],
)
def test_what_is_refused_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(RequirementsError, match=message):
        parse(text)


def test_aliases_that_explode_are_refused_at_the_first_one() -> None:
    levels = ["a0: &a0 [x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(RequirementsError, match=r"^f\.yaml:2: expected a value, found the alias \*a0"):
        parse("\n".join(levels))


def mistake(read: Callable[[], object]) -> str | None:
    """What is said of a wrong document; None if it is right."""
    try:
        read()
    except RequirementsError as error:
        return error.message
    return None


@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`,?~ \n\t\0\\0x\u00e9\U0001f600", max_size=60))
def test_any_text_is_a_document_or_a_named_mistake(text: str) -> None:
    assert (mistake(lambda: parse(text)) or "f.yaml:").startswith("f.yaml:")


@given(st.binary(max_size=60))
def test_any_bytes_are_a_document_or_a_named_mistake(raw: bytes) -> None:
    with NamedTemporaryFile() as file:
        Path(file.name).write_bytes(raw)
        said = mistake(lambda: read_document(file.name, error=RequirementsError))
        assert (said or file.name).startswith(file.name)


def test_each_key_has_its_line() -> None:
    document = parse_document(
        "a: 1\nworkloads:\n  - name: x\n    traffic:\n      sample: y\n", path="f", error=RequirementsError
    )
    assert document.line("workloads.0.traffic.sample") == 5
    assert document.line("workloads.0.needs.tools") == 3
    assert document.line("nothing.of.that") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: 1\nb: \xff\xfe", r":2: expected UTF-8 text, found byte 0xff"),
        ("a: 1".encode("utf-16"), r":1: expected UTF-8 text"),
        (b"a: 1\n" * MAX_BYTES, r"expected at most 1,048,576 bytes"),
    ],
)
def test_a_file_that_is_no_small_utf8_text_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(content)
    with pytest.raises(RequirementsError, match=message):
        read_document(path, error=RequirementsError)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1")
    assert read_document(path, error=RequirementsError).content == {"a": 1}


@pytest.mark.parametrize("name", ["", "missing.yaml", "a/b/c.yaml", "x\0y"])
def test_what_is_no_file_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(RequirementsError, match=r"directory|no such file|cannot be read"):
        read_document(f"{tmp_path}/{name}", error=RequirementsError)


def test_a_file_that_never_ends_is_read_no_further_than_the_limit() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("needs /dev/zero")
    with pytest.raises(RequirementsError, match="expected at most"):
        read_document("/dev/zero", error=RequirementsError)


def test_replacing_keeps_permissions_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("old")
    path.chmod(0o640)
    replace_text(path, "new", error=RequirementsError)
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_replacing_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    path, link = tmp_path / "f.yaml", tmp_path / "link.yaml"
    path.write_text("old")
    link.symlink_to(path)
    replace_text(link, "new", error=RequirementsError)
    assert link.is_symlink()
    assert path.read_text() == "new"


def test_a_device_or_pipe_is_written_to_and_stays_what_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    replace_text(pipe, "told", error=RequirementsError)
    assert os.read(reader, 100) == b"told"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    if Path("/dev/null").is_char_device():
        replace_text("/dev/null", "told", error=RequirementsError)
        assert Path("/dev/null").is_char_device()


def test_a_read_only_target_is_left_as_it_is_even_for_root(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(RequirementsError, match="read-only"):
        replace_text(path, "new", error=RequirementsError)
    assert path.read_text() == "old"


def test_a_target_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "directory").mkdir()
    with pytest.raises(RequirementsError, match="found a directory"):
        replace_text(tmp_path / "directory", "new", error=RequirementsError)
    with pytest.raises(RequirementsError, match="cannot be written"):
        replace_text(tmp_path / "none" / "f.yaml", "new", error=RequirementsError)
    assert [path.name for path in tmp_path.iterdir()] == ["directory"]


def test_text_that_cannot_be_encoded_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        replace_text(path, "\ud800", error=RequirementsError)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
