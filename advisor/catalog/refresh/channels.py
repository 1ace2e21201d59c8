"""The channels whose offerings are generated: how they are called until a curated file says it."""

from __future__ import annotations

from advisor.catalog.source.schema import ChannelEntry

_ROWS = (
    ("openai", "OpenAI API", "lab", "openai", "US"),
    ("anthropic", "Anthropic API", "lab", "anthropic", "US"),
    ("gemini", "Gemini API (Google AI Studio)", "lab", "gemini", "US"),
    ("vertex", "Google Cloud Gemini Enterprise Agent Platform (Vertex AI)", "cloud", "vertex_ai", "US"),
    ("bedrock", "Amazon Bedrock", "cloud", "bedrock", "US"),
    ("azure", "Microsoft Foundry (Azure)", "cloud", "azure", "US"),
    ("mistral", "Mistral API", "lab", "mistral", "FR"),
    ("deepseek", "DeepSeek API", "lab", "deepseek", "CN"),
    ("xai", "xAI API", "lab", "xai", "US"),
    ("cohere", "Cohere Platform", "lab", "cohere_chat", "CA"),
    ("moonshot", "Moonshot AI Platform", "lab", "moonshot", "CN"),
    ("zai", "Z.ai API", "lab", "zai", "CN"),
    ("minimax", "MiniMax API", "lab", "minimax", "CN"),
    ("alibaba", "Alibaba Cloud Model Studio", "cloud", "dashscope", "CN"),
    ("meta", "Meta Model API", "lab", "meta", "US"),
    ("ai21", "AI21 Studio", "lab", "ai21", "IL"),
    ("amazon-nova", "Amazon Nova API", "lab", "amazon_nova", "US"),
    ("inception", "Inception API", "lab", "inception", "US"),
    ("upstage", "Upstage Console", "lab", "upstage", "KR"),
    ("xiaomi", "Xiaomi MiMo API", "lab", "xiaomi_mimo", "CN"),
    ("tencent", "Tencent Cloud", "cloud", "tencent", "CN"),
    ("volcengine", "Volcano Engine", "cloud", "volcengine", "CN"),
    ("together", "Together AI", "host", "together_ai", "US"),
    ("fireworks", "Fireworks AI", "host", "fireworks_ai", "US"),
    ("groq", "GroqCloud", "host", "groq", "US"),
    ("cerebras", "Cerebras Inference", "host", "cerebras", "US"),
    ("deepinfra", "DeepInfra", "host", "deepinfra", "US"),
    ("novita", "Novita AI", "host", "novita", "US"),
    ("nebius", "Nebius Token Factory", "host", "nebius", "NL"),
    ("databricks", "Databricks Model Serving", "cloud", "databricks", "US"),
    ("vercel", "Vercel AI Gateway", "router", "vercel_ai_gateway", "US"),
    ("openrouter", "OpenRouter", "router", "openrouter", "US"),
    ("baseten", "Baseten", "host", "baseten", "US"),
    ("cloudflare", "Cloudflare Workers AI", "cloud", "cloudflare", "US"),
    ("perplexity", "Perplexity API", "lab", "perplexity", "US"),
    ("sambanova", "SambaNova Cloud", "host", "sambanova", "US"),
    ("snowflake", "Snowflake Cortex", "cloud", "snowflake", "US"),
    ("oracle", "Oracle Cloud Generative AI", "cloud", "oci", "US"),
    ("watsonx", "IBM watsonx.ai", "cloud", "watsonx", "US"),
    ("ovhcloud", "OVHcloud AI Endpoints", "cloud", "ovhcloud", "FR"),
    ("scaleway", "Scaleway Generative APIs", "cloud", "scaleway", "FR"),
    ("nscale", "Nscale", "host", "nscale", "GB"),
    ("wandb", "W&B Inference", "host", "wandb", "US"),
    ("digitalocean", "DigitalOcean Gradient", "cloud", "gradient_ai", "US"),
    ("friendli", "Friendli", "host", "friendliai", "US"),
    ("gmi", "GMI Cloud", "host", "gmi", "US"),
    ("publicai", "Public AI", "host", "publicai", None),
    ("stepfun", "StepFun API", "lab", None, "CN"),
    ("thinkingmachines", "Thinking Machines API", "lab", None, "US"),
    ("poolside", "Poolside API", "lab", None, "US"),
    ("sakana", "Sakana AI API", "lab", None, "JP"),
    ("byteplus", "BytePlus ModelArk", "cloud", None, None),
    ("longcat", "LongCat API", "lab", None, "CN"),
    ("arcee", "Arcee AI", "lab", None, "US"),
    ("avian", "Avian", "host", None, None),
    ("doubleword", "Doubleword", "host", None, None),
    ("modal", "Modal", "host", None, "US"),
)

_FIELDS = ("id", "name", "kind", "litellm_prefix", "country")

CHANNELS: dict[str, ChannelEntry] = {
    row[0]: ChannelEntry.model_validate(dict(zip(_FIELDS, row, strict=True))) for row in _ROWS
}
"""By id; the name of the channel in litellm and the operator's country are None where there is none on record."""
