import type { Directory } from '../accounts/directory.ts';
import type { PreKeys } from '../accounts/prekeys.ts';
import type { AppState } from '../app-state/app-state.ts';
import type { Chats } from '../groups/chats.ts';
import type { Groups } from '../groups/groups.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Attachments } from '../media/attachments.ts';
import type { Profiles } from '../people/profiles.ts';
import type { Links } from '../router/links.ts';
import type { Mailbox } from '../router/mailbox.ts';
import type { Messages } from '../router/messages.ts';
import type { Notifications } from '../router/notifications.ts';
import type { Presence } from '../router/presence.ts';
import type { Receipts } from '../router/receipts.ts';
import type { Store } from '../store/sqlite.ts';

/** What a phone uses of the network. */
export interface PhoneDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly groups: Groups;
  readonly chats: Chats;
  readonly preKeys: PreKeys;
  readonly mailbox: Mailbox;
  readonly links: Links;
  readonly messages: Messages;
  readonly receipts: Receipts;
  readonly presence: Presence;
  readonly profiles: Profiles;
  readonly notifications: Notifications;
  readonly appState: AppState;
  readonly attachments: Attachments;
  readonly ledger: Ledger;
  /** How many of its messages a phone gives a new companion as the recent past. */
  readonly recentMessagesMax: number;
  /** Bytes of a piece of history that are sent inside its announcement. */
  readonly historyInlineBytesMax: number;
  readonly log: (line: string, error?: unknown) => void;
}
