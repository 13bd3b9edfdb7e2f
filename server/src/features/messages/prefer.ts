import Type from 'typebox';

export const PreferHeader = Type.Object({
  prefer: Type.Optional(
    Type.String({
      description: '`wait=N` holds the answer up to N seconds (at most 30) until WhatsApp has the message.',
    }),
  ),
});

const waitSecondsMax = 30;

/** Seconds of `Prefer: wait=N` (RFC 7240); 0 when it is absent or not understood, as the RFC asks. */
export function waitOf(prefer: string | undefined): number {
  const seconds = Number(/(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?/i.exec(prefer ?? '')?.[1] ?? 0);
  return Math.min(seconds, waitSecondsMax);
}
