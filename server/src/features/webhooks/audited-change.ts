import { differences } from '../../platform/audit/record.ts';
import type { WebhookRow } from './webhooks.store.ts';

/** What the audit log shows of a change to a webhook: of headers their names, of the secret that it is another. */
export function auditedChange(before: WebhookRow, after: WebhookRow) {
  const sameHeaders = JSON.stringify(before.headers) === JSON.stringify(after.headers);
  const details = {
    ...(!sameHeaders && { headers: Object.keys(after.headers) }),
    ...(!before.secret.equals(after.secret) && { secret: 'replaced' }),
  };
  return { ...differences(shown(before), shown(after)), details };
}

function shown({ url, events, enabled }: WebhookRow) {
  return { url, events, enabled };
}
