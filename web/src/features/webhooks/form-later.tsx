import { type ComponentProps, lazy, type ReactNode, Suspense } from 'react';
import { Skeleton } from '../../ui/index.ts';
import type { WebhookForm } from './webhook-form.tsx';

const Loaded = lazy(() => import('./webhook-form.tsx').then((file) => ({ default: file.WebhookForm })));

/** The form of a webhook, loaded when it is opened: lists and logs are looked at far more often. */
export function FormLater(props: ComponentProps<typeof WebhookForm>): ReactNode {
  return (
    <Suspense fallback={<Skeleton rows={6} height="line" />}>
      <Loaded {...props} />
    </Suspense>
  );
}
