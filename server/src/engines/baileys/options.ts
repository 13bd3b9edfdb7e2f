import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EngineName, Files } from '../port.ts';
import type { Timings } from './silence-watch.ts';

export interface BaileysEngineOptions {
  name: EngineName;
  /** Address of the network's socket (`ws:` or `wss:`); asked again for every connection. */
  url: string | (() => string);
  db: Db;
  vault: Vault;
  clock: Clock;
  /** The files that messages carry. */
  files: Files;
  /** For encrypted files on their way to the network; made when it is not there. */
  uploadsFolder: string;
  /** Of file servers that have a certificate of their own, as the sandbox has (PEM). */
  certificate?: () => Promise<string>;
  /** How much of the past the phone is to tell when it is linked; absent: the recent part. */
  history?: 'recent' | 'full' | 'none';
  /** Other patience than usual, for networks or tests that need it. */
  timings?: Partial<Timings>;
}
