import Type, { type Static } from 'typebox';
import { Nullable, Uuid } from '../../../http/schema.ts';
import { bulkFields, choiceOf, failureFields } from '../../bulk-acts/index.ts';

const bulkActs = ['add-tags', 'remove-tags', 'delete'] as const;

const Filter = Type.Object(
  {
    search: Type.Optional(Type.String({ maxLength: 200 })),
    tags: Type.Optional(Type.Array(Type.String({ maxLength: 1_000 }), { maxItems: 1_000 })),
    segmentId: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { description: 'All that `GET /contacts` would list with it; `{}`: all of the profile.' },
);

export const BulkOrder = Type.Object(
  {
    profileId: Type.String({ minLength: 1 }),
    act: Type.Enum(bulkActs, { description: '`delete` needs the permission to delete contacts.' }),
    tags: Type.Optional(
      Nullable(
        Type.Array(Type.String({ maxLength: 1_000 }), {
          maxItems: 1_000,
          description: 'Of `add-tags` and `remove-tags`.',
        }),
      ),
    ),
    ...choiceOf(Filter),
  },
  {
    title: 'ContactBulkOrder',
    examples: [
      {
        profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
        act: 'add-tags',
        tags: ['market'],
        filter: { search: 'bandung' },
      },
    ],
  },
);
export type NewBulk = Static<typeof BulkOrder>;

export const ContactBulk = Type.Object(
  {
    ...bulkFields,
    profileId: Uuid,
    act: Type.Enum(bulkActs),
    tags: Type.Array(Type.String()),
    failures: Type.Array(Type.Object({ ...failureFields, contactId: Type.String() }), {
      description: 'The first 100; `…/results` has all.',
    }),
  },
  { title: 'ContactBulk' },
);
