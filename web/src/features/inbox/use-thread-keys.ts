import type { Message } from '@multiwa/sdk';
import { type RefObject, useEffect } from 'react';
import { useCommands } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { inboxWords } from './words/index.ts';

/** The message that has the focus, or one of its buttons. */
const focused = (): HTMLElement | null =>
  document.activeElement?.closest<HTMLElement>('[data-message]') ?? null;

/** Arrows go from message to message; `r` replies to the one that has the focus, or to the last one that came. */
export function useThreadKeys({
  scroller,
  messages,
  onReply,
}: {
  scroller: RefObject<HTMLElement | null>;
  messages: readonly Message[];
  onReply: ((message: Message) => void) | undefined;
}): void {
  const t = useWords(inboxWords);
  useEffect(() => {
    const element = scroller.current;
    const hear = (event: KeyboardEvent) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const isInside = event.target === element || focused() === event.target;
      if (step === undefined || !isInside || !element) return;
      const shown = [...element.querySelectorAll<HTMLElement>('[data-message]')];
      const at = focused();
      const next = at ? shown[shown.indexOf(at) + step] : shown.at(-1);
      if (!next) return;
      event.preventDefault();
      next.focus();
    };
    element?.addEventListener('keydown', hear);
    return () => element?.removeEventListener('keydown', hear);
  }, [scroller]);

  const reply = () => {
    const id = focused()?.dataset.message;
    const message = id
      ? messages.find((each) => each.id === id)
      : messages.findLast(({ direction }) => direction === 'incoming');
    if (message) onReply?.(message);
  };
  useCommands([
    {
      id: 'inbox.reply',
      label: t('keys.reply'),
      keys: 'r',
      also: 'reply answer quote',
      isAllowed: onReply !== undefined,
      run: reply,
    },
  ]);
}
