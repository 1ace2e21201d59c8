"""Which model behind an API a name means: by the channel it is written with, else by where the file says it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.api_names import ApiName
from advisor.catalog.records import SELF_HOSTED, Offering

_CHANNEL_WORDS: Mapping[str, str] = {
    "azure_ai": "azure", "azure-openai": "azure", "vertex_ai": "vertex",
    "vertex_ai_beta": "vertex", "google": "gemini",
    "google-gla": "gemini", "google_genai": "gemini", "google-vertex": "vertex", "google_vertexai": "vertex",
    "google_anthropic_vertex": "vertex", "bedrock_converse": "bedrock", "aws_bedrock": "bedrock",
    "mistralai": "mistral",
    "cohere_chat": "cohere", "cohere_v2": "cohere", "together": "together", "together_ai": "together",
    "fireworks": "fireworks", "fireworks_ai": "fireworks", "text-completion-openai": "openai",
    "openai_responses": "openai",
    "codestral": "mistral", "volcengine": "bytedance", "dashscope": "alibaba", "gradient_ai": "digitalocean",
    "oci": "oracle", "zhipuai": "zai", "zai": "zai", "z-ai": "zai", "x-ai": "xai", "amazon": "bedrock",
    "chatgpt": "openai",
    "moonshotai": "moonshot", "vercel_ai_gateway": "vercel", "xiaomi_mimo": "xiaomi", "openai-chat": "openai",
}  # fmt: skip
"""Words that routers and clients write before a name, with the channel that they mean."""

_REGION = re.compile(r"^(us|eu|apac|global|au|jp|ca|us-gov)\.(?=[a-z0-9-]+\.)")
# Such as `gpt-5.4-mini` and `claude-opus-5`, not `owl-7b`.
_SHAPE = re.compile(
    r"(?:gpt-(?:\d|image|audio|realtime|oss)|chatgpt-|o[1-9](?:-(?:mini|pro|preview)|$)|text-(?:davinci|embedding|ada|babbage|curie"
    r"|bison|unicorn|moderation)|(?:code-)?davinci|codex-|dall-e-|whisper-\d|tts-1|claude-|gemini-|gemma-|palm|chat-bison"
    r"|embed-(?:english|multilingual|v)|command-?(?:r|a|light|nightly|xlarge)?|rerank-|mistral-|ministral-|magistral-|devstral-"
    r"|codestral|pixtral-|open-mi[sx]tral|deepseek-|grok-|sonar|llama-?\d|qwen-|qwen\d|qwq|kimi-|moonshot-v|glm-\d|minimax-|abab"
    r"|jamba-|j2-|nova-|titan-|anthropic\.|amazon\.|meta\.llama|cohere\.|mistral\.|ai21\.|accounts/fireworks/|voyage-|jina-"
    r"|imagen-|veo-|sora-|mercury|step-\d|doubao|ernie-|hunyuan|yi-|inflection|reka-)[\w.:@/-]*",
    re.IGNORECASE,
)
"""How the names of models behind APIs look."""

# Such as `openai.GPT4o` and `ChatModel.GPT_4O_MINI`, not `openai.Client`.
_CONSTANT = re.compile(r"[A-Za-z]\w*\.(?:ChatModel|ModelName|Model)?_?(?P<name>[A-Z]\w*\d\w*)")
"""How clients in Go, Java and C# write a model as a constant."""

# Such as `chat:gpt-4o`, not `owl:7b`.
_KIND_OF_CALL = re.compile(
    r"^(?:chat|completions?|messages|responses|assistant|embeddings?|moderation|realtime|image):(?=[\w.-])"
)
"""What promptfoo writes between the channel and the name."""

_DATED = re.compile(r"-(?:20\d\d-?\d\d-?\d\d|\d{4})$")
_DISTINCTIVE = re.compile(r"(?=.*\d)(?=.*[-.])[\w.:@/-]{5,}")
"""A name that no other string looks like: it counts wherever it stands."""


class Meaning(NamedTuple):
    """What a name means."""

    offering: Offering | None
    api_name: ApiName | None
    channel: str | None
    """As the name or its file says it."""
    is_dated: bool = False
    """Whether it is a dated version of a name that is on record, and not on record itself."""

    @property
    def is_known(self) -> bool:
        """Whether any record has it."""
        return self.offering is not None or self.api_name is not None


