import { randomBytes } from 'node:crypto';
import type { Config } from './config/config.ts';

export type LinkConfig = Pick<Config, 'publicUrl' | 'host' | 'port'>;

/** What a link proves by being known. */
export function newLinkToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A page of the dashboard. The token stands after the `#`, which browsers send to no server and no log. */
export function linkTo(page: string, token: string, { publicUrl, host, port }: LinkConfig): string {
  const own = `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${port}`;
  return `${(publicUrl ?? own).replace(/\/+$/, '')}/${page}#token=${token}`;
}
