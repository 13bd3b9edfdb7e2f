/** Links and buttons in a row do what they do, and choosing text opens nothing. */
export function isPlainClick(target: EventTarget): boolean {
  const inside = target instanceof Element && target.closest('a, button, input, label, [role=checkbox]');
  return !inside && getSelection()?.type !== 'Range';
}
