import Type, { type Static, type TObject } from 'typebox';
import { cursorOf, limitOf } from '../../http/list.ts';
import { Nullable, Timestamp, Uuid } from '../../http/schema.ts';

/** The fields of an order that say what it is about: `filter` is what the list of that kind takes. */
export const choiceOf = <Filter extends TObject>(filter: Filter) => ({
  ids: Type.Optional(
    Nullable(
      Type.Array(Type.String({ maxLength: 64 }), {
        minItems: 1,
        maxItems: 10_000,
        description: 'These; those of others are left out. Instead of a filter.',
      }),
    ),
  ),
  filter: Type.Optional(Nullable(filter)),
});

/** What every order has. */
export interface AnyOrder {
  act: string;
  ids?: string[] | null;
  filter?: object | null;
}

/** The fields that the answer of every kind has, besides `act`, `profileId`, `failures` and what goes with the act. */
export const bulkFields = {
  id: Uuid,
  status: Type.Enum(['running', 'done', 'stopped', 'cancelled'] as const, {
    description: '`stopped`: whoever asked for it is no member any more, or their key is gone.',
  }),
  total: Type.Integer({ description: 'So many matched when it was asked for.', examples: [12_480] }),
  done: Type.Integer({ description: 'So many of them were looked at.', examples: [2_000] }),
  changed: Type.Integer({ description: 'So many are other than before, or gone.', examples: [1_990] }),
  failed: Type.Integer({ description: 'So many could not be changed.', examples: [10] }),
  createdAt: Timestamp,
  finishedAt: Nullable(Timestamp),
};

/** The first failures of an act. */
export const failureFields = {
  ...{ id: Type.String(), code: Nullable(Type.String()), reason: Type.String() },
};
export const firstFailures = Type.Array(Type.Object(failureFields), {
  description: 'The first 100; `…/results` has all.',
});

/** What the event of every kind says, besides what goes with the act. */
export const bulkEventFields = {
  profileId: Nullable(Type.String({ description: 'Null: it may be about several.' })),
  ...{ bulkId: Type.String(), act: Type.String(), status: Type.String() },
  ...{ total: Type.Integer(), done: Type.Integer(), changed: Type.Integer(), failed: Type.Integer() },
};

export const itemStates = ['waiting', 'changed', 'unchanged', 'failed'] as const;

export const ResultsQuery = Type.Object({
  status: Type.Optional(Type.Enum([...itemStates])),
  limit: limitOf(),
  cursor: cursorOf('`cursor`'),
});
export type ResultsAsked = Static<typeof ResultsQuery>;

export const Results = Type.Object(
  {
    results: Type.Array(
      Type.Object({
        id: Type.String({ description: 'Of the profile, conversation or contact.' }),
        status: Type.Enum([...itemStates], {
          description: '`unchanged`: it was so already, or is not there any more.',
        }),
        code: Nullable(Type.String({ examples: ['PROFILE_NOT_FOUND'] })),
        reason: Nullable(Type.String()),
      }),
      { description: 'In the order in which they are done.' },
    ),
    cursor: Nullable(Type.String({ description: 'Where the next page begins; null: there is none.' })),
  },
  { title: 'BulkResults' },
);
