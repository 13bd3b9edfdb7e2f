import { problemsOfHeaders } from '../../../platform/custom-headers.ts';
import type { Problem } from '../../../platform/failures.ts';
import type { StoredHeaders } from '../../../platform/sealed-headers.ts';
import { problemsOfNumber } from '../match/read.ts';
import { isWebUrl } from '../match/web-url.ts';
import type { ActionKind, Call, CheckTools } from './action.ts';
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

/** As the custom headers of webhooks are. */
function problemsOfSent(headers: unknown, path: string, { openHeaders }: CheckTools): Problem[] {
  if (headers === undefined || headers === null) return [];
  const texts = openHeaders(headers);
  return texts ? problemsOfHeaders(texts, path) : [{ path, problem: 'must be texts by their names' }];
}

/** Tells another program. Its answer decides the exit: an answer other than 2xx is `error`. */
export const webhook: ActionKind = {
  types: ['webhook'],
  needs: 'webhook:manage',
  problems: ({ url, method = 'POST', retries = 0, save, headers }, path, tools) => [
    ...(isWebUrl(url) ? [] : [{ path: `${path}/url`, problem: 'must be an http or https URL' }]),
    ...(methods.includes(method as never)
      ? []
      : [{ path: `${path}/method`, problem: `must be one of ${methods.join(', ')}` }]),
    ...problemsOfNumber(retries, `${path}/retries`, 0, retriesMax),
    ...problemsOfSave(save, `${path}/save`),
    ...problemsOfSent(headers, `${path}/headers`, tools),
  ],
  act({ url, method = 'POST', headers }, { facts, automation, profileId, runId }) {
    const { arrival } = facts;
    const message = {
      ...{ profileId, conversationId: arrival.conversationId, senderJid: arrival.senderJid },
      ...{ senderName: arrival.senderName, messageType: arrival.type, content: arrival.text },
      ...{ timestamp: arrival.timestamp, isGroup: arrival.isGroup, isNewContact: facts.isNew },
      ...{ messageId: arrival.messageId, waMessageId: arrival.waMessageId },
    };
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const body = hasBody ? { message, automation, runId } : null;
    const call = { url: String(url), method: method as Call['method'], body };
    return { is: 'call', call: headers ? { ...call, storedHeaders: headers as StoredHeaders } : call };
  },
};
