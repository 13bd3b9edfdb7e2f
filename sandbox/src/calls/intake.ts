import type { Address } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { Part } from '../part.ts';
import type { Connection } from '../wire/connection.ts';
import { type BinaryNode, child, children, node } from '../wire/node.ts';
import { CallRefused, type Calls } from './calls.ts';
import { isVideo } from './stanzas.ts';

const NOT_FOUND = 404;
const BAD_REQUEST = 400;
const CONFLICT = 409;
const TOO_MANY = 429;
const ID = /^[\w-]{1,64}$/;
const MEDIA = ['audio', 'video'];

interface CallIntakeDeps {
  readonly calls: Calls;
  readonly directory: Directory;
}

/** What clients say about calls: offers, answers, and links. Everything is acknowledged, with an error when it makes no sense. */
export class CallIntake extends Part<CallIntakeDeps> {
  /** Takes a `call` stanza and acknowledges it; gives the error of the ack. */
  take(connection: Connection, from: Address, stanza: BinaryNode): number | undefined {
    const { id, to } = stanza.attrs;
    const said = child(stanza);
    const attributes = { class: 'call', id, from: to, type: said?.tag };
    if (said?.tag === 'link_create') {
      const link = this.#link(from, said);
      const error = link ? undefined : BAD_REQUEST;
      connection.send(node('ack', { ...attributes, error }, link && [link]));
      return error;
    }
    const error = said ? this.#said(from, to, said) : BAD_REQUEST;
    connection.send(node('ack', { ...attributes, error }));
    return error;
  }

  #link(from: Address, asked: BinaryNode): BinaryNode | undefined {
    const { media = '' } = asked.attrs;
    if (!MEDIA.includes(media)) return undefined;
    const token = this.deps.calls.log.addLink(from.account.number, media);
    return node('link_create', { token, media });
  }

  #said(from: Address, to: string | undefined, said: BinaryNode): number | undefined {
    const id = said.attrs['call-id'] ?? '';
    if (!ID.test(id)) return BAD_REQUEST;
    switch (said.tag) {
      case 'offer':
        return this.#offer(from, to, id, said);
      case 'accept':
      case 'reject':
      case 'terminate':
        return this.#act(from, id, said.tag);
      default:
        this.deps.calls.relay(from, id, said.tag, said.attrs, children(said));
        return this.deps.calls.log.find(id) ? undefined : NOT_FOUND;
    }
  }

  #offer(from: Address, to: string | undefined, id: string, offer: BinaryNode): number | undefined {
    const callee = this.deps.directory.resolve(to)?.account;
    if (!callee || callee === from.account) return NOT_FOUND;
    if (this.deps.calls.log.find(id)) return CONFLICT;
    const group = offer.attrs['group-jid'];
    return codeOf(() => {
      this.deps.calls.start(from, callee, { id, video: isVideo(offer), group, parts: children(offer) });
    });
  }

  #act(from: Address, id: string, action: 'accept' | 'reject' | 'terminate'): number | undefined {
    return codeOf(() => {
      this.deps.calls.act(from, id, action);
    });
  }
}

/** The error code of what a client does to a call. An answer to a call that is over changes nothing, and is no mistake. */
function codeOf(deed: () => void): number | undefined {
  try {
    deed();
    return undefined;
  } catch (error) {
    if (!(error instanceof CallRefused)) throw error;
    return { CALL_NOT_FOUND: NOT_FOUND, CALL_LIMIT: TOO_MANY, CALL_STATE: undefined }[error.code];
  }
}
