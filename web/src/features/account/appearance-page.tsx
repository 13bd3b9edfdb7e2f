import { type ReactNode, useState } from 'react';
import { type Density, lookNow, type Theme } from '../../session/index.ts';
import { areSingleKeysOn, definePage, Field, Panel, Select, Switch, setSingleKeys } from '../../ui/index.ts';
import { type Language, languages, useWords } from '../../words/index.ts';
import { AccountFrame } from './account-frame.tsx';
import { useChangeLook } from './commands.ts';
import { accountWords } from './words/index.ts';

const themes: readonly Theme[] = ['system', 'light', 'dark', 'contrast'];
const densities: readonly Density[] = ['comfortable', 'compact', 'dense'];

function AppearancePage(): ReactNode {
  const t = useWords(accountWords);
  const change = useChangeLook();
  const [look, setLook] = useState(lookNow);
  const [areKeysOn, setKeysOn] = useState(areSingleKeysOn);
  const set = (part: Partial<typeof look>) => {
    setLook({ ...look, ...part });
    change.mutate(part);
  };
  return (
    <AccountFrame place="appearance">
      <Panel title={t('places.appearance')} hint={t('appearance.hint')}>
        <Field label={t('appearance.theme')}>
          {({ id }) => (
            <Select
              id={id}
              value={look.theme}
              choices={themes.map((value) => ({ value, label: t(`appearance.themes.${value}`) }))}
              onChange={(theme) => set({ theme })}
            />
          )}
        </Field>
        <Field label={t('appearance.language')}>
          {({ id }) => (
            <Select
              id={id}
              value={look.language}
              choices={Object.entries(languages).map(([value, label]) => ({
                value: value as Language,
                label,
              }))}
              onChange={(language) => set({ language })}
            />
          )}
        </Field>
        <Field label={t('appearance.density')}>
          {({ id }) => (
            <Select
              id={id}
              value={look.density}
              choices={densities.map((value) => ({ value, label: t(`appearance.densities.${value}`) }))}
              onChange={(density) => set({ density })}
            />
          )}
        </Field>
        <Switch
          label={t('appearance.keys')}
          hint={t('appearance.keysHint')}
          isOn={areKeysOn}
          onChange={(areOn) => {
            setSingleKeys(areOn);
            setKeysOn(areOn);
          }}
        />
      </Panel>
    </AccountFrame>
  );
}

export const page = definePage({ component: AppearancePage, words: [accountWords] });
