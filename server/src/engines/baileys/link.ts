import type { Cause, Link } from '../port.ts';

type Ended = Extract<Link, { is: 'ended' }>;

/** What an error of the socket carries, as far as it matters here (a Boom). */
interface SocketError {
  message?: string;
  output?: { statusCode?: number };
  data?: unknown;
}

const byCode: Record<number, [Cause, string]> = {
  400: ['session-damaged', 'WhatsApp refused the login of this device.'],
  401: ['logged-out', 'This device was unlinked: WhatsApp no longer knows its login.'],
  402: ['banned', 'WhatsApp has barred this account for a while.'],
  403: ['banned', 'WhatsApp refuses this account: it is barred or locked.'],
  404: ['logged-out', 'WhatsApp does not know this account any more.'],
  405: ['outdated', 'WhatsApp no longer accepts this client version: update the gateway.'],
  406: ['logged-out', 'WhatsApp no longer accepts this login.'],
  409: ['outdated', 'WhatsApp does not accept this kind of client: update the gateway.'],
  411: ['not-linkable', 'WhatsApp says that linked devices are not enabled for this account.'],
  413: ['logged-out', 'The login has expired.'],
  414: ['logged-out', 'The login is not valid any more.'],
  415: ['logged-out', 'WhatsApp does not know this login.'],
  418: ['logged-out', 'WhatsApp does not know this device.'],
  419: ['logged-out', 'The login is not valid any more.'],
  428: ['connection-lost', 'The connection to WhatsApp was closed.'],
  429: ['unavailable', 'WhatsApp asks us to connect less often.'],
  440: ['replaced', 'This device has logged in from another place.'],
  500: ['session-damaged', 'WhatsApp rejected the keys of this device.'],
  501: ['unavailable', 'WhatsApp can not serve this connection now.'],
  503: ['unavailable', 'WhatsApp is not available at the moment.'],
  515: ['restart-asked', 'WhatsApp asks for a fresh connection.'],
};

/**
 * What the end of a socket means. Codes are those of WhatsApp's stream errors and login failures, of Baileys'
 * DisconnectReason, and of the login failures other public clients know.
 * @param opened whether the login had succeeded on this connection
 */
export function endedBecause(error: unknown, opened: boolean): Ended {
  const { message = '', output, data } = (error ?? {}) as SocketError;
  const code = output?.statusCode;
  if (code === undefined) return { is: 'ended', cause: 'connection-lost', reason: sentence(message) };
  if (code === 408) return { is: 'ended', code, ...causeOfTimeout(message, opened) };
  const { cause, reason } = causeOfCode(code, message, opened);
  const retryAfterMs = retryHint(data);
  return { is: 'ended', cause, reason, code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** 400 and 500 mean one thing while logging in and another once connected; 400 means a third one in the handshake. */
function causeOfCode(code: number, message: string, opened: boolean): { cause: Cause; reason: string } {
  if (code === 400 && /certificat/.test(message)) {
    const reason = 'The server did not prove to be WhatsApp: its certificate is not valid.';
    return { cause: 'not-whatsapp', reason };
  }
  if (opened && (code === 400 || code === 500)) {
    return { cause: 'stream-broken', reason: 'WhatsApp ended the connection with an error.' };
  }
  const [cause, reason] = byCode[code] ?? ['connection-lost', sentence(message)];
  return { cause, reason };
}

/** One code stands for four different ends; only the message tells them apart. */
function causeOfTimeout(message: string, opened: boolean): { cause: Cause; reason: string } {
  if (message.includes('QR refs')) {
    return { cause: 'scan-expired', reason: 'Nobody linked the device in time: ask for a new code.' };
  }
  if (opened) return { cause: 'connection-lost', reason: 'The connection to WhatsApp was lost.' };
  if (message.includes('ECONNREFUSED') || message.includes('ENOTFOUND')) {
    return { cause: 'never-answered', reason: 'WhatsApp could not be reached.' };
  }
  return { cause: 'never-answered', reason: 'WhatsApp did not answer in time.' };
}

function sentence(message: string): string {
  return message ? `The connection to WhatsApp ended: ${message}.` : 'The connection to WhatsApp ended.';
}

/** A login failure may say in seconds when to come back (`expire` of a bar, `backoff` of a busy server). */
function retryHint(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { expire, backoff, retry } = data as Record<string, unknown>;
  const seconds = Number(expire ?? backoff ?? retry);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}
