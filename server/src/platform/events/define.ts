import type { Static, TObject, TProperties, TSchema } from 'typebox';
import { isPermission, type Permission } from '../permissions.ts';
import { type EventFacts, factsInBody } from './facts.ts';
import type { Notice, NoticeFacts } from './notice.ts';

/** Something that happened, as all readers get it: `position` is the cursor and the `sequence` of webhooks. */
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

/** Undefined when nobody is to be notified. It runs for every event of its name: no look-ups, no promises. */
type NoticeOf<Body> = (event: RecordedEvent<Body>, facts: NoticeFacts) => Notice | undefined;

export interface EventDefinition<Schema extends TSchema = TSchema> {
  readonly name: string;
  /** One sentence for the event reference. */
  readonly what: string;
  /** The permission that a reader needs, whether the event comes by webhook, socket or stream. */
  readonly permission: Permission;
  readonly body: Schema;
  /** The schema of what `wire` makes; of the body by default. */
  readonly data: TSchema;
  /** What `wire` makes, for the event reference; every event of a feature has one. */
  readonly example: Readonly<Record<string, unknown>> | undefined;
  /** `data` of webhooks and of `GET /events`; the stored body by default. */
  readonly wire: (
    event: RecordedEvent<Static<Schema>>,
  ) => Promise<Record<string, unknown>> | Record<string, unknown>;
  /** What the profile's socket room is sent besides the generic `event`; nothing by default. */
  readonly socket: (event: RecordedEvent<Static<Schema>>) => Promise<SocketForm[]> | SocketForm[];
  /** What subscribers may choose it by; read off the body by default. */
  readonly facts: (event: RecordedEvent<Static<Schema>>) => EventFacts;
  /** What people who may read it are notified of; nobody by default. */
  readonly notice: NoticeOf<Static<Schema>> | undefined;
  /** Topics of notices that are read by it: what is unread of them and older becomes read. None by default. */
  readonly settles: (event: RecordedEvent<Static<Schema>>) => readonly string[];
  /** Whether webhooks and `GET /events` carry it; false for what only sockets need. */
  readonly isPublic: boolean;
  /** It is about this moment only: sockets and streams hear it, and it is kept nowhere. See `passing.ts`. */
  readonly isPassing: boolean;
}

/** Declares an event and who may read it. Names are literals (`message.sent`), never derived, so that a rename is seen as one. */
export function defineEvent<Properties extends TProperties>(event: {
  name: string;
  what: string;
  permission: Permission;
  body: TObject<Properties>;
  data?: TSchema;
  example?: Readonly<Record<string, unknown>>;
  wire?: EventDefinition<TObject<Properties>>['wire'];
  socket?: EventDefinition<TObject<Properties>>['socket'];
  facts?: EventDefinition<TObject<Properties>>['facts'];
  notice?: NoticeOf<Static<TObject<Properties>>>;
  settles?: EventDefinition<TObject<Properties>>['settles'];
  isPublic?: boolean;
  isPassing?: boolean;
}): EventDefinition<TObject<Properties>> {
  // Without a permission nobody can tell who may read the event, so the gateway does not start.
  if (!isPermission(event.permission)) {
    throw new Error(`The event ${event.name} must name the permission that its readers need.`);
  }
  return {
    name: event.name,
    what: event.what,
    permission: event.permission,
    body: event.body,
    data: event.data ?? event.body,
    example: event.example ?? (event.body as { examples?: readonly Record<string, unknown>[] }).examples?.[0],
    wire: event.wire ?? (({ body }) => body as Record<string, unknown>),
    socket: event.socket ?? (() => []),
    facts: event.facts ?? (({ body }) => factsInBody(body as object)),
    notice: event.notice,
    settles: event.settles ?? (() => []),
    isPublic: event.isPublic ?? !event.isPassing,
    isPassing: event.isPassing ?? false,
  };
}
