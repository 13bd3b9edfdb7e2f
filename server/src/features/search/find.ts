import { cut, sliceOf } from '../../http/list.ts';
import type { Actor } from '../../platform/actor.ts';
import { type ChatId, tryParseChatId } from '../../platform/chat-id.ts';
import { hasTrigram } from '../../platform/db/folded.sql.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import { profileOf, profilesOf } from '../../platform/known-profiles.store.ts';
import { isEverywhere } from '../../platform/reach.ts';
import type { Edge } from '../../platform/slice.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import { knowsConversation } from '../conversations/index.ts';
import type { Messages } from '../messages/index.ts';
import type { FindStore, Found, MessageFilter, Scope } from './find.store.ts';
import { termsOf } from './terms.ts';
import type { WordsStore } from './words.store.ts';
import { highlightsOf } from './words.ts';

/** Rows that a first look goes through, and a second one for what the index can't find or finds too often. */
const firstRows = 2_000;
const secondRows = 18_000;

/** What one request found. */
interface Looked {
  found: Found[];
  /** Where to go on when there are fewer than were asked for; undefined when everything was looked through. */
  edge: Edge | undefined;
}

interface FindQuery {
  q: string;
  profileId?: string | undefined;
  conversationId?: string | undefined;
  sender?: string | undefined;
  type?: string | undefined;
  direction?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit?: number;
  cursor?: string | undefined;
}

/**
 * Finds messages, newest first. The newest are looked through as they are, so a word that stands everywhere costs no more
 * than one that is rare; what is older is found by trigrams. Where those can't help (short words, words in thousands of
 * messages, a database without them) a request looks through some 20,000 messages, and the cursor goes on behind them.
 */
export function createFind(deps: {
  db: Db;
  store: FindStore;
  words: Pick<WordsStore, 'hasBacklog' | 'hasTrigrams'>;
  messages: Pick<Messages, 'byIds'>;
  defaultCountry: string;
}) {
  const { db, store } = deps;
  /** An index that is there stays; one that is not may be made by who runs the database. */
  let trigrams = false;
  const hasTrigrams = async () => {
    trigrams ||= await deps.words.hasTrigrams();
    return trigrams;
  };

  async function scopeOf(tenancy: Tenancy, query: FindQuery): Promise<Scope> {
    const { organizationId } = tenancy;
    const { conversationId, profileId } = query;
    await profileOf(db, tenancy, profileId);
    if (conversationId) {
      const isKnown = isUuid(conversationId) && (await knowsConversation(db, tenancy, conversationId));
      if (!isKnown) throw new Failure('CONVERSATION_NOT_FOUND');
      return { organizationId, in: 'conversation', id: conversationId };
    }
    if (profileId) return { organizationId, in: 'profiles', ids: [profileId] };
    if (isEverywhere(tenancy.reach)) return { organizationId, in: 'organization' };
    return { organizationId, in: 'profiles', ids: await profilesOf(db, tenancy) };
  }

  async function look(
    scope: Scope,
    filter: MessageFilter,
    terms: string[],
    page: { after: Edge | undefined; limit: number },
  ): Promise<Looked> {
    const first = await store.inWindow(scope, filter, terms, { ...page, rows: firstRows });
    const left = page.limit - first.found.length;
    if (left <= 0 || !first.edge) return first;
    // The edge itself was looked at.
    const rest = { after: first.edge, limit: left };
    const isIndexed = terms.some(hasTrigram) && (await hasTrigrams());
    const older = isIndexed ? await store.byTrigrams(scope, filter, terms, rest) : undefined;
    if (older) return { found: [...first.found, ...older], edge: undefined };
    const second = await store.inWindow(scope, filter, terms, { ...rest, rows: secondRows });
    return { found: [...first.found, ...second.found], edge: second.edge };
  }

  return {
    /** @throws Failure VALIDATION_ERROR, PROFILE_NOT_FOUND, CONVERSATION_NOT_FOUND */
    async messages(actor: Actor | Tenancy, query: FindQuery) {
      const terms = termsOf(query.q);
      if (terms.length === 0) throw nothingToLookFor();
      const scope = await scopeOf(actor, query);
      const slice = sliceOf(query);
      const filter = filterOf(query, deps.defaultCountry);
      const { found, edge } = await look(scope, filter, terms, { after: slice.after, limit: slice.limit });
      const { shown, next } = cut(slice, found, ({ at, message_id: id }) => ({ at, id }));
      const isWhole = found.length > shown.length || !edge;
      const views = await deps.messages.byIds(
        actor,
        shown.map(({ message_id }) => message_id),
      );
      return {
        results: shown.flatMap(({ message_id }) => {
          const message = views.get(message_id);
          // It was deleted or taken back a moment ago.
          if (!message || message.revokedAt) return [];
          return [{ message, highlights: highlightsOf(message.type, message.content, terms) }];
        }),
        cursor: next ?? (edge ? cursorAt(edge) : null),
        searchedUntil: isWhole ? null : edge.at.toISOString(),
        coverage: await coverage(scope.organizationId),
      };
    },
    coverage,
  };

  /** How much of an organisation's messages can be found. */
  async function coverage(organizationId: string) {
    if (!(await hasTrigrams())) return 'recent' as const;
    return (await deps.words.hasBacklog(organizationId)) ? ('indexing' as const) : ('complete' as const);
  }
}

export type Find = ReturnType<typeof createFind>;

const cursorAt = (edge: Edge) => cut({ limit: 2 }, [edge, edge], (one) => one).next;

function filterOf(query: FindQuery, defaultCountry: string): MessageFilter {
  const { sender, type, direction, from, to } = query;
  const chat: ChatId | undefined = sender ? tryParseChatId(sender, defaultCountry) : undefined;
  if (sender && !chat) {
    throw new Failure('VALIDATION_ERROR', {
      details: [{ path: '/sender', problem: 'must be a phone number or a chat id' }],
    });
  }
  return {
    ...{ sender: chat, type, direction },
    ...(from && { from: new Date(from) }),
    ...(to && { to: new Date(to) }),
  };
}

/** There is no term in what somebody looks for. */
export function nothingToLookFor(): Failure {
  return new Failure('VALIDATION_ERROR', {
    details: [{ path: '/q', problem: 'must have at least one letter, digit or sign' }],
  });
}
