import { normalizeMessageContent, proto } from 'baileys';
import type { Expiration } from '../../port.ts';
import { toNumber } from './wire-message.ts';

const setting = proto.Message.ProtocolMessage.Type.EPHEMERAL_SETTING;
/** Phones offer 24 hours, 7 and 90 days; a year leaves room for more. Longer ones are ignored. */
const secondsMax = 366 * 86_400;

/**
 * How long a message lasts on phones or, of one that sets it, how long those that follow it do.
 * @param atS when it was sent: a setting can't be newer than the message that states it
 */
export function expirationOf(message: proto.IMessage, atS: number): Expiration | undefined {
  const inner = normalizeMessageContent(message) ?? message;
  const { protocolMessage } = inner;
  if (protocolMessage?.type === setting) {
    const { ephemeralExpiration, ephemeralSettingTimestamp } = protocolMessage;
    return expiration(ephemeralExpiration ?? 0, ephemeralSettingTimestamp, atS);
  }
  for (const part of Object.values(inner)) {
    const info = (part as { contextInfo?: proto.IContextInfo | null } | null)?.contextInfo;
    if (info?.expiration) return expiration(info.expiration, info.ephemeralSettingTimestamp, atS);
  }
  return undefined;
}

export function expiration(seconds: number, sinceS: unknown, atS: number): Expiration | undefined {
  if (!(seconds >= 0 && seconds <= secondsMax)) return undefined;
  const startS = toNumber(sinceS) || atS;
  return { seconds, since: new Date(Math.max(0, Math.min(startS, atS)) * 1000) };
}
