import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Part } from '../part.ts';
import type { Links } from '../router/links.ts';
import type { Notifications } from '../router/notifications.ts';
import { node } from '../wire/node.ts';

interface CompanionsDeps {
  readonly directory: Directory;
  readonly links: Links;
  readonly notifications: Notifications;
  readonly ledger: Ledger;
}

/** Unlinking of companions, from the phone or by themselves. */
export class Companions extends Part<CompanionsDeps> {
  /** Removes a device with its keys and queue, tells everybody concerned and ends its connection; false if there is none. */
  unlink(account: Account, number: number, by: string): boolean {
    const device = account.devices.get(number);
    if (!device) return false;
    this.deps.directory.removeDevice(account, number);
    this.deps.notifications.devicesChanged(account, 'remove', number, device.keyIndex);
    this.deps.ledger.note('unlinked', { number: account.number, device: number, text: by });
    const connection = this.deps.links.get(account.number, number);
    connection?.send(node('stream:error', { code: 401 }, [node('conflict', { type: 'device_removed' })]));
    connection?.close();
    return true;
  }
}
