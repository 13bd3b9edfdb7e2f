import { proto } from 'baileys';
import type { Account, Device } from '../../accounts/account.ts';
import type { Directory } from '../../accounts/directory.ts';
import type { Groups } from '../../groups/groups.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { Part } from '../../part.ts';
import { chatName } from '../app-state/names.ts';
import type { PersonalState } from '../app-state/personal-state.ts';
import { conversation } from './conversations.ts';
import { historyNotification } from './notification.ts';
import type { HistoryRows, Place } from './rows.ts';
import { recallReactions, webMessage } from './web-message.ts';

type Told = proto.Message.IProtocolMessage;
type Ask = proto.Message.IPeerDataOperationRequestMessage;

const { PeerDataOperationRequestType: Wanted } = proto.Message;
const ON_DEMAND_MAX = 500;
const PLACEHOLDERS_MAX = 100;
/** Moments before this, read as milliseconds, are seconds: clients send both. */
const SECONDS_END = 100_000_000_000;

interface PhoneRequestsDeps {
  readonly directory: Directory;
  readonly groups: Groups;
  readonly ledger: Ledger;
  readonly state: PersonalState;
  readonly rows: HistoryRows;
}

/** Answers what companions ask their phone for: older messages of a chat, and messages that came without content. */
export class PhoneRequests extends Part<PhoneRequestsDeps> {
  /** What the phone tells a companion that asks with the message `id`; a request that it has no answer to is noted. */
  async answer(
    by: Device,
    account: Account,
    id: string,
    { protocolMessage }: proto.IMessage,
  ): Promise<Told[]> {
    const ask = protocolMessage?.peerDataOperationRequestMessage;
    if (!ask) return [];
    const { peerDataOperationRequestType: wanted, historySyncOnDemandRequest: older } = ask;
    if (wanted === Wanted.HISTORY_SYNC_ON_DEMAND && older) return [await this.#onDemand(account, id, older)];
    if (wanted === Wanted.PLACEHOLDER_MESSAGE_RESEND) return [this.#placeholders(account, id, ask)];
    const { number, device } = by;
    const type = Wanted[wanted ?? -1] ?? '';
    this.deps.ledger.note('unanswered', { number, device, tag: 'message', messageId: id, type });
    return [];
  }

  async #onDemand(
    account: Account,
    id: string,
    ask: proto.Message.PeerDataOperationRequestMessage.IHistorySyncOnDemandRequest,
  ): Promise<Told> {
    const directory = this.deps.directory;
    const rows = this.deps.rows;
    const { number } = account;
    const chat = chatName(directory, ask.chatJid ?? '');
    const count = Math.max(0, Math.min(ON_DEMAND_MAX, ask.onDemandMsgCount ?? 0));
    const messages = rows.chatPage(number, chat, this.#place(number, chat, ask), count);
    const { picture } = await this.deps.state.read(account);
    const reactions = await recallReactions(directory, rows, number);
    const about = rows.chat(number, chat) ?? { chat, newest: 0, unread: 0 };
    const telling = {
      account,
      directory,
      groups: this.deps.groups,
      rows,
      picture,
      reactions,
      chats: new Map(),
    };
    return historyNotification(
      {
        syncType: proto.HistorySync.HistorySyncType.ON_DEMAND,
        conversations: [{ ...conversation(telling, about, messages), id: ask.chatJid ?? '' }],
      },
      { peerDataRequestSessionId: id },
    );
  }

  /** Where the companion's knowledge of a chat ends. */
  #place(
    number: string,
    chat: string,
    ask: proto.Message.PeerDataOperationRequestMessage.IHistorySyncOnDemandRequest,
  ): Place {
    const known = this.deps.rows.find(number, chat, ask.oldestMsgId ?? '');
    if (known) return known;
    const moment = Number(ask.oldestMsgTimestampMs ?? 0);
    if (moment <= 0) return { timestamp: Number.MAX_SAFE_INTEGER, seq: 0 };
    return { timestamp: moment < SECONDS_END ? moment * 1000 : moment, seq: 0 };
  }

  #placeholders({ number }: Account, id: string, { placeholderMessageResendRequest }: Ask): Told {
    const directory = this.deps.directory;
    const asked = (placeholderMessageResendRequest ?? []).slice(0, PLACEHOLDERS_MAX);
    const results = asked.map(({ messageKey }) => {
      const chat = chatName(directory, messageKey?.remoteJid ?? '');
      const row = this.deps.rows.find(number, chat, messageKey?.id ?? '');
      if (!row) return {};
      const info = proto.WebMessageInfo.encode(webMessage(directory, row, new Map())).finish();
      return { placeholderMessageResendResponse: { webMessageInfoBytes: info } };
    });
    return {
      type: proto.Message.ProtocolMessage.Type.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
      peerDataOperationRequestResponseMessage: {
        peerDataOperationRequestType: Wanted.PLACEHOLDER_MESSAGE_RESEND,
        stanzaId: id,
        peerDataOperationResult: results,
      },
    };
  }
}
