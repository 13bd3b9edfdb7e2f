import { type BinaryNode, getAllBinaryNodeChildren, getBinaryNodeChild } from 'baileys';
import { chatKind } from '../../../platform/chat-id.ts';
import type { IncomingMessage } from '../../port.ts';
import { createBoundedMap } from '../bounded-map.ts';
import { isSameChat, toChat, toMessageId, toPerson } from '../ids.ts';
import { content } from './wire-message.ts';

interface Self {
  id: string;
  lid?: string | undefined;
}

interface Call {
  video: boolean;
  group?: string | undefined;
  caller: (string | undefined)[];
  atS: number;
}

const callsMax = 200;
/** Why a call that still rang here is over, where it says so; without a reason its caller gave up. */
const outcomes = new Map([
  ['rejected_elsewhere', 'rejected'],
  ['accepted_elsewhere', 'answered'],
]);

/** Reads what the network tells of calls: a call is a message of its chat once it no longer rings. */
export function createCalls() {
  const ringing = createBoundedMap<string, Call>(callsMax);

  return (stanza: BinaryNode, self: Self): IncomingMessage | undefined => {
    const { attrs } = stanza;
    const [signal] = getAllBinaryNodeChildren(stanza);
    const id = signal?.attrs['call-id'];
    if (!signal || !id) return undefined;
    const creator = signal.attrs['call-creator'] ?? signal.attrs.from ?? attrs.from;
    if (isSameChat(creator, self.id) || isSameChat(creator, self.lid)) return undefined;
    const atS = Number(attrs.t);
    if (signal.tag === 'offer' || signal.tag === 'offer_notice') {
      ringing.set(id, {
        video: getBinaryNodeChild(signal, 'video') !== undefined || signal.attrs.media === 'video',
        group: signal.attrs['group-jid'],
        caller: [creator, signal.attrs.caller_pn, signal.attrs.caller_lid, attrs.from],
        atS,
      });
      return undefined;
    }
    if (signal.tag !== 'terminate' && signal.tag !== 'reject') return undefined;
    const call = ringing.get(id);
    ringing.delete(id);
    const group = toChat(call?.group);
    const sender = toPerson(call?.caller ?? [creator, attrs.from]);
    const chat = group && chatKind(group) === 'group' ? group : (sender.phone ?? sender.lid);
    if (!chat) return undefined;
    const alias = chat === sender.phone ? sender.lid : undefined;
    const outcome = signal.tag === 'reject' ? 'rejected' : outcomes.get(signal.attrs.reason ?? '');
    const seconds = Number(signal.attrs.duration);
    return {
      id: toMessageId(id),
      chat,
      ...(alias && { chatAlias: alias }),
      sender,
      fromMe: false,
      timestamp: new Date((call?.atS ?? atS) * 1000),
      content: content('call', {
        outcome: outcome ?? 'missed',
        video: call?.video,
        group: call && group !== undefined,
        seconds: seconds > 0 ? seconds : undefined,
      }),
      late: attrs.offline !== undefined,
    };
  };
}
