import { type ReactNode, useState } from 'react';
import { usePerson } from '../../session/index.ts';
import { ButtonLink, Field, Input, Select } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './try.module.css';
import { tryWords } from './words/index.ts';

/** Who calls: oneself, or whoever has a key. The key is kept nowhere. */
export function CallerFields({
  value,
  onChange,
}: {
  value: string;
  onChange: (key: string) => void;
}): ReactNode {
  const t = useWords(tryWords);
  const { name } = usePerson();
  const [caller, setCaller] = useState<'me' | 'key'>('me');
  return (
    <div className={styles.caller}>
      <Field label={t('caller')}>
        {({ id }) => (
          <Select
            id={id}
            value={caller}
            choices={[
              { value: 'me', label: t('asMe', { name }) },
              { value: 'key', label: t('withKey') },
            ]}
            onChange={(next) => {
              setCaller(next);
              if (next === 'me') onChange('');
            }}
          />
        )}
      </Field>
      {caller === 'key' && (
        <Field
          label={t('key')}
          hint={
            <ButtonLink size="small" kind="quiet" to="/developers/keys">
              {t('makeKey')}
            </ButtonLink>
          }
        >
          {(ties) => (
            <Input
              {...ties}
              isMono
              type="password"
              autoComplete="off"
              placeholder="mwa_…"
              value={value}
              onChange={(event) => onChange(event.target.value.trim())}
            />
          )}
        </Field>
      )}
    </div>
  );
}
