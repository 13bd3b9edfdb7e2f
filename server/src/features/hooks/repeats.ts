import { createHash } from 'node:crypto';

export interface RepeatKey {
  key: Buffer;
  /** Whether the sender named it. */
  isOwn: boolean;
}

/** How senders name a delivery, on each of its attempts alike. */
const names = [
  'idempotency-key',
  'x-github-delivery',
  'webhook-id',
  'x-shopify-webhook-id',
  'x-wc-webhook-delivery-id',
];

/** What a request has in common with its repetitions: the id of the delivery, else its body. Stripe's is in the body. */
export function repeatKeyOf(
  headers: Readonly<Record<string, string | undefined>>,
  raw: Buffer,
  payload: unknown,
  form: string,
): RepeatKey {
  for (const name of names) {
    const value = headers[name];
    if (value) return own(name, value);
  }
  const event = form === 'stripe' ? (payload as { id?: unknown } | null)?.id : undefined;
  if (typeof event === 'string') return own('stripe', event);
  return { key: createHash('sha256').update(raw).digest(), isOwn: false };
}

const own = (name: string, value: string): RepeatKey => ({
  key: createHash('sha256').update(`${name} ${value}`).digest(),
  isOwn: true,
});
