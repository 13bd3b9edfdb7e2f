import type { WireEvent } from '../../platform/events/wire.ts';

/** Names that older descriptions of this socket promised, and the events they stand for. */
const rows = new Map<
  string,
  { names: readonly string[]; data?: (event: WireEvent) => Record<string, unknown> }
>([
  ['qr.updated', { names: ['connection.qr'] }],
  [
    'session.status',
    {
      names: ['connection.update', 'connection.ready', 'connection.disconnected'],
      data: ({ event, data }) => ({
        ...data,
        status: data.status ?? (event === 'connection.ready' ? 'connected' : null),
        phone: data.phone ?? null,
      }),
    },
  ],
  ['message.ack', { names: ['message.sent', 'message.delivered', 'message.read'] }],
]);

/** The names as they are today, and how an event is shown to whoever asked for it by an older one. */
export function understood(asked: readonly string[]): {
  names: string[];
  shown: (event: WireEvent) => WireEvent;
} {
  const older = new Map(
    asked.flatMap((name) => (rows.get(name)?.names ?? []).map((one) => [one, name] as const)),
  );
  return {
    names: asked.flatMap((name) => rows.get(name)?.names ?? [name]),
    shown(event) {
      const name = older.get(event.event);
      if (name === undefined || asked.includes(event.event)) return event;
      return { ...event, event: name, data: rows.get(name)?.data?.(event) ?? event.data };
    },
  };
}
