import { type ReactNode, useEffect } from 'react';

/** The heading of a page before the sign-in, which is the title of the tab as well. */
export function OutsideHead({ title, hint }: { title: string; hint?: ReactNode }): ReactNode {
  useEffect(() => {
    document.title = `${title} · MultiWA`;
  }, [title]);
  return (
    <div>
      <h1>{title}</h1>
      {hint && <p>{hint}</p>}
    </div>
  );
}
