import type { Directory } from '../accounts/directory.ts';
import type { Companions } from '../login/companions.ts';
import { bytes, node } from '../wire/node.ts';
import { type Answer, BAD_REQUEST, EMPTY, NOT_IMPLEMENTED, type QueryHandler } from './answer.ts';

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

/** xmlns `w:profile:picture`: nobody has a picture yet. */
export const pictureQueries: QueryHandler = ({ iq }) =>
  iq.attrs.type === 'get' ? { error: 404, text: 'item-not-found' } : NOT_IMPLEMENTED;

/** xmlns `w:m`: media hosts; there are none. */
export const mediaQueries: QueryHandler = () => NOT_IMPLEMENTED;

/** xmlns `status` and `disappearing_mode`, and others that only want to be heard. */
export const heardQueries: QueryHandler = () => EMPTY;

/** xmlns `w:mex`: JSON queries, answered with a whole but uneventful result for the paths that clients ask at any time. */
export function mexQueries(directory: Directory): QueryHandler {
  return ({ ask, caller }): Answer => {
    if (!directory.find(caller.account.number) || !bytes(ask)) return BAD_REQUEST;
    const data = {
      xwa2_fetch_account_reachout_timelock: { is_active: false },
      xwa2_message_capping_info: { total_quota: null, used_quota: null },
    };
    return { content: [node('result', {}, Buffer.from(JSON.stringify({ data })))] };
  };
}
