import { type Account, lidJid, pnJid } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { parseNumber } from '../accounts/number.ts';
import type { People } from '../people/people.ts';
import { keyIndexList, type Notifications } from '../router/notifications.ts';
import { type BinaryNode, bytes, child, children, node } from '../wire/node.ts';
import { BAD_REQUEST, type Query, type QueryHandler } from './answer.ts';
import { profileProtocol } from './profiles.ts';

interface Asked {
  readonly jid: string;
  readonly byLid: boolean;
  readonly account: Account | undefined;
  /** The number as it was asked for, which the answer repeats. */
  readonly dialled?: string;
}

/** xmlns `usync`: who exists, their LID, their devices. Strangers are answered as strangers. */
export function usyncQueries(
  directory: Directory,
  notifications: Notifications,
  people: People,
): QueryHandler {
  return (query) => {
    const { ask } = query;
    if (ask.tag !== 'usync') return BAD_REQUEST;
    const protocols = [...new Map(children(child(ask, 'query')).map((each) => [each.tag, each])).values()];
    const users = children(child(ask, 'list'), 'user').map((user) => {
      const asked = whom(directory, user);
      return node(
        'user',
        { jid: asked.jid },
        protocols.flatMap(({ tag }) => answer(tag, asked, query, notifications, people)),
      );
    });
    const { sid, mode, context } = ask.attrs;
    const result = node(
      'result',
      {},
      protocols.map(({ tag }) => node(tag)),
    );
    return {
      content: [
        node('usync', { sid, mode, context, index: 0, last: 'true' }, [result, node('list', {}, users)]),
      ],
    };
  };
}

function whom(directory: Directory, user: BinaryNode): Asked {
  const { jid } = user.attrs;
  if (jid) {
    const found = directory.resolve(jid);
    return { jid, byLid: found?.mode === 'lid', account: found?.account };
  }
  // Asked for as a contact, a number is found however it is dialled, and the answer names the one it is registered as.
  const dialled = bytes(child(user, 'contact'))?.toString() ?? '';
  const number = parseNumber(dialled) ?? '';
  const account = directory.reachedBy(number);
  return { jid: account ? pnJid(account) : `${number}@s.whatsapp.net`, byLid: false, account, dialled };
}

function answer(
  protocol: string,
  asked: Asked,
  query: Query,
  notifications: Notifications,
  people: People,
): BinaryNode[] {
  const { account } = asked;
  switch (protocol) {
    case 'contact':
      return [contact(asked)];
    case 'lid':
      return account && !asked.byLid ? [node('lid', { val: lidJid(account) })] : [];
    case 'devices':
      if (account) notifications.watch(account, query.caller);
      return [node('devices', {}, account ? deviceList(account) : [node('device-list', {}, [])])];
    case 'status':
    case 'disappearing_mode':
      return account ? profileProtocol(protocol, people, account, query.caller.account) : [];
    default:
      return [];
  }
}

function contact({ account, dialled }: Asked): BinaryNode {
  const attributes = { type: account ? 'in' : 'out' };
  return dialled === undefined
    ? node('contact', attributes)
    : node('contact', attributes, Buffer.from(dialled));
}

function deviceList(account: Account): BinaryNode[] {
  const companions = [...account.devices.values()];
  const devices = companions.map((each) => node('device', { id: each.device, 'key-index': each.keyIndex }));
  const list = node('device-list', {}, [node('device', { id: 0 }), ...devices]);
  return companions.length > 0 ? [list, keyIndexList(account)] : [list];
}
