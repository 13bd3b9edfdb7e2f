import type { CreateWebhook } from '@multiwa/sdk';
import { type ReactNode, useState } from 'react';
import { Checkbox, Field, Select, TextArea } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import styles from './form.module.css';
import { webhooksWords } from './words/index.ts';

export type Filters = NonNullable<CreateWebhook['filters']>;

const directions = ['', 'incoming', 'outgoing'] as const;
const chatKinds = ['user', 'group', 'broadcast', 'newsletter', 'status'] as const;
const kinds = [
  ...(['text', 'image', 'video', 'audio', 'voice', 'document', 'sticker', 'location'] as const),
  ...(['contact', 'poll', 'event', 'group-invite', 'choices', 'choice', 'product', 'order'] as const),
  ...(['album', 'call', 'group-change', 'unsupported'] as const),
];
const origins = ['api', 'user', 'phone', 'schedule', 'hook', 'automation', 'ai', 'broadcast'] as const;

/** Which messages and chats a webhook hears of; what an event does not say passes. */
export function FilterFields({
  value,
  onChange,
}: {
  value: Filters;
  onChange: (filters: Filters) => void;
}): ReactNode {
  const t = useWords(webhooksWords);
  const [chats, setChats] = useState((value.chats ?? []).join('\n'));
  return (
    <details className={styles.more} open={Object.keys(value).length > 0}>
      <summary>{t('form.filters')}</summary>
      <p className={styles.hint}>{t('form.filtersHint')}</p>
      <Field label={t('form.direction')}>
        {({ id }) => (
          <Select
            id={id}
            value={value.direction ?? ''}
            choices={directions.map((each) => ({
              value: each,
              label: t(`form.directions.${each || 'both'}`),
            }))}
            onChange={(next) => onChange({ ...value, direction: next === '' ? undefined : next })}
          />
        )}
      </Field>
      <Several
        title={t('form.chatKinds')}
        words={chatKinds}
        chosen={value.chatKinds ?? []}
        onChange={(next) => onChange({ ...value, chatKinds: next })}
      />
      <Several
        title={t('form.kinds')}
        words={kinds}
        chosen={value.kinds ?? []}
        onChange={(next) => onChange({ ...value, kinds: next as Filters['kinds'] })}
      />
      <Several
        title={t('form.origins')}
        words={origins}
        chosen={value.origins ?? []}
        onChange={(next) => onChange({ ...value, origins: next })}
      />
      <Several
        title={t('form.exceptOrigins')}
        words={origins}
        chosen={value.exceptOrigins ?? []}
        onChange={(next) => onChange({ ...value, exceptOrigins: next })}
      />
      <Field label={t('form.chats')} hint={t('form.chatsHint')}>
        {(ties) => (
          <TextArea
            {...ties}
            isMono
            rows={3}
            value={chats}
            onChange={(event) => {
              setChats(event.target.value);
              const lines = event.target.value.split(/[\n,;]/).map((line) => line.trim());
              onChange({ ...value, chats: lines.filter(Boolean) });
            }}
          />
        )}
      </Field>
    </details>
  );
}

/** Some of the words that the API has; they are its own and not translated. */
function Several<Word extends string>({
  title,
  words,
  chosen,
  onChange,
}: {
  title: string;
  words: readonly Word[];
  chosen: readonly Word[];
  onChange: (chosen: Word[]) => void;
}): ReactNode {
  return (
    <fieldset className={styles.group}>
      <legend>{title}</legend>
      <div className={styles.words}>
        {words.map((word) => (
          <Checkbox
            key={word}
            isChecked={chosen.includes(word)}
            onChange={(isOn) => onChange(isOn ? [...chosen, word] : chosen.filter((other) => other !== word))}
          >
            <code dir="ltr">{word}</code>
          </Checkbox>
        ))}
      </div>
    </fieldset>
  );
}

/** Without filters that filter nothing; null when there are none. */
export function usedFilters(filters: Filters): Filters | null {
  const used = Object.entries(filters).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null,
  );
  return used.length === 0 ? null : Object.fromEntries(used);
}
