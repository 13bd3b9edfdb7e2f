import { differences } from '../../platform/audit/record.ts';
import type { WebhookRow } from './webhooks.store.ts';

/** A change of a webhook in the audit log: of headers only the names, of the secret only that it was replaced. */
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
  return { ...differences(settings(before), settings(after)), details };
}

function settings({ url, events, enabled, filters, batch_max: batchMax, ordered }: WebhookRow) {
  return { url, events, enabled, filters, batchMax, ordered };
}

const inOrder = (headers: object) => JSON.stringify(Object.entries(headers).sort());
