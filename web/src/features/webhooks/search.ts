import { present, textOf, wordOf } from '../developers/index.ts';

export const deliveryStates = ['pending', 'delivered', 'failed'] as const;
const tabs = ['deliveries', 'replays', 'settings'] as const;
const listTabs = ['webhooks', 'deliveries'] as const;

/** What a log of deliveries is filtered by, as it stands in the address. */
export interface DeliveryFilters {
  status?: (typeof deliveryStates)[number] | undefined;
  event?: string | undefined;
  code?: string | undefined;
  message?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
}

function filtersOf(search: Record<string, unknown>): DeliveryFilters {
  return {
    status: wordOf(search, 'status', deliveryStates),
    event: textOf(search, 'event'),
    code: textOf(search, 'code', /^[1-5]\d\d$/),
    message: textOf(search, 'message', /^.{1,100}$/),
    from: textOf(search, 'from', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    until: textOf(search, 'until', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  };
}

export interface WebhooksSearch extends DeliveryFilters {
  tab?: (typeof listTabs)[number] | undefined;
  new?: true | undefined;
}
export const webhooksSearch = (search: Record<string, unknown>): WebhooksSearch =>
  present({
    ...filtersOf(search),
    tab: wordOf(search, 'tab', listTabs),
    new: search.new === true || search.new === 'true' ? (true as const) : undefined,
  });

export interface WebhookSearch extends DeliveryFilters {
  tab?: (typeof tabs)[number] | undefined;
}
export const webhookSearch = (search: Record<string, unknown>): WebhookSearch =>
  present({ ...filtersOf(search), tab: wordOf(search, 'tab', tabs) });
