import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const presenceKeeps: Keeps = {
  withheld: { presence_subscriptions: 'which chats somebody watches for some minutes' },
  rows: [{ place: 53, table: 'presence_subscriptions', of: ofOrganization }],
};
