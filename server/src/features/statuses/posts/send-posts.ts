import type { EngineMessageId, Outgoing } from '../../../engines/port.ts';
import { type ChatId, storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Log } from '../../../platform/log.ts';
import type { Media } from '../../media/index.ts';
import { createRunner, failed, type Outcome, outgoingOf, tooLate } from '../../messages/index.ts';
import type { Live } from '../../profiles/index.ts';
import { statusFailed, statusPosted, statusRevoked } from '../statuses.events.ts';
import type { PresentStatus } from '../statuses.schema.ts';
import type { StatusStore } from '../statuses.store.ts';
import type { Post, PostStore } from './posts.store.ts';

/** Where status updates go. */
export const everybody: ChatId = storedChat('status@broadcast');

/** What the network is told; the same post always gives the same. Undefined for what can't be any more. */
function outgoingPost(post: Post): Outgoing | undefined {
  const audience = post.audience.map(storedChat);
  if (post.kind === 'revoked') {
    const target = { id: post.target_id as EngineMessageId, sender: 'me' } as const;
    return { type: 'revoked', target, at: post.at, audience };
  }
  if (post.revoked_at) return undefined;
  const row = { type: post.type, content: post.content, original_content: null, expiration: null };
  return { ...outgoingOf({ ...row, chat: everybody, expiration_since: null }), audience };
}

/** Posts status updates, one after the other, and takes them back. */
export function createPostSender(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  store: StatusStore;
  posts: PostStore;
  events: EventRecorder;
  media: Pick<Media, 'release'>;
  present: PresentStatus;
}) {
  const { db, clock, store, posts, events } = deps;

  async function attempt(live: Live, post: Post): Promise<Outcome> {
    if (post.expires_at <= clock.now()) return { status: 'expired', ...tooLate };
    if (post.kind === 'revoked' && post.status !== 'sent')
      return failed('STATUS_NOT_SENT', 'It was never posted.');
    const outgoing = outgoingPost(post);
    // Cancelled before it went: nobody waits for what becomes of it.
    if (!outgoing || !(await posts.begin(post.id)))
      return failed('STATUS_REVOKED', 'It was taken back meanwhile.');
    await live.session.send(post.wa_message_id as EngineMessageId, everybody, outgoing);
    return { status: 'sent' };
  }

  async function settle({ organizationId, profileId }: Live, post: Post, outcome: Outcome): Promise<void> {
    await inTransaction(db, async (tx) => {
      const status = await store.lock(tx, post.status_id);
      if (!status || !(await posts.settle(tx, post.id, outcome.status))) return;
      if (post.kind === 'revoked') {
        if (outcome.status !== 'sent') return;
        const row = await store.update(tx, status.id, { revoked_at: post.at, content: '{}' });
        await deps.media.release(tx, 'status', [status.id]);
        const body = { profileId, status: deps.present(row) };
        await events.record(tx, statusRevoked, { organizationId, profileId, body });
        return;
      }
      const why =
        outcome.status === 'sent' ? {} : { failure_code: outcome.code, failure_reason: outcome.reason };
      const row = await store.update(tx, status.id, { status: outcome.status, ...why });
      const body = { profileId, status: deps.present(row) };
      const definition = outcome.status === 'sent' ? statusPosted : statusFailed;
      await events.record(tx, definition, { organizationId, profileId, body });
    });
  }

  const run = createRunner<Post>(
    {
      what: 'status updates',
      due: ({ profileId, generation }, limit) => posts.due(profileId, generation, limit),
      areWaiting: posts.areWaiting,
      // What takes one back goes behind it.
      laneOf: () => '',
      delayMsOf: (post) => post.delay_ms,
      attempt,
      settle,
    },
    deps,
  );

  return {
    run,
    /** What a receiver that could not read it is sent again. */
    async recall(profileId: string, id: string) {
      const post = await posts.byWhatsAppId(profileId, id);
      const message = post && outgoingPost(post);
      return message ? { chat: everybody, message } : null;
    },
  };
}
