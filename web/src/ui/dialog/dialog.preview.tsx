import { Ellipsis } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '../button/button.tsx';
import { Code, Id } from '../code/code.tsx';
import { Menu } from '../menu/menu.tsx';
import { Tabs } from '../tabs/tabs.tsx';
import { say, sayUndo } from '../toast/toast.ts';
import { Tooltip } from '../tooltip/tooltip.tsx';
import { Confirm } from './confirm.tsx';
import { Dialog } from './dialog.tsx';

function Opens(): ReactNode {
  const [opened, setOpened] = useState<'box' | 'drawer' | 'confirm'>();
  const close = () => setOpened(undefined);
  return (
    <div className="preview-row">
      <Button onClick={() => setOpened('box')}>Dialog</Button>
      <Button onClick={() => setOpened('drawer')}>Drawer</Button>
      <Button onClick={() => setOpened('confirm')}>Confirm</Button>
      <Menu
        trigger={<Button icon={Ellipsis} label="Menu" />}
        items={[
          { label: 'Connect', keys: 'c', run: () => say('Connected') },
          null,
          { label: 'Delete', isDanger: true, run: () => sayUndo('Deleted', 'Undo', () => say('Back again')) },
        ]}
      />
      <Tooltip text="More about it">
        <Button>Tooltip</Button>
      </Tooltip>
      <Dialog
        isOpen={opened === 'box' || opened === 'drawer'}
        kind={opened === 'drawer' ? 'drawer' : 'box'}
        onClose={close}
        title="A dialog"
        description="What it is about."
      >
        <Code label="A payload">
          {JSON.stringify({ event: 'message.received', data: { from: '628111' } }, null, 2)}
        </Code>
      </Dialog>
      <Confirm
        isOpen={opened === 'confirm'}
        onClose={close}
        title="Delete Front desk?"
        button="Delete"
        name="Front desk"
        act={async () => undefined}
      >
        Its messages go as well.
      </Confirm>
    </div>
  );
}

function Views(): ReactNode {
  const [value, setValue] = useState<'one' | 'two'>('one');
  return (
    <Tabs
      label="Views"
      value={value}
      onChange={setValue}
      tabs={[
        { value: 'one', label: 'Connection', content: <Id value="0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11" /> },
        { value: 'two', label: 'Limits', content: <p>Limits</p> },
      ]}
    />
  );
}

export const previews = { 'What opens': Opens, Tabs: Views };
