import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { Button, Dialog } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { network } from './network.ts';
import { newNumber } from './new-number.ts';
import styles from './phone.module.css';
import { phonesQuery } from './queries.ts';
import { sandboxWords } from './words/index.ts';

const offered = 20;

/** Shows a phone that is there, or a new one. */
export function AddPhone({
  isOpen,
  shown,
  onClose,
  add,
}: {
  isOpen: boolean;
  shown: readonly string[];
  onClose: () => void;
  add: (number: string) => void;
}): ReactNode {
  const t = useWords(sandboxWords);
  const { data: phones = [] } = useQuery(phonesQuery);
  const others = phones.filter(({ number }) => !shown.includes(number)).slice(-offered);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('addTitle')}>
      {others.length > 0 && (
        <ul className={styles.people}>
          {others.map(({ number, name }) => (
            <li key={number}>
              <Button kind="quiet" onClick={() => add(number)}>
                <bdi>{name}</bdi> <bdi dir="ltr">+{number}</bdi>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <NewPhone add={add} />
    </Dialog>
  );
}

function NewPhone({ add }: { add: (number: string) => void }): ReactNode {
  const t = useWords(sandboxWords);
  const cache = useQueryClient();
  const [number] = useState(newNumber);
  const form = useServerForm({
    defaults: { number, name: '' },
    send: async (values) => {
      const made = await network.addPhone(values.number, values.name.trim() || undefined);
      void cache.invalidateQueries({ queryKey: phonesQuery.queryKey });
      add(made.number);
    },
  });
  return (
    <Form of={form} button={t('addPhone')}>
      <TextField of={form} name="name" label={t('name')} isOptional maxLength={100} />
      <TextField of={form} name="number" type="tel" dir="ltr" label={t('number')} hint={t('numberHint')} />
    </Form>
  );
}
