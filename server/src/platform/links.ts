import { randomBytes } from 'node:crypto';
import type { Config } from './config/config.ts';

export type LinkConfig = Pick<Config, 'publicUrl' | 'host' | 'port'>;

/** A secret that only the receiver of the link knows. */
export function newLinkToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A page of the dashboard. The token is behind the `#`, which browsers send to no server and no log. */
export function linkTo(page: string, token: string, { publicUrl, host, port }: LinkConfig): string {
  const own = `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${port}`;
  return `${(publicUrl ?? own).replace(/\/+$/, '')}/${page}#token=${token}`;
}
