import { type Account, type Device, lidJid, pnJid } from '../accounts/account.ts';
import { parseNumber } from '../accounts/number.ts';
import { STATUS_JID } from '../groups/chats.ts';
import { type Group, groupJid } from '../groups/group.ts';
import type { Network } from '../network.ts';
import type { Target } from '../phone/sender.ts';
import { RequestFailure } from './failures.ts';

/** So much of what is wrong is said again. */
const ECHO_MAX = 60;

/** The number in a request; anything that is none is a 400. */
export function numberIn(text: string): string {
  const number = parseNumber(text);
  if (!number) throw new RequestFailure(400, 'VALIDATION_ERROR', notANumber(text));
  return number;
}

export function notANumber(text: string): string {
  return `"${text.slice(0, ECHO_MAX)}" is not a phone number.`;
}

/** The person with this number, who comes into being when first named. */
export function phoneIn(network: Network, text: string): Account {
  return network.directory.ensure(numberIn(text));
}

/** The group with this JID; 404 when there is none. */
export function groupIn(network: Network, text: string): Group {
  const group = network.groups.all.find(text.trim());
  if (!group) throw new RequestFailure(404, 'GROUP_NOT_FOUND', `There is no group "${text}".`);
  return group;
}

/** Where a message goes: a person, who comes into being when first named, a group, or everybody this person knows. */
export function targetIn(network: Network, sender: Account, text: string, audience?: string[]): Target {
  if (text === STATUS_JID) {
    const known = audience?.map((each) => phoneIn(network, each)) ?? network.phones.acquaintances(sender);
    return { is: 'status', audience: known.filter((account) => account !== sender) };
  }
  if (text.endsWith('@newsletter') || text.endsWith('@broadcast')) {
    throw new RequestFailure(
      501,
      'NOT_IMPLEMENTED',
      'Newsletters and broadcast lists are not part of this network.',
    );
  }
  if (text.endsWith('@g.us')) return { is: 'group', group: groupIn(network, text) };
  const account = network.directory.reachedBy(numberIn(text)) ?? phoneIn(network, text);
  return { is: 'person', account, device: 0, mode: 'pn' };
}

/** The name under which a phone keeps a chat: a number, the JID of a group, or that of the status. */
export function chatIn(network: Network, text: string): string {
  if (text === STATUS_JID) return text;
  if (text.endsWith('@g.us')) return groupJid(groupIn(network, text));
  return phoneIn(network, text).number;
}

/** A chat as the past or the settings of a phone may name it: also a group that is no more. */
export function anyChatIn(network: Network, text: string): string {
  return /^\d+(-\d+)?@g\.us$/.test(text) ? text : phoneIn(network, text).number;
}

/** A companion that has just been linked. */
export function paired(account: Account, { device }: Device) {
  return { number: account.number, device, jid: pnJid(account, device), lid: lidJid(account, device) };
}
