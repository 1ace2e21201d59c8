"""Repositories are found where they are named: lists, bills of materials, code, notebooks, deployments."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest

from advisor.errors import UsageError
from advisor.licenses.settings import CheckSettings
from advisor.licenses.targets.discover import targets_in
from advisor.licenses.targets.parse import load_targets
from advisor.licenses.targets.target import Place, Target, parse_target, read_list
from advisor.licenses.targets.weights.caches import hub_cache


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("org/name", Target("org/name")),
        ("org/name@v1.0", Target("org/name", "v1.0")),
        ("gpt2", Target("gpt2")),
        ("https://huggingface.co/org/name", Target("org/name")),
        ("https://huggingface.co/org/name/tree/main", Target("org/name", "main")),
        ("hf://org/name", Target("org/name")),
    ],
)
def test_a_target_is_understood_in_every_usual_form(text: str, expected: Target) -> None:
    assert parse_target(text)[:2] == expected[:2]


@pytest.mark.parametrize("text", ["", "a/b/c", "../x", "org/na me", "org/name@", "-x/y", "org/\x1b[0m"])
def test_what_is_no_repository_is_refused(text: str) -> None:
    if text == "org/name@":
        assert parse_target(text) == Target("org/name")
        return
    with pytest.raises(UsageError, match="expected a repository"):
        parse_target(text)


def _found(tmp_path: Path, name: str, content: str) -> list[str]:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return list(dict.fromkeys(str(target) for target in targets_in(str(path))))


def test_python_is_read_where_it_loads(tmp_path: Path) -> None:
    code = """
model = AutoModel.from_pretrained("org/one", torch_dtype="auto", revision="abc123")
path = hf_hub_download(repo_id="org/two", filename="x")
pipe = pipeline("text-generation", model="org/three")
llm = LLM(model='org/four')
note = "and/or is no model, nor is docs/readme"
url = "https://huggingface.co/org/five/resolve/main/x"
data = "https://huggingface.co/datasets/org/no"
"""
    assert _found(tmp_path, "app.py", code) == ["org/one@abc123", "org/two", "org/four", "org/three", "org/five"]


def test_notebooks_deployments_and_images_are_read(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "source": ["m = AutoModel.from_pretrained(\n", "  'org/note')"]}
    text = {"cell_type": "markdown", "source": ["from_pretrained('org/prose')"]}
    assert _found(tmp_path, "a.ipynb", json.dumps({"cells": [cell, text]})) == ["org/note"]
    assert _found(tmp_path, "Dockerfile", "CMD vllm serve org/served --max-model-len 8192\n") == ["org/served"]
    assert _found(tmp_path, "Modelfile", "FROM hf.co/org/quant:Q4_K_M\n") == ["org/quant"]
    assert _found(tmp_path, "deploy.yaml", "args: [--model, x]\nmodel_id: org/yaml\n") == ["org/yaml"]


def test_a_bill_of_materials_names_models_by_package_url(tmp_path: Path) -> None:
    bom = {
        "bomFormat": "CycloneDX",
        "components": [
            {"type": "machine-learning-model", "name": "x", "purl": "pkg:huggingface/org/one@abc"},
            {"type": "machine-learning-model", "group": "org", "name": "two"},
            {"type": "library", "name": "org/three", "purl": "pkg:pypi/three@1"},
            "odd",
        ],
    }
    assert _found(tmp_path, "bom.json", json.dumps(bom)) == ["org/one@abc", "org/two"]


def test_a_list_names_its_bad_line(tmp_path: Path) -> None:
    assert _found(tmp_path, "list.txt", "org/one  # kept\n\norg/two@v1\n") == ["org/one", "org/two@v1"]
    with pytest.raises(UsageError, match=r"list\.txt:2: 'a b'"):
        _found(tmp_path, "list.txt", "org/one\na b\n")


def test_a_folder_is_walked_without_what_was_installed(tmp_path: Path) -> None:
    for name in ("src/app.py", "web/page.ts", "node_modules/x/app.py", ".venv/lib/app.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(f'from_pretrained("org/{name.split("/")[0].strip(".")}")', encoding="utf-8")
    (tmp_path / ".env").write_text("HF_MODEL_ID=org/env\n", encoding="utf-8")
    assert [str(target) for target in targets_in(str(tmp_path))] == ["org/env", "org/src", "org/web"]
    assert [str(target) for target in targets_in(str(tmp_path / ".env"))] == ["org/env"]


def test_a_local_cache_gives_the_commits_it_holds(tmp_path: Path) -> None:
    refs = tmp_path / "models--org--name" / "refs"
    refs.mkdir(parents=True)
    (refs / "main").write_text("c" * 40, encoding="ascii")
    (tmp_path / "models--gpt2").mkdir()
    assert list(targets_in(str(tmp_path))) == list(hub_cache(tmp_path))
    assert list(hub_cache(tmp_path)) == [Target("gpt2"), Target("org/name", "c" * 40)]


CODE = {
    "a variable": ("a.py", 'NAME: str = "org/a"\nm = AutoModel.from_pretrained(NAME, revision="v1")', ["org/a@v1"]),
    "an environment variable": ("a.py", 'M = os.getenv("M", "org/a")\nLLM(model=M)', ["org/a"]),
    "an attribute": ("a.py", 'class A:\n    N = "org/a"\n    def f(self): return from_pretrained(self.N)', ["org/a"]),
    "a variable that nothing loads": ("a.py", 'NAME = "org/a"\nprint(NAME)', []),
    "an argument": ("a.py", 'parser.add_argument("--model", type=str, default="org/a")', ["org/a"]),
    "a revision elsewhere": ("a.py", 'from_pretrained("org/a")\nother(revision="v1")', ["org/a"]),
    "data and a model": (
        "a.py",
        """hf_hub_download(repo_id="org/data", repo_type="dataset")
