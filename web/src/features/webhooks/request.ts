import type { Webhook, WebhookDeliveryDetail } from '@multiwa/sdk';

type Sent = Pick<WebhookDeliveryDetail, 'id' | 'event' | 'eventId' | 'payload'>;

/**
 * The headers of an attempt. Signatures are made anew for each and kept nowhere, and own headers are masked; a list of many
 * events has a name and an id of its own.
 */
export function headersOf(
  delivery: Sent,
  webhook: Pick<Webhook, 'headers' | 'batch'>,
  attempt: { attempt: number; createdAt: string },
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'MultiWA-Webhooks',
    'x-multiwa-event': webhook.batch ? 'batch' : delivery.event,
    'x-multiwa-delivery': delivery.id,
    'x-multiwa-attempt': String(attempt.attempt),
    'x-multiwa-signature': 'sha256=…',
    'webhook-id': webhook.batch ? '…' : delivery.eventId,
    'webhook-timestamp': String(Math.floor(new Date(attempt.createdAt).getTime() / 1000)),
    'webhook-signature': 'v1,…',
    ...webhook.headers,
  };
}

/** A command that posts the same body there; signed it can be by the server only. */
export function curlOf(delivery: Sent, webhook: Pick<Webhook, 'url' | 'batch'>): string {
  const body = JSON.stringify(webhook.batch ? [delivery.payload] : delivery.payload);
  return [
    `curl -X POST ${quoted(webhook.url)}`,
    `-H 'content-type: application/json'`,
    `-H ${quoted(`x-multiwa-event: ${webhook.batch ? 'batch' : delivery.event}`)}`,
    `-H ${quoted(`webhook-id: ${delivery.eventId}`)}`,
    `--data-raw ${quoted(body)}`,
  ].join(' \\\n  ');
}

/** As a shell takes it literally. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The message and conversation that a delivery is about. */
export function aboutOf(payload: Record<string, unknown>): { messageId?: string; conversationId?: string } {
  const data = (payload.data ?? {}) as Record<string, unknown>;
  const { messageId, conversationId } = data;
  return {
    ...(typeof messageId === 'string' && { messageId }),
    ...(typeof conversationId === 'string' && { conversationId }),
  };
}
