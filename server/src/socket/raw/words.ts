import type { RawData } from 'ws';

/** What a client of the plain web socket says. */
export interface Word {
  type: string;
  requestId: string | undefined;
  profileId: string | undefined;
  events: string[] | undefined;
  /** The `sequence` to go on behind. */
  after: string | undefined;
}

const lengthMax = 200;
const eventsMax = 100;

/** Reads a frame; its fields stand beside `type`, or in `payload`. Undefined for what is no word of ours. */
export function readWord(data: RawData, isBinary: boolean): Word | undefined {
  if (isBinary) return undefined;
  const word = objectOf(data.toString());
  if (!word || typeof word.type !== 'string') return undefined;
  const fields = {
    ...word,
    ...(typeof word.payload === 'object' && word.payload !== null && word.payload),
  } as {
    [Name in 'profileId' | 'events' | 'after' | 'requestId']?: unknown;
  };
  const { events, after } = fields;
  const areNames = Array.isArray(events) && events.length <= eventsMax && events.every(isShort);
  if (events !== undefined && events !== null && !areNames) return undefined;
  const isCursor = typeof after === 'number' ? Number.isSafeInteger(after) && after >= 0 : after === 'now';
  if (after !== undefined && after !== null && !isCursor) return undefined;
  return {
    type: word.type,
    requestId: textOf(word.requestId ?? fields.requestId),
    profileId: textOf(fields.profileId),
    events: areNames ? (events as string[]) : undefined,
    after: isCursor ? String(after) : undefined,
  };
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const isShort = (value: unknown): value is string => typeof value === 'string' && value.length <= lengthMax;
const textOf = (value: unknown) => (isShort(value) && value !== '' ? value : undefined);
