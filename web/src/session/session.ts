import { type Client, connect, getAuthMe, type Me, postAuthLogout, type TokenResponse } from '@multiwa/sdk';
import { changeLanguage } from '../words/index.ts';
import { keepLook, type Look } from './look.ts';
import { createPageTokens, type Ending } from './tokens.ts';

/** Kept in the browser beside the look: that a cookie may be there. It opens nothing. */
const hint = 'signed-in';

export interface SessionState {
  person: Me | undefined;
  /** Why it ended, once it has. */
  ended?: Ending | undefined;
}

const hearers = new Set<() => void>();
const endings = new Set<(why: Ending) => void>();
let state: SessionState = { person: undefined };
let last: Me | undefined;

function become(next: SessionState): void {
  state = next;
  last = next.person ?? last;
  for (const hear of hearers) hear();
}

/** Credentials of the person of this page. */
export const tokens = createPageTokens(
  (why) => {
    localStorage.removeItem(hint);
    const wasSignedIn = state.person !== undefined;
    become({ person: undefined, ended: wasSignedIn ? why : undefined });
    if (wasSignedIn) for (const hear of endings) hear(why);
  },
  () => localStorage.getItem(hint) !== null,
);

/** What every call of the dashboard goes through. */
export const client: Client = connect({ url: '', tokens });

export const sessionState = (): SessionState => state;
/** Whoever is or was signed in: what they had open is drawn until the sign-in page is there. */
export const lastPerson = (): Me | undefined => last;
export function onSession(hear: () => void): () => void {
  hearers.add(hear);
  return () => void hearers.delete(hear);
}
/** Hears once whenever somebody who was signed in is not any more, in this tab or another. */
export function onSessionEnd(hear: (why: Ending) => void): () => void {
  endings.add(hear);
  return () => void endings.delete(hear);
}

/** Goes on with the session of the cookie, if there is one. */
export async function resumeSession(): Promise<void> {
  const token = await tokens.token();
  if (token !== undefined) await readPerson();
}

/** Begins a session with what a sign-in answered. */
export async function beginSession(answer: TokenResponse): Promise<void> {
  localStorage.setItem(hint, 'yes');
  tokens.set(answer);
  const { preferences } = await readPerson();
  const { language, theme, density } = (preferences.dashboard ?? {}) as Partial<Look>;
  if (language === undefined) return;
  await changeLanguage(language);
  keepLook({ language, theme, density });
}

/** Asks anew who one is: after a change of the person, or of what they may do. */
export async function readPerson(): Promise<Me> {
  const person = await getAuthMe({ client });
  become({ person });
  return person;
}

/** Ends it everywhere in this browser; the server is told, and what it can't hear of ends by itself. */
export async function signOut(): Promise<void> {
  await postAuthLogout({ client, headers: { 'x-session': 'cookie' } }).catch(() => undefined);
  tokens.end('signed-out');
}
