import type { Config } from '../../../platform/config/config.ts';

/** Whom operators of push services may turn to about this server (RFC 8292): its public address, or that of its letters. */
export function subjectOf({ publicUrl, smtpFrom }: Pick<Config, 'publicUrl' | 'smtpFrom'>): string {
  if (publicUrl?.startsWith('https://')) return publicUrl;
  const address = /[^\s<>]+@[^\s<>]+/.exec(smtpFrom ?? '')?.[0];
  return `mailto:${address ?? 'webmaster@localhost'}`;
}
