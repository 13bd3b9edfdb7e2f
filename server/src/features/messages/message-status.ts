/** How far an outgoing message has come. It only ever moves to the right, or ends in one of the ends. */
export const forwardStatuses = ['queued', 'sending', 'sent', 'delivered', 'read', 'played'] as const;
export const endStatuses = ['failed', 'expired', 'cancelled'] as const;
export const incomingStatuses = ['received', 'read'] as const;

export const messageStatuses = [...new Set([...forwardStatuses, ...endStatuses, ...incomingStatuses])];
export type MessageStatus = (typeof messageStatuses)[number];

/** Whether WhatsApp has the message, or never will: what `Prefer: wait` waits for. */
export function isDecided(status: string): boolean {
  return status !== 'queued' && status !== 'sending';
}
