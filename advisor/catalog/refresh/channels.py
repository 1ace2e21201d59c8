"""The channels whose offerings are generated: how they are called until a curated file says it."""

from __future__ import annotations

from advisor.catalog.source.schema import ChannelEntry

_ROWS = (
    ("openai", "OpenAI API", "lab", "openai"),
    ("anthropic", "Anthropic API", "lab", "anthropic"),
    ("gemini", "Gemini API (Google AI Studio)", "lab", "gemini"),
    ("vertex", "Google Cloud Gemini Enterprise Agent Platform (Vertex AI)", "cloud", "vertex_ai"),
    ("bedrock", "Amazon Bedrock", "cloud", "bedrock"),
    ("azure", "Microsoft Foundry (Azure)", "cloud", "azure"),
    ("mistral", "Mistral API", "lab", "mistral"),
    ("deepseek", "DeepSeek API", "lab", "deepseek"),
    ("xai", "xAI API", "lab", "xai"),
    ("cohere", "Cohere Platform", "lab", "cohere_chat"),
    ("moonshot", "Moonshot AI Platform", "lab", "moonshot"),
    ("zai", "Z.ai API", "lab", "zai"),
    ("minimax", "MiniMax API", "lab", "minimax"),
    ("alibaba", "Alibaba Cloud Model Studio", "cloud", "dashscope"),
    ("meta", "Meta Model API", "lab", "meta"),
    ("ai21", "AI21 Studio", "lab", "ai21"),
    ("amazon-nova", "Amazon Nova API", "lab", "amazon_nova"),
    ("inception", "Inception API", "lab", "inception"),
    ("upstage", "Upstage Console", "lab", "upstage"),
    ("xiaomi", "Xiaomi MiMo API", "lab", "xiaomi_mimo"),
    ("tencent", "Tencent Cloud", "cloud", "tencent"),
    ("volcengine", "Volcano Engine", "cloud", "volcengine"),
    ("together", "Together AI", "host", "together_ai"),
    ("fireworks", "Fireworks AI", "host", "fireworks_ai"),
    ("groq", "GroqCloud", "host", "groq"),
    ("cerebras", "Cerebras Inference", "host", "cerebras"),
    ("deepinfra", "DeepInfra", "host", "deepinfra"),
    ("novita", "Novita AI", "host", "novita"),
    ("nebius", "Nebius Token Factory", "host", "nebius"),
    ("databricks", "Databricks Model Serving", "cloud", "databricks"),
    ("vercel", "Vercel AI Gateway", "router", "vercel_ai_gateway"),
    ("openrouter", "OpenRouter", "router", "openrouter"),
    ("baseten", "Baseten", "host", "baseten"),
    ("cloudflare", "Cloudflare Workers AI", "cloud", "cloudflare"),
    ("perplexity", "Perplexity API", "lab", "perplexity"),
    ("sambanova", "SambaNova Cloud", "host", "sambanova"),
    ("snowflake", "Snowflake Cortex", "cloud", "snowflake"),
    ("oracle", "Oracle Cloud Generative AI", "cloud", "oci"),
    ("watsonx", "IBM watsonx.ai", "cloud", "watsonx"),
    ("ovhcloud", "OVHcloud AI Endpoints", "cloud", "ovhcloud"),
    ("scaleway", "Scaleway Generative APIs", "cloud", "scaleway"),
    ("nscale", "Nscale", "host", "nscale"),
    ("wandb", "W&B Inference", "host", "wandb"),
    ("digitalocean", "DigitalOcean Gradient", "cloud", "gradient_ai"),
    ("friendli", "Friendli", "host", "friendliai"),
    ("gmi", "GMI Cloud", "host", "gmi"),
    ("publicai", "Public AI", "host", "publicai"),
    ("stepfun", "StepFun API", "lab", None),
    ("thinkingmachines", "Thinking Machines API", "lab", None),
    ("poolside", "Poolside API", "lab", None),
    ("sakana", "Sakana AI API", "lab", None),
    ("byteplus", "BytePlus ModelArk", "cloud", None),
    ("longcat", "LongCat API", "lab", None),
    ("arcee", "Arcee AI", "lab", None),
    ("avian", "Avian", "host", None),
    ("doubleword", "Doubleword", "host", None),
    ("modal", "Modal", "host", None),
)

CHANNELS: dict[str, ChannelEntry] = {
    row[0]: ChannelEntry.model_validate({"id": row[0], "name": row[1], "kind": row[2], "litellm_prefix": row[3]})
    for row in _ROWS
}
"""By id; the name of the channel in litellm is None where litellm has none."""
