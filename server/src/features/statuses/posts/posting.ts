import type { Engine, EngineName } from '../../../engines/port.ts';
import type { Idempotency, IdempotencyClaim } from '../../../http/idempotency.ts';
import type { Actor } from '../../../platform/actor.ts';
import { type ChatId, chatKind, phoneChat, tryParseChatId } from '../../../platform/chat-id.ts';
import { type Clock, dayMs, later } from '../../../platform/clock.ts';
import { afterCommit, type Db } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import { newId } from '../../../platform/ids.ts';
import type { Media } from '../../media/index.ts';
import { type Messages, originOf } from '../../messages/index.ts';
import { statusRevoked } from '../statuses.events.ts';
import type { PresentStatus } from '../statuses.schema.ts';
import type { StatusStore } from '../statuses.store.ts';
import { audienceMax, type PostRequest } from './posts.schema.ts';
import type { PostStore } from './posts.store.ts';

/** Phones show a status for a day: later than that none needs to go out, or to be taken back. */
const validMsMax = dayMs;

/** Takes in status updates: once the answer is out, they will be posted or visibly fail. */
export function createPosting(deps: {
  db: Db;
  clock: Clock;
  engines: Record<EngineName, Engine>;
  idempotency: Pick<Idempotency, 'once' | 'recall'>;
  events: EventRecorder;
  messages: Pick<Messages, 'readSend' | 'say' | 'senderOf' | 'referFile'>;
  media: Pick<Media, 'release'>;
  store: StatusStore;
  posts: PostStore;
  validitySeconds: number;
  present: PresentStatus;
  /** There is something to post, on whichever node owns the profile. */
  poke(profileId: string): void;
}) {
  const { clock, store, posts, messages } = deps;

  /** Whom it goes to: who is named, or else everybody the profile knows. */
  async function audienceOf(
    profileId: string,
    named: readonly string[] | null | undefined,
    country: string,
  ): Promise<ChatId[]> {
    if (!named || named.length === 0) {
      const known = await posts.peopleOf(profileId, audienceMax);
      if (known.length === 0) throw new Failure('STATUS_WITHOUT_AUDIENCE');
      return known.map(phoneChat);
    }
    const people = named.map((one) => tryParseChatId(one, country));
    const details = people.flatMap((person, index) =>
      person && chatKind(person) === 'user'
        ? []
        : [
            {
              path: `/audience/${index}`,
              problem: 'must be a phone number with country code or the id of a person',
            },
          ],
    );
    if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
    return [...new Set(people.filter((person) => person !== undefined))];
  }

  /** @throws Failure VALIDATION_ERROR with every problem of the fields of its type */
  function read({ profileId, type, audience: _, clientReference: __, ...more }: PostRequest) {
    const { background, color, font, ...fields } = more;
    const look = { background, color, font };
    const given = Object.entries(look).filter(
      ([, value]) => value !== undefined && value !== null && value !== '',
    );
    const found = messages.readSend(type, fields);
    const details = 'problems' in found ? found.problems : [];
    const strange = type === 'text' ? [] : given;
    const problems = [
      ...details.map(({ path, problem }) => ({ path: path.replace(/^\/content/, ''), problem })),
      ...strange.map(([name]) => ({ path: `/${name}`, problem: 'belongs to a text' })),
    ];
    if (problems.length > 0 || 'problems' in found) {
      throw new Failure('VALIDATION_ERROR', { details: problems });
    }
    return { body: { ...found.fields, profileId }, look: Object.fromEntries(given) };
  }

  return {
    /** @throws Failure as the routes of messages do; STATUS_WITHOUT_AUDIENCE */
    async post(actor: Actor, request: PostRequest, claim: IdempotencyClaim | undefined) {
      await deps.idempotency.recall(claim);
      const { body, look } = read(request);
      const {
        sender,
        country,
        type,
        content: said,
      } = await messages.say(actor, { type: request.type, body });
      const audience = await audienceOf(sender.id, request.audience, country);
      const content = { ...said, ...look };
      const at = clock.now();
      const waMessageId = deps.engines[sender.engine as EngineName].newMessageId();
      const { kind, id: originId } = originOf(actor);
      const whose = { organization_id: sender.organizationId, profile_id: sender.id };
      return deps.idempotency.once(claim, 201, async (tx) => {
        const row = await store.post(tx, {
          ...{ ...whose, id: newId(), wa_message_id: waMessageId },
          ...{ author: sender.phone ? phoneChat(sender.phone) : null, author_name: null, from_me: true },
          ...{ type, content: JSON.stringify(content), revoked_at: null },
          ...{ status: 'queued', failure_code: null, failure_reason: null },
          ...{ origin_kind: kind, origin_id: originId, client_reference: request.clientReference ?? null },
          ...{ audience_count: audience.length, timestamp: at, created_at: at },
        });
        const file = { id: row.id, organizationId: sender.organizationId, profileId: sender.id, content };
        await messages.referFile(tx, file, 'status');
        await posts.keep(tx, {
          ...{ ...whose, id: newId(), status_id: row.id, kind: 'posted', wa_message_id: waMessageId },
          ...{ audience, state: 'queued', at },
          expires_at: later(at, Math.min(deps.validitySeconds * 1000, validMsMax)),
        });
        afterCommit(tx, () => deps.poke(sender.id));
        return deps.present(row);
      });
    },

    /** Takes one of ours back: before it goes out, or from everybody who got it. @throws Failure */
    async takeBack(actor: Actor, id: string, claim: IdempotencyClaim | undefined) {
      await deps.idempotency.recall(claim);
      const found = await store.get(actor, id);
      if (!found) throw new Failure('STATUS_NOT_FOUND');
      const { profile_id: profileId, organization_id } = found;
      const sender = await messages.senderOf(actor, profileId);
      const waMessageId = deps.engines[sender.engine as EngineName].newMessageId();
      return deps.idempotency.once(claim, 200, async (tx) => {
        const status = await store.lock(tx, found.id);
        if (!status) throw new Failure('STATUS_NOT_FOUND');
        if (!status.from_me || status.status === null) throw new Failure('STATUS_NOT_OURS');
        if (status.revoked_at || status.status === 'cancelled') throw new Failure('STATUS_REVOKED');
        const now = clock.now();
        if (status.status === 'queued' && (await posts.cancel(tx, status.id))) {
          const row = await store.update(tx, status.id, {
            status: 'cancelled',
            content: '{}',
            revoked_at: now,
          });
          await deps.media.release(tx, 'status', [status.id]);
          const body = { profileId, status: deps.present(row) };
          await deps.events.record(tx, statusRevoked, { organizationId: organization_id, profileId, body });
          return deps.present(row);
        }
        if (!['queued', 'sent'].includes(status.status)) throw new Failure('STATUS_NOT_SENT');
        if (later(status.timestamp, validMsMax) <= now) {
          throw new Failure('STATUS_NOT_SENT', { says: 'It has vanished from phones by now.' });
        }
        await posts.keep(tx, {
          ...{ id: newId(), organization_id, profile_id: profileId, status_id: status.id, kind: 'revoked' },
          ...{ wa_message_id: waMessageId, audience: await posts.audienceOf(tx, status.id), state: 'queued' },
          ...{ at: now, expires_at: later(status.timestamp, validMsMax) },
        });
        afterCommit(tx, () => deps.poke(profileId));
        return deps.present(status);
      });
    },
  };
}

export type Posting = ReturnType<typeof createPosting>;
