import type { CreateWebhook, UpdateWebhook, WebhookItem } from '@multiwa/sdk';
import { type ReactNode, useState } from 'react';
import { useScope } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { Field, Input, Switch } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { ProfileSelect } from '../developers/index.ts';
import { EventPicker } from './event-picker.tsx';
import { FilterFields, type Filters, usedFilters } from './filter-fields.tsx';
import { HeaderFields, headersOfRows, rowsOf } from './header-fields.tsx';
import { webhooksWords } from './words/index.ts';

export type Known = Pick<WebhookItem, 'url' | 'events' | 'headers' | 'filters' | 'batch' | 'ordered'>;

/** Where a webhook leads and what it hears. Made or changed: whose it is and its secret are said once, when it is made. */
export function WebhookForm({
  known,
  send,
}: {
  known?: Known | undefined;
  send: (values: CreateWebhook & UpdateWebhook) => Promise<unknown>;
}): ReactNode {
  const t = useWords(webhooksWords);
  const [events, setEvents] = useState<string[]>(known?.events ?? ['message.*']);
  const [profileId, setProfileId] = useState(useScope().profile ?? '');
  const [filters, setFilters] = useState<Filters>(known?.filters ?? {});
  const [rows, setRows] = useState(() => rowsOf(known?.headers ?? {}));
  const [ordered, setOrdered] = useState(known?.ordered ?? false);
  const [batch, setBatch] = useState(known?.batch?.max ?? 0);
  const form = useServerForm({
    defaults: { url: known?.url ?? '', secret: '' },
    send: ({ url, secret }) =>
      send({
        url,
        events,
        headers: headersOfRows(rows),
        filters: usedFilters(filters),
        ordered,
        batch: batch > 0 ? { max: batch } : null,
        ...(!known && profileId && { profileId }),
        ...(secret && { secret }),
      }),
  });
  return (
    <Form of={form} button={t(known ? 'save' : 'make')}>
      <TextField
        of={form}
        name="url"
        type="url"
        isMono
        label={t('form.url')}
        hint={t('form.urlHint')}
        placeholder="https://example.com/hook"
        autoComplete="off"
      />
      {!known && (
        <Field label={t('form.profile')}>
          {({ id }) => (
            <ProfileSelect id={id} value={profileId} all={t('wholeOrganization')} onChange={setProfileId} />
          )}
        </Field>
      )}
      <EventPicker chosen={events} onChange={setEvents} />
      <FilterFields value={filters} onChange={setFilters} />
      <HeaderFields rows={rows} onChange={setRows} />
      <Switch label={t('form.ordered')} hint={t('form.orderedHint')} isOn={ordered} onChange={setOrdered} />
      <Switch
        label={t('form.batch')}
        hint={t('form.batchHint')}
        isOn={batch > 0}
        onChange={(isOn) => setBatch(isOn ? 50 : 0)}
      />
      {batch > 0 && (
        <Field label={t('form.batchMax')}>
          {(ties) => (
            <Input
              {...ties}
              type="number"
              min={1}
              max={100}
              value={batch}
              onChange={(event) => setBatch(Math.min(100, Math.max(1, event.target.valueAsNumber || 1)))}
            />
          )}
        </Field>
      )}
      {!known && (
        <TextField
          of={form}
          name="secret"
          isMono
          isOptional
          label={t('secret')}
          hint={t('form.secretHint')}
          autoComplete="off"
          minLength={16}
          maxLength={256}
        />
      )}
    </Form>
  );
}
