import type { AccountLimits } from '../people/limits.ts';
import { bytes, node } from '../wire/node.ts';
import { type Answer, BAD_REQUEST, type QueryHandler } from './answer.ts';

const REACHOUT_TIMELOCK = '23983697327930364';
const MESSAGE_CAPPING_INFO = '24503548349331633';

/** xmlns `w:mex`: JSON queries, known by their number. Those of newsletters and other unknown ones get a GraphQL error. */
export function mexQueries(limits: AccountLimits): QueryHandler {
  return ({ ask, caller }) => {
    if (ask.tag !== 'query' || !isJson(bytes(ask))) return BAD_REQUEST;
    const { account } = caller;
    switch (ask.attrs.query_id) {
      case REACHOUT_TIMELOCK:
        return result({ data: { xwa2_fetch_account_reachout_timelock: limits.timelockAnswer(account) } });
      case MESSAGE_CAPPING_INFO:
        return result({ data: { xwa2_message_capping_info: limits.cappingAnswer(account) } });
      default: {
        const message = `this network does not answer query ${ask.attrs.query_id}`;
        return result({ data: null, errors: [{ message, extensions: { error_code: 501 } }] });
      }
    }
  };
}

function isJson(content: Buffer | undefined): boolean {
  try {
    JSON.parse(content?.toString() ?? '');
    return true;
  } catch {
    return false;
  }
}

function result(answer: Record<string, unknown>): Answer {
  return { content: [node('result', {}, Buffer.from(JSON.stringify(answer)))] };
}
