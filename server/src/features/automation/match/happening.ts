import type { Json } from '../../../platform/db/json-column.ts';
import type { Problem } from '../../../platform/failures.ts';
import type { Happened } from './facts.ts';
import { problemsOfTexts, textsIn } from './read.ts';
import { folded } from './text.ts';

export const problemsOfNames = (value: unknown, path: string): Problem[] =>
  value === undefined ? [] : problemsOfTexts(value, path);

/** Whether any is wanted; all are where none is named. */
export function wantsAny(wanted: unknown, found: unknown): boolean {
  const names = textsIn(wanted);
  if (!names || names.length === 0) return true;
  const all = new Set((textsIn(found) ?? []).map((one) => folded(one)));
  return names.some((name) => all.has(folded(name)));
}

/** What may have happened, and of which of its facts a trigger or a wait may name some. */
const wantable: Readonly<Record<string, string | undefined>> = {
  'tag.added': 'tags',
  'tag.removed': 'tags',
  'contact.created': undefined,
  'contact.opted_out': undefined,
  'contact.opted_in': undefined,
  'conversation.assigned': 'assignedUserIds',
  'message.failed': 'codes',
  'group.participants': 'actions',
};

const isKnown = (event: unknown): event is string =>
  typeof event === 'string' && Object.hasOwn(wantable, event);

/** What is wrong with the `event` of a config; `more` are events that are known beside these. */
export function problemsOfHappening(config: Json, path: string, more: readonly string[] = []): Problem[] {
  const { event } = config;
  if (!isKnown(event)) {
    const names = [...Object.keys(wantable), ...more];
    return [{ path: `${path}/event`, problem: `must be one of ${names.join(', ')}` }];
  }
  const field = wantable[event];
  return field === undefined ? [] : problemsOfNames(config[field], `${path}/${field}`);
}

/** Whether what happened is what a config names. */
export function isHappening(config: Json, happened: Happened | undefined): boolean {
  const { event } = config;
  if (!isKnown(event) || happened?.event !== event) return false;
  const field = wantable[event];
  return field === undefined || wantsAny(config[field], happened.about[field]);
}
