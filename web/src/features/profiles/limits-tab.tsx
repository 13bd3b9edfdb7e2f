import type { Profile } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useMay } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { Button, Loaded, Panel, Switch, say, sayProblem } from '../../ui/index.ts';
import { formatNumber, locale, useWords } from '../../words/index.ts';
import { useChangeProfile } from './commands.ts';
import { meaningOf, type Pace, presets } from './pace.ts';
import { PolicyForm } from './policy-form.tsx';
import styles from './profile.module.css';
import { policyQuery } from './queries.ts';
import { profilesWords } from './words/index.ts';

/** How fast and how much a profile sends. */
export function LimitsTab({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const policy = useQuery(policyQuery(profile.id));
  const isFixed = !useMay()('profile:update');
  const change = useChangeProfile(profile.id);
  return (
    <>
      <Panel title={t('limits.title')} hint={t('limits.hint')}>
        <fieldset disabled={isFixed} className={styles.bare}>
          <PaceForm key={profile.id} profile={profile} />
        </fieldset>
      </Panel>
      <Panel title={t('limits.policy')} hint={t('limits.policyHint')}>
        <Loaded query={policy}>
          {(shown) => (
            <fieldset disabled={isFixed} className={styles.bare}>
              <PolicyForm id={profile.id} policy={shown} />
            </fieldset>
          )}
        </Loaded>
      </Panel>
      <Panel title={t('limits.statuses')}>
        <Switch
          label={t('limits.dropStatuses')}
          isOn={profile.dropStatuses === true}
          isDisabled={isFixed || change.isPending}
          onChange={(isOn) => change.mutateAsync({ dropStatuses: isOn }).catch(sayProblem)}
        />
      </Panel>
    </>
  );
}

interface PaceFields {
  delay: number;
  jitter: number;
  daily: number;
}

const fieldsOf = ({ delaySeconds, jitterSeconds, perDay }: Pace): PaceFields => ({
  delay: delaySeconds,
  jitter: jitterSeconds,
  daily: perDay ?? Number.NaN,
});

function PaceForm({ profile }: { profile: Profile }): ReactNode {
  const t = useWords(profilesWords);
  const change = useChangeProfile(profile.id);
  const { messageDelayMs, messageDelayJitterMs, dailyMessageLimit } = profile;
  const form = useServerForm<PaceFields>({
    defaults: fieldsOf({
      delaySeconds: messageDelayMs / 1000,
      jitterSeconds: messageDelayJitterMs / 1000,
      perDay: dailyMessageLimit ?? undefined,
    }),
    send: async ({ delay, jitter, daily }) => {
      await change.mutateAsync({
        messageDelayMs: Math.round((delay || 0) * 1000),
        messageDelayJitterMs: Math.round((jitter || 0) * 1000),
        dailyMessageLimit: Number.isFinite(daily) ? daily : null,
      });
      say(t('limits.saved'));
    },
  });
  const { delay, jitter, daily } = form.form.watch();
  const meaning = meaningOf({
    delaySeconds: Number(delay) || 0,
    jitterSeconds: Number(jitter) || 0,
    perDay: Number(daily) > 0 ? Number(daily) : undefined,
  });
  return (
    <Form of={form} button={t('limits.save')}>
      <div className={styles.presets}>
        <span>{t('limits.preset')}</span>
        {(['free', 'normal', 'careful'] as const).map((name) => (
          <Button
            key={name}
            size="small"
            onClick={() => form.form.reset(fieldsOf(presets[name]), { keepDefaultValues: true })}
          >
            {t(`limits.presets.${name}`)}
          </Button>
        ))}
      </div>
      <div className={styles.fields}>
        <TextField
          of={form}
          name="delay"
          type="number"
          min={0}
          max={3600}
          step="any"
          label={t('limits.delay')}
        />
        <TextField
          of={form}
          name="jitter"
          type="number"
          min={0}
          max={3600}
          step="any"
          label={t('limits.jitter')}
        />
        <TextField
          of={form}
          name="daily"
          type="number"
          min={1}
          max={10_000_000}
          label={t('limits.daily')}
          hint={t('limits.dailyHint')}
          isOptional
        />
      </div>
      <p className={styles.consequence} role="status">
        {meaning
          ? t('limits.words', {
              perDay: formatNumber(meaning.perDay),
              time: longTime(meaning.exampleSeconds),
            })
          : t('limits.free')}
      </p>
    </Form>
  );
}

/** `35 minutes`, `2 days`: in the unit that fits. */
function longTime(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ];
  const [size, unit] = units.find(([each]) => seconds >= each) ?? [1, 'second'];
  const value = Math.round((seconds / size) * 10) / 10;
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}
