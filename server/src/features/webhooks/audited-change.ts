import { differences } from '../../platform/audit/record.ts';
import type { WebhookRow } from './webhooks.store.ts';

/** What the audit log shows of a change to a webhook: of headers their names, of the secret that it is another. */
export function auditedChange(
  before: WebhookRow,
  after: WebhookRow,
  headers: Record<'before' | 'after', object>,
) {
  const sameHeaders = inOrder(headers.before) === inOrder(headers.after);
  const details = {
    ...(!sameHeaders && { headers: Object.keys(headers.after) }),
    ...(!before.secret.equals(after.secret) && { secret: 'replaced' }),
  };
  return { ...differences(shown(before), shown(after)), details };
}

function shown({ url, events, enabled }: WebhookRow) {
  return { url, events, enabled };
}

const inOrder = (headers: object) => JSON.stringify(Object.entries(headers).sort());
