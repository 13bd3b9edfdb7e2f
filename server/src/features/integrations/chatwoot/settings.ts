import type { Config } from '../../../platform/config/config.ts';
import type { Problem } from '../../../platform/failures.ts';
import type { ChatwootFields } from '../integrations.schema.ts';
import {
  addressProblem,
  headerProblem,
  movedSecret,
  secretOf,
  textOf,
  withoutSlash,
} from '../settings/fields.ts';

/** What an organisation has set for Chatwoot. */
export interface ChatwootSettings {
  url: string;
  accountId: string;
  inboxId: string;
  /** Of single profiles. */
  inboxes: Record<string, string>;
  /** Null: all. */
  profileIds: string[] | null;
  signMessages: boolean;
  groups: boolean;
  enabled: boolean;
  apiToken: string | null;
  webhookSecret: string | null;
}

export type ChatwootConfig = Pick<
  Config,
  'chatwootUrl' | 'chatwootApiToken' | 'chatwootAccountId' | 'chatwootInboxId'
>;

const usual = { inboxes: {}, profileIds: null, signMessages: false, groups: true, webhookSecret: null };

/** What the settings of the server say; undefined where they say nothing. */
export function chatwootOfServer(config: ChatwootConfig): ChatwootSettings | undefined {
  if (config.chatwootUrl === undefined) return undefined;
  const settings = {
    ...usual,
    url: withoutSlash(config.chatwootUrl),
    apiToken: config.chatwootApiToken ?? null,
    accountId: config.chatwootAccountId ?? '',
    inboxId: config.chatwootInboxId ?? '',
    enabled: false,
  };
  return { ...settings, enabled: chatwootLacks(settings).length === 0 };
}

/** What a body makes of the settings before; undefined when it takes them away. Answers every problem instead. */
export function mergeChatwoot(
  before: ChatwootSettings | undefined,
  body: ChatwootFields,
): { settings: ChatwootSettings | undefined } | { problems: Problem[] } {
  if (body.url === null || body.url === '') return { settings: undefined };
  const token = secretOf(body.apiToken, before?.apiToken ?? null);
  const webhookSecret = secretOf(body.webhookSecret, before?.webhookSecret ?? null);
  const inboxes = body.inboxes === undefined ? (before?.inboxes ?? {}) : (body.inboxes ?? {});
  const settings: ChatwootSettings = {
    url: withoutSlash(textOf(body.url, before?.url ?? '')),
    accountId: textOf(body.accountId, before?.accountId ?? ''),
    inboxId: textOf(body.inboxId, before?.inboxId ?? ''),
    inboxes: Object.fromEntries(Object.entries(inboxes).map(([id, inbox]) => [id, String(inbox).trim()])),
    profileIds: body.profileIds === undefined ? (before?.profileIds ?? null) : body.profileIds,
    signMessages: body.signMessages ?? before?.signMessages ?? usual.signMessages,
    groups: body.groups ?? before?.groups ?? usual.groups,
    enabled: body.enabled ?? before?.enabled ?? true,
    apiToken: token.value,
    webhookSecret: webhookSecret.value,
  };
  const wrong = addressProblem(settings.url);
  const numbers = { accountId: settings.accountId, inboxId: settings.inboxId };
  const problems: Problem[] = [
    ...(wrong ? [{ path: '/chatwoot/url', problem: wrong }] : []),
    ...Object.entries(numbers).flatMap(([name, value]) =>
      value === '' || isNumber(value) ? [] : [{ path: `/chatwoot/${name}`, problem: 'must be a number' }],
    ),
    ...Object.entries(settings.inboxes).flatMap(([id, value]) =>
      isNumber(value) ? [] : [{ path: `/chatwoot/inboxes/${id}`, problem: 'must be a number' }],
    ),
    ...headerProblem('/chatwoot/apiToken', settings.apiToken),
    ...movedSecret('/chatwoot/apiToken', token, [before?.url, settings.url]),
    ...(settings.enabled ? chatwootLacks(settings) : []),
  ];
  return problems.length > 0 ? { problems } : { settings };
}

/** What is missing before it can work. */
export function chatwootLacks(settings: ChatwootSettings): Problem[] {
  const { accountId, inboxId, apiToken, inboxes } = settings;
  const isSomewhere = inboxId !== '' || Object.keys(inboxes).length > 0;
  return [
    ...(apiToken ? [] : [{ path: '/chatwoot/apiToken', problem: 'is required' }]),
    ...(accountId === '' ? [{ path: '/chatwoot/accountId', problem: 'is required' }] : []),
    ...(isSomewhere ? [] : [{ path: '/chatwoot/inboxId', problem: 'is required' }]),
  ];
}

/** The inbox of a profile; undefined when it has none. */
export function inboxOf(settings: ChatwootSettings, profileId: string): string | undefined {
  if (settings.profileIds && !settings.profileIds.includes(profileId)) return undefined;
  return (
    (Object.hasOwn(settings.inboxes, profileId) ? settings.inboxes[profileId] : settings.inboxId) || undefined
  );
}

const isNumber = (text: string) => /^[1-9]\d{0,15}$/.test(text);
