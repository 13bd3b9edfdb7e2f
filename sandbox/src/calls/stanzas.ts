import { type Account, lidJid, pnJid } from '../accounts/account.ts';
import { stanzaId } from '../router/notifications.ts';
import { type BinaryNode, child, children, node, nowSeconds } from '../wire/node.ts';
import type { Call } from './call-log.ts';

/** Something that happens to a call, as a device is told of it. */
export interface Signal {
  readonly tag: string;
  readonly attributes?: Record<string, string>;
  readonly parts?: BinaryNode[];
}

const VOICE = node('audio', { enc: 'opus', rate: 16_000 });
const VIDEO = node('video', {
  enc: 'vp8',
  dec: 'vp8',
  orientation: 0,
  screen_width: 1080,
  screen_height: 1920,
});

/** Tells a device of a change; `from` is the other side. */
export function signalStanza(call: Call, from: Account, creator: Account, signal: Signal): BinaryNode {
  const attributes = { ...signal.attributes, 'call-id': call.id, 'call-creator': pnJid(creator) };
  const outer = { from: pnJid(from), id: stanzaId(), t: nowSeconds() };
  return node('call', outer, [node(signal.tag, attributes, signal.parts ?? [])]);
}

/** Makes a device ring. `parts` are those of a client's offer: of its per-device keys, only the ones for this device. */
export function offerStanza(
  call: Call,
  caller: Account,
  callee: Account,
  device: number,
  parts?: BinaryNode[],
): BinaryNode {
  const names = [pnJid(callee, device), lidJid(callee, device)];
  const media = call.video ? [VOICE, VIDEO] : [VOICE];
  const given = parts?.flatMap((part) => {
    if (part.tag !== 'destination') return [part];
    return children(part, 'to')
      .filter((to) => names.includes(to.attrs.jid ?? ''))
      .flatMap((to) => children(to));
  });
  const group: Record<string, string> = call.group ? { 'group-jid': call.group, type: 'group' } : {};
  const attributes = { ...group, caller_pn: pnJid(caller), joinable: '1' };
  return signalStanza(call, caller, caller, { tag: 'offer', attributes, parts: given ?? media });
}

/** Whether a client's offer is for a video call. */
export function isVideo(offer: BinaryNode): boolean {
  return child(offer, 'video') !== undefined;
}
