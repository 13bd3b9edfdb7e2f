import type { proto } from 'baileys';

const PARTS = 3;

/** Parts of a version such as `2.3000.1015901307`; undefined when the text is none. */
export function versionParts(text: string): number[] | undefined {
  const parts = text.split('.').map(Number);
  return parts.length === PARTS && parts.every((part) => Number.isInteger(part) && part >= 0)
    ? parts
    : undefined;
}

/** Whether a client logs in with an older version than `minimum`. */
export function isOutdated(payload: proto.IClientPayload, minimum: string): boolean {
  const { primary, secondary, tertiary } = payload.userAgent?.appVersion ?? {};
  const have = [primary ?? 0, secondary ?? 0, tertiary ?? 0];
  const wanted = versionParts(minimum) ?? [];
  for (const [index, part] of wanted.entries()) {
    if (have[index] !== part) return (have[index] ?? 0) < part;
  }
  return false;
}
