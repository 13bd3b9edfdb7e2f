import { present, textOf, wordOf } from '../developers/index.ts';

const tabs = ['tail', 'catalogue'] as const;

/** What is shown: of which names (a pattern), which event is open, and which of the catalogue. */
export interface EventsSearch {
  tab?: (typeof tabs)[number] | undefined;
  event?: string | undefined;
  open?: string | undefined;
  name?: string | undefined;
}
export const eventsSearch = (search: Record<string, unknown>): EventsSearch =>
  present({
    tab: wordOf(search, 'tab', tabs),
    event: textOf(search, 'event'),
    open: textOf(search, 'open', /^[0-9a-f-]{36}$/i),
    name: textOf(search, 'name', /^[a-z._]{1,100}$/),
  });
