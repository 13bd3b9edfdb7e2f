import type { Readable } from 'node:stream';
import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import { phoneOf, storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { Failure } from '../../../platform/failures.ts';
import { profileOf } from '../../../platform/known-profiles.store.ts';
import type { Slice } from '../../../platform/slice.ts';
import type { Media } from '../../media/index.ts';
import type { Identities } from '../identity.ts';
import type { OptOutService } from '../opt-outs.service.ts';
import { peopleAsCsv, takePeople } from '../people-table.ts';
import type { ImportConsentsBody, SetConsentBody } from './consents.schema.ts';
import type { ConsentRow, ConsentStore } from './consents.store.ts';

const evidenceLengthMax = 4_096;
const kindUsual = 'marketing';
const columns = ['phone', 'chat', 'kind', 'source', 'evidence', 'at'] as const;

/** Who has agreed to be written to, and what shows it. */
export function createConsentService(deps: {
  clock: Clock;
  audit: AuditLog;
  store: ConsentStore;
  identities: Identities;
  optOuts: Pick<OptOutService, 'placeFor' | 'personOf' | 'countryOf'>;
  media: Pick<Media, 'openMedia'>;
}) {
  const { clock, audit, store, optOuts } = deps;

  return {
    /** @throws Failure PROFILE_NOT_FOUND, INVALID_RECIPIENT */
    async list(
      actor: Actor,
      query: { profileId?: string | undefined; phone?: string | undefined; kind?: string | undefined },
      slice: Slice,
    ) {
      const profileId = await profileOf(store.db, actor, given(query.profileId));
      const [phone, kind] = [given(query.phone), given(query.kind)];
      const names = phone && deps.identities.namesOf(await optOuts.personOf(actor, phone, profileId));
      const which = { ...(profileId && { profileId }), ...(names && { names }), ...(kind && { kind }) };
      return (await store.list(actor, which, slice)).map(presentConsent);
    },

    /** Notes it; what was noted of this person and kind before is replaced. @throws Failure */
    async set(actor: Actor, body: SetConsentBody) {
      const profileId = await optOuts.placeFor(actor, body.profileId);
      const chat = await optOuts.personOf(actor, body.phone, profileId);
      const [kind, source] = [given(body.kind) ?? kindUsual, given(body.source) ?? 'api'];
      const evidence = given(body.evidence) ?? {};
      const now = clock.now();
      const at = given(body.at) === undefined ? now : new Date(String(body.at));
      const details = [
        ...(JSON.stringify(evidence).length > evidenceLengthMax
          ? [{ path: '/evidence', problem: `must be at most ${evidenceLengthMax} characters of JSON` }]
          : []),
        ...(at > now ? [{ path: '/at', problem: 'must not be in the future' }] : []),
      ];
      if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
      const whose = { organizationId: actor.organizationId, profileId: profileId ?? null };
      return store.inTransaction(async (tx) => {
        const [row] = await store.note(tx, [{ ...whose, chat, kind, source, evidence, at }], {
          replace: true,
        });
        if (!row) throw new Failure('INTERNAL_ERROR', { cause: 'a consent was not kept' });
        await audit.record(tx, actor, {
          ...{ action: 'contact.consent', resource: { type: 'consent', id: row.id } },
          after: { kind, source },
        });
        return presentConsent(row);
      });
    },

    /** They do not agree any more; the audit log keeps that they had. @throws Failure CONSENT_NOT_FOUND */
    async remove(actor: Actor, id: string) {
      return store.inTransaction(async (tx) => {
        const row = await store.remove(tx, actor, id);
        if (!row) throw new Failure('CONSENT_NOT_FOUND');
        const { kind, source, at } = row;
        await audit.record(tx, actor, {
          ...{ action: 'contact.consent_withdrawn', resource: { type: 'consent', id } },
          before: { kind, source, at: at.toISOString() },
        });
        return presentConsent(row);
      });
    },

    /** Adds everybody in a table; who is noted already stays as noted. @throws Failure */
    async import(actor: Actor, body: ImportConsentsBody) {
      const profileId = await optOuts.placeFor(actor, body.profileId);
      const [kind, source] = [given(body.kind) ?? kindUsual, given(body.source) ?? 'import'];
      const whose = { organizationId: actor.organizationId, profileId: profileId ?? null };
      const result = await takePeople(deps.media, actor, body, {
        country: await optOuts.countryOf(actor, profileId),
        async take(chats) {
          const at = clock.now();
          const people = chats.map((chat) => ({ ...whose, chat, kind, source, evidence: {}, at }));
          return (await store.inTransaction((tx) => store.note(tx, people))).length;
        },
      });
      const { rows, added } = result;
      await audit.record(store.db, actor, {
        ...{ action: 'contact.import', resource: { type: 'profile', id: profileId ?? null } },
        details: { consents: true, kind, rows, added },
      });
      return result;
    },

    /** Everybody who has agreed, newest first, read on only as fast as it is taken. */
    async export(actor: Actor): Promise<Readable> {
      await audit.record(store.db, actor, {
        ...{ action: 'contact.export', resource: { type: 'profile', id: null } },
        details: { consents: true },
      });
      const list = (page: Slice) => store.list(actor, {}, page);
      return peopleAsCsv(columns, list, (row) => cellsOf(presentConsent(row)));
    },
  };
}

export type ConsentService = ReturnType<typeof createConsentService>;

function presentConsent(row: ConsentRow) {
  return {
    ...{ id: row.id, profileId: row.profile_id, chatId: row.chat },
    phone: phoneOf(storedChat(row.chat)) ?? null,
    ...{ kind: row.kind, source: row.source, evidence: row.evidence, at: row.at.toISOString() },
  };
}

const cellsOf = ({ phone, chatId, kind, source, evidence, at }: ReturnType<typeof presentConsent>) => [
  phone ?? '',
  chatId,
  kind,
  source,
  JSON.stringify(evidence),
  at,
];
