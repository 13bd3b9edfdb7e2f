import type { CreatedApiKey } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useMay, useScope } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { Checkbox, Field, Select } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { profileNamesQuery } from '../developers/index.ts';
import { useMakeKey } from './commands.ts';
import styles from './keys.module.css';
import { ScopePicker } from './scope-picker.tsx';
import { type Preset, presets, scopesOf } from './scopes.ts';
import { keysWords } from './words/index.ts';

/** In days; 0 is for ever. */
const lifetimes = { month: 30, quarter: 90, year: 365, never: 0 } as const;
type Lifetime = keyof typeof lifetimes;
const formats = ['', 'envelope', 'raw'] as const;

/** What a new key is called, what it may and where, and when it ends. */
export function KeyForm({ onMade }: { onMade: (key: CreatedApiKey) => void }): ReactNode {
  const t = useWords(keysWords);
  const may = useMay();
  const { profile: scope } = useScope();
  const make = useMakeKey();
  const [preset, setPreset] = useState<Preset>('send');
  const [scopes, setScopes] = useState<readonly string[]>(() => scopesOf('send', may));
  const [profileIds, setProfileIds] = useState<readonly string[]>(scope ? [scope] : []);
  const [lifetime, setLifetime] = useState<Lifetime>('quarter');
  const [format, setFormat] = useState<(typeof formats)[number]>('');
  const form = useServerForm({
    defaults: { name: '' },
    send: async ({ name }) =>
      onMade(
        await make.mutateAsync({
          name,
          permissions: [...scopes],
          profileIds: [...profileIds],
          ...(lifetimes[lifetime] > 0 && { expiresInDays: lifetimes[lifetime] }),
          ...(format && { responseFormat: format }),
        }),
      ),
  });
  return (
    <Form of={form} button={t('make')}>
      <TextField
        of={form}
        name="name"
        label={t('name')}
        hint={t('nameHint')}
        autoComplete="off"
        maxLength={200}
      />
      <Field label={t('allowed')} hint={t(`presetHints.${preset}`)}>
        {({ id }) => (
          <Select
            id={id}
            value={preset}
            choices={presets.map((value) => ({ value, label: t(`presets.${value}`) }))}
            onChange={(next) => {
              setPreset(next);
              if (next !== 'own') setScopes(scopesOf(next, may));
            }}
          />
        )}
      </Field>
      {preset === 'own' && <ScopePicker chosen={scopes} onChange={setScopes} />}
      <Profiles chosen={profileIds} onChange={setProfileIds} />
      <div className={styles.pair}>
        <Field label={t('expires')}>
          {({ id }) => (
            <Select
              id={id}
              value={lifetime}
              choices={(Object.keys(lifetimes) as Lifetime[]).map((value) => ({
                value,
                label: t(`lifetimes.${value}`),
              }))}
              onChange={setLifetime}
            />
          )}
        </Field>
        <Field label={t('format')}>
          {({ id }) => (
            <Select
              id={id}
              value={format}
              choices={formats.map((value) => ({ value, label: t(`formats.${value || 'server'}`) }))}
              onChange={setFormat}
            />
          )}
        </Field>
      </div>
    </Form>
  );
}

function Profiles({
  chosen,
  onChange,
}: {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}): ReactNode {
  const t = useWords(keysWords);
  const { data: profiles = [] } = useQuery(profileNamesQuery);
  if (profiles.length === 0) return null;
  return (
    <fieldset className={styles.area}>
      <legend>{t('where')}</legend>
      <p className={styles.hint}>
        {chosen.length === 0 ? t('everywhere') : t('profileCount', { count: chosen.length })}
      </p>
      <div className={styles.profiles}>
        {profiles.map(({ id, name }) => (
          <Checkbox
            key={id}
            isChecked={chosen.includes(id)}
            onChange={(isOn) => onChange(isOn ? [...chosen, id] : chosen.filter((other) => other !== id))}
          >
            <bdi>{name}</bdi>
          </Checkbox>
        ))}
      </div>
    </fieldset>
  );
}
