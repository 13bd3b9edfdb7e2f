import { optionalText, setting, share, text, url } from './setting.ts';

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
