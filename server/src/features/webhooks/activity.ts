import type { PassingEvents } from '../../platform/events/passing.ts';
import type { Outcome } from './attempt.ts';
import type { Claim } from './claim.ts';
import { webhookActivity } from './webhooks.events.ts';

/** Of each webhook at most one word in this time, however much it delivers. */
const apartMs = 1_000;

interface Sum {
  organizationId: string;
  delivered: number;
  failed: number;
  last: Outcome;
}

/** Tells people who look at a webhook what it does at this moment. */
export function createActivity({ passing }: { passing: Pick<PassingEvents, 'tell'> }) {
  const sums = new Map<string, Sum>();
  let timer: NodeJS.Timeout | undefined;

  function tell(): void {
    timer = undefined;
    for (const [webhookId, { organizationId, delivered, failed, last }] of sums) {
      const { statusCode, error, durationMs } = last;
      const body = { webhookId, delivered, failed, statusCode, error, durationMs };
      passing.tell(webhookActivity, { organizationId, profileId: null, body });
    }
    sums.clear();
  }

  return {
    /** What came of one request with these deliveries. */
    note(
      [{ webhook_id: id, organization_id: organizationId }, ...others]: readonly [Claim, ...Claim[]],
      last: Outcome,
    ) {
      const { delivered = 0, failed = 0 } = sums.get(id) ?? {};
      const count = 1 + others.length;
      sums.set(id, {
        ...{ organizationId, last },
        delivered: delivered + (last.success ? count : 0),
        failed: failed + (last.success ? 0 : count),
      });
      timer ??= setTimeout(tell, apartMs);
    },
    stop(): void {
      clearTimeout(timer);
    },
  };
}
