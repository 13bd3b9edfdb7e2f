import type { Profile } from '@multiwa/sdk';
import { ScanLine } from 'lucide-react';
import type { ReactNode } from 'react';
import { Badge } from '../../ui/index.ts';
import { formatMoment, useWords } from '../../words/index.ts';
import { hues, type Status } from './states.ts';
import type { words } from './words/en.ts';
import { profilesWords } from './words/index.ts';

/** The state of a profile in a word. */
export function StatusBadge({ status }: { status: Status }): ReactNode {
  const t = useWords(profilesWords);
  const icon = status === 'qr' || status === 'pairing' ? ScanLine : undefined;
  return (
    <Badge hue={hues[status]} icon={icon}>
      {t(`statuses.${status}`)}
    </Badge>
  );
}

type ReasonCode = keyof typeof words.reasons;

/** Those that have words here. Asking the catalogue for all of them in every row would take longer than drawing it. */
const reasonCodes: ReadonlySet<string> = new Set<ReasonCode>([
  'RESTART_ASKED',
  'CONNECTION_LOST',
  'NEVER_ANSWERED',
  'UNAVAILABLE',
  'SCAN_EXPIRED',
  'REPLACED',
  'REPLACED_GAVE_UP',
  'LOGGED_OUT',
  'BANNED',
  'BANNED_FOR_A_WHILE',
  'OUTDATED',
  'STREAM_BROKEN',
  'STREAM_BROKEN_LASTS',
  'SESSION_DAMAGED',
  'SESSION_DAMAGED_GAVE_UP',
  'NOT_WHATSAPP',
  'NOT_LINKABLE',
  'NOT_LINKABLE_GAVE_UP',
  'CLOSED',
  'SENDING_PAUSED',
  'WRONG_PHONE',
  'SANDBOX_OFF',
]);

/** Why a profile is in its state, in the language of the page; in the server's words where the code is not known here. */
export function useReason(): (
  about: Pick<Profile, 'statusReason' | 'statusReasonCode' | 'statusReasonParams'>,
) => string | undefined {
  const t = useWords(profilesWords);
  return ({ statusReason, statusReasonCode, statusReasonParams }) => {
    if (statusReasonCode === null || !reasonCodes.has(statusReasonCode)) return statusReason ?? undefined;
    const { until } = statusReasonParams;
    const params = { ...statusReasonParams, ...(until && { until: formatMoment(until) }) };
    return t(
      `reasons.${statusReasonCode as ReasonCode}`,
      params as { until: string; expected: string; paired: string },
    );
  };
}