snapshot_download(repo_id="org/a")
snapshot_download("org/more", repo_type="dataset")
load_dataset("org/set")
repo_id = "org/set\"""",
        ["org/a"],
    ),
    "a table of models": (
        "a.py",
        'MODELS = {"x": "org/a", "y": "org/b"}\nfrom_pretrained(MODELS[k])',
        ["org/a", "org/b"],
    ),
    "a function's default": ("a.py", 'def load(model_id="org/a"):\n    return LLM(model_id)', ["org/a"]),
    "a caller": ("a.py", 'def load(x):\n    return LLM(x)\nload("org/a")', ["org/a"]),
    "a data class": ("a.py", 'class A:\n    model_name_or_path: str = field(default="org/a", metadata={})', ["org/a"]),
    "an option": ("a.py", '@click.option("--model", default="org/a")\ndef f(model): from_pretrained(model)', ["org/a"]),
    "a loop": ("a.py", 'for name, size in [("org/a", 1), ("org/b", 2)]:\n    LLM(name)', ["org/a", "org/b"]),
    "tests": ("a.py", '@pytest.mark.parametrize("model_id", ["org/a"])\ndef test(model_id): ...', ["org/a"]),
    "rows of pytest": (
        "a.py",
        "@pytest.mark.parametrize('model_id, n', [pytest.param('org/a', 1), ('org/b', 2)])\ndef f(model_id, n): ...",
        ["org/a", "org/b"],
    ),
    "what is published": (
        "a.py",
        "repo_id = 'org/mine'\ndata.push_to_hub(repo_id)\nmodel_kwargs = {'attention': 'org/kernel'}\nLLM('org/a')",
        ["org/a"],
    ),
    "keys of a cache": ("a.py", "model_id = 'org/a'\ncached_model = model_id + '4bit'\nLLM(model_id)", ["org/a"]),
    "two branches": ("a.py", 'M = "org/a" if big else "org/b"\nLLM(M)', ["org/a", "org/b"]),
    "parts": ("a.py", 'O = "org"\nLLM(f"{O}/a")', ["org/a"]),
    "an example in documentation": (
        "a.py",
        'def f():\n    """\n    >>> m = X.from_pretrained(\n    ...     "org/a"\n    ... )\n    """',
        ["org/a"],
    ),
    "adapters": ("a.py", 'm.load_adapter("org/a")\nPeftModel.from_pretrained(m, "org/b")', ["org/a", "org/b"]),
    "short names": (
        "a.py",
        'SentenceTransformer("all-MiniLM-L6-v2")\nAutoModel.from_pretrained("gpt2")',
        ["gpt2", "sentence-transformers/all-MiniLM-L6-v2"],
    ),
    "embeddings": (
        "a.py",
        'HuggingFaceEmbeddings(model_name="org/a")\nHuggingFaceEmbedding("org/b")',
        ["org/a", "org/b"],
    ),
    "speech": ("a.py", 'WhisperModel("large-v3")', ["Systran/faster-whisper-large-v3"]),
    "mlx": ("a.py", 'from mlx_lm import load\nload("org/a")', ["org/a"]),
    "Ollama in Python": (
        "a.py",
        'import ollama\nollama.chat(model="llama3.1")\nChatOllama(model="qwen2.5:0.5b")',
        ["Qwen/Qwen2.5-0.5B-Instruct", "meta-llama/Llama-3.1-8B-Instruct"],
    ),
    "Ollama in a shell": (
        "a.sh",
        "ollama pull llama3.2:1b\nollama run hf.co/org/a:Q4_K_M",
        ["meta-llama/Llama-3.2-1B-Instruct", "org/a"],
    ),
    "a Modelfile": ("Modelfile", "FROM llama3.1:70b\nADAPTER ./x", ["meta-llama/Llama-3.1-70B-Instruct"]),
    "names of litellm": (
        "a.yaml",
        "model_list:\n- x: {model: huggingface/org/a}\n- x: {model: ollama/llama3}\n- x: {model: hosted_vllm/org/b}",
        ["meta-llama/Meta-Llama-3-8B-Instruct", "org/a", "org/b"],
    ),
    "a pod": (
        "a.yaml",
        "env:\n- name: MODEL_ID\n  value: org/a\n- name: DATASET\n  value: org/no\nargs: [--model=org/b]",
        ["org/a", "org/b"],
    ),
    "TypeScript": (
        "a.ts",
        'const M = "org/a"; // see org/no\nawait pipeline("text", M);\nhf.chat({ model: "org/b" })',
        ["org/a", "org/b"],
    ),
    "a shell variable": ("a.sh", 'MODEL="org/a"\npython run.py --model_name_or_path $MODEL', ["org/a"]),
    "a shell default": ("a.sh", "python run.py --model ${M:-org/a} \\\n  --output_dir out/x", ["org/a"]),
    "code in a shell": ("a.sh", "python - <<'END'\nN = 'org/a'\nLLM(N)\nEND", ["org/a"]),
    "commands in Python": (
        "a.py",
        'run(["vllm", "serve", "org/a"])\nos.system("hf download org/b")',
        ["org/a", "org/b"],
    ),
    "settings": ("a.toml", 'model = "org/a"\ndataset = "org/no"\n[x]\nrepo_id = "org/b"', ["org/a", "org/b"]),
    "an environment file": (
        ".env",
        "export HF_MODEL_ID=org/a # x\nDATA=org/no\nOLLAMA_MODEL=llama3.3",
        ["meta-llama/Llama-3.3-70B-Instruct", "org/a"],
    ),
    "entries": ("a.yaml", "- repo_id: org/a\n- {repo_id: org/b, revision: v}\n", ["org/a", "org/b"]),
    "a JSON list": (
        "Dockerfile",
        'CMD ["vllm", "serve", "org/a", "--port", "80"]\nCMD ["--model", "org/b"]',
        ["org/a", "org/b"],
    ),
    "a YAML list": ("a.yaml", "args:\n  - --model\n  - org/a\n  - --served-name\n  - org/no\n", ["org/a"]),
    "an inline list": ("a.yaml", 'args: ["serve", "org/a", "--model=org/b"]', ["org/a", "org/b"]),
    "a download": (
        "a.sh",
        """hf download --revision v1 org/a
huggingface-cli download org/b file --local-dir x/y
hf download --repo-type dataset org/no
hf download --quiet org/c \\
  --revision v2""",
        ["org/a@v1", "org/b", "org/c@v2"],
    ),
    "a container": (
        "a.sh",
        "docker run -e MODEL_ID=org/a x\npython train.py model.name=org/b data.name=org/no",
        ["org/a", "org/b"],
    ),
    "an address of inference": ("a.ts", 'fetch("https://api-inference.huggingface.co/models/org/a")', ["org/a"]),
    "llama.cpp": ("a.sh", "llama-server -hf org/a:Q4_K_M --hf-repo org/b", ["org/a", "org/b"]),
    "package URLs": ("a.html", '<component purl="pkg:huggingface/org/a@v1"/>', ["org/a@v1"]),
    "tables": ("a.md", "| org/a | org/b |\nsee org/c, and/or docs/readme", []),
    "an API": ("a.py", 'completion(model="openai/gpt-4o")\nmodel = "openai/gpt-4o"', []),
    "what is no model": (
        "a.py",
        """model = "user/repo"
model_path = "./org/a"
model_file = "org/a.bin"
U = "https://huggingface.co/settings/token https://discuss.huggingface.co/t/is-x https://huggingface.co/docs/a"
push_to_hub(repo_id="org/mine")
model_dir = "org/dir"
content_model = "text/plain\"""",
        [],
    ),
}


