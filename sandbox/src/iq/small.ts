import type { Companions } from '../login/companions.ts';
import { node } from '../wire/node.ts';
import { BAD_REQUEST, EMPTY, type Query, type QueryHandler, UNKNOWN } from './answer.ts';

/** xmlns `md` of a logged-in device: it unlinks itself. A code to link it would lead nowhere. */
export function companionQueries(companions: Companions): QueryHandler {
  return ({ caller, ask }) => {
    if (ask.tag === 'link_code_companion_reg') return BAD_REQUEST;
    if (ask.tag !== 'remove-companion-device') return UNKNOWN;
    return { after: () => companions.unlink(caller.account, caller.device, 'by itself') };
  };
}

/** xmlns `passive`: from `active` on the device takes stanzas live. */
export function passiveQueries(activate: (query: Query) => void): QueryHandler {
  return (query) => {
    if (query.ask.tag === 'active') return { after: () => activate(query) };
    return query.ask.tag === 'passive' ? EMPTY : UNKNOWN;
  };
}

/** xmlns `abt`: experiment switches; none are on. */
export const propsQueries: QueryHandler = () => ({
  content: [node('props', { hash: 'sandbox', refresh: 86_400 })],
});

/** Queries that only want to be heard. */
export const heardQueries: QueryHandler = () => EMPTY;
