import type { OutgoingContent, OutgoingKind } from './port.ts';

/** A message of each kind that can be sent, and how the phone of its receiver shows it. */
export const samples: {
  [Kind in OutgoingKind]: { sent: OutgoingContent<Kind>; shown: Record<string, unknown> };
} = {
  text: {
    sent: { type: 'text', text: 'Rye or wheat? 🥐' },
    shown: { type: 'text', text: 'Rye or wheat? 🥐' },
  },
};
