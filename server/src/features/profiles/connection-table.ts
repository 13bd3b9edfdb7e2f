import type { Cause, Link } from '../../engines/port.ts';
import { dayMs } from '../../platform/clock.ts';

/** The statuses of a profile as clients see them (lower case). */
export const profileStatuses = [
  'disconnected',
  'connecting',
  'qr',
  'pairing',
  'connected',
  'reconnecting',
  'logged_out',
  'failed',
] as const;
export type ProfileStatus = (typeof profileStatuses)[number];

/** What happens after a connection has ended. */
export interface Verdict {
  status: ProfileStatus;
  /** A sentence that tells people what to do. */
  reason: string;
  /** Wait before connecting again; null: wait until somebody connects the profile. */
  retryInMs: number | null;
  /** The login is gone at WhatsApp: remove ours, the next connect shows a new QR code. */
  forget: boolean;
}

interface Rule {
  status: ProfileStatus;
  says: string;
  /** The first and the longest wait; absent: no retry. */
  retry?: { firstMs: number; longestMs: number; triesMax: number };
  /** When the tries are used up. */
  gaveUp?: string;
  /** From the fifth time on, while it is still retried. */
  lasts?: string;
  /** A successful login resets its count. */
  endsWithLogin?: true;
  forget?: true;
}

const forever = Number.POSITIVE_INFINITY;
/** Hints of the server count up to a day: a timer can't hold months, and one attempt a day does no harm. */
const hintMsMax = dayMs;

/**
 * From the cause of an end to what happens next. Does not compete with a second login (440), does not retry after a
 * refusal (401, 403), and respects a hint of the server about when to come back.
 */
const rules: Record<Cause, Rule> = {
  'restart-asked': {
    status: 'reconnecting',
    says: 'WhatsApp asked for a fresh connection.',
    retry: { firstMs: 0, longestMs: 10_000, triesMax: forever },
  },
  'connection-lost': {
    status: 'reconnecting',
    says: 'The connection to WhatsApp was lost; connecting again.',
    retry: { firstMs: 500, longestMs: 60_000, triesMax: forever },
  },
  'never-answered': {
    status: 'reconnecting',
    says: 'WhatsApp did not answer; trying again.',
    retry: { firstMs: 1000, longestMs: 120_000, triesMax: forever },
    endsWithLogin: true,
  },
  unavailable: {
    status: 'reconnecting',
    says: 'WhatsApp is busy at the moment; trying again.',
    retry: { firstMs: 2000, longestMs: 120_000, triesMax: forever },
  },
  'scan-expired': {
    status: 'disconnected',
    says: 'Nobody scanned the code in time. Connect the profile again for a new one.',
  },
  replaced: {
    status: 'reconnecting',
    says: 'The same login connected from somewhere else.',
    retry: { firstMs: 10_000, longestMs: 120_000, triesMax: 5 },
    gaveUp:
      'The same login keeps connecting from somewhere else. Stop the other one, then connect this profile again.',
  },
  'logged-out': {
    status: 'logged_out',
    says: 'This device was unlinked on the phone. Connect the profile to pair it again.',
    forget: true,
  },
  banned: {
    status: 'failed',
    says: 'WhatsApp has blocked this account. Open WhatsApp on the phone to see why.',
  },
  outdated: {
    status: 'failed',
    says: 'WhatsApp no longer accepts this version of the gateway. Update MultiWA, then connect the profile again.',
  },
  'stream-broken': {
    status: 'reconnecting',
    says: 'WhatsApp ended the connection with an error; connecting again.',
    retry: { firstMs: 2000, longestMs: 120_000, triesMax: forever },
    lasts:
      'WhatsApp takes the login and then ends the connection with an error, again and again; connecting again. If it goes on for hours, log the profile out and pair it anew.',
  },
  'session-damaged': {
    status: 'reconnecting',
    says: 'WhatsApp refused the login of this device; trying again.',
    retry: { firstMs: 2000, longestMs: 60_000, triesMax: 5 },
    gaveUp:
      'WhatsApp refuses the login of this device each time. Disconnect the profile with logout, remove the device on the phone, then connect the profile to pair it again.',
    endsWithLogin: true,
  },
  'not-whatsapp': {
    status: 'reconnecting',
    says: 'Who answered did not prove to be WhatsApp; trying again. Look for a proxy or a wrong address between this server and WhatsApp.',
    retry: { firstMs: 5000, longestMs: 300_000, triesMax: forever },
    endsWithLogin: true,
  },
  'not-linkable': {
    status: 'reconnecting',
    says: 'WhatsApp says that this account takes no linked devices; trying again.',
    retry: { firstMs: 5000, longestMs: 60_000, triesMax: 4 },
    gaveUp:
      'WhatsApp says that this account takes no linked devices. Update WhatsApp on the phone and open Linked devices there, then connect the profile again.',
  },
  closed: { status: 'disconnected', says: 'Disconnected.' },
};

/** A code for each sentence that an ended connection leaves behind, for those who show it in another language. */
export function codesOfReasons(): Map<string, string> {
  const codes = Object.entries(rules).flatMap(([cause, { says, gaveUp, lasts }]) => {
    const code = cause.replaceAll('-', '_').toUpperCase();
    const rows: [string | undefined, string][] = [
      [says, code],
      [gaveUp, `${code}_GAVE_UP`],
      [lasts, `${code}_LASTS`],
    ];
    return rows.flatMap(([sentence, name]): [string, string][] => (sentence ? [[sentence, name]] : []));
  });
  return new Map([...codes, [barredForAWhile, 'BANNED_FOR_A_WHILE']]);
}

/** Whether a successful login resets the count of this cause. */
export const endsWithLogin = (cause: Cause): boolean => rules[cause].endsWithLogin === true;

const lastsFrom = 4;

const barredForAWhile =
  'WhatsApp has barred this account for a while; the profile connects again when that is over.';

/**
 * The verdict on an ended connection. `tries` counts how often this cause has ended one before without a good
 * connection since; `random` (0..1) spreads the waits so that many profiles do not come back at the same instant.
 */
export function verdictOn(end: Extract<Link, { is: 'ended' }>, tries: number, random: number): Verdict {
  const rule = rules[end.cause];
  const reason = (tries >= lastsFrom && rule.lasts) || rule.says;
  const forget = rule.forget ?? false;
  const hintMs = Math.min(end.retryAfterMs ?? 0, hintMsMax);
  if (end.cause === 'banned' && hintMs > 0) {
    return { status: rule.status, reason: barredForAWhile, retryInMs: hintMs, forget };
  }
  if (!rule.retry) return { status: rule.status, reason, retryInMs: null, forget };
  if (tries >= rule.retry.triesMax) {
    return { status: 'failed', reason: rule.gaveUp ?? reason, retryInMs: null, forget };
  }
  const firstMs = tries === 0 ? rule.retry.firstMs : Math.max(rule.retry.firstMs, 500);
  const waitMs = Math.min(firstMs * 2 ** tries, rule.retry.longestMs);
  const spreadMs = waitMs * (0.75 + random * 0.5);
  return { status: rule.status, reason, retryInMs: Math.max(spreadMs, hintMs), forget };
}
