import { type Account, type Device, lidJid, pnJid } from '../accounts/account.ts';
import { parseNumber } from '../accounts/number.ts';
import type { Network } from '../network.ts';
import { RequestFailure } from './failures.ts';

/** The number in a request; anything that is none is a 400. */
export function numberIn(text: string): string {
  const number = parseNumber(text);
  if (!number) throw new RequestFailure(400, 'VALIDATION_ERROR', `"${text}" is not a phone number.`);
  return number;
}

/** The person with this number, who comes into being when first named. */
export function phoneIn(network: Network, text: string): Account {
  return network.directory.ensure(numberIn(text));
}

/** A chat on a phone: the number of a person, who comes into being when first named, or the JID of a group. */
export function chatIn(network: Network, text: string): string {
  return /^\d+(-\d+)?@g\.us$/.test(text) ? text : phoneIn(network, text).number;
}

/** The person a message is for or about; groups are not there yet. */
export function otherIn(network: Network, text: string): Account {
  if (/@(g\.us|broadcast|newsletter)$/.test(text)) {
    throw new RequestFailure(501, 'NOT_IMPLEMENTED', 'Groups and broadcasts are not part of this network.');
  }
  return phoneIn(network, text);
}

/** A companion that has just been linked. */
export function paired(account: Account, { device }: Device) {
  return { number: account.number, device, jid: pnJid(account, device), lid: lidJid(account, device) };
}
