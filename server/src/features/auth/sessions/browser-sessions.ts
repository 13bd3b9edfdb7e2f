import type { FastifyReply, FastifyRequest } from 'fastify';
import { originOf } from '../../../http/origin.ts';
import type { Origin } from '../../../platform/actor.ts';
import type { Config } from '../../../platform/config/config.ts';
import { Failure } from '../../../platform/failures.ts';

const cookieName = 'mwa_refresh';
/** Only a page of our own origin can send it: others would have to be allowed to, and are not. */
const headerName = 'x-session';

/** What the routes that begin, continue and end a session say about pages. */
export const cookieWords =
  'With the header `X-Session: cookie` a page of this server keeps the refresh token in a cookie that no script can read, and ' +
  'gets an access token of 15 minutes; other origins are refused.';

/**
 * Sessions of pages of our own: the refresh token stands in a cookie that only `/auth` gets and no script reads, so the
 * page holds nothing but a short access token. Everything else needs that token, so no other site can act through the cookie.
 */
export function createBrowserSessions({
  publicUrl,
  refreshTokenSeconds,
}: Pick<Config, 'publicUrl' | 'refreshTokenSeconds'>) {
  const known = publicUrl === undefined ? undefined : new URL(publicUrl);
  const path = `${known?.pathname.replace(/\/+$/, '') ?? ''}/api/v1/auth`;

  function isAsked({ headers }: FastifyRequest): boolean {
    return headers[headerName] === 'cookie';
  }

  /** @throws Failure CROSS_ORIGIN_REFUSED unless a page of this server asks. */
  function assertOwnPage(request: FastifyRequest): void {
    const { origin, 'sec-fetch-site': site } = request.headers;
    const isSameSite = site === undefined || site === 'same-origin';
    if (isSameSite && origin !== undefined && URL.canParse(origin)) {
      const { host } = new URL(origin);
      if (host === request.host || origin === known?.origin) return;
    }
    throw new Failure('CROSS_ORIGIN_REFUSED');
  }

  function set(request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
    const isSecure = request.protocol === 'https' || known?.protocol === 'https:';
    const parts = [
      `${cookieName}=${value}`,
      `Path=${path}`,
      `Max-Age=${seconds}`,
      'HttpOnly',
      'SameSite=Strict',
    ];
    void reply.header('set-cookie', [...parts, ...(isSecure ? ['Secure'] : [])].join('; '));
  }

  return {
    /** Where a sign-in comes from, and whether its tokens go into a cookie. @throws Failure CROSS_ORIGIN_REFUSED */
    originOf(request: FastifyRequest): Origin {
      if (!isAsked(request)) return originOf(request);
      assertOwnPage(request);
      return { ...originOf(request), keepsCookie: true };
    },

    /** The answer as it is, or without the refresh token, which a page gets as a cookie. */
    answer<Answer extends object>(request: FastifyRequest, reply: FastifyReply, answer: Answer): Answer {
      if (!isAsked(request) || !('refreshToken' in answer)) return answer;
      const { refreshToken, ...rest } = answer;
      set(request, reply, String(refreshToken), refreshTokenSeconds);
      return rest as Answer;
    },

    /** The refresh token that the cookie of a page holds; absent where the request does not speak of it. */
    tokenOf(request: FastifyRequest): string | undefined {
      if (!isAsked(request)) return undefined;
      const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
      const own = pairs.find((pair) => pair.startsWith(`${cookieName}=`));
      return own?.slice(cookieName.length + 1) ?? '';
    },

    /** Takes the cookie away: its session is over. */
    forget(request: FastifyRequest, reply: FastifyReply): void {
      if (isAsked(request)) set(request, reply, '', 0);
    },
  };
}
export type BrowserSessions = ReturnType<typeof createBrowserSessions>;
