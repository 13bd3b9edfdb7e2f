import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Address } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { deriveSeed } from '../keys.ts';
import type { MediaStore } from './media-store.ts';
import { MediaRefused } from './refusal.ts';

const VALID_SECONDS = 6 * 60 * 60;

/** Who may upload, and how clients address this host. */
export class MediaHost {
  readonly files: MediaStore;
  /** Seconds that an authorisation is good for. */
  readonly validSeconds = VALID_SECONDS;
  readonly #directory: Directory;
  readonly #secret: Buffer;
  readonly #address: () => string;

  /** `address` gives the host and port of this network, for those who have not come by one. */
  constructor(files: MediaStore, directory: Directory, master: Uint8Array, address: () => string) {
    this.files = files;
    this.#directory = directory;
    this.#secret = deriveSeed(master, 'media uploads');
    this.#address = address;
  }

  /** Host and port under which somebody who came by `address` finds this host. */
  hostname(address = ''): string {
    return address || this.#address();
  }

  /** The whole address of a file. */
  url(directPath: string, address?: string): string {
    return `https://${this.hostname(address)}${directPath}`;
  }

  /** What lets a device upload for some hours. */
  authorise({ account, device }: Address): string {
    const until = Math.floor(Date.now() / 1000) + VALID_SECONDS;
    const claim = `${account.number}.${device}.${until}`;
    return Buffer.from(`${claim}.${this.#seal(claim)}`).toString('base64url');
  }

  /** The number of whoever uploads with this authorisation. Throws a MediaRefused (401) when it is not good. */
  uploader(auth: string): string {
    const [number = '', device = '', until = '', seal = ''] = Buffer.from(auth, 'base64url')
      .toString()
      .split('.');
    const expected = Buffer.from(this.#seal(`${number}.${device}.${until}`));
    const given = Buffer.from(seal);
    const isTrue = given.length === expected.length && timingSafeEqual(given, expected);
    const isLinked = this.#directory.find(number)?.devices.has(Number(device));
    if (!isTrue || !isLinked || Number(until) * 1000 < Date.now()) {
      const message =
        'The query parameter "auth" is missing or no longer good; ask for a new media connection.';
      throw new MediaRefused(401, 'MEDIA_AUTH_INVALID', message);
    }
    return number;
  }

  #seal(claim: string): string {
    return createHmac('sha256', this.#secret).update(claim).digest('base64url');
  }
}
