import { useMutation } from '@tanstack/react-query';
import { Play, Square } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import {
  Button,
  Code,
  Field,
  KeyHint,
  Panel,
  ProblemLine,
  Switch,
  Tabs,
  TextArea,
  useCommands,
} from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { AnswerPanel } from './answer-panel.tsx';
import { CallerFields } from './caller-fields.tsx';
import { Method } from './method.tsx';
import type { Operation } from './operations.ts';
import { ParameterFields } from './parameter-fields.tsx';
import { type Filled, firstFill, requestOf, wrongOf } from './request.ts';
import { run } from './run.ts';
import { curlOf, sdkOf } from './snippets.ts';
import styles from './try.module.css';
import { tryWords } from './words/index.ts';

/** One operation: what it takes, what it answers, and how a program calls it. */
export function OperationForm({
  operation,
  profileId,
}: {
  operation: Operation;
  profileId: string | undefined;
}): ReactNode {
  const t = useWords(tryWords);
  const [filled, setFilled] = useState<Filled>(() => firstFill(operation, profileId));
  const [key, setKey] = useState('');
  const [areWrongShown, setWrongShown] = useState(false);
  const running = useRef<AbortController>(undefined);
  const call = useMutation({
    mutationFn: () => {
      running.current = new AbortController();
      return run(requestOf(operation, filled), { key, signal: running.current.signal });
    },
    gcTime: 0,
  });
  const wrong = wrongOf(operation, filled);
  const start = () => {
    setWrongShown(wrong.length > 0);
    if (wrong.length === 0) call.mutate();
  };
  useCommands([{ id: 'try.run', label: t('run'), also: 'run send call', keys: 'Mod+Enter', run: start }]);
  const change = (part: Partial<Filled>) => setFilled({ ...filled, ...part });
  return (
    <div className={styles.sheet}>
      <Panel>
        <div className={styles.head}>
          <h2 lang="en" dir="ltr">
            {operation.summary}
          </h2>
          <p dir="ltr" className={styles.path}>
            <Method of={operation.method} /> <code>{operation.path}</code>
          </p>
          {operation.description && (
            <p lang="en" dir="ltr" className={styles.says}>
              {operation.description}
            </p>
          )}
        </div>
        <ParameterFields
          operation={operation}
          values={filled.parameters}
          wrong={areWrongShown ? wrong : []}
          onChange={(parameters) => change({ parameters })}
        />
        {operation.body && (
          <Field label={t('body')} {...(areWrongShown && wrong.includes('body') && { error: t('notJson') })}>
            {(ties) => (
              <TextArea
                {...ties}
                isMono
                spellCheck={false}
                rows={Math.min(20, Math.max(4, filled.body.split('\n').length + 1))}
                value={filled.body}
                onChange={(event) => change({ body: event.target.value })}
              />
            )}
          </Field>
        )}
        <CallerFields value={key} onChange={setKey} />
        <Switch
          label={t('raw')}
          hint={t('rawHint')}
          isOn={filled.isRaw}
          onChange={(isRaw) => change({ isRaw })}
        />
        {call.isError && <ProblemLine error={call.error} />}
        <div className={styles.buttons}>
          <Button
            kind={operation.method === 'DELETE' ? 'danger' : 'main'}
            icon={Play}
            isBusy={call.isPending}
            onClick={start}
          >
            {t('run')}
          </Button>
          {call.isPending && (
            <Button icon={Square} onClick={() => running.current?.abort()}>
              {t('stop')}
            </Button>
          )}
          <KeyHint keys="Mod+Enter" />
        </div>
      </Panel>
      {call.data && <AnswerPanel of={call.data} />}
      <Snippets operation={operation} filled={filled} />
    </div>
  );
}

function Snippets({ operation, filled }: { operation: Operation; filled: Filled }): ReactNode {
  const t = useWords(tryWords);
  const [shown, setShown] = useState<'curl' | 'sdk'>('curl');
  const { origin } = location;
  return (
    <Panel title={t('asCode')}>
      <Tabs
        label={t('asCode')}
        value={shown}
        onChange={setShown}
        tabs={[
          {
            value: 'curl',
            label: 'curl',
            content: <Code label="curl">{curlOf(operation, filled, origin)}</Code>,
          },
          {
            value: 'sdk',
            label: 'SDK',
            content: <Code label="SDK">{sdkOf(operation, filled, origin)}</Code>,
          },
        ]}
      />
    </Panel>
  );
}
