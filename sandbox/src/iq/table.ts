import type { Account } from '../accounts/account.ts';
import type { PreKeys } from '../accounts/prekeys.ts';
import type { AppState } from '../app-state/app-state.ts';
import { appStateQueries } from '../app-state/queries.ts';
import type { Checks } from '../findings/checks.ts';
import type { Companions } from '../login/companions.ts';
import type { MediaHost } from '../media/host.ts';
import type { People } from '../people/people.ts';
import type { Notifications } from '../router/notifications.ts';
import { type BinaryNode, child, node, SERVER } from '../wire/node.ts';
import { type Answer, notCarriedQueries, type Query, type QueryHandler, UNKNOWN } from './answer.ts';
import { encryptQueries } from './encrypt.ts';
import { type GroupQueryDeps, groupQueries } from './groups.ts';
import { mediaQueries } from './media.ts';
import { mexQueries } from './mex.ts';
import { pictureQueries } from './pictures.ts';
import { blocklistQueries, privacyQueries } from './privacy.ts';
import { aboutQueries, botQueries, businessQueries, disappearingQueries } from './profiles.ts';
import { companionQueries, heardQueries, passiveQueries, propsQueries } from './small.ts';
import { usyncQueries } from './usync.ts';

/** Newsletters, catalogues and orders. */
const NOT_CARRIED_XMLNS = ['newsletter', 'w:biz:catalog', 'fb:thrift_iq'];

export interface QueryDeps extends GroupQueryDeps {
  readonly preKeys: PreKeys;
  readonly notifications: Notifications;
  readonly companions: Companions;
  readonly people: People;
  readonly appState: AppState;
  /** Hears when a companion has written app state. */
  readonly stateWritten: (account: Account) => void;
  readonly media: MediaHost;
  readonly realisticPreKeys: boolean;
  readonly checks: Checks;
  /** The device takes stanzas live from here on. */
  readonly activate: (query: Query) => void;
}

/** Who answers which xmlns. */
export function queryTable(deps: QueryDeps): (query: Query) => Answer {
  const { directory, notifications, people } = deps;
  const handlers = new Map<string, QueryHandler>([
    ['encrypt', encryptQueries({ ...deps, findings: deps.checks.findings })],
    ['usync', usyncQueries(directory, notifications, people)],
    ['privacy', privacyQueries({ ...people, directory, notifications })],
    ['blocklist', blocklistQueries(people.blocklist, directory)],
    ['w:sync:app:state', appStateQueries(deps.appState, notifications, deps.stateWritten)],
    ['passive', passiveQueries(deps.activate)],
    ['md', companionQueries(deps.companions)],
    ['abt', propsQueries],
    ['w:profile:picture', pictureQueries(people.pictures)],
    ['status', aboutQueries(people.profiles)],
    ['disappearing_mode', disappearingQueries(people.profiles)],
    ['w:biz', businessQueries(people.profiles, directory)],
    ['bot', botQueries],
    ['w:g2', groupQueries(deps)],
    ['w:m', mediaQueries(deps.media)],
    ['w:mex', mexQueries(people.limits)],
    ['w:p', heardQueries],
    ['w:stats', heardQueries],
    ['urn:xmpp:whatsapp:dirty', heardQueries],
    ...NOT_CARRIED_XMLNS.map((xmlns) => [xmlns, notCarriedQueries] as const),
  ]);
  return (query) => {
    const given = handlers.get(query.iq.attrs.xmlns ?? '')?.(query) ?? UNKNOWN;
    if ('isUnknown' in given) deps.checks.stanza.unknownQuery(query.connection, query.iq);
    return given;
  };
}

/** The stanza that carries an answer. */
export function answerStanza(iq: BinaryNode, answer: Answer): BinaryNode {
  const attributes = { id: iq.attrs.id, from: iq.attrs.to ?? SERVER };
  if ('error' in answer) {
    return node('iq', { ...attributes, type: 'error' }, [
      node('error', { code: answer.error, text: answer.text, backoff: answer.backoff }),
    ]);
  }
  return node('iq', { ...attributes, type: 'result' }, answer.content);
}

/** The query inside an iq, for a caller that is logged in. */
export function queryOf(connection: Query['connection'], caller: Query['caller'], iq: BinaryNode): Query {
  return { connection, caller, iq, ask: child(iq) ?? node('nothing') };
}
