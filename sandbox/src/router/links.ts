import type { Connection } from '../wire/connection.ts';
import { node } from '../wire/node.ts';

/** Which device is connected where. One connection a device: the newer replaces the older. */
export class Links {
  readonly #byDevice = new Map<string, Connection>();

  get(number: string, device: number): Connection | undefined {
    return this.#byDevice.get(`${number}:${device}`);
  }

  /** The connection of a device that takes stanzas live. */
  active(number: string, device: number): Connection | undefined {
    const connection = this.get(number, device);
    return connection?.active ? connection : undefined;
  }

  all(): Connection[] {
    return [...this.#byDevice.values()];
  }

  add(connection: Connection): void {
    const older = this.get(connection.number, connection.device);
    this.#byDevice.set(`${connection.number}:${connection.device}`, connection);
    if (!older || older === connection) return;
    older.send(node('stream:error', {}, [node('conflict', { type: 'replaced' })]));
    older.close();
  }

  remove(connection: Connection): void {
    const key = `${connection.number}:${connection.device}`;
    if (this.#byDevice.get(key) === connection) this.#byDevice.delete(key);
  }
}
