import type { proto } from 'baileys';
import { type Content, content } from './wire-message.ts';

/** Somebody asks for the phone number of whoever they know by linked identity. */
export function numberRequest({ requestPhoneNumberMessage: wire }: proto.IMessage): Content | undefined {
  return wire ? content('number-request', {}) : undefined;
}
