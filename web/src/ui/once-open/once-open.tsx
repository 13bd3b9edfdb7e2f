import { type ReactNode, Suspense, useState } from 'react';

/** What is loaded when it is opened first, and then stays, so that it can close as it should. */
export function OnceOpen({ isOpen, children }: { isOpen: boolean; children: ReactNode }): ReactNode {
  const [wasOpen, setWasOpen] = useState(isOpen);
  if (isOpen && !wasOpen) setWasOpen(true);
  return wasOpen && <Suspense>{children}</Suspense>;
}
