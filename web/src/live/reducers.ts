import type { EventName, GatewayEvent } from '@multiwa/sdk';
import type { QueryClient } from '@tanstack/react-query';

/** What events do to what is shown: per name a function that edits the cache and does nothing else. */
export type Live = { [Name in EventName]?: (event: GatewayEvent<Name>, cache: QueryClient) => void } & {
  /** Hears every event, after the one of its name. */
  '*'?: (event: GatewayEvent, cache: QueryClient) => void;
};

/** For `live.ts` of a feature: `export const live = defineLive({ 'connection.update': (event, cache) => … })`. */
export const defineLive = (live: Live): Live => live;

/** Applies events in their order. A part that fails is told of and keeps none of the others from its work. */
export function apply(
  events: readonly GatewayEvent[],
  parts: readonly Live[],
  cache: QueryClient,
  failed: (error: unknown) => void,
): void {
  for (const event of events) {
    for (const part of parts) {
      const named = part[event.event] as ((event: GatewayEvent, cache: QueryClient) => void) | undefined;
      for (const edit of [named, part['*']]) {
        try {
          edit?.(event, cache);
        } catch (error) {
          failed(error);
        }
      }
    }
  }
}
