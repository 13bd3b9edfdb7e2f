import { proto } from 'baileys';
import type { Account } from '../accounts/account.ts';
import type { Notifications } from '../router/notifications.ts';
import type { Store } from '../store/sqlite.ts';
import { type BinaryNode, bytes, child, children, node } from '../wire/node.ts';
import { BAD_REQUEST, type QueryHandler } from './answer.ts';

const NO_VERSION = 0;

interface Changed {
  name: string;
  version: number;
}

/**
 * xmlns `w:sync:app:state`: mutes, pins, names and the like, encrypted with a key that only the person's devices have.
 * Every patch is kept, so no snapshot is ever needed. Each asked collection is answered, or clients would ask for ever.
 */
export function appStateQueries(store: Store, notifications: Notifications): QueryHandler {
  return ({ caller, ask }) => {
    if (ask.tag !== 'sync') return BAD_REQUEST;
    const changed: Changed[] = [];
    const collections = children(ask, 'collection').map((each) =>
      collection(store, caller.account, each, changed),
    );
    const after = (): void => {
      if (changed.length > 0) notifications.appStateChanged(caller.account, caller.device, changed);
    };
    return { content: [node('sync', {}, collections)], after };
  };
}

function currentVersion(store: Store, number: string, name: string): number {
  const sql = 'SELECT max(version) AS version FROM app_state WHERE number = ? AND collection = ?';
  return store.get<{ version: number | null }>(sql, number, name)?.version ?? NO_VERSION;
}

function collection(store: Store, account: Account, asked: BinaryNode, changed: Changed[]): BinaryNode {
  const { name = '' } = asked.attrs;
  const known = Number(asked.attrs.version ?? NO_VERSION);
  const current = currentVersion(store, account.number, name);
  const patch = bytes(child(asked, 'patch'));
  if (patch && known === current) {
    const version = current + 1;
    const stored = proto.SyncdPatch.encode({
      ...proto.SyncdPatch.decode(patch),
      version: { version },
    }).finish();
    const sql = 'INSERT INTO app_state (number, collection, version, patch) VALUES (?, ?, ?, ?)';
    store.run(sql, account.number, name, version, stored);
    changed.push({ name, version });
    return node('collection', { name, version, type: 'result' });
  }
  const missing = patchesAfter(store, account.number, name, known);
  if (patch) {
    const conflict = node('error', { code: 409, text: 'conflict' });
    return node('collection', { name, version: current, type: 'error' }, [conflict, ...missing]);
  }
  return node('collection', { name, version: current, type: 'result', has_more_patches: 'false' }, missing);
}

function patchesAfter(store: Store, number: string, name: string, version: number): BinaryNode[] {
  const sql =
    'SELECT patch FROM app_state WHERE number = ? AND collection = ? AND version > ? ORDER BY version';
  const rows = store.all<{ patch: Uint8Array }>(sql, number, name, version);
  return rows.length === 0
    ? []
    : [
        node(
          'patches',
          {},
          rows.map((row) => node('patch', {}, Buffer.from(row.patch))),
        ),
      ];
}
