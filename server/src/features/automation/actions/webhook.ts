import { isWebUrl } from '../match/web-url.ts';
import type { ActionKind, Call } from './action.ts';

const methods = ['POST', 'PUT', 'DELETE', 'GET', 'HEAD'] as const;

/** Tells another program. Its answer decides the exit: an answer other than 2xx is `error`. */
export const webhook: ActionKind = {
  types: ['webhook'],
  needs: 'webhook:manage',
  problems: ({ url, method = 'POST' }, path) => [
    ...(isWebUrl(url) ? [] : [{ path: `${path}/url`, problem: 'must be an http or https URL' }]),
    ...(methods.includes(method as never)
      ? []
      : [{ path: `${path}/method`, problem: `must be one of ${methods.join(', ')}` }]),
  ],
  act({ url, method = 'POST' }, { facts, automation, profileId, runId }) {
    const { arrival } = facts;
    const message = {
      ...{ profileId, conversationId: arrival.conversationId, senderJid: arrival.senderJid },
      ...{ senderName: arrival.senderName, messageType: arrival.type, content: arrival.text },
      ...{ timestamp: arrival.timestamp, isGroup: arrival.isGroup, isNewContact: facts.isNew },
      ...{ messageId: arrival.messageId, waMessageId: arrival.waMessageId },
    };
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const body = hasBody ? { message, automation, runId } : null;
    return { is: 'call', call: { url: String(url), method: method as Call['method'], body } };
  },
};
