import type { Companions } from '../login/companions.ts';
import { node } from '../wire/node.ts';
import { EMPTY, type QueryHandler } from './answer.ts';

/** xmlns `md` of a logged-in device: it unlinks itself. */
export function companionQueries(companions: Companions): QueryHandler {
  return ({ caller, ask }) => {
    if (ask.tag !== 'remove-companion-device') return EMPTY;
    return { after: () => companions.unlink(caller.account, caller.device, 'by itself') };
  };
}

/** xmlns `abt`: experiment switches; none are on. */
export const propsQueries: QueryHandler = () => ({
  content: [node('props', { hash: 'sandbox', refresh: 86_400 })],
});

/** Queries that only want to be heard. */
export const heardQueries: QueryHandler = () => EMPTY;
