import type { Problem } from '../../../platform/failures.ts';
import { problemsOfNumber } from '../match/read.ts';
import { isWebUrl } from '../match/web-url.ts';
import type { ActionKind, Call } from './action.ts';
import { variableName } from './variables.ts';

const methods = ['POST', 'PUT', 'DELETE', 'GET', 'HEAD'] as const;

const retriesMax = 3;
const savedMax = 20;

/** Variables by their names, each with a pointer into the answer such as `/order/id`. */
function problemsOfSave(save: unknown, path: string): Problem[] {
  if (save === undefined) return [];
  const entries =
    typeof save === 'object' && save !== null && !Array.isArray(save) ? Object.entries(save) : [];
  if (entries.length === 0 || entries.length > savedMax) {
    return [{ path, problem: `must have 1 to ${savedMax} variables with pointers` }];
  }
  return entries.flatMap(([name, pointer]) =>
    variableName(name) && typeof pointer === 'string' && /^(\/.{0,200})?$/.test(pointer)
      ? []
      : [{ path: `${path}/${name}`, problem: 'must be a name with a pointer such as /order/id' }],
  );
}

/** Tells another program. Its answer decides the exit: an answer other than 2xx is `error`. */
export const webhook: ActionKind = {
  types: ['webhook'],
  needs: 'webhook:manage',
  problems: ({ url, method = 'POST', retries = 0, save }, path) => [
    ...(isWebUrl(url) ? [] : [{ path: `${path}/url`, problem: 'must be an http or https URL' }]),
    ...(methods.includes(method as never)
      ? []
      : [{ path: `${path}/method`, problem: `must be one of ${methods.join(', ')}` }]),
    ...problemsOfNumber(retries, `${path}/retries`, 0, retriesMax),
    ...problemsOfSave(save, `${path}/save`),
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
