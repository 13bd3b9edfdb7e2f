/** What became of the last messages of a profile's campaigns. */
interface Outcomes {
  /** Of the last ones that were decided. */
  decided: number;
  refused: number;
  /** Of the last ones that were sent a while ago. */
  sent: number;
  delivered: number;
  optedOut: number;
}

/** Too many of the people who were written to don't want it, as far as WhatsApp tells; with the numbers. */
export interface Trouble {
  what: 'refused' | 'undelivered' | 'opted-out';
  count: number;
  of: number;
  /** For people. */
  says: string;
}

export const troubleSample = 50;
/** Later than this after it was sent, a message that was not delivered counts; phones may be off. */
export const deliveryMs = 15 * 60_000;
const samplesMin = 20;
const refusedShare = 0.2;
const deliveredShare = 0.4;
const optedOutShare = 0.03;

/** Undefined: no trouble, or too few messages to tell. */
export function troubleIn({ decided, refused, sent, delivered, optedOut }: Outcomes): Trouble | undefined {
  const found = (what: Trouble['what'], count: number, of: number, did: string): Trouble => ({
    ...{ what, count, of },
    says: `Of the last ${of} messages ${count} ${did}.`,
  });
  if (decided >= samplesMin && refused >= decided * refusedShare) {
    return found('refused', refused, decided, 'were refused by WhatsApp');
  }
  if (sent < samplesMin) return undefined;
  if (delivered < sent * deliveredShare) {
    return found('undelivered', sent - delivered, sent, 'were not delivered');
  }
  return optedOut >= sent * optedOutShare
    ? found('opted-out', optedOut, sent, 'led to an opt-out')
    : undefined;
}
