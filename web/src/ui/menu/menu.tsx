import { cloneElement, lazy, type ReactElement, type ReactNode, Suspense, useState } from 'react';
import type { MenuProps } from './menu-props.ts';

const OpenMenu = lazy(() => import('./open-menu.tsx').then((file) => ({ default: file.OpenMenu })));

/**
 * Acts on a thing, behind a button: `<Menu trigger={<Button icon={Ellipsis} label={t('more')} />} items={…} />`. The button
 * is there at once; what makes it a menu follows, and opens when the button was pressed meanwhile.
 */
export function Menu(props: MenuProps): ReactNode {
  const [isAsked, setIsAsked] = useState(false);
  const trigger = props.trigger as ReactElement<{ onClick: () => void }>;
  return (
    <Suspense fallback={cloneElement(trigger, { onClick: () => setIsAsked(true) })}>
      <OpenMenu {...props} isOpenAtFirst={isAsked} />
    </Suspense>
  );
}
