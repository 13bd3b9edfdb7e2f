import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import { type ChatId, chatKind, parseChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import { isEverywhere } from '../../platform/reach.ts';
import type { Slice } from '../../platform/slice.ts';
import { contactOptedIn, contactOptedOut, eventOf } from './consent.events.ts';
import type { Identities } from './identity.ts';
import { presentOptOut } from './opt-outs.present.ts';
import type { CreateOptOutBody, SetOptOutWordsBody } from './opt-outs.schema.ts';
import type { OptOutStore, WordsRow } from './opt-outs.store.ts';
import { plainWord } from './words.ts';

export function createOptOutService(deps: {
  clock: Clock;
  audit: AuditLog;
  events: Pick<EventRecorder, 'record'>;
  store: OptOutStore;
  identities: Identities;
  defaultCountry: string;
  wordsChanged(profileId: string): void;
}) {
  const { clock, store, identities } = deps;

  /** Where something is noted by this caller. @throws Failure PROFILE_NOT_FOUND, PERMISSION_DENIED */
  async function placeFor(actor: Actor, wanted: string | null | undefined): Promise<string | undefined> {
    const profileId = await profileOf(store.db, actor, given(wanted));
    if (!profileId && !isEverywhere(actor.reach)) {
      throw new Failure('PERMISSION_DENIED', {
        says: 'Name the profile: you may act for some of them only.',
      });
    }
    return profileId;
  }

  const countryOf = async ({ organizationId }: Actor, profileId: string | undefined): Promise<string> =>
    (await store.countryOf(organizationId, profileId)) ?? deps.defaultCountry;

  async function personOf(actor: Actor, written: string, profileId: string | undefined): Promise<ChatId> {
    const chat = parseChatId(written, await countryOf(actor, profileId));
    if (chatKind(chat) === 'user') return chat;
    throw new Failure('INVALID_RECIPIENT', { says: 'This is no number of a person.' });
  }

  return {
    placeFor,
    personOf,
    countryOf,

    async list(
      actor: Actor,
      query: { profileId?: string | undefined; phone?: string | undefined; revoked?: boolean | undefined },
      slice: Slice,
    ) {
      const profileId = await profileOf(store.db, actor, given(query.profileId));
      const phone = given(query.phone);
      const names = phone && identities.namesOf(await personOf(actor, phone, profileId));
      const which = {
        ...(profileId && { profileId }),
        ...(names && { names }),
        revoked: query.revoked ?? false,
      };
      return (await store.list(actor, which, slice)).map(presentOptOut);
    },

    /** Notes it, or answers the one that counts already. @throws Failure */
    async create(actor: Actor, { phone, profileId: wanted, scope: asked, forget }: CreateOptOutBody) {
      const profileId = await placeFor(actor, wanted);
      const person = await personOf(actor, phone, profileId);
      const scope = given(asked) ?? (forget ? 'all' : 'marketing');
      const chat = forget ? identities.hashOf(person) : person;
      const { organizationId } = actor;
      const row = await store.inTransaction(async (tx) => {
        if (forget) await store.forget(tx, organizationId, identities.namesOf(person));
        const [noted] = await store.note(tx, [
          {
            ...{ organizationId, profileId: profileId ?? null, chat, scope, at: clock.now() },
            source: forget ? 'erasure' : 'api',
          },
        ]);
        if (!noted) return undefined;
        await deps.events.record(tx, contactOptedOut, eventOf(noted));
        await deps.audit.record(tx, actor, {
          ...{ action: 'contact.opt_out', resource: { type: 'opt-out', id: noted.id } },
          after: { scope, source: noted.source },
        });
        return noted;
      });
      if (row) return presentOptOut(row);
      const slice = { limit: 10, offset: 0 };
      const known = await store.list({ organizationId }, { names: [chat], revoked: false }, slice);
      const same = known.find((one) => one.scope === scope);
      if (!same) throw new Failure('UNAVAILABLE', { retryAfterSeconds: 1 });
      return presentOptOut(same);
    },

    /** May be written to again. @throws Failure OPT_OUT_NOT_FOUND */
    async revoke(actor: Actor, id: string) {
      const before = await store.find(actor, id);
      if (!before) throw new Failure('OPT_OUT_NOT_FOUND');
      const row = await store.inTransaction(async (tx) => {
        const revoked = await store.revokeOne(tx, actor, id, clock.now());
        if (!revoked) return undefined;
        await deps.events.record(tx, contactOptedIn, eventOf(revoked));
        await deps.audit.record(tx, actor, {
          ...{ action: 'contact.opt_in', resource: { type: 'opt-out', id } },
          before: { scope: revoked.scope, source: revoked.source },
        });
        return revoked;
      });
      return presentOptOut(row ?? before);
    },

    /** @throws Failure PROFILE_NOT_FOUND */
    async words(actor: Actor, wanted: string) {
      const profileId = await profileOf(store.db, actor, wanted);
      return presentWords((await store.wordsOf([profileId])).get(profileId));
    },

    /** What is absent stays. @throws Failure PROFILE_NOT_FOUND, VALIDATION_ERROR */
    async setWords(actor: Actor, wanted: string, body: SetOptOutWordsBody) {
      const profileId = await profileOf(store.db, actor, wanted);
      const read = { stop: readWords('/stop', body.stop), start: readWords('/start', body.start) };
      const row = await store.inTransaction(async (tx) => {
        const before = presentWords((await store.wordsOf([profileId], tx)).get(profileId));
        const confirmation =
          body.confirmation === undefined ? before.confirmation : body.confirmation || null;
        const set = await store.setWords(tx, {
          ...{ profile_id: profileId, organization_id: actor.organizationId, updated_at: clock.now() },
          ...{ stop: read.stop ?? before.stop, start: read.start ?? before.start },
          ...{ confirms: body.confirms ?? before.confirms, confirmation },
        });
        const resource = { type: 'profile', id: profileId };
        const details = { fields: Object.keys(body), area: 'opt-out words' };
        await deps.audit.record(tx, actor, { action: 'profile.update', resource, details });
        return set;
      });
      deps.wordsChanged(profileId);
      return presentWords(row);
    },
  };
}

export type OptOutService = ReturnType<typeof createOptOutService>;

function presentWords(row: WordsRow | undefined) {
  const { stop = [], start = [], confirms = true, confirmation = null } = row ?? {};
  return { stop, start, confirms, confirmation };
}

/** As they are compared. */
function readWords(path: string, words: readonly string[] | undefined): string[] | undefined {
  const plain = words?.map(plainWord);
  const details = (plain ?? []).flatMap((word, index) =>
    word === '' ? [{ path: `${path}/${index}`, problem: 'has no letter or digit' }] : [],
  );
  if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
  return plain && [...new Set(plain)];
}
