import { MultiWaError } from '@multiwa/sdk';
import { useQuery } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import type { ReactNode } from 'react';
import { Banner } from '../banner/banner.tsx';
import { Button } from '../button/button.tsx';
import { Empty } from '../empty/empty.tsx';
import { Problem, ProblemLine } from '../problem/problem.tsx';
import { Loaded } from './loaded.tsx';

const refused = new MultiWaError('Too many requests', {
  code: 'RATE_LIMITED',
  status: 429,
  requestId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
  retryAfterSeconds: 30,
});
const wrong = new MultiWaError('Not valid', {
  code: 'VALIDATION_ERROR',
  status: 400,
  details: [{ path: '/settings/0/delay', problem: 'must be a number' }],
});

function Waits(): ReactNode {
  const query = useQuery({ queryKey: ['never'], queryFn: () => new Promise<string>(() => undefined) });
  return <Loaded query={query}>{(text) => text}</Loaded>;
}

export const previews = {
  Loading: Waits,
  Problems: () => (
    <>
      <Problem error={refused} again={() => undefined} />
      <Problem error={new Error('unknown')} again={() => undefined} />
      <ProblemLine error={wrong} />
    </>
  ),
  Empty: () => (
    <Empty icon={Inbox} title="No conversation yet" actions={<Button kind="main">Connect a profile</Button>}>
      Here is what people write to your profiles.
    </Empty>
  ),
  Banners: () => (
    <>
      <Banner>Something to know.</Banner>
      <Banner kind="warning" actions={<Button size="small">Mend it</Button>}>
        Something to look at.
      </Banner>
      <Banner kind="failed">Something broke.</Banner>
    </>
  ),
};
