import type { ReactNode } from 'react';
import { Badge } from '../badge/badge.tsx';
import { Phone } from '../code/code.tsx';
import { Time } from '../time/time.tsx';
import { Table } from './table.tsx';
import { useSelection } from './use-list-keys.ts';
import { VirtualTable } from './virtual-table.tsx';

const rows = Array.from({ length: 5_000 }, (_, index) => ({
  id: `row-${index}`,
  name: `Profile ${index + 1}`,
  phone: String(628_111_000_000 + index),
}));
const columns = [
  { key: 'name', title: 'Name', width: 'minmax(120px, 2fr)', cell: ({ name }: (typeof rows)[0]) => name },
  {
    key: 'phone',
    title: 'Phone',
    width: '160px',
    isExtra: true,
    cell: ({ phone }: (typeof rows)[0]) => <Phone number={phone} />,
  },
  { key: 'state', title: 'State', width: '150px', cell: () => <Badge hue="ok">Connected</Badge> },
  { key: 'since', title: 'Since', width: '130px', isExtra: true, cell: () => <Time at={Date.now()} /> },
];

function Few(): ReactNode {
  const selection = useSelection();
  return (
    <Table
      label="Five profiles"
      columns={columns}
      rows={rows.slice(0, 5)}
      keyOf={({ id }) => id}
      selection={selection}
      onOpen={() => undefined}
    />
  );
}

function Many(): ReactNode {
  const selection = useSelection();
  return (
    <div className="preview-frame">
      <VirtualTable
        label="Five thousand profiles"
        columns={columns}
        rows={rows}
        keyOf={({ id }) => id}
        selection={selection}
        onOpen={() => undefined}
      />
    </div>
  );
}

export const previews = { 'A table': Few, 'A table of thousands': Many };
