import type { Account } from '../accounts/account.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Companions } from '../login/companions.ts';
import type { Notifications } from '../router/notifications.ts';
import type { Phones } from './phones.ts';

interface ReinstallDeps {
  readonly phones: Phones;
  readonly companions: Companions;
  readonly notifications: Notifications;
  readonly ledger: Ledger;
}

/** The person installs the phone anew: companions go, keys change, and everybody who knew the old ones is told. */
export async function reinstall(deps: ReinstallDeps, account: Account, keepMessages: boolean): Promise<void> {
  const { phones, companions, notifications, ledger } = deps;
  await phones.renew(account, keepMessages);
  for (const device of [...account.devices.keys()]) companions.unlink(account, device, 'reinstall');
  notifications.identityChanged(account);
  ledger.note('reinstalled', { number: account.number });
}
