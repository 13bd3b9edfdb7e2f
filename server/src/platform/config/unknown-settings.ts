import { settings } from './config.ts';
import type { Setting } from './setting.ts';

/** Prefixes of our settings that hardly any other program uses: a variable with one was meant for us. */
const ours =
  /^(MULTIWA|WEBHOOK|SMTP|OUTBOUND|WHATSAPP|TRUSTED|LEASE|METRICS|CORS|AUDIT|REGISTRATION|ENCRYPTION)_/;
/** What container platforms put into the environment about other services. */
const foreign = /_(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP))(_|$)|_PORT$(?<!SMTP_PORT)/;
/** Shorter names are too much alike. */
const lengthMin = 7;
const lettersPerSlip = 7;

/** A sentence for each variable of the environment that looks like a setting of ours and is none. */
export function unknownSettings(env: Record<string, string | undefined>): string[] {
  const names = (Object.values(settings) as Setting<unknown>[]).flatMap(({ name, aliases }) => [
    name,
    ...aliases,
  ]);
  const sentences: string[] = [];
  for (const name of Object.keys(env).sort()) {
    if (names.includes(name)) continue;
    const meant = nearest(name, names);
    if (meant) sentences.push(`${name} is no setting and does nothing: is ${meant} meant?`);
    else if (ours.test(name) && !foreign.test(name))
      sentences.push(`${name} is no setting and does nothing.`);
  }
  return sentences;
}

/** The setting whose name differs in so few letters that it must be the one that was meant. */
function nearest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length < lengthMin) return undefined;
  let nearestName: string | undefined;
  let slipsMax = Math.floor(name.length / lettersPerSlip);
  for (const candidate of candidates) {
    if (candidate.length < lengthMin || Math.abs(candidate.length - name.length) > slipsMax) continue;
    const slips = slipsBetween(name.toUpperCase(), candidate);
    if (slips > slipsMax || (slips === slipsMax && nearestName)) continue;
    [nearestName, slipsMax] = [candidate, slips];
  }
  return nearestName;
}

/** Letters to insert, drop, replace or swap with their neighbour, to turn one word into the other. */
function slipsBetween(name: string, candidate: string): number {
  let before: number[] = [];
  let above = Array.from({ length: candidate.length + 1 }, (_, index) => index);
  for (let row = 1; row <= name.length; row++) {
    const current = [row];
    for (let column = 1; column <= candidate.length; column++) {
      const isSame = name[row - 1] === candidate[column - 1];
      const isSwapped = name[row - 1] === candidate[column - 2] && name[row - 2] === candidate[column - 1];
      current[column] = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, above] = [above, current];
  }
  return above[candidate.length] ?? 0;
}
