import type { Readable } from 'node:stream';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Slice } from '../../platform/slice.ts';
import type { Media } from '../media/index.ts';
import { presentOptOut } from './opt-outs.present.ts';
import type { ImportOptOutsBody } from './opt-outs.schema.ts';
import type { OptOutService } from './opt-outs.service.ts';
import type { NewOptOut, OptOutStore } from './opt-outs.store.ts';
import { peopleAsCsv, takePeople } from './people-table.ts';

const columns = ['phone', 'chat', 'scope', 'source', 'at'] as const;

/** The list as a table, in and out. */
export function createOptOutTable(deps: {
  clock: Clock;
  audit: AuditLog;
  store: OptOutStore;
  service: Pick<OptOutService, 'placeFor' | 'countryOf'>;
  media: Pick<Media, 'openMedia'>;
}) {
  const { clock, store, audit } = deps;

  return {
    /**
     * Adds people to the list, a thousand at a time; nobody is taken off it. Broken off, what was read counts, and the same
     * again changes nothing.
     * @throws Failure CSV_COLUMN_MISSING, CSV_UNREADABLE, MEDIA_NOT_FOUND, PROFILE_NOT_FOUND
     */
    async import(actor: Actor, body: ImportOptOutsBody) {
      const profileId = await deps.service.placeFor(actor, body.profileId);
      const country = await deps.service.countryOf(actor, profileId);
      const scope = given(body.scope) ?? 'marketing';
      const result = await takePeople(deps.media, actor, body, {
        country,
        async take(chats) {
          const row = { organizationId: actor.organizationId, profileId: profileId ?? null, scope };
          const people = chats.map(
            (chat): NewOptOut => ({ ...row, chat, source: 'import', at: clock.now() }),
          );
          return (await store.inTransaction((tx) => store.note(tx, people))).length;
        },
      });
      const { rows, added } = result;
      await audit.record(store.db, actor, {
        ...{ action: 'contact.import', resource: { type: 'profile', id: profileId ?? null } },
        details: { optOuts: true, rows, added },
      });
      return result;
    },

    /** Everybody who is on it, newest first, read on only as fast as it is taken. */
    async export(actor: Actor): Promise<Readable> {
      await audit.record(store.db, actor, {
        ...{ action: 'contact.export', resource: { type: 'profile', id: null } },
        details: { optOuts: true },
      });
      const list = (page: Slice) => store.list(actor, { revoked: false }, page);
      return peopleAsCsv(columns, list, (row) => cellsOf(presentOptOut(row)));
    },
  };
}

export type OptOutTable = ReturnType<typeof createOptOutTable>;

/** Of who was forgotten there is nothing to show but that there is somebody. */
const cellsOf = ({ phone, chatId, scope, source, at }: ReturnType<typeof presentOptOut>) => [
  phone ?? '',
  chatId ?? '',
  scope,
  source,
  at,
];
