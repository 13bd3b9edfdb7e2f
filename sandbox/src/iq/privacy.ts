import type { Directory } from '../accounts/directory.ts';
import type { Notifications } from '../router/notifications.ts';
import type { Store } from '../store/sqlite.ts';
import { type BinaryNode, bytes, child, children, node, nowSeconds } from '../wire/node.ts';
import { type Answer, EMPTY, type Query, type QueryHandler } from './answer.ts';

const CATEGORIES = ['last', 'online', 'profile', 'status', 'readreceipts', 'groupadd', 'calladd', 'messages'];

interface PrivacyDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly notifications: Notifications;
}

/** xmlns `privacy`: who may see what (everybody, until changed), and the tokens that let a person write. */
export function privacyQueries(deps: PrivacyDeps): QueryHandler {
  return (query) => {
    if (query.iq.attrs.type === 'get')
      return { content: [settings(deps.store, query.caller.account.number)] };
    if (query.ask.tag === 'tokens') return passTokens(deps, query);
    for (const category of children(query.ask, 'category')) {
      const { name = '', value = '' } = category.attrs;
      const sql = 'INSERT OR REPLACE INTO settings (number, name, value) VALUES (?, ?, ?)';
      deps.store.run(sql, query.caller.account.number, `privacy ${name}`, value);
    }
    return { content: [settings(deps.store, query.caller.account.number)] };
  };
}

function settings(store: Store, number: string): BinaryNode {
  const sql = 'SELECT value FROM settings WHERE number = ? AND name = ?';
  const categories = CATEGORIES.map((name) => {
    const value = store.get<{ value: string }>(sql, number, `privacy ${name}`)?.value ?? 'all';
    return node('category', { name, value });
  });
  return node('privacy', {}, categories);
}

function passTokens({ directory, notifications }: PrivacyDeps, query: Query): Answer {
  for (const token of children(query.ask, 'token')) {
    const to = directory.resolve(token.attrs.jid)?.account;
    if (!to) continue;
    const value = bytes(token) ?? Buffer.from(`${query.caller.account.lid}:${to.lid}`);
    for (const device of to.devices.keys()) {
      const attributes = {
        jid: `${to.lid}:${device}@lid`,
        t: token.attrs.t ?? nowSeconds(),
        type: 'trusted_contact',
      };
      notifications.privacyToken(
        query.caller,
        { account: to, device },
        node('tokens', {}, [node('token', attributes, value)]),
      );
    }
  }
  return EMPTY;
}

/** xmlns `blocklist`: whom this person does not hear from. */
export function blocklistQueries(store: Store, directory: Directory): QueryHandler {
  const list = (number: string): BinaryNode => {
    const sql = "SELECT name FROM settings WHERE number = ? AND name LIKE 'blocked %'";
    const rows = store.all<{ name: string }>(sql, number);
    return node(
      'list',
      {},
      rows.map(({ name }) => node('item', { jid: name.slice('blocked '.length) })),
    );
  };
  return ({ iq, caller, ask }) => {
    const { number } = caller.account;
    const jid = child(iq, 'item')?.attrs.jid ?? ask.attrs.jid;
    const blocked = directory.resolve(jid)?.account;
    if (iq.attrs.type === 'set' && blocked) {
      const name = `blocked ${blocked.lid}@lid`;
      if (ask.attrs.action === 'block') {
        store.run('INSERT OR REPLACE INTO settings (number, name, value) VALUES (?, ?, 1)', number, name);
      } else {
        store.run('DELETE FROM settings WHERE number = ? AND name = ?', number, name);
      }
    }
    return { content: [list(number)] };
  };
}
