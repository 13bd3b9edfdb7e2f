import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { Part } from '../part.ts';
import type { Mailbox } from '../router/mailbox.ts';
import { stanzaId } from '../router/notifications.ts';
import { type BinaryNode, node, nowSeconds } from '../wire/node.ts';
import { type Group, groupJid } from './group.ts';
import { actorAttributes, groupNode } from './stanzas.ts';

interface GroupNoticesDeps {
  readonly mailbox: Mailbox;
  readonly directory: Directory;
}

/** News of a group, told to all companions of whoever is concerned; the phones look the group up themselves. */
export class GroupNotices extends Part<GroupNoticesDeps> {
  /** Tells people what somebody changed. The id is one for all, as for a message. */
  tell(group: Group, actor: Account, change: BinaryNode, to: Iterable<Account>, notifyId = stanzaId()): void {
    const attributes = {
      ...{ type: 'w:gp2', from: groupJid(group), id: notifyId, t: nowSeconds(), notify: actor.name },
      ...actorAttributes(group, actor),
    };
    const stanza = node('notification', attributes, [change]);
    for (const account of to) {
      for (const device of account.devices.keys()) this.deps.mailbox.post({ account, device }, stanza);
    }
  }

  /** Tells people that they are in a group now: all of it, however they came in. */
  welcome(group: Group, actor: Account, to: Iterable<Account>, how: { key?: string; reason?: string }): void {
    const create = node('create', { type: 'new', ...how }, [groupNode(group, this.deps.directory)]);
    this.tell(group, actor, create, to);
  }
}
