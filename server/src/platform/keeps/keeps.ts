import type { Tables } from '../db/tables.ts';
import type { Db } from '../db/transaction.ts';
import type { HidingPiece, PersonPiece, RowsPiece } from './erasure.ts';
import type { Section } from './section.ts';

/**
 * The data that a feature stores in the database, for exports, which show all of it, and for erasure, which removes
 * all of it.
 */
export interface Keeps {
  /** Sections of the export: of a person, and in the owner's export also of the organisation. */
  readonly sections?: { readonly person?: readonly Section[]; readonly organization?: readonly Section[] };
  /** Tables that no export shows, and why. */
  readonly withheld?: Partial<Record<keyof Tables, string>>;
  /** Pieces of work when a person leaves. */
  readonly ofPerson?: readonly PersonPiece[];
  /** Pieces of work at once when an organisation is deleted. */
  readonly hiding?: readonly HidingPiece[];
  /**
   * Things outside the database that must end before the rows go, because ending them needs the rows: a function for each
   * that requests its end, and is called again while it still exists.
   */
  outside?(db: Db, organizationId: string): Promise<(() => void)[]>;
  /** Rows of an organisation that may be many, or need more than a delete. */
  readonly rows?: readonly RowsPiece[];
  /** Tables whose ids payloads of jobs may contain: jobs about a deleted organisation are discarded. */
  readonly inJobs?: readonly (keyof Tables)[];
}

/** The `Keeps` of all features together, each list in the order of its places. */
export interface AllKeeps {
  readonly sections: { readonly person: readonly Section[]; readonly organization: readonly Section[] };
  readonly withheld: ReadonlyMap<string, string>;
  readonly ofPerson: readonly PersonPiece[];
  readonly hiding: readonly HidingPiece[];
  readonly outside: readonly NonNullable<Keeps['outside']>[];
  readonly rows: readonly RowsPiece[];
  readonly inJobs: readonly (keyof Tables)[];
}

interface Keeper {
  readonly name: string;
  readonly keeps: Keeps;
}

/**
 * Merges the `Keeps` of all features. Features that share one declaration, as engines of one kind do, count once.
 * @throws Error with a sentence when two keep the same table, or two parts have the same place or name.
 */
export function collectKeeps(features: readonly { name: string; keeps?: Keeps }[]): AllKeeps {
  const names = new Map(features.flatMap(({ name, keeps }) => (keeps ? [[keeps, name] as const] : [])));
  const keepers = [...names].map(([keeps, name]) => ({ name, keeps }));
  assertOneKeeper(keepers);
  const sections = inOrder('sections', keepers, ({ sections = {} }) => [
    ...(sections.person ?? []),
    ...(sections.organization ?? []),
  ]);
  assertOneName(sections);
  const personal = new Set(keepers.flatMap(({ keeps }) => keeps.sections?.person ?? []));
  return {
    sections: {
      person: sections.filter((section) => personal.has(section)),
      organization: sections.filter((section) => !personal.has(section)),
    },
    withheld: new Map(keepers.flatMap(({ keeps }) => Object.entries(keeps.withheld ?? {}))),
    ofPerson: inOrder('pieces of a person', keepers, (keeps) => keeps.ofPerson ?? []),
    hiding: inOrder('pieces that hide an organisation', keepers, (keeps) => keeps.hiding ?? []),
    outside: keepers.flatMap(({ keeps }) => keeps.outside ?? []),
    rows: inOrder('rows of an organisation', keepers, (keeps) => keeps.rows ?? []),
    inJobs: keepers.flatMap(({ keeps }) => keeps.inJobs ?? []),
  };
}

function inOrder<Part extends { readonly place: number }>(
  what: string,
  keepers: readonly Keeper[],
  partsOf: (keeps: Keeps) => readonly Part[],
): Part[] {
  const parts = keepers.flatMap(({ name, keeps }) => partsOf(keeps).map((part) => ({ name, part })));
  parts.sort((a, b) => a.part.place - b.part.place);
  for (const [index, { name, part }] of parts.entries()) {
    const before = parts[index - 1];
    if (before?.part.place === part.place) {
      throw new Error(
        `Two ${what} have the place ${part.place} (${before.name}, ${name}): move one of them.`,
      );
    }
  }
  return parts.map(({ part }) => part);
}

function assertOneKeeper(keepers: readonly Keeper[]): void {
  const keeperOf = new Map<string, string>();
  for (const { name, keeps } of keepers) {
    const { sections = {}, withheld = {}, rows = [] } = keeps;
    const parts = [...(sections.person ?? []), ...(sections.organization ?? []), ...rows];
    for (const table of new Set([...parts.map((part) => part.table), ...Object.keys(withheld)])) {
      const other = keeperOf.get(table);
      if (other) throw new Error(`Both ${other} and ${name} keep the table ${table}: leave it to its owner.`);
      keeperOf.set(table, name);
    }
  }
}

function assertOneName(sections: readonly Section[]): void {
  const names = sections.map(({ name }) => name);
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate) throw new Error(`Two sections of the export are called '${duplicate}': rename one.`);
}
