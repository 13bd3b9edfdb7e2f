import { later } from '../../../platform/clock.ts';
import type { MessageRow } from '../messages.present.ts';
import type { Altered, ChangeRow } from './effects.ts';

const by = ({ author, author_key, at }: ChangeRow) => ({
  ...{ by: author, fromMe: author_key === 'me', at: at.toISOString() },
});

const isOlder = (change: ChangeRow, mark: { at: string } | undefined) =>
  mark !== undefined && change.at.toISOString() <= mark.at;

/** The message pinned for everybody, or no longer; of all who pin it the latest counts. */
export function afterPin(message: MessageRow, change: ChangeRow): Partial<Altered> | undefined {
  const seconds = Number(change.content.seconds ?? 0);
  if (message.revoked_at || isOlder(change, message.marks?.pinned)) return undefined;
  const until = seconds > 0 ? later(change.at, seconds * 1000).toISOString() : null;
  return { marks: { ...message.marks, pinned: { ...by(change), until } } };
}

/** The message starred on the devices of the account, or no longer. */
export function afterStar(message: MessageRow, change: ChangeRow): Partial<Altered> | undefined {
  const { starred } = message.marks ?? {};
  const is = change.content.starred === true;
  if (message.revoked_at || isOlder(change, starred) || (starred?.is ?? false) === is) return undefined;
  return { marks: { ...message.marks, starred: { at: change.at.toISOString(), is } } };
}

/** The message kept for everybody although it disappears, or no longer. */
export function afterKeep(message: MessageRow, change: ChangeRow): Partial<Altered> | undefined {
  if (message.revoked_at || isOlder(change, message.marks?.kept)) return undefined;
  return { marks: { ...message.marks, kept: { ...by(change), is: change.content.kept === true } } };
}
