import type { SecondFactorDue, TokenResponse } from '@multiwa/sdk';
import { postAuthLogin } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { beginSession, client, serverQuery, useSession } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { Banner, definePage } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { OutsideHead } from './outside-head.tsx';
import { SecondStep } from './second-step.tsx';
import { signInWords } from './words/index.ts';

function SignInPage(): ReactNode {
  const t = useWords(signInWords);
  const navigate = useNavigate();
  const { to } = useSearch({ from: '/outside/sign-in' });
  const { ended } = useSession();
  const { data: server } = useQuery(serverQuery);
  const [second, setSecond] = useState<SecondFactorDue>();
  const enter = async (answer: TokenResponse) => {
    await beginSession(answer);
    await navigate({ to: to ?? '/' });
  };
  const form = useServerForm({
    defaults: { email: '', password: '' },
    send: async (body) => {
      const answer = await postAuthLogin({ client, body, headers: { 'x-session': 'cookie' } });
      if ('requires2FA' in answer) setSecond(answer);
      else await enter(answer);
    },
  });
  if (second) return <SecondStep due={second} onDone={enter} onBack={() => setSecond(undefined)} />;
  return (
    <>
      <OutsideHead title={t('signIn')} />
      {ended === 'expired' && <Banner>{t('expired')}</Banner>}
      <Form of={form} button={t('signIn')}>
        <TextField of={form} name="email" type="email" autoComplete="username" label={t('email')} />
        <TextField
          of={form}
          name="password"
          type="password"
          autoComplete="current-password"
          label={t('password')}
        />
        <p>
          <Link to="/reset-password">{t('forgot')}</Link>
        </p>
      </Form>
      {server?.registration.open && (
        <p>
          {t('noAccount')} <Link to="/register">{t('register')}</Link>
        </p>
      )}
    </>
  );
}

export const page = definePage({
  component: SignInPage,
  words: [signInWords],
  load: ({ cache }) => void cache.prefetchQuery(serverQuery),
});