@pytest.mark.parametrize("kind", CODE)
def test_only_what_is_loaded_counts_and_all_of_it(tmp_path: Path, kind: str) -> None:
    name, text, expected = CODE[kind]
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = targets_in(str(tmp_path / name), may_be_empty=True)
    assert sorted({str(target) for target in found if not target.missing}) == expected


def test_a_name_of_ollama_says_what_it_was_read_as_and_is_never_guessed(tmp_path: Path) -> None:
    path = tmp_path / "Modelfile"
    path.write_text("FROM llama3.1:8b-instruct-q4_0", encoding="utf-8")
    (one,) = targets_in(str(path))
    assert (one.repository, one.missing) == ("meta-llama/Llama-3.1-8B-Instruct", None)
    assert "read as meta-llama/Llama-3.1-8B-Instruct" in (one.note or "")
    for name in ("deepseek-r1", "deepseek-r1:8b", "nobody-knows", "llama3.1:8b-text-q4_0", "llama3.1:9b"):
        path.write_text(f"FROM {name}", encoding="utf-8")
        (one,) = targets_in(str(path))
        assert one.missing


@pytest.mark.parametrize("name", ["a.txt", "a.json", "a.py", "a.ipynb", "Dockerfile", "a.ts", "a.yaml"])
@pytest.mark.parametrize(
    "content",
    [
        '["bomFormat"]',
        '{"bomFormat": 3}',
        '{"bomFormat": ' + "[" * 20_000,
        '{"cells": ' + "[" * 20_000,
        '{"cells": [1, {"cell_type": "code", "source": 3}]}',
        "from_pretrained(" * 4_000,
        'pipeline("x", ' * 4_000,
        'repo_id="' + "a" * 20_000,
        "hf download " + "--a " * 4_000,
        "M = " * 4_000 + '"a/b"',
        "model=a/b " * 2_000,
        "`${" * 4_000 + "model",
        "model: &a [*a, " + "x" * 20_000,
        "\x00\x1b[31m\ufffd",
    ],
)
def test_hostile_files_end_in_names_or_in_a_sentence(tmp_path: Path, name: str, content: str) -> None:
    with suppress(UsageError):
        assert all("\x1b" not in target for target in _found(tmp_path, name, content))


