import { type AuthenticationCreds, BufferJSON, initAuthCreds } from 'baileys';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { storedCredentials } from './login.store.ts';

/** JSON in which bytes survive, since Baileys expects its values back as they were. */
export function encode(value: unknown): string {
  return JSON.stringify(value, BufferJSON.replacer);
}

/** How {@link encode} begins bytes. Inside a string its quotes would be escaped, so a text without it has none. */
const bytesMark = '"type":"Buffer"';

/** Many and long texts hold no bytes (session records of old): a reviver would be called for each value for nothing. */
export function decode<T>(text: string): T {
  return (text.includes(bytesMark) ? JSON.parse(text, BufferJSON.reviver) : JSON.parse(text)) as T;
}

function contextOf(profileId: string): string {
  return `engine/${profileId}/credentials`;
}

/** The stored login, or a fresh identity that is stored once a phone has linked it. */
export async function loadCredentials(db: Db, vault: Vault, profileId: string): Promise<AuthenticationCreds> {
  const sealed = await storedCredentials(db, profileId);
  if (!sealed) return initAuthCreds();
  return decode<AuthenticationCreds>(vault.openText(sealed, contextOf(profileId)));
}

/**
 * The sealed credentials, or undefined before a phone has linked them: pairing by code sets `me` earlier, and
 * credentials stored at that point would log in, be refused, and never ask for a code again.
 */
export function sealCredentials(
  vault: Vault,
  profileId: string,
  creds: AuthenticationCreds,
): Buffer | undefined {
  return creds.account ? vault.sealText(encode(creds), contextOf(profileId)) : undefined;
}
