import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Checkbox, Field, Input, JsonTree, Loaded, Skeleton, Switch } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { type CatalogueEvent, catalogueQuery, prefixesOf } from '../developers/index.ts';
import styles from './form.module.css';
import { heard, withName, withPrefix } from './patterns.ts';
import { webhooksWords } from './words/index.ts';

/** Which events are posted: all, whole areas, or single ones, each with what it says. */
export function EventPicker({
  chosen,
  onChange,
}: {
  chosen: readonly string[];
  onChange: (patterns: string[]) => void;
}): ReactNode {
  const t = useWords(webhooksWords);
  const catalogue = useQuery(catalogueQuery);
  const isAll = chosen.includes('*');
  return (
    <fieldset className={styles.group}>
      <legend>{t('form.events')}</legend>
      <Switch
        label={t('form.everything')}
        hint={t('form.everythingHint')}
        isOn={isAll}
        onChange={(isOn) => onChange(isOn ? ['*'] : ['message.*'])}
      />
      {!isAll && (
        <Loaded query={catalogue} place={<Skeleton rows={6} height="line" />}>
          {(events) => <Choice events={events} chosen={chosen} onChange={onChange} />}
        </Loaded>
      )}
    </fieldset>
  );
}

function Choice({
  events,
  chosen,
  onChange,
}: {
  events: readonly CatalogueEvent[];
  chosen: readonly string[];
  onChange: (patterns: string[]) => void;
}): ReactNode {
  const t = useWords(webhooksWords);
  const [find, setFind] = useState('');
  const posted = events.filter(({ isPassing }) => !isPassing);
  const names = posted.map(({ name }) => name);
  const sought = find.trim().toLowerCase();
  return (
    <>
      <Field label={t('form.find')}>
        {(ties) => <Input {...ties} value={find} onChange={(event) => setFind(event.target.value)} />}
      </Field>
      <p className={styles.hint}>
        {t('form.hears')} <code dir="ltr">{chosen.join(', ') || '–'}</code>
      </p>
      <div className={styles.scroll}>
        {prefixesOf(names).map((prefix) => {
          const mine = posted.filter(({ name }) => name.startsWith(prefix.slice(0, -1)));
          const shown = mine.filter(({ name, what }) => `${name} ${what}`.toLowerCase().includes(sought));
          const state = heard(
            chosen,
            mine.map(({ name }) => name),
          );
          return (
            shown.length > 0 && (
              <div key={prefix} className={styles.prefix}>
                <Checkbox
                  isChecked={state === 'all'}
                  isMixed={state === 'some'}
                  onChange={(isOn) => onChange(withPrefix(chosen, prefix, isOn))}
                >
                  <code dir="ltr">{prefix}</code>
                </Checkbox>
                <details open={sought !== '' || state === 'some'}>
                  <summary className={styles.single}>{t('form.single', { count: mine.length })}</summary>
                  {shown.map(({ name, what, example }) => (
                    <div key={name} className={styles.event}>
                      <Checkbox
                        isChecked={heard(chosen, [name]) === 'all'}
                        onChange={(isOn) => onChange(withName(chosen, name, isOn, names))}
                      >
                        <code dir="ltr">{name}</code>
                      </Checkbox>
                      <details className={styles.example}>
                        <summary>{t('form.example')}</summary>
                        <p lang="en" dir="ltr">
                          {what}
                        </p>
                        <JsonTree value={example} label={name} depth={1} />
                      </details>
                    </div>
                  ))}
                </details>
              </div>
            )
          );
        })}
      </div>
    </>
  );
}