def test_a_bill_of_materials_is_read_to_the_bottom_and_leaves_nothing_out(tmp_path: Path) -> None:
    inner = [
        {"type": "machine-learning-model", "name": "house-model"},
        {"type": "machine-learning-model", "purl": "pkg:huggingface/no such/thing"},
        {"purl": "pkg:huggingface/org/deep@v1?checksum=1#part"},
    ]
    bom = {
        "bomFormat": "CycloneDX",
        "metadata": {"component": {"type": "application", "name": "app", "components": None}},
        "components": [{"type": "application", "name": "x", "components": inner}],
    }
    path = tmp_path / "bom.json"
    path.write_text(json.dumps(bom), encoding="utf-8")
    schema = tmp_path / "schema.json"
    schema.write_text('{"properties": {"bomFormat": {}}, "model_id": "org/plain"}', encoding="utf-8")
    assert [str(one) for one in targets_in(str(schema))] == ["org/plain"]
    house, odd, deep = targets_in(str(path))
    assert (house.repository, deep[:2]) == ("house-model", ("org/deep", "v1"))
    assert deep.place == Place(str(path))
    assert "names no repository" in (house.missing or "")
    assert "no such" in (odd.missing or "")


@pytest.mark.parametrize("content", ["", "# nothing\n\n", "\ufeff\n"])
def test_an_empty_list_is_a_mistake_and_never_clean(tmp_path: Path, content: str) -> None:
    with pytest.raises(UsageError, match="expected at least one repository"):
        _found(tmp_path, "list.txt", content)
    with pytest.raises(UsageError, match="standard input: expected at least one"):
        list(read_list(content, "standard input"))
    assert [str(one) for one in read_list("\ufefforg/a\r\n", "standard input")] == ["org/a"]


def test_each_name_comes_with_the_line_that_it_stands_on(tmp_path: Path) -> None:
    code = tmp_path / "app.py"
    code.write_text(
        'import x\n\nfrom_pretrained(\n    "org/a",\n)\nNAME = "org/b"\nLLM(model=NAME)\n', encoding="utf-8"
    )
    named = tmp_path / "list.txt"
    named.write_text("# ours\norg/c\n", encoding="utf-8")
    cell = {"cell_type": "code", "source": ["\n", "LLM('org/d')"]}
    notebook = tmp_path / "a.ipynb"
    notebook.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    found = load_targets(CheckSettings(files=tuple(map(str, (code, named, notebook, code)))))
    assert [(one.repository, str(one.place)) for one in found] == [
        ("org/a", f"{code}:4"),
        ("org/b", f"{code}:6"),
        ("org/c", f"{named}:2"),
        ("org/d", f"{notebook}:1"),
    ]
