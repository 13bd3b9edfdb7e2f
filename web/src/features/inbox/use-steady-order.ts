import type { ConversationItem } from '@multiwa/sdk';
import { useEffect, useRef, useState } from 'react';

/** So long after the pointer moved last what is under it stays there. */
const steadyMs = 2_000;

/** Nothing slips away under a pointer: while it moves over the list, what comes changes the rows and not their order. */
export function useSteadyOrder(sorted: readonly ConversationItem[]) {
  const [isHeld, setHeld] = useState(false);
  const order = useRef<readonly string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const letGo = () => {
    clearTimeout(timer.current);
    setHeld(false);
  };
  const items = isHeld ? inOrderOf(order.current, sorted) : sorted;
  order.current = items.map(({ id }) => id);
  return {
    items,
    pointer: {
      onPointerMove: () => {
        clearTimeout(timer.current);
        timer.current = setTimeout(letGo, steadyMs);
        setHeld(true);
      },
      onPointerLeave: letGo,
    },
  };
}

/** In the order of before; what is new stands at the end of what was there. */
export function inOrderOf<Item extends { id: string }>(
  order: readonly string[],
  items: readonly Item[],
): Item[] {
  const places = new Map(order.map((id, index) => [id, index]));
  const placeOf = ({ id }: Item) => places.get(id) ?? Number.POSITIVE_INFINITY;
  return items.toSorted((one, other) => {
    const [first, second] = [placeOf(one), placeOf(other)];
    return first === second ? 0 : first - second;
  });
}
