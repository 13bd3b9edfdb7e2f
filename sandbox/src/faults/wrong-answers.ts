import { proto } from 'baileys';
import { type BinaryNode, bytes, child, node } from '../wire/node.ts';
import { changeAt, findAll, garbled, without, withoutAttribute } from './edit.ts';
import { ALWAYS, type FaultKind, type Spoiled } from './kind.ts';

/** Details a wrong answer may take from its order. */
interface About {
  readonly attribute?: string | undefined;
  readonly path?: string | undefined;
  readonly code: number;
}

interface WrongAnswer extends FaultKind {
  readonly stage: 'answer';
  readonly spoil: (stanza: BinaryNode, about: About) => Spoiled;
}

type Spoil = WrongAnswer['spoil'];

/** Most of them spoil answers to queries. */
function wrong(what: string, spoil: Spoil, more: Partial<FaultKind> = {}): WrongAnswer {
  return { times: ALWAYS, stanzas: ['iq'], ...more, stage: 'answer', what, spoil };
}

/** Spoils stanzas in which a path of tags leads somewhere. */
function having(path: string, spoil: Spoil): Spoil {
  return (stanza, about) => (findAll(stanza, path).length > 0 ? spoil(stanza, about) : undefined);
}

/** Says everything but what the path leads to. */
const silentOn = (path: string): Spoil => having(path, (stanza) => without(stanza, path));

function withWrongHmac(stanza: BinaryNode): BinaryNode {
  return changeAt(stanza, 'pair-success device-identity', (identity) => {
    const sealed = proto.ADVSignedDeviceIdentityHMAC.decode(bytes(identity) ?? Buffer.alloc(0));
    const hmac = garbled(sealed.hmac ?? Buffer.alloc(32));
    return node(
      'device-identity',
      identity.attrs,
      proto.ADVSignedDeviceIdentityHMAC.encode({ ...sealed, hmac }).finish(),
    );
  });
}

function withLidOfLids(stanza: BinaryNode): BinaryNode {
  return changeAt(stanza, 'usync list user', (user) => {
    const { jid = '' } = user.attrs;
    if (!jid.endsWith('@lid')) return user;
    return {
      ...user,
      content: [...(Array.isArray(user.content) ? user.content : []), node('lid', { val: jid })],
    };
  });
}

function withoutAttributeAt(stanza: BinaryNode, attribute: string, path: string | undefined): Spoiled {
  const has = ({ attrs }: BinaryNode): boolean => attrs[attribute] !== undefined;
  if (path === undefined) return has(stanza) ? withoutAttribute(stanza, attribute) : undefined;
  if (!findAll(stanza, path).some(has)) return undefined;
  return changeAt(stanza, path, (each) => withoutAttribute(each, attribute));
}

const hasLidUser = (stanza: BinaryNode): boolean =>
  findAll(stanza, 'usync list user').some((user) => user.attrs.jid?.endsWith('@lid'));

/** Answers that are wrong on purpose, by name: they edit what the network was about to say, on the wire alone. */
export const WRONG_ANSWERS = {
  'pair-success-wrong-hmac': wrong(
    'Seals the identity of a new device with another secret than that of its QR or code.',
    having('pair-success device-identity', withWrongHmac),
  ),
  'pair-success-without-device': wrong(
    'Confirms a pairing without saying which device it is.',
    silentOn('pair-success device'),
  ),
  'success-without-lid': wrong(
    'Lets devices log in without telling them their LID.',
    (stanza) => (stanza.tag === 'success' ? withoutAttribute(stanza, 'lid') : undefined),
    { stanzas: ['success'] },
  ),
  'count-unanswered': wrong('Never says how many one-time keys are left.', (stanza) =>
    stanza.tag === 'iq' && child(stanza, 'count') ? 'nothing' : undefined,
  ),
  'no-digest': wrong('Answers the question for the digest of keys without one.', silentOn('digest')),
  'no-offline-end': wrong(
    'Never says that everything which waited has been delivered.',
    (stanza) => (stanza.tag === 'ib' && child(stanza, 'offline') ? 'nothing' : undefined),
    { stanzas: ['ib'] },
  ),
  'no-history': wrong(
    'Keeps what phones tell their companions (app-state keys, history) from them until they log in again.',
    (stanza) => (stanza.tag === 'message' && stanza.attrs.category === 'peer' ? 'nothing' : undefined),
    { stanzas: ['message'] },
  ),
  'app-state-empty': wrong('Answers app-state queries without any collection.', silentOn('sync collection')),
  'privacy-empty': wrong('Answers privacy queries without any category.', silentOn('privacy category')),
  'usync-without-lid': wrong('Says who exists without telling LIDs.', silentOn('usync list user lid')),
  'usync-without-devices': wrong(
    'Says who exists without telling devices.',
    silentOn('usync list user devices'),
  ),
  'usync-lid-for-lid': wrong('Tells the LID even of those who were asked for by LID.', (stanza) =>
    hasLidUser(stanza) ? withLidOfLids(stanza) : undefined,
  ),
  'bundle-error': wrong(
    'Answers with an error for each user instead of its keys.',
    having('list user registration', (stanza, { code }) =>
      changeAt(stanza, 'list user', ({ attrs }) =>
        node('user', attrs, [node('error', { code, text: 'no keys for this user' })]),
      ),
    ),
    { code: 404 },
  ),
  'bundle-missing': wrong(
    'Leaves users out of the answer that should hold their keys.',
    having('list user registration', (stanza) => without(stanza, 'list user')),
  ),
  'bundle-wrong-signature': wrong(
    'Hands out signed prekeys with a signature that is not true.',
    having('list user skey signature', (stanza) =>
      changeAt(stanza, 'list user skey signature', (signature) =>
        node('signature', {}, garbled(bytes(signature) ?? Buffer.alloc(64))),
      ),
    ),
  ),
  'message-ack-missing': wrong(
    'Never acknowledges messages, though they are delivered.',
    (stanza) => (stanza.tag === 'ack' && stanza.attrs.class === 'message' ? 'nothing' : undefined),
    { stanzas: ['ack'] },
  ),
  'message-without-enc': wrong(
    'Delivers a message without its ciphertext.',
    (stanza) => (stanza.tag === 'message' ? without(stanza, 'enc') : undefined),
    { times: 1, stanzas: ['message'] },
  ),
  'message-garbled': wrong(
    'Delivers a message that nobody can decrypt, so that it is asked for again.',
    (stanza) =>
      stanza.tag === 'message'
        ? changeAt(stanza, 'enc', (enc) => ({ ...enc, content: garbled(bytes(enc) ?? Buffer.alloc(1)) }))
        : undefined,
    { times: 1, stanzas: ['message'] },
  ),
  'strip-attribute': wrong(
    'Leaves one `attribute` out of a stanza, or out of what a `path` of tags leads to inside it.',
    (stanza, { attribute = '', path }) => withoutAttributeAt(stanza, attribute, path),
    { times: 1, stanzas: undefined },
  ),
} as const satisfies Record<string, WrongAnswer>;

/** What a wrong answer makes of a stanza; undefined when this fault spoils nothing in it. */
export function spoiled(
  name: string,
  stanza: BinaryNode,
  about: Omit<About, 'code'> & { code: number | undefined },
): Spoiled {
  const kind: WrongAnswer | undefined = Object.hasOwn(WRONG_ANSWERS, name)
    ? WRONG_ANSWERS[name as keyof typeof WRONG_ANSWERS]
    : undefined;
  return kind?.spoil(stanza, { ...about, code: about.code ?? kind.code ?? 500 });
}
