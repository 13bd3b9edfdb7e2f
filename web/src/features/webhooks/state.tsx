import type { WebhookDelivery, WebhookItem } from '@multiwa/sdk';
import type { ReactNode } from 'react';
import { Badge, type Hue } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { webhooksWords } from './words/index.ts';

type One = Pick<WebhookItem, 'enabled' | 'failingSince' | 'disabledReason'>;

/** Whether a webhook works, only fails, or is off: by a person, or because it failed for too long. */
export function WebhookState({ of }: { of: One }): ReactNode {
  const t = useWords(webhooksWords);
  if (!of.enabled) {
    return of.disabledReason ? (
      <Badge hue="failed">{t('states.disabled')}</Badge>
    ) : (
      <Badge hue="off">{t('states.off')}</Badge>
    );
  }
  return of.failingSince ? (
    <Badge hue="warning">{t('states.failing')}</Badge>
  ) : (
    <Badge hue="ok">{t('states.on')}</Badge>
  );
}

const hues: Record<WebhookDelivery['status'], Hue> = {
  pending: 'waiting',
  delivered: 'ok',
  failed: 'failed',
};

/** What became of a delivery; one that failed and is tried again is neither delivered nor given up. */
export function DeliveryState({ of }: { of: Pick<WebhookDelivery, 'status' | 'attempts'> }): ReactNode {
  const t = useWords(webhooksWords);
  if (of.status === 'pending' && of.attempts > 0)
    return <Badge hue="warning">{t('delivery.repeated')}</Badge>;
  return <Badge hue={hues[of.status]}>{t(`delivery.${of.status}`)}</Badge>;
}
