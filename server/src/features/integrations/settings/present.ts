import { maskSecret } from '../../../platform/masked.ts';
import type { ChatwootSettings } from '../chatwoot/settings.ts';
import type { TypebotSettings } from '../typebot/settings.ts';
import type { IntegrationState } from './integrations.store.ts';

type Source = 'database' | 'env' | 'none';

const masked = (secret: string | null | undefined) => (secret ? maskSecret(secret) : '');

const stateOf = ({ waiting, failing_since, last_error, last_success_at }: IntegrationState) => ({
  waiting,
  failingSince: failing_since?.toISOString() ?? null,
  error: last_error,
  lastSuccessAt: last_success_at?.toISOString() ?? null,
});

/** Chatwoot as clients see it, its secrets masked. */
export function presentChatwoot(
  { settings, source }: { settings: ChatwootSettings | undefined; source: Source },
  state: IntegrationState,
  webhookUrl: string | null,
) {
  return {
    url: settings?.url ?? '',
    apiToken: masked(settings?.apiToken),
    accountId: settings?.accountId ?? '',
    inboxId: settings?.inboxId ?? '',
    inboxes: settings?.inboxes ?? {},
    webhookSecret: masked(settings?.webhookSecret),
    webhookUrl,
    signMessages: settings?.signMessages ?? false,
    groups: settings?.groups ?? true,
    profileIds: settings?.profileIds ?? null,
    enabled: settings?.enabled ?? false,
    source,
    state: stateOf(state),
  };
}

/** Typebot as clients see it, its token masked. */
export function presentTypebot(
  { settings, source }: { settings: TypebotSettings | undefined; source: Source },
  state: IntegrationState,
) {
  return {
    apiUrl: settings?.apiUrl ?? '',
    apiToken: masked(settings?.apiToken),
    defaultBotId: settings?.defaultBotId ?? '',
    startWords: settings?.startWords ?? [],
    restartWords: settings?.restartWords ?? [],
    stopWords: settings?.stopWords ?? [],
    expireMinutes: settings?.expireMinutes ?? 1_440,
    choices: settings?.choices ?? 'numbers',
    stopOnReply: settings?.stopOnReply ?? true,
    profileIds: settings?.profileIds ?? null,
    enabled: settings?.enabled ?? false,
    source,
    state: stateOf(state),
  };
}

/** What the audit log tells of settings: of secrets only whether there are any. */
export function shownSettings(
  settings: ChatwootSettings | TypebotSettings | undefined,
): Record<string, unknown> {
  if (!settings) return {};
  const { apiToken, ...shown } = settings;
  const secrets = 'webhookSecret' in shown ? { webhookSecret: shown.webhookSecret !== null } : {};
  return { ...shown, ...secrets, apiToken: apiToken !== null };
}
