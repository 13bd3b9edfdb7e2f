import { useEffect, useState } from 'react';

/** The seconds that are left until then, counted while it is shown; undefined without an end. */
export function useSecondsLeft(until: string | null | undefined): number | undefined {
  const end = until ? Date.parse(until) : undefined;
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (end === undefined) return;
    setNow(Date.now());
    const ticking = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(ticking);
  }, [end]);
  return end === undefined ? undefined : Math.max(0, Math.ceil((end - now) / 1000));
}
