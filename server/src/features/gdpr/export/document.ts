import type { Clock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import type { AllKeeps } from '../../../platform/keeps/keeps.ts';
import type { Section, Subject } from '../../../platform/keeps/section.ts';
import type { promised } from '../gdpr.schema.ts';
import { readSection } from './read-section.store.ts';

/** How much of a document is written. */
export interface Progress {
  sectionsDone: number;
  sectionsTotal: number;
  rows: number;
}

/** The sections of a person or of an organisation, in the order of the document. */
export function sectionsFor({ sections }: AllKeeps, covers: Subject['covers']): readonly Section[] {
  return covers === 'organization' ? [...sections.person, ...sections.organization] : sections.person;
}

/** The promised lists that a person has no sections for come last, empty. */
const alwaysThere: readonly (keyof typeof promised)[] = [
  'profiles',
  'messages',
  'contacts',
  'automations',
  'notifications',
  'pushSubscriptions',
];

/**
 * The export of a person as JSON text, in pieces that are read when they are taken, so that its size does not
 * matter. A change during the reading may be in it or not.
 */
export async function* exportDocument(
  { db, clock, keeps }: { db: Db; clock: Clock; keeps(): AllKeeps },
  subject: Subject,
  onProgress: (progress: Progress) => void = () => undefined,
): AsyncGenerator<string> {
  const sections = sectionsFor(keeps(), subject.covers);
  const counts = new Map<string, number>();
  const progress: Progress = { sectionsDone: 0, sectionsTotal: sections.length, rows: 0 };
  const head = { exportedAt: clock.now(), gdprArticle: 'Articles 15 and 20', covers: subject.covers };
  yield JSON.stringify(head).slice(0, -1);
  for (const section of sections) {
    yield `,\n${JSON.stringify(section.name)}:`;
    let count = 0;
    for await (const piece of piecesOf(db, section, subject)) {
      count += piece.rows;
      progress.rows += piece.rows;
      onProgress(progress);
      yield piece.text;
    }
    counts.set(section.name, count);
    progress.sectionsDone++;
    onProgress(progress);
  }
  const empty = alwaysThere.filter((name) => !counts.has(name)).map((name) => [name, []]);
  const rest = { ...Object.fromEntries(empty), statistics: statisticsOf(counts) };
  yield `,\n${JSON.stringify(rest).slice(1)}\n`;
}

async function* piecesOf(
  db: Db,
  section: Section,
  subject: Subject,
): AsyncGenerator<{ text: string; rows: number }> {
  if (section.isSingle) {
    const { value } = await readSection(db, section, subject).next();
    yield { text: JSON.stringify(value?.[0] ?? null), rows: value?.length ?? 0 };
    return;
  }
  let separator = '[\n';
  for await (const rows of readSection(db, section, subject)) {
    yield { text: separator + rows.map((row) => JSON.stringify(row)).join(',\n'), rows: rows.length };
    separator = ',\n';
  }
  yield { text: separator === '[\n' ? '[]' : ']', rows: 0 };
}

function statisticsOf(counts: ReadonlyMap<string, number>) {
  const total = (name: string) => counts.get(name) ?? 0;
  return {
    totalMessages: total('messages'),
    totalContacts: total('contacts'),
    totalAutomations: total('automations'),
    totalAuditLogs: total('auditLogs'),
    totalNotifications: total('notifications'),
    totalPushSubscriptions: total('pushSubscriptions'),
    totalSessions: total('sessions'),
    totalProfiles: total('profiles'),
  };
}
