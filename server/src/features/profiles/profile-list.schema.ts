import Type from 'typebox';
import { limitOf } from '../../http/list.ts';
import { Nullable, Timestamp } from '../../http/schema.ts';
import { profileStatuses } from './connection-table.ts';
import { reasonFields } from './profiles.schema.ts';

const Count = Type.Integer({ examples: [12] });
const Named = Type.Array(Type.Object({ name: Type.String({ examples: ['bakery'] }), count: Count }));
const Totals = Type.Record(Type.String(), Type.Integer(), { examples: [{ connected: 12 }] });

export const ProfileCounts = Type.Object(
  {
    total: Count,
    byStatus: { ...Totals, description: 'Statuses that none has are absent.' },
    byEngine: { ...Totals, examples: [{ baileys: 12 }] },
    reasons: Type.Array(
      Type.Object({
        status: Type.String({ examples: ['reconnecting'] }),
        code: Type.String({ examples: ['CONNECTION_LOST'] }),
        count: Count,
      }),
    ),
    nodes: Named,
    labels: { ...Named, description: 'The most used first, 200 at most.' },
  },
  { title: 'ProfileCounts' },
);

export const StatesQuery = Type.Object({
  limit: limitOf(),
  cursor: Type.Optional(
    Type.String({ pattern: '^\\d{1,18}$', description: 'Goes on behind the page before, its `nextCursor`.' }),
  ),
});

export const ProfileStates = Type.Object(
  {
    states: Type.Array(
      Type.Object({
        status: Type.Enum([...profileStatuses]),
        statusReason: Nullable(Type.String()),
        ...reasonFields,
        nodeId: Nullable(Type.String({ description: 'The server that held its connection then.' })),
        at: Timestamp,
      }),
    ),
    nextCursor: Nullable(Type.String()),
  },
  { title: 'ProfileStates' },
);
