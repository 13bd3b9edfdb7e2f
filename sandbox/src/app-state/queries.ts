import type { Account } from '../accounts/account.ts';
import { type Answer, BAD_REQUEST, type Query, type QueryHandler } from '../iq/answer.ts';
import type { Notifications } from '../router/notifications.ts';
import { type BinaryNode, bytes, child, children, node } from '../wire/node.ts';
import type { AppState } from './app-state.ts';
import { readPatch } from './check.ts';
import { type Collection, isCollection } from './collections.ts';

interface Changed {
  readonly name: Collection;
  readonly version: number;
}

const CONFLICT = { code: 409, text: 'conflict' };
const MALFORMED = { code: 400, text: 'bad-request' };

/**
 * xmlns `w:sync:app:state`: mutes, pins, names and the like, encrypted with a key that only the person's devices have.
 * Every asked collection is answered, one that is wrong with an error of its own, or clients would ask for ever.
 * `written` hears after a device, not the phone itself, has written.
 */
export function appStateQueries(
  appState: AppState,
  notifications: Notifications,
  written: (account: Account) => void,
): QueryHandler {
  return (query): Answer => {
    if (query.ask.tag !== 'sync') return BAD_REQUEST;
    const { account, device } = query.caller;
    const changed: Changed[] = [];
    const named = new Set<string>();
    const answers = children(query.ask, 'collection').map((each) => {
      const { name = '' } = each.attrs;
      // Half a megabyte each: one small question could ask for more than there is memory.
      if (named.has(name)) return refusal(name, MALFORMED);
      const given = answer(appState, query, each, changed);
      if (child(given, 'patches')) named.add(name);
      return given;
    });
    const after = (): void => {
      if (changed.length === 0) return;
      notifications.appStateChanged(account, device, changed);
      written(account);
    };
    return { content: [node('sync', {}, answers)], after };
  };
}

function answer(appState: AppState, { caller }: Query, asked: BinaryNode, changed: Changed[]): BinaryNode {
  const { name = '', version: text = '0' } = asked.attrs;
  const known = Number(text);
  if (!isCollection(name) || !Number.isSafeInteger(known) || known < 0) return refusal(name, MALFORMED);
  const { number } = caller.account;
  const sent = child(asked, 'patch');
  if (!sent) {
    const isNew = known === 0 && asked.attrs.return_snapshot === 'true';
    const snapshot = isNew ? appState.snapshot(number, name) : undefined;
    return following(appState, number, name, snapshot?.version ?? known, undefined, snapshot?.reference);
  }
  const patch = readPatch(bytes(sent) ?? Buffer.alloc(0));
  if (!patch) return refusal(name, MALFORMED);
  const version = appState.append(number, name, known, patch);
  if (version === undefined) return following(appState, number, name, known, CONFLICT);
  changed.push({ name, version });
  return node('collection', { name, version, type: 'result' });
}

function refusal(name: string, error: { code: number; text: string }): BinaryNode {
  return node('collection', { name, type: 'error' }, [node('error', error)]);
}

/** What the asker is missing behind a version or a snapshot; with a conflict as the answer to a patch that came too late. */
function following(
  appState: AppState,
  number: string,
  name: Collection,
  known: number,
  conflict?: typeof CONFLICT,
  snapshot?: Buffer,
): BinaryNode {
  const { patches, more } = appState.after(number, name, known);
  const attributes = {
    name,
    version: appState.version(number, name),
    type: conflict ? 'error' : 'result',
    has_more_patches: String(more),
  };
  const listed = patches.map((patch) => node('patch', {}, patch.bytes));
  return node('collection', attributes, [
    ...(conflict ? [node('error', conflict)] : []),
    ...(snapshot ? [node('snapshot', {}, snapshot)] : []),
    ...(listed.length > 0 ? [node('patches', {}, listed)] : []),
  ]);
}
