import { postAuthRegister } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { beginSession, client, serverQuery } from '../../session/index.ts';
import { Form, TextField, useServerForm } from '../../ui/form/index.ts';
import { definePage, Loaded } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { OutsideHead } from './outside-head.tsx';
import { signInWords } from './words/index.ts';

function RegisterPage(): ReactNode {
  const t = useWords(signInWords);
  const server = useQuery(serverQuery);
  return (
    <Loaded query={server}>
      {({ registration, password }) =>
        registration.open ? (
          <RegisterForm lengthMin={password.lengthMin} />
        ) : (
          <>
            <OutsideHead title={t('closed')} hint={t('closedHint')} />
            <SignInLink />
          </>
        )
      }
    </Loaded>
  );
}

function RegisterForm({ lengthMin }: { lengthMin: number }): ReactNode {
  const t = useWords(signInWords);
  const navigate = useNavigate();
  const form = useServerForm({
    defaults: { name: '', organizationName: '', email: '', password: '' },
    send: async (body) => {
      const organizationName = body.organizationName.trim() || body.name;
      const headers = { 'x-session': 'cookie' };
      await beginSession(await postAuthRegister({ client, body: { ...body, organizationName }, headers }));
      await navigate({ to: '/start' });
    },
  });
  return (
    <>
      <OutsideHead title={t('registerTitle')} hint={t('registerHint')} />
      <Form of={form} button={t('create')}>
        <TextField of={form} name="name" autoComplete="name" label={t('name')} maxLength={200} />
        <TextField
          of={form}
          name="organizationName"
          autoComplete="organization"
          label={t('organization')}
          hint={t('organizationHint')}
          maxLength={200}
          isOptional
        />
        <TextField of={form} name="email" type="email" autoComplete="username" label={t('email')} />
        <TextField
          of={form}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={lengthMin}
          label={t('password')}
          hint={t('passwordHint', { count: lengthMin })}
        />
      </Form>
      <SignInLink />
    </>
  );
}

function SignInLink(): ReactNode {
  const t = useWords(signInWords);
  return (
    <p>
      {t('haveAccount')} <Link to="/sign-in">{t('signIn')}</Link>
    </p>
  );
}

export const page = definePage({
  component: RegisterPage,
  words: [signInWords],
  load: ({ cache }) => void cache.prefetchQuery(serverQuery),
});
