import type { Account } from '../accounts/account.ts';
import { lidJid } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Blocklist } from '../people/blocklist.ts';
import type { Privacy } from '../people/privacy.ts';
import type { Notifications } from '../router/notifications.ts';
import { type BinaryNode, bytes, child, children, node, nowSeconds } from '../wire/node.ts';
import { type Answer, BAD_REQUEST, type Query, type QueryHandler } from './answer.ts';

interface PrivacyDeps {
  readonly privacy: Privacy;
  readonly blocklist: Blocklist;
  readonly directory: Directory;
  readonly notifications: Notifications;
}

/** xmlns `privacy`: who may see what (everybody, until changed), and the tokens that let a person write. */
export function privacyQueries(deps: PrivacyDeps): QueryHandler {
  return (query) => {
    const { caller, ask, iq } = query;
    if (iq.attrs.type === 'get') return { content: [settings(deps.privacy, caller.account)] };
    if (ask.tag === 'tokens') return passTokens(deps, query);
    const categories = children(ask, 'category');
    const isWrong = categories.some(
      ({ attrs: { name = '', value = '' } }) => deps.privacy.problem(name, value) !== undefined,
    );
    if (ask.tag !== 'privacy' || categories.length === 0 || isWrong) return BAD_REQUEST;
    for (const category of categories) change(deps, query, category);
    return { content: [settings(deps.privacy, caller.account)] };
  };
}

/** Sets a category; people inside it are left out of `contact_blacklist`, or no longer. */
function change({ privacy, directory }: PrivacyDeps, { caller }: Query, category: BinaryNode): void {
  const { name = '', value = '' } = category.attrs;
  const users = children(category, 'user');
  if (users.length > 0) {
    const numbers = new Set(privacy.exceptions(caller.account, name));
    for (const { attrs } of users) {
      const number = directory.resolve(attrs.jid)?.account.number;
      if (number === undefined) continue;
      if (attrs.action === 'remove') numbers.delete(number);
      else numbers.add(number);
    }
    const others = [...numbers].flatMap((number) => directory.find(number) ?? []);
    privacy.replaceExceptions(caller.account, name, others);
  }
  privacy.set(caller.account, name, value, caller.device);
}

function settings(privacy: Privacy, account: Account): BinaryNode {
  const values = Object.entries(privacy.all(account));
  return node(
    'privacy',
    {},
    values.map(([name, value]) => node('category', { name, value })),
  );
}

function passTokens({ directory, notifications, blocklist }: PrivacyDeps, query: Query): Answer {
  for (const token of children(query.ask, 'token')) {
    const to = directory.resolve(token.attrs.jid)?.account;
    if (!to || blocklist.has(to, query.caller.account)) continue;
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
  return { content: [node('tokens')] };
}

/** xmlns `blocklist`: whom this person does not hear from. */
export function blocklistQueries(blocklist: Blocklist, directory: Directory): QueryHandler {
  return ({ iq, caller, ask }) => {
    if (iq.attrs.type === 'set') {
      const { jid, action } = (child(iq, 'item') ?? ask).attrs;
      const other = directory.resolve(jid)?.account;
      if (!other) return { error: 404, text: 'item-not-found' };
      if (other === caller.account || (action !== 'block' && action !== 'unblock')) return BAD_REQUEST;
      blocklist.change(caller.account, other, action, caller.device);
    }
    const items = blocklist.list(caller.account).map((each) => node('item', { jid: lidJid(each) }));
    return { content: [node('list', {}, items)] };
  };
}
