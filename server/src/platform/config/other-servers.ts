import { oneOf, optionalText, setting, share, text, url } from './setting.ts';

/** Servers of integrations, for the oldest organization as long as it sets none itself. */
export const integrationSettings = {
  chatwootUrl: setting(
    'CHATWOOT_URL',
    url,
    undefined,
    'Address of a Chatwoot for the oldest organization, as long as it sets none itself.',
  ),
  chatwootApiToken: setting(
    'CHATWOOT_API_TOKEN',
    optionalText,
    undefined,
    'Access token of an agent or administrator there.',
  ),
  chatwootAccountId: setting('CHATWOOT_ACCOUNT_ID', optionalText, undefined, 'Number of the account there.'),
  chatwootInboxId: setting('CHATWOOT_INBOX_ID', optionalText, undefined, 'Number of an API inbox there.'),
  typebotApiUrl: setting(
    'TYPEBOT_API_URL',
    url,
    undefined,
    'Address of a Typebot for the oldest organization, as long as it sets none itself.',
  ),
  typebotDefaultBotId: setting(
    'TYPEBOT_DEFAULT_BOT_ID',
    optionalText,
    undefined,
    'Public id of the bot that answers.',
  ),
};

/** A language model for the oldest organization, or for all, as long as they set none themselves. */
export const aiSettings = {
  aiBaseUrl: setting(
    'AI_BASE_URL',
    url,
    undefined,
    'Address of an OpenAI-compatible server, as in http://localhost:11434/v1. Unset: OpenAI’s, if AI_API_KEY is set.',
    ['OPENAI_BASE_URL'],
  ),
  aiApiKey: setting('AI_API_KEY', optionalText, undefined, 'Key for that server.', ['OPENAI_API_KEY']),
  aiModel: setting('AI_MODEL', text, 'gpt-4o-mini', 'Model that answers there.'),
  aiEmbeddingModel: setting(
    'AI_EMBEDDING_MODEL',
    optionalText,
    undefined,
    'Model that makes vectors there. Unset: knowledge is searched by words.',
  ),
  aiShared: setting(
    'AI_SHARED',
    oneOf('on', 'off'),
    'off',
    'Whether all organizations may use that server, and not the oldest one only.',
  ),
};

/** Where traces go; the names are those of OpenTelemetry. */
export const tracingSettings = {
  otelEndpoint: setting(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    url,
    undefined,
    'Where traces go over OTLP/HTTP, as in http://localhost:4318. Unset: nothing is traced.',
  ),
  otelServiceName: setting('OTEL_SERVICE_NAME', text, 'multiwa', 'What traces call this server.'),
  otelSampleRatio: setting(
    'OTEL_TRACES_SAMPLER_ARG',
    share,
    1,
    'Share of traces that are kept, 0 to 1; of requests with a traceparent its caller decides.',
  ),
};
