import { type Account, type Address, jidIn } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { type BinaryNode, node } from '../wire/node.ts';
import type { Links } from './links.ts';

/** Who is online and who is typing, told to those who asked. Never queued, as on the real network. */
export class Presence {
  readonly #links: Links;
  readonly #directory: Directory;
  /** Number watched to the devices that watch it, with the way they name it. */
  readonly #subscribers = new Map<string, Map<string, Address & { mode: 'pn' | 'lid' }>>();

  constructor(links: Links, directory: Directory) {
    this.#links = links;
    this.#directory = directory;
  }

  /** Takes a `presence` stanza: own state, or a wish to know somebody else's. */
  take(from: Address, stanza: BinaryNode): void {
    const { type, to } = stanza.attrs;
    if (type === 'subscribe') {
      const target = this.#directory.resolve(to);
      if (!target) return;
      const watchers = this.#subscribers.get(target.account.number) ?? new Map();
      watchers.set(`${from.account.number}:${from.device}`, { ...from, mode: target.mode });
      this.#subscribers.set(target.account.number, watchers);
      this.#send({ ...from, mode: target.mode }, target.account);
    } else if (type === 'available' || type === 'unavailable') {
      const connection = this.#links.get(from.account.number, from.device);
      if (connection) connection.available = type === 'available';
      this.changed(from.account);
    }
  }

  /** Tells every subscriber how this person is now. */
  changed(account: Account): void {
    for (const watcher of this.#subscribers.get(account.number)?.values() ?? []) this.#send(watcher, account);
  }

  /** Carries `composing` and `paused` to the other person's active devices. */
  typing(from: Address, stanza: BinaryNode): void {
    const to = this.#directory.resolve(stanza.attrs.to);
    if (!to) return;
    const copy = node('chatstate', { from: jidIn(to.mode, from.account) }, stanza.content);
    for (const device of to.account.devices.keys()) this.#links.active(to.account.number, device)?.send(copy);
  }

  #send(watcher: Address & { mode: 'pn' | 'lid' }, about: Account): void {
    const available = [...about.devices.keys()].some(
      (device) => this.#links.active(about.number, device)?.available,
    );
    const attributes = { from: jidIn(watcher.mode, about), type: available ? undefined : 'unavailable' };
    this.#links.active(watcher.account.number, watcher.device)?.send(node('presence', attributes));
  }
}