class ApiIndex:
    """Every name of a catalog and of the table of API names, in lower case."""

    def __init__(self, catalog: Catalog, api_names: Iterable[ApiName]) -> None:
        self._catalog = catalog
        self._offerings: dict[str, list[Offering]] = defaultdict(list)
        self._by_model: dict[str, list[Offering]] = defaultdict(list)
        for offering in catalog.offerings.values():
            if offering.channel.kind == SELF_HOSTED:
                continue
            if offering.api_name:
                self._offerings[offering.api_name.lower()].append(offering)
            for name in (offering.model.id, *offering.model.aliases):
                self._by_model[name.lower()].append(offering)
        for pointer in catalog.pointers:
            if pointer.holds_on(catalog.as_of):
                meant = [one for one in self._by_model[pointer.model.lower()] if one.channel.id == pointer.channel]
                self._offerings[pointer.name.lower()] += meant
        self._names: dict[str, list[ApiName]] = defaultdict(list)
        for one in api_names:
            self._names[one.name.lower()].append(one)
        self._constants: dict[str, list[str]] = defaultdict(list)
        for name in dict.fromkeys((*self._offerings, *self._by_model, *self._names)):
            self._constants[_compact(name)].append(name)
        prefixes = {one.litellm_prefix: one.id for one in catalog.channels.values() if one.litellm_prefix}
        self._channels = {**{name: name for name in catalog.channels}, **prefixes, **_CHANNEL_WORDS}

    def meaning(self, text: str, nearby: Collection[str] = ()) -> Meaning | None:
        """Return what a name means; ``nearby`` are the channels that its file speaks of. None where it means none."""
        constant = _CONSTANT.fullmatch(text)
        if constant is not None:
            names = self._constants.get(_compact(constant["name"].replace("Dot", "")), ())
            meant = (self.meaning(one, nearby) for one in names)
            return next((one for one in meant if one is not None and one.is_known), None)
        channel, name = self._split(text.strip().lower())
        for one in _forms(name):
            found = [*self._offerings.get(one, ()), *self._by_model.get(one, ())]
            offering = self._pick(found, channel, nearby) or self._same_model(found, channel)
            named = self._named(one, channel, nearby)
            if offering is not None and named is not None and _is_elsewhere(offering, named, channel, nearby):
                offering = None
            if offering is not None or named is not None:
                return Meaning(offering, named, channel or (named.channel if named else None))
        base = _DATED.sub("", name)
        if base != name and (known := self.meaning(f"{channel}/{base}" if channel else base, nearby)):
            return known._replace(is_dated=True) if known.is_known else known
        is_written_so = text.strip() == text.strip().lower()
        return Meaning(None, None, channel) if is_written_so and _SHAPE.fullmatch(name) else None

    def _same_model(self, found: Iterable[Offering], channel: str | None) -> Offering | None:
        """Return what a channel serves of a model that other channels know by this name."""
        models = {one.model.id for one in found}
        served = [one for model in sorted(models) for one in self._by_model.get(model.lower(), ())]
        return self._pick(served, channel, ()) if channel is not None else None

    def _split(self, text: str) -> tuple[str | None, str]:
        """Return the channel that a name is written with, and the rest."""
        channel: str | None = None
        for _ in range(3):
            word, mark, rest = text.partition(":" if re.match(r"[a-z_-]+:[a-z]", text) and "/" not in text else "/")
            if not mark or word not in self._channels or not rest:
                break
            channel, text = channel or self._channels[word], _KIND_OF_CALL.sub("", rest)
        return channel, text

    def _pick(self, found: Iterable[Offering], channel: str | None, nearby: Collection[str]) -> Offering | None:
        """Give the offering that is meant: of the channel, of one nearby, of the model's own lab.

        Or of the only one.
        """
        offerings = sorted(found, key=lambda one: (one.region is not None, one.id))
        if channel is not None:
            router = next((one for one in offerings if one.channel.id in nearby and one.channel.kind == "router"), None)
            return router or next((one for one in offerings if one.channel.id == channel), None)
        own = next((one for one in offerings if one.channel.kind == "lab"), None)
        near = [one for one in offerings if one.channel.id in nearby]
        if near and (own is None or own.channel.id not in nearby):
            return near[0]
        return own or (offerings[0] if offerings else None)

    def _named(self, name: str, channel: str | None, nearby: Collection[str]) -> ApiName | None:
        found = self._names.get(name, [])
        if channel is not None:
            return next((one for one in found if one.channel == channel), None)
        return next((one for one in found if one.channel in nearby), found[0] if found else None)


def _is_elsewhere(offering: Offering, named: ApiName, channel: str | None, nearby: Collection[str]) -> bool:
    """Whether the record of an end is of the very name and channel, and the offering only of another channel."""
    return channel is None and offering.channel.id != named.channel and offering.channel.id not in nearby


def _forms(name: str) -> Iterable[str]:
    """Yield the ways in which one name is written: with a region or a folder before it, a version behind it, tuned."""
    yield name
    plain = _REGION.sub("", name)
    for prefix in (
        "models/",
        "publishers/google/models/",
        "publishers/anthropic/models/",
        "accounts/fireworks/models/",
    ):
        plain = plain.removeprefix(prefix)
    if plain.startswith("ft:"):
        plain = plain.split(":")[1]
    yield plain
    yield plain.replace("@", "-")
    yield re.sub(r"(?:-v\d+)?:\d+$", "", plain).removeprefix("anthropic.")
    yield re.sub(r":(?:free|beta|nitro|floor|online|thinking|extended|exacto)$", "", plain)
    if plain.count("/") > 1:
        yield plain.rpartition("/")[2]


def _compact(name: str) -> str:
    """Return a name by its letters and digits alone, as a constant has it."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_distinctive(text: str) -> bool:
    """Whether a string is so much like the name of a model that it counts wherever it stands."""
    return _DISTINCTIVE.fullmatch(text) is not None
