import type { LivePart } from '../live/index.ts';

/** What each feature does with events. They are loaded with the connection, after the first paint. */
export const liveParts: readonly LivePart[] = [
  () => import('./overview/live.ts'),
  () => import('./inbox/live.ts'),
  () => import('./profiles/live.ts'),
  () => import('./sandbox/live.ts'),
  () => import('./start/live.ts'),
  () => import('./webhooks/live.ts'),
];
