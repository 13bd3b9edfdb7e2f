import { present, textOf } from '../developers/index.ts';

/** Which operation is open. */
export interface TrySearch {
  op?: string | undefined;
}
export const trySearch = (search: Record<string, unknown>): TrySearch =>
  present({ op: textOf(search, 'op', /^[A-Za-z0-9]{1,100}$/) });
