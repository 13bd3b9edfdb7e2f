import { type RefObject, type UIEvent, useLayoutEffect, useRef } from 'react';

/** So near to the end counts as being there. */
const nearPx = 80;

/**
 * Whoever reads the newest message goes on doing so while others come and pictures grow; whoever scrolled up stays there.
 * Sending brings one back to the end. Answers what has to hear of scrolling.
 */
export function useStayAtEnd(
  scroller: RefObject<HTMLElement | null>,
  { isNewest, size, sends }: { isNewest: boolean; size: string; sends: number },
): (event: UIEvent<HTMLElement>) => void {
  const stays = useRef(true);
  const top = useRef(0);
  const sent = useRef(sends);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (sends > sent.current) stays.current = true;
    sent.current = sends;
    if (size && element && stays.current && isNewest) element.scrollTop = element.scrollHeight;
  }, [scroller, isNewest, size, sends]);
  return ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
    if (scrollHeight - scrollTop - clientHeight < nearPx) stays.current = true;
    else if (scrollTop < top.current) stays.current = false;
    top.current = scrollTop;
  };
}
