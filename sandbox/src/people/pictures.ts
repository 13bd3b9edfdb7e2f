import { randomBytes } from 'node:crypto';
import { type Account, type Address, pnJid, withoutDevice } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { Part } from '../part.ts';
import type { Notifications } from '../router/notifications.ts';
import type { Store } from '../store/sqlite.ts';
import { node } from '../wire/node.ts';
import type { Acquaintances } from './acquaintances.ts';
import { identicon } from './identicon.ts';
import type { Privacy } from './privacy.ts';

/** A person or a group that has a picture. */
export interface PictureOwner {
  /** What the picture is kept under: a number, or the JID of a group. */
  readonly key: string;
  /** How clients name the owner. */
  readonly jid: string;
  maySee(viewer: Account): boolean;
  maySet(author: Account): boolean;
  /** Everybody whose devices hear of a change, the author too. */
  readonly audience: () => Account[];
  /** How the audience names whoever changed the picture. */
  authorJid(author: Account): string;
}

interface Picture {
  readonly id: string;
  /** Part of the address, so that nobody guesses it. */
  readonly token: string;
  readonly image: Buffer;
  readonly preview: Buffer;
}

interface PictureRow {
  id: string;
  token: string;
  image: Uint8Array;
  preview: Uint8Array;
}

type Kind = 'image' | 'preview';

const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);
const BYTES_MAX = 2 * 1024 * 1024;
const IMAGE_PIXELS = 640;
const PREVIEW_PIXELS = 96;

interface PicturesDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly privacy: Privacy;
  readonly acquaintances: Acquaintances;
  readonly notifications: Notifications;
  /** The owner that a JID of no person names, such as a group. */
  readonly otherOwner: (jid: string) => PictureOwner | undefined;
}

/** Profile pictures. What a client uploads is kept as it is; a picture without a preview is its own. */
export class Pictures extends Part<PicturesDeps> {
  /** Whose picture a JID names; undefined when nobody here has that name. */
  owner(jid: string): PictureOwner | undefined {
    const account = this.deps.directory.resolve(withoutDevice(jid))?.account;
    return account ? this.person(account) : this.deps.otherOwner(jid);
  }

  person(account: Account): PictureOwner {
    const maySee = (viewer: Account): boolean => this.deps.privacy.allows(account, viewer, 'profile');
    return {
      key: account.number,
      jid: pnJid(account),
      maySee,
      maySet: (author) => author === account,
      authorJid: pnJid,
      audience: () => [account, ...this.deps.acquaintances.circle(account).filter(maySee)],
    };
  }

  /** Why these bytes can't be a picture, as the code and text of an error; undefined when they can. */
  problem(image: Buffer): { error: number; text: string } | undefined {
    if (image.length > BYTES_MAX) return { error: 413, text: 'request-entity-too-large' };
    if (!image.subarray(0, 3).equals(JPEG_START)) return { error: 406, text: 'not-acceptable' };
    return undefined;
  }

  get(owner: PictureOwner): Picture | undefined {
    return this.#find('owner', owner.key);
  }

  /** The bytes behind an address of `path`. */
  at(token: string, kind: Kind): Buffer | undefined {
    return this.#find('token', token)?.[kind];
  }

  /** The address of a picture on this network. */
  path(picture: Picture, kind: Kind): string {
    return `/v/pictures/${picture.token}${kind === 'preview' ? '-preview' : ''}.jpg`;
  }

  /** Sets a picture (a generated one when there are no bytes) and tells everybody concerned. Gives its id. */
  set(owner: PictureOwner, author: Address, image?: Buffer, preview?: Buffer): string {
    const id = String(Date.now() * 1000 + (randomBytes(2).readUInt16BE(0) % 1000));
    const token = randomBytes(18).toString('hex');
    const full = image ?? identicon(`${owner.key} ${id}`, IMAGE_PIXELS);
    const small = preview ?? image ?? identicon(`${owner.key} ${id}`, PREVIEW_PIXELS);
    const sql = 'INSERT OR REPLACE INTO pictures (owner, id, token, image, preview) VALUES (?, ?, ?, ?, ?)';
    this.deps.store.run(sql, owner.key, id, token, full, small);
    const news = node('set', { jid: owner.jid, id, author: owner.authorJid(author.account) });
    this.deps.notifications.tell(owner.audience(), 'picture', owner.jid, news, author);
    return id;
  }

  /** Takes the picture away and tells everybody concerned; false when there was none. */
  remove(owner: PictureOwner, author: Address): boolean {
    if (this.deps.store.run('DELETE FROM pictures WHERE owner = ?', owner.key) === 0) return false;
    const news = node('delete', { jid: owner.jid, author: owner.authorJid(author.account) });
    this.deps.notifications.tell(owner.audience(), 'picture', owner.jid, news, author);
    return true;
  }

  #find(column: 'owner' | 'token', value: string): Picture | undefined {
    const row = this.deps.store.get<PictureRow>(`SELECT * FROM pictures WHERE ${column} = ?`, value);
    if (!row) return undefined;
    const { id, token } = row;
    return { id, token, image: Buffer.from(row.image), preview: Buffer.from(row.preview) };
  }
}
