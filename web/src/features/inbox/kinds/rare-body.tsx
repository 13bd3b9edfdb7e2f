import type { Message } from '@multiwa/sdk';
import type { ReactNode } from 'react';
import { Album, Choice, Choices, Order, Product } from './business.tsx';
import { Cards } from './cards.tsx';
import { GroupInvite, Meeting } from './event.tsx';
import { Place } from './place.tsx';
import { Poll } from './poll.tsx';

/** Kinds that few conversations have; loaded with the first of them. */
export type Rare = Message & {
  type:
    | 'location'
    | 'contact'
    | 'poll'
    | 'event'
    | 'group-invite'
    | 'choices'
    | 'choice'
    | 'product'
    | 'order'
    | 'album';
};

export function RareBody({ message }: { message: Rare }): ReactNode {
  switch (message.type) {
    case 'location':
      return <Place content={message.content} />;
    case 'contact':
      return <Cards content={message.content} />;
    case 'poll':
      return <Poll message={message} />;
    case 'event':
      return <Meeting content={message.content} responses={message.responses ?? []} />;
    case 'group-invite':
      return <GroupInvite content={message.content} />;
    case 'choices':
      return <Choices content={message.content} />;
    case 'choice':
      return <Choice content={message.content} />;
    case 'product':
      return <Product content={message.content} />;
    case 'order':
      return <Order content={message.content} />;
    case 'album':
      return <Album content={message.content} />;
  }
}
