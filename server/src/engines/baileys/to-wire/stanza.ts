import { type BinaryNode, proto } from 'baileys';

/** What a message's stanza says of it outside the encryption. */
export interface StanzaParts {
  additionalAttributes?: BinaryNode['attrs'];
  additionalNodes?: BinaryNode[];
}

const { REVOKE, MESSAGE_EDIT } = proto.Message.ProtocolMessage.Type;

/** In the words of the network: 1 an edit, 2 a pin, 7 the author takes it back, 8 an admin takes back what another wrote. */
export function stanzaOf(content: proto.IMessage): StanzaParts {
  const { protocolMessage, pollCreationMessage, pollCreationMessageV3 } = content;
  if (pollCreationMessage ?? pollCreationMessageV3) {
    return { additionalNodes: [{ tag: 'meta', attrs: { polltype: 'creation' } }] };
  }
  if (content.eventMessage) {
    return { additionalNodes: [{ tag: 'meta', attrs: { event_type: 'creation' } }] };
  }
  if (content.pinInChatMessage) return { additionalAttributes: { edit: '2' } };
  if (protocolMessage?.type === MESSAGE_EDIT) return { additionalAttributes: { edit: '1' } };
  if (protocolMessage?.type !== REVOKE) return {};
  return { additionalAttributes: { edit: protocolMessage.key?.fromMe ? '7' : '8' } };
}
