import { postAuthChangePassword } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { client, serverQuery } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { definePage, Panel, say } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { AccountFrame } from './account-frame.tsx';
import { SecondFactor } from './second-factor.tsx';
import { accountWords } from './words/index.ts';

function SecurityPage(): ReactNode {
  return (
    <AccountFrame place="security">
      <Password />
      <SecondFactor />
    </AccountFrame>
  );
}

function Password(): ReactNode {
  const t = useWords(accountWords);
  const { data: server } = useQuery(serverQuery);
  const lengthMin = server?.password.lengthMin ?? 8;
  const form = useServerForm({
    defaults: { currentPassword: '', newPassword: '' },
    send: async (body) => {
      await postAuthChangePassword({ client, body });
      form.form.reset();
      say(t('security.changed'));
    },
  });
  return (
    <Panel title={t('security.password')} hint={t('security.passwordHint')}>
      <Form of={form} button={t('security.change')} kind="plain">
        <TextField
          of={form}
          name="currentPassword"
          type="password"
          autoComplete="current-password"
          label={t('security.current')}
        />
        <TextField
          of={form}
          name="newPassword"
          type="password"
          autoComplete="new-password"
          minLength={lengthMin}
          label={t('security.new')}
          hint={t('security.rule', { count: lengthMin })}
        />
      </Form>
    </Panel>
  );
}

export const page = definePage({
  component: SecurityPage,
  words: [accountWords],
  load: ({ cache }) => void cache.prefetchQuery(serverQuery),
});
