import { EngineBusy, EngineGone, EngineRefusal } from '../../engines/port.ts';
import { Failure, type FailureCode } from '../../platform/failures.ts';

/** What is asked of WhatsApp, for the words of a refusal. */
export interface About {
  /** As in `add participants`. */
  what: string;
  /** What we are in the group as far as we know; absent: it is no group of ours. */
  ownRole?: 'member' | 'admin' | 'superadmin' | null;
}

const busySeconds = 60;

/** WhatsApp's refusal in words of ours; anything that is no error of the port is thrown on as it is. */
export function failureOf(error: unknown, about: About, isEnded: boolean): unknown {
  if (error instanceof EngineBusy) {
    const seconds = Math.ceil((error.retryAfterMs ?? busySeconds * 1_000) / 1_000);
    return new Failure('RATE_LIMITED', {
      says: 'WhatsApp asks this account to do less: try again later.',
      retryAfterSeconds: seconds,
    });
  }
  if (error instanceof EngineGone) {
    return new Failure(isEnded ? 'PROFILE_NOT_CONNECTED' : 'UNAVAILABLE', {
      says: `Failed to ${about.what}: the connection to WhatsApp gave no answer. Look whether it was done before you repeat it.`,
      cause: error,
    });
  }
  if (!(error instanceof EngineRefusal)) return error;
  const code = codeOf(error.code, about);
  return new Failure(code, {
    cause: error,
    ...(code === 'REFUSED_BY_WHATSAPP' && { says: `Failed to ${about.what}: ${error.message}` }),
  });
}

function codeOf(code: number, { ownRole }: About): FailureCode {
  if (code === 401 || code === 403) {
    if (ownRole === undefined) return 'REFUSED_BY_WHATSAPP';
    return ownRole === null ? 'NOT_GROUP_MEMBER' : 'NOT_GROUP_ADMIN';
  }
  if (code === 404) return 'GROUP_NOT_FOUND';
  return 'REFUSED_BY_WHATSAPP';
}

/** The same for what comes by a link or an invitation. */
export function inviteFailureOf(error: unknown, about: About, isEnded: boolean): unknown {
  if (error instanceof EngineRefusal) {
    const { code } = error;
    if (code === 409) return new Failure('ALREADY_GROUP_MEMBER', { cause: error });
    if (code === 419) return new Failure('GROUP_FULL', { cause: error });
    if ([400, 401, 403, 404, 406, 410].includes(code))
      return new Failure('INVITE_NOT_VALID', { cause: error });
  }
  return failureOf(error, about, isEnded);
}
