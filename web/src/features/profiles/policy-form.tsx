import { putProfileSendingPolicy, type SendingPolicy } from '@multiwa/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { client } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { Checkbox, say } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './profile.module.css';
import { policyQuery } from './queries.ts';
import { profilesWords } from './words/index.ts';

const switches = ['optOuts', 'consent', 'trouble'] as const;
type Switches = Record<(typeof switches)[number], boolean>;
const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** What a profile holds itself to when it writes to people it does not know, and to many. */
export function PolicyForm({ id, policy }: { id: string; policy: SendingPolicy }): ReactNode {
  const t = useWords(profilesWords);
  const cache = useQueryClient();
  const [on, setOn] = useState<Switches>({
    optOuts: policy.optOuts !== false,
    consent: policy.consent === true,
    trouble: policy.trouble,
  });
  const form = useServerForm({
    defaults: {
      coldDailyLimit: policy.coldDailyLimit ?? Number.NaN,
      marketingPerWeek: policy.marketingPerWeek ?? Number.NaN,
      startPerDay: policy.warmUp?.startPerDay ?? Number.NaN,
      rampDays: policy.warmUp?.rampDays ?? Number.NaN,
      from: policy.hours?.from ?? '',
      to: policy.hours?.to ?? '',
    },
    send: async ({ coldDailyLimit, marketingPerWeek, startPerDay, rampDays, from, to }) => {
      const isWarm = Number.isFinite(startPerDay) && Number.isFinite(rampDays);
      const isSame = policy.warmUp?.startPerDay === startPerDay && policy.warmUp.rampDays === rampDays;
      const answer = await putProfileSendingPolicy({
        client,
        path: { id },
        body: {
          ...on,
          coldDailyLimit: orNull(coldDailyLimit),
          marketingPerWeek: orNull(marketingPerWeek),
          hours: from && to ? { from, to } : null,
          // The same warm-up goes on from the day it began.
          ...(!isSame && { warmUp: isWarm ? { startPerDay, rampDays } : null }),
        },
      });
      cache.setQueryData(policyQuery(id).queryKey, answer);
      say(t('limits.saved'));
    },
  });
  return (
    <Form of={form} button={t('limits.save')}>
      <div className={styles.fields}>
        <TextField
          of={form}
          name="coldDailyLimit"
          type="number"
          min={0}
          label={t('limits.cold')}
          isOptional
        />
        <TextField
          of={form}
          name="marketingPerWeek"
          type="number"
          min={0}
          label={t('limits.perWeek')}
          isOptional
        />
        <TextField
          of={form}
          name="from"
          type="time"
          label={t('limits.from')}
          hint={t('limits.hoursHint')}
          isOptional
        />
        <TextField of={form} name="to" type="time" label={t('limits.to')} isOptional />
      </div>
      <h3>{t('limits.warmUp')}</h3>
      <div className={styles.fields}>
        <TextField of={form} name="startPerDay" type="number" min={1} label={t('limits.start')} isOptional />
        <TextField of={form} name="rampDays" type="number" min={1} label={t('limits.days')} isOptional />
      </div>
      <div>
        {switches.map((name) => (
          <Checkbox
            key={name}
            isChecked={on[name]}
            onChange={(isChecked) => setOn((before) => ({ ...before, [name]: isChecked }))}
          >
            {t(`limits.${name}`)}
          </Checkbox>
        ))}
      </div>
    </Form>
  );
}
