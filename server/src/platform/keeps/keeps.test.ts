import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { collectKeeps, type Keeps } from './keeps.ts';
import { ofOrganization, type Section } from './section.ts';

const section = (name: string, place: number, table: Section['table'] = 'events'): Section => ({
  name,
  place,
  table,
  columns: ['id'],
  key: [['id', 'uuid']],
  of: () => sql`true`,
});
const rows = (place: number, table: Section['table']) => ({ place, table, of: ofOrganization });
const collected = (...keeps: Keeps[]) =>
  collectKeeps(keeps.map((one, index) => ({ name: `feature-${index + 1}`, keeps: one })));

test('sections and pieces of all features come in the order of their places', async () => {
  const erase = async () => 0;
  const all = collected(
    {
      sections: { person: [section('second', 2)], organization: [section('fourth', 4)] },
      ofPerson: [{ place: 9, erase }],
      rows: [rows(6, 'events')],
    },
    {
      sections: { person: [section('first', 1, 'users')], organization: [section('third', 3, 'users')] },
      ofPerson: [{ place: 8, erase }],
      rows: [rows(5, 'users')],
    },
    {},
  );
  expect(all.sections.person.map(({ name }) => name)).toEqual(['first', 'second']);
  expect(all.sections.organization.map(({ name }) => name)).toEqual(['third', 'fourth']);
  expect(all.ofPerson.map(({ place }) => place)).toEqual([8, 9]);
  expect(all.rows.map(({ table }) => table)).toEqual(['users', 'events']);
});

test('two features that keep the same table are refused with a sentence, however they keep it', () => {
  const shown: Keeps = { sections: { organization: [section('events', 1)] } };
  const withheld: Keeps = { withheld: { events: 'a reason' } };
  const erased: Keeps = { rows: [rows(1, 'events')] };
  const sentence = 'Both feature-1 and feature-2 keep the table events: leave it to its owner.';
  for (const [one, other] of [
    [shown, withheld],
    [withheld, erased],
    [erased, shown],
  ] as const) {
    expect(() => collected(one, other)).toThrow(sentence);
  }
  expect(() => collected({ ...shown, ...erased }, {})).not.toThrow();
});

test('features that share one declaration count once', () => {
  const shared: Keeps = { rows: [rows(1, 'events')], withheld: { events: 'a reason' } };
  expect(collected(shared, shared).rows).toHaveLength(1);
});

describe('refused is', () => {
  test('a place that two sections, or two pieces of one kind, share', () => {
    expect(() =>
      collected(
        { sections: { person: [section('one', 7)] } },
        { sections: { organization: [section('other', 7, 'users')] } },
      ),
    ).toThrow('Two sections have the place 7 (feature-1, feature-2): move one of them.');
    const piece = { place: 7, erase: async () => 0 };
    expect(() => collected({ ofPerson: [piece] }, { ofPerson: [piece] })).toThrow('Two pieces of a person');
    expect(() => collected({ rows: [rows(7, 'events')] }, { rows: [rows(7, 'users')] })).toThrow('Two rows');
    const hiding = { place: 7, hide: async () => undefined };
    expect(() => collected({ hiding: [hiding] }, { hiding: [hiding] })).toThrow('Two pieces that hide');
  });

  test('a name that two sections share', () => {
    expect(() =>
      collected(
        { sections: { person: [section('same', 1)] } },
        { sections: { person: [section('same', 2, 'users')] } },
      ),
    ).toThrow("Two sections of the export are called 'same': rename one.");
  });
});
