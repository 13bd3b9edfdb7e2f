import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  Badge,
  Button,
  type Choice,
  Empty,
  Field,
  Input,
  Loaded,
  Select,
  say,
  sayProblem,
} from '../../ui/index.ts';
import { formatClock, formatNumber, useWords } from '../../words/index.ts';
import { network } from './network.ts';
import type { Fault, FaultKind } from './network.types.ts';
import { faultKindsQuery, faultsQuery, phonesQuery } from './queries.ts';
import styles from './sandbox.module.css';
import { sandboxWords } from './words/index.ts';

const everybody = '*';

/** What goes wrong on purpose: put in force, struck so often, ended. */
export function FaultsPanel(): ReactNode {
  const t = useWords(sandboxWords);
  const kinds = useQuery(faultKindsQuery);
  const faults = useQuery(faultsQuery);
  const cache = useQueryClient();
  const changed = () => void cache.invalidateQueries({ queryKey: faultsQuery.queryKey });
  const end = (id: string) => network.endFault(id).then(changed, sayProblem);
  return (
    <>
      <Loaded query={kinds}>{(all) => <NewFault kinds={all} changed={changed} />}</Loaded>
      <div className={styles.between}>
        <h3>{t('faults.active')}</h3>
        {faults.data && faults.data.length > 1 && (
          <Button size="small" onClick={() => network.endFaults().then(changed, sayProblem)}>
            {t('faults.endAll')}
          </Button>
        )}
      </div>
      <Loaded query={faults}>
        {(active) =>
          active.length === 0 ? (
            <Empty title={t('faults.none')}>{t('faults.noneHint')}</Empty>
          ) : (
            <ul className={styles.faults}>
              {active.map((fault) => (
                <ActiveFault key={fault.id} fault={fault} end={end} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

function ActiveFault({ fault, end }: { fault: Fault; end: (id: string) => void }): ReactNode {
  const t = useWords(sandboxWords);
  const { id, name, number, hits, left, endsAt } = fault;
  const isOver = left === 0 || (endsAt !== undefined && endsAt < Date.now());
  const rest = () => {
    if (isOver) return t('faults.over');
    if (endsAt !== undefined) return formatClock(endsAt);
    return left === null ? t('faults.until') : t('faults.left', { count: left });
  };
  return (
    <li className={styles.fault}>
      <span>
        <code dir="ltr">{name}</code>{' '}
        <bdi dir={number ? 'ltr' : undefined}>{number ? `+${number}` : t('faults.everybody')}</bdi>
        <span className={styles.soft}>
          <Badge hue={isOver ? 'off' : hits > 0 ? 'failed' : 'waiting'}>
            {t('faults.hits', { count: hits })}
          </Badge>{' '}
          {rest()}
        </span>
      </span>
      <Button size="small" onClick={() => end(id)}>
        {t('faults.end')}
      </Button>
    </li>
  );
}

function NewFault({ kinds, changed }: { kinds: readonly FaultKind[]; changed: () => void }): ReactNode {
  const t = useWords(sandboxWords);
  const { data: phones = [] } = useQuery(phonesQuery);
  const [search, setSearch] = useState('');
  const [name, setName] = useState('lose-ack');
  const [number, setNumber] = useState(everybody);
  const [times, setTimes] = useState('');
  const [seconds, setSeconds] = useState('');
  const wanted = search.trim().toLowerCase();
  const found = kinds.filter((kind) => `${kind.name} ${kind.what}`.toLowerCase().includes(wanted));
  const chosen = found.find((kind) => kind.name === name) ?? found[0];
  const people: Choice<string>[] = [
    { value: everybody, label: t('faults.everybody') },
    ...phones.map((phone) => ({ value: phone.number, label: `${phone.name} +${phone.number}` })),
  ];
  const add = async () => {
    if (!chosen) return;
    // What strikes before anybody says who they are can't be about somebody.
    const isForAll =
      number === everybody || ['connect', 'hello', 'upload', 'download'].includes(chosen.stage);
    try {
      await network.addFault({
        name: chosen.name,
        ...(!isForAll && { number }),
        ...(Number(times) > 0 && { count: Number(times) }),
        ...(Number(seconds) > 0 && { forMs: Number(seconds) * 1000 }),
      });
      say(t('faults.added', { name: chosen.name }));
      changed();
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <Field label={t('faults.search')}>
        {(ties) => (
          <Input {...ties} type="search" value={search} onChange={({ target }) => setSearch(target.value)} />
        )}
      </Field>
      {chosen && (
        <>
          <Field
            label={t('faults.fault')}
            hint={
              <bdi lang="en" dir="ltr">
                {chosen.what}
              </bdi>
            }
          >
            {({ id }) => (
              <Select
                id={id}
                value={chosen.name}
                choices={found.map((kind) => ({ value: kind.name, label: kind.name }))}
                onChange={setName}
              />
            )}
          </Field>
          <div className={styles.fields}>
            <Field label={t('faults.who')}>
              {({ id }) => <Select id={id} value={number} choices={people} onChange={setNumber} />}
            </Field>
            <Field label={t('faults.times')} hint={t('faults.timesHint')}>
              {(ties) => (
                <Input
                  {...ties}
                  type="number"
                  min={1}
                  placeholder={chosen.times === null ? '∞' : formatNumber(chosen.times)}
                  value={times}
                  onChange={({ target }) => setTimes(target.value)}
                />
              )}
            </Field>
            <Field label={t('faults.seconds')}>
              {(ties) => (
                <Input
                  {...ties}
                  type="number"
                  min={1}
                  value={seconds}
                  onChange={({ target }) => setSeconds(target.value)}
                />
              )}
            </Field>
          </div>
          <div>
            <Button type="submit" kind="main">
              {t('faults.inject')}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}
