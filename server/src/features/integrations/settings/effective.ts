import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Vault } from '../../../platform/crypto.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { isUuid } from '../../../platform/ids.ts';
import { type ChatwootConfig, type ChatwootSettings, chatwootOfServer } from '../chatwoot/settings.ts';
import { type TypebotConfig, type TypebotSettings, typebotOfServer } from '../typebot/settings.ts';
import type { IntegrationRow, IntegrationStore, Kind } from './integrations.store.ts';

export interface SettingsByKind {
  chatwoot: ChatwootSettings;
  typebot: TypebotSettings;
}
interface Effective<Of extends Kind> {
  settings: SettingsByKind[Of] | undefined;
  source: 'database' | 'env' | 'none';
}
/** What of an organisation is switched on. */
export type SwitchedOn = { [Of in Kind]?: SettingsByKind[Of] };

const context = (organizationId: string, kind: Kind) => `integrations/${kind}/${organizationId}`;
const secretNames = ['apiToken', 'webhookSecret'] as const;

/** The columns for what is set: secrets apart, sealed. */
export function sealSettings(vault: Vault, organizationId: string, kind: Kind, settings: object) {
  const isSecret = ([name]: [string, unknown]) => (secretNames as readonly string[]).includes(name);
  const entries = Object.entries(settings);
  const secrets = JSON.stringify(Object.fromEntries(entries.filter(isSecret)));
  return {
    settings: JSON.stringify(Object.fromEntries(entries.filter((entry) => !isSecret(entry)))),
    secrets: vault.sealText(secrets, context(organizationId, kind)),
  };
}

/** What counts for organisations: what they set themselves, for the oldest one else what the server is given. */
export function createEffective(deps: {
  vault: Vault;
  store: IntegrationStore;
  config: ChatwootConfig & TypebotConfig;
}) {
  const { vault, store, config } = deps;
  const ofServer: SwitchedOn = {};
  const [chatwoot, typebot] = [chatwootOfServer(config), typebotOfServer(config)];
  if (chatwoot) ofServer.chatwoot = chatwoot;
  if (typebot) ofServer.typebot = typebot;
  const hasServer = Object.keys(ofServer).length > 0;
  const webhookKey = vault.derive('integrations/chatwoot-webhook');

  const webhookToken = (organizationId: string): string =>
    `${organizationId}.${createHmac('sha256', webhookKey).update(organizationId).digest('base64url')}`;

  function open<Of extends Kind>(row: IntegrationRow): SettingsByKind[Of] {
    const secrets = JSON.parse(vault.openText(row.secrets, context(row.organization_id, row.kind as Kind)));
    return { ...row.settings, ...(secrets as object), enabled: row.enabled } as unknown as SettingsByKind[Of];
  }

  return {
    /** What counts for one organisation. */
    async of<Of extends Kind>(organizationId: string, kind: Of, tx?: Db | Tx): Promise<Effective<Of>> {
      const row = await store.find(organizationId, kind, tx);
      if (row) return { settings: open<Of>(row), source: 'database' };
      const isOwn = ofServer[kind] !== undefined && (await store.oldest(tx)) === organizationId;
      return isOwn
        ? { settings: ofServer[kind] as SettingsByKind[Of], source: 'env' }
        : { settings: undefined, source: 'none' };
    },

    /** What of each organisation is switched on. */
    async switchedOn(organizationIds: readonly string[], from?: Db | Tx): Promise<Map<string, SwitchedOn>> {
      const found = new Map<string, SwitchedOn>(organizationIds.map((id) => [id, {}]));
      if (organizationIds.length === 0) return found;
      const oldest = hasServer ? await store.oldest(from) : undefined;
      if (oldest !== undefined && found.has(oldest)) found.set(oldest, { ...ofServer });
      for (const row of await store.ofOrganizations(organizationIds, from)) {
        const kind = row.kind as Kind;
        found.set(row.organization_id, { ...found.get(row.organization_id), [kind]: open(row) });
      }
      for (const [id, all] of found) {
        found.set(id, Object.fromEntries(Object.entries(all).filter(([, { enabled }]) => enabled)));
      }
      return found;
    },

    /** The secret part of the address for Chatwoot's webhook: as lasting as the key of this server. */
    webhookToken,

    /** Whose token it is; undefined when nobody's. */
    organizationOfToken(token: string): string | undefined {
      const organizationId = token.slice(0, Math.max(0, token.indexOf('.')));
      const [given, right] = [Buffer.from(token), Buffer.from(webhookToken(organizationId))];
      return isUuid(organizationId) && given.length === right.length && timingSafeEqual(given, right)
        ? organizationId
        : undefined;
    },
  };
}

export type EffectiveSettings = ReturnType<typeof createEffective>;
