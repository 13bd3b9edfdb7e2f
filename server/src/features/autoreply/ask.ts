import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Json } from '../../platform/db/json-column.ts';
import type { HookAct } from '../automation/index.ts';
import { bodySignature, standardSignatures } from '../webhooks/index.ts';
import type { AutoreplyStore } from './autoreply.store.ts';
import { sealedAs } from './reply-hooks.ts';

const off = { is: 'end' } as const;

/** What a reply hook of a profile is asked, when a message has come that no rule answers. */
export function createAsk(deps: {
  clock: Clock;
  vault: Vault;
  store: Pick<AutoreplyStore, 'hook'>;
}): HookAct {
  const { clock, vault, store } = deps;

  return async (tx, { profileId, hook, runId }, facts) => {
    const row = await store.hook(tx, profileId, hook);
    if (!row?.enabled) return off;
    const { arrival } = facts;
    const message = {
      ...{ profileId, conversationId: arrival.conversationId, senderJid: arrival.senderJid },
      ...{ senderName: arrival.senderName, messageType: arrival.type, content: arrival.text },
      ...{ timestamp: arrival.timestamp, isGroup: arrival.isGroup, isNewContact: facts.isNew },
      ...{ messageId: arrival.messageId, waMessageId: arrival.waMessageId },
    };
    if (hook === 'webhook') {
      if (!row.url || !row.secret) return off;
      const body = { event: 'message.received', profileId, message };
      const secret = vault.openText(row.secret, sealedAs(profileId, 'webhook', 'secret'));
      const text = JSON.stringify(body);
      const seconds = Math.floor(clock.now().getTime() / 1_000);
      const headers = {
        'x-multiwa-signature': bodySignature(secret, text),
        'webhook-id': runId,
        'webhook-timestamp': String(seconds),
        'webhook-signature': standardSignatures([secret], runId, seconds, text),
      };
      return { is: 'call', call: { url: row.url, method: 'POST', body, headers, answers: 'reply' } };
    }
    const config = (
      row.config ? JSON.parse(vault.openText(row.config, sealedAs(profileId, 'ai', 'config'))) : {}
    ) as Json & { endpoint: string; headers?: Record<string, string>; body?: Json };
    if (row.provider === 'openai') {
      const systemPrompt = typeof config.systemPrompt === 'string' ? config.systemPrompt : null;
      return { is: 'call', call: { ask: 'reply', text: arrival.text, systemPrompt, provider: config } };
    }
    const body = { message: arrival.text, context: message, ...config.body };
    const { endpoint: url, headers = {} } = config;
    return { is: 'call', call: { url, method: 'POST', body, headers, answers: 'ai' } };
  };
}
