import type { Static, TObject, TProperties, TSchema } from 'typebox';
import { isPermission, type Permission } from '../permissions.ts';

/** A past-tense fact as everyone reads it: `position` is the cursor and the `sequence` of webhooks. */
export interface RecordedEvent<Body = Record<string, unknown>> {
  id: string;
  name: string;
  position: number;
  organizationId: string;
  profileId: string | null;
  occurredAt: Date;
  body: Body;
}

/** What a socket client is sent for an event: one Socket.IO event name and its payload. */
export interface SocketForm {
  name: string;
  payload: unknown;
}

export interface EventDefinition<Schema extends TSchema = TSchema> {
  readonly name: string;
  /** One sentence for the event reference. */
  readonly what: string;
  /** What somebody must be allowed to read before the event may reach them, whichever door it leaves by. */
  readonly permission: Permission;
  readonly body: Schema;
  /** `data` of webhooks and of `GET /events`; the stored body unless said otherwise. */
  readonly wire: (
    event: RecordedEvent<Static<Schema>>,
  ) => Promise<Record<string, unknown>> | Record<string, unknown>;
  /** What the profile's socket room hears, besides the generic `event`; nothing unless said. */
  readonly socket: (event: RecordedEvent<Static<Schema>>) => Promise<SocketForm[]> | SocketForm[];
  /** Whether webhooks and `GET /events` carry it; false for what only sockets need. */
  readonly isPublic: boolean;
}

/** Declares an event and who may read it. Names are literals (`message.sent`), never derived, so that a rename is seen as one. */
export function defineEvent<Properties extends TProperties>(given: {
  name: string;
  what: string;
  permission: Permission;
  body: TObject<Properties>;
  wire?: EventDefinition<TObject<Properties>>['wire'];
  socket?: EventDefinition<TObject<Properties>>['socket'];
  isPublic?: boolean;
}): EventDefinition<TObject<Properties>> {
  // Whoever makes an event must say who may read it; a gateway that can't tell does not start.
  if (!isPermission(given.permission)) {
    throw new Error(`The event ${given.name} must name the permission that its readers need.`);
  }
  return {
    name: given.name,
    what: given.what,
    permission: given.permission,
    body: given.body,
    wire: given.wire ?? ((event) => event.body as Record<string, unknown>),
    socket: given.socket ?? (() => []),
    isPublic: given.isPublic ?? true,
  };
}
