import { codesOfReasons } from './connection-table.ts';

/** Why a profile is in its status, for programs and for people who read another language. */
export interface StatusReason {
  code: string;
  params: Record<string, string>;
}

/** The sentence while WhatsApp has asked the account to send less. */
export const pausedReason = (until: Date) =>
  `WhatsApp asked this account to send less. Messages wait, and go on by themselves at ${until.toISOString()}.`;

/** The sentence when another phone was paired than the profile belongs to. */
export const wrongPhoneReason = (expected: string, paired: string) =>
  `This profile belongs to +${expected}, but +${paired} was paired. Pair the right phone.`;

const withParams: [RegExp, string][] = [
  [/^WhatsApp asked this account to send less\..* at (?<until>\S+)\.$/, 'SENDING_PAUSED'],
  [/^This profile belongs to \+(?<expected>\d+), but \+(?<paired>\d+) was paired\./, 'WRONG_PHONE'],
  [/^The sandbox network is switched off here/, 'SANDBOX_OFF'],
];
const plain = codesOfReasons();

/**
 * The code behind a sentence that is stored with a profile. Sentences are what is kept, so that what older versions wrote
 * has its code as well; one that nobody knows any more is `OTHER`.
 */
export function statusReasonOf(sentence: string | null): StatusReason | null {
  if (sentence === null) return null;
  const code = plain.get(sentence);
  if (code) return { code, params: {} };
  for (const [pattern, name] of withParams) {
    const found = pattern.exec(sentence);
    if (found) return { code: name, params: { ...found.groups } };
  }
  return { code: 'OTHER', params: {} };
}
