import type { proto } from 'baileys';
import type { EngineMessageId } from '../../port.ts';

/** Content in our own shape: `type` names the kind. */
export type Content = { type: string } & Record<string, unknown>;

/**
 * A kind's reading of a message, or undefined when the message is of another kind.
 * @param secret of the message, base64: what answers to it are sealed with
 */
export type Read = (message: proto.IMessage, secret: string | undefined) => Content | undefined;

/** Leaves out what the sender left out, so that absent and empty look the same. */
export function content(type: string, fields: Record<string, unknown>): Content {
  const shown: Content = { type };
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null && value !== '') shown[name] = value;
  }
  return shown;
}

/** Sizes and times arrive as 64-bit values; all that occur fit a number. */
export function toNumber(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** A time of the sender's clock; undefined when it is no moment. */
export function momentOf(ms: unknown): Date | undefined {
  const moment = new Date(toNumber(ms) || Number.NaN);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

export function targetOf(key: proto.IMessageKey | null | undefined): EngineMessageId | undefined {
  return (key?.id ?? undefined) as EngineMessageId | undefined;
}
