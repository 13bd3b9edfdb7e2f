import { createHash } from 'node:crypto';
import type { Device, SignedPreKey } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { KeyBundle, PreKeys } from '../accounts/prekeys.ts';
import type { FindingName } from '../findings/catalogue.ts';
import type { Findings } from '../findings/findings.ts';
import { isSigned, PREKEYS_AT_ONCE_MAX, preKeysIn } from '../findings/prekey-check.ts';
import type { Notifications } from '../router/notifications.ts';
import { type BinaryNode, bigEndian, bytes, child, children, node, uint } from '../wire/node.ts';
import { type Answer, BAD_REQUEST, EMPTY, type Query, type QueryHandler, UNKNOWN } from './answer.ts';

const KEY_TYPE = Buffer.from([5]);
/** One to five makes a client upload five keys, which keeps pairing quick; zero makes it upload 812. */
const COUNT_WHEN_NONE = 1;

interface EncryptDeps {
  readonly directory: Directory;
  readonly preKeys: PreKeys;
  readonly notifications: Notifications;
  readonly findings: Findings;
  /** Answers a new device's count truthfully, so that it uploads hundreds of keys as on the real network. */
  readonly realisticPreKeys: boolean;
}

/** xmlns `encrypt`: upload, count, digest and rotation of own keys; key bundles of others. */
export function encryptQueries(deps: EncryptDeps): QueryHandler {
  const { preKeys } = deps;
  return (query) => {
    const { account, device } = query.caller;
    const own = account.devices.get(device);
    if (!own) return BAD_REQUEST;
    switch (
      query.iq.attrs.type === 'get' ? query.ask.tag : `set ${child(query.iq, 'rotate') ? 'rotate' : 'keys'}`
    ) {
      case 'count': {
        const value = preKeys.count(account.number, device);
        return {
          content: [node('count', { value: value || (deps.realisticPreKeys ? 0 : COUNT_WHEN_NONE) })],
        };
      }
      case 'digest':
        return { content: [digest(own, preKeys.ids(account.number, device))] };
      case 'key':
        return { content: [bundles(deps, query)] };
      case 'set keys':
        return upload(deps, own, query);
      case 'set rotate':
        return rotate(deps, own, query);
      default:
        return UNKNOWN;
    }
  };
}

function signedPreKey(skey: BinaryNode | undefined): SignedPreKey | undefined {
  const id = uint(child(skey, 'id'));
  const value = bytes(child(skey, 'value'));
  const signature = bytes(child(skey, 'signature'));
  if (id === undefined || value?.length !== 32 || signature?.length !== 64) return undefined;
  return { id, public: value, signature };
}

function rotate(deps: EncryptDeps, own: Device, { iq }: Query): Answer {
  const key = signedPreKey(child(child(iq, 'rotate'), 'skey'));
  if (!key) return BAD_REQUEST;
  if (!isSigned(own.identity, key)) return refused(deps, 'signed-prekey-untrue', own, iq);
  deps.directory.setSignedPreKey(own, key);
  return EMPTY;
}

/** All of an upload is taken, or nothing. */
function upload(deps: EncryptDeps, own: Device, { iq }: Query): Answer {
  const sent = children(child(iq, 'list'), 'key');
  if (sent.length > PREKEYS_AT_ONCE_MAX) return refused(deps, 'prekeys-too-many', own, iq, `${sent.length}`);
  const keys = preKeysIn(sent);
  if (!keys) return refused(deps, 'prekey-malformed', own, iq);
  const offered = child(iq, 'skey');
  const signed = signedPreKey(offered);
  if (sent.length === 0 && !offered) return UNKNOWN;
  if (offered && !signed) return BAD_REQUEST;
  if (signed && !isSigned(own.identity, signed)) return refused(deps, 'signed-prekey-untrue', own, iq);
  if (signed) deps.directory.setSignedPreKey(own, signed);
  const reused = deps.preKeys.add(own.number, own.device, keys);
  if (reused.length > 0) deps.findings.note('prekey-reused', own, iq, `ids ${reused.join(', ')}`);
  return EMPTY;
}

function refused(
  { findings }: EncryptDeps,
  name: FindingName,
  own: Device,
  iq: BinaryNode,
  detail = '',
): Answer {
  const { code, text } = findings.note(name, own, iq, detail) ?? { code: 406, text: 'not-acceptable' };
  return { error: code, text };
}

function digest(own: Device, ids: number[]): BinaryNode {
  const { signedPreKey: signed } = own;
  const hash = createHash('sha1')
    .update(own.identity)
    .update(signed.public)
    .update(signed.signature)
    .digest();
  return node('digest', {}, [
    node('registration', {}, bigEndian(own.registrationId, 4)),
    node('type', {}, KEY_TYPE),
    node('identity', {}, own.identity),
    skey(signed),
    node(
      'list',
      {},
      ids.map((id) => node('id', {}, bigEndian(id, 3))),
    ),
    node('hash', {}, hash),
  ]);
}

function skey(key: SignedPreKey): BinaryNode {
  return node('skey', {}, [
    node('id', {}, bigEndian(key.id, 3)),
    node('value', {}, key.public),
    node('signature', {}, key.signature),
  ]);
}

function bundles({ directory, preKeys, notifications }: EncryptDeps, { ask, caller }: Query): BinaryNode {
  const users = children(ask, 'user').flatMap((user) => {
    const address = directory.resolve(user.attrs.jid);
    const bundle = address && preKeys.bundle(address);
    if (!address || !bundle) return [];
    notifications.watch(address.account, caller);
    return [bundleNode(user.attrs.jid ?? '', bundle)];
  });
  return node('list', {}, users);
}

function bundleNode(jid: string, bundle: KeyBundle): BinaryNode {
  const { preKey } = bundle;
  const oneTime =
    preKey && node('key', {}, [node('id', {}, bigEndian(preKey.id, 3)), node('value', {}, preKey.public)]);
  return node('user', { jid }, [
    node('registration', {}, bigEndian(bundle.registrationId, 4)),
    node('type', {}, KEY_TYPE),
    node('identity', {}, bundle.identity),
    skey(bundle.signedPreKey),
    ...(oneTime ? [oneTime] : []),
  ]);
}
