import type { Account } from './accounts/account.ts';
import { Directory } from './accounts/directory.ts';
import { PreKeys } from './accounts/prekeys.ts';
import { AppState } from './app-state/app-state.ts';
import { Clients } from './clients.ts';
import { Acts } from './faults/acts.ts';
import { Faults } from './faults/faults.ts';
import { Losses } from './faults/losses.ts';
import { noteStrike } from './faults/note-strike.ts';
import { WayOut } from './faults/way-out.ts';
import { Checks } from './findings/checks.ts';
import type { AddressingMode } from './groups/group.ts';
import { GroupLife } from './groups/group-life.ts';
import { queryTable } from './iq/table.ts';
import { Ledger } from './ledger/ledger.ts';
import { Companions } from './login/companions.ts';
import { Pairing } from './login/pairing.ts';
import { CodePairing } from './login/pairing-code.ts';
import { QrPairing } from './login/pairing-qr.ts';
import { Attachments } from './media/attachments.ts';
import { MediaHost } from './media/host.ts';
import { MediaStore, type MediaStoreSettings } from './media/media-store.ts';
import { People } from './people/people.ts';
import { Phones } from './phone/phones.ts';
import { createPki } from './pki.ts';
import { Links } from './router/links.ts';
import { Mailbox } from './router/mailbox.ts';
import { Messages } from './router/messages.ts';
import { Notifications } from './router/notifications.ts';
import { Receipts } from './router/receipts.ts';
import { Switchboard } from './router/switchboard.ts';
import type { Store } from './store/sqlite.ts';
import type { ConnectionLimits } from './wire/connection.ts';

export interface NetworkSettings {
  /** New devices upload hundreds of one-time keys, as on the real network, instead of five. */
  readonly realisticPreKeys: boolean;
  /** How groups made by clients name their members. */
  readonly groupMode: AddressingMode;
  /** Subject of the group that accounts of test tooling belong to; empty for none. */
  readonly mockGroup: string;
  /** How many of its messages a phone gives a new companion as the recent past; the rest follows when the companion asked for all of it. */
  readonly recentMessagesMax: number;
  readonly historyInlineBytesMax: number;
  /** How many companions a phone may have at once. */
  readonly companionsMax: number;
  /** How many people a device may watch at once. */
  readonly watchedMax: number;
  /** 32 bytes that every key of this network follows from. */
  readonly master: Buffer;
  readonly media: MediaStoreSettings;
  /** How long and how much clients may keep the network waiting. */
  readonly connections: ConnectionLimits;
  /** Host and port at which this network is found. */
  readonly address: () => string;
  /** Told of what cannot be understood and of what failed. */
  readonly log: (line: string, error?: unknown) => void;
}

/**
 * Every part of the network, each given what it uses; nothing runs yet. A part that tells a later one is given a
 * function, which is called only once all are there.
 */
export function compose(store: Store, settings: NetworkSettings) {
  const { master, log, groupMode, mockGroup, realisticPreKeys, recentMessagesMax, companionsMax } = settings;
  const { historyInlineBytesMax } = settings;
  const pki = createPki(master);
  const links = new Links();
  const ledger = new Ledger(store);
  const directory = new Directory(store, master);
  const faults = new Faults({
    struck: (fault, moment) => noteStrike(ledger, fault, moment),
    begun(fault) {
      acts.begin(fault);
      losses.strike(fault);
    },
    cleared(fault) {
      switchboard.release(fault);
      acts.end(fault);
      losses.end(fault);
    },
  });
  const mailbox = new Mailbox({
    ...{ store, links, ledger },
    phoneMail: (account, seq, stanza) => phones.mail.arrived(account, seq, stanza),
  });
  const notifications = new Notifications({ store, mailbox, directory });
  const preKeys = new PreKeys({ store, low: (address, left) => notifications.preKeysLow(address, left) });
  const groups = new GroupLife({
    ...{ store, directory, mailbox, master },
    mayAdd: (actor, whom) => people.privacy.allows(whom, actor, 'groupadd'),
  });
  const { all, chats, membership, joining, settings: groupSettings } = groups;
  const messages = new Messages({
    ...{ store, mailbox, directory, chats, ledger },
    admit: (from, to) => people.admit(from, to),
    hears: (from, to) => !people.blocklist.has(to, from),
  });
  const receipts = new Receipts({
    ...{ store, mailbox, directory, chats, ledger },
    tellsRead: (reader, sender) => people.privacy.tellsRead(reader, sender),
    mediaLost: (from, receipt) => phones.mail.mediaLost(from, receipt),
  });
  const people: People = new People({
    ...{ store, directory, groups: all, links, mailbox, notifications, ledger },
    watchedMax: settings.watchedMax,
  });
  const { presence, acquaintances } = people;
  const checks = new Checks({ store, directory, chats, mailbox, notifications, ledger });
  const { findings } = checks;
  const media = new MediaHost(
    new MediaStore(store, master, settings.media),
    directory,
    master,
    settings.address,
  );
  const attachments = new Attachments(media);
  const companions = new Companions({ directory, links, notifications, ledger });
  const appState = new AppState(store);
  const acts = new Acts({ faults, links, directory, companions });
  const wayOut = new WayOut({ faults, ledger });
  const pairing = new Pairing({ store, directory, notifications, ledger, findings, companionsMax });
  const qr = new QrPairing({ pairing });
  const code = new CodePairing({ pairing, directory, findings });
  const phones: Phones = new Phones({
    ...{ store, directory, groups: all, chats, preKeys, mailbox, links, messages, receipts, presence },
    ...{ profiles: people.profiles, notifications, appState, attachments, ledger, recentMessagesMax, log },
    historyInlineBytesMax,
  });
  const losses = new Losses({ store, faults, directory, preKeys, phones, log });
  const answer = queryTable({
    ...{ directory, preKeys, notifications, companions, people, appState, media, checks, realisticPreKeys },
    ...{ groups: all, membership, joining, settings: groupSettings, groupMode },
    stateWritten: (account: Account) => phones.mail.stateWritten(account),
    activate: ({ connection, caller }) => clients.activate(connection, caller),
  });
  const switchboard = new Switchboard({
    ...{ directory, mailbox, messages, receipts, presence, calls: people.callIntake, checks, acquaintances },
    ...{ faults, acts, answer },
  });
  const clients: Clients = new Clients({
    ...{ store, directory, ledger, faults, wayOut, links, mailbox, presence, phones, checks, switchboard },
    ...{ pairing, qr, code, pki, limits: settings.connections, log },
  });
  return {
    ...{
      store,
      directory,
      ledger,
      faults,
      links,
      mailbox,
      people,
      checks,
      media,
      attachments,
      phones,
      groups,
    },
    ...{ companions, notifications, preKeys, pki, qr, code, losses, clients },
    ...{ groupMode, mockGroup },
  };
}
