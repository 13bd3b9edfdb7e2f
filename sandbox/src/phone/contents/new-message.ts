/** A place as whoever writes gives it. */
interface NewPlace {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
  url?: string;
}

/** A card: with a vCard, or a number to make one of. */
export interface NewCard {
  name: string;
  number?: string;
  vcard?: string;
}

export type MediaKind = 'image' | 'video' | 'gif' | 'ptv' | 'voice' | 'audio' | 'document' | 'sticker';

/** A file to send. */
export interface NewMedia {
  type: MediaKind;
  /** The file in base64; a small sample when left out. */
  data?: string;
  mimetype?: string;
  caption?: string;
  fileName?: string;
  seconds?: number;
  waveform?: number[];
  width?: number;
  height?: number;
  animated?: boolean;
  pages?: number;
  thumbnail?: string;
  viewOnce?: boolean;
}

/** What is shown as a message of its own. Times are unix milliseconds. */
export type NewShown =
  | {
      type: 'text';
      text: string;
      preview?: { url: string; title?: string; description?: string; thumbnail?: string };
    }
  | ({ type: 'location'; comment?: string; accuracy?: number } & NewPlace)
  | ({
      type: 'liveLocation';
      caption?: string;
      accuracy?: number;
      speed?: number;
      heading?: number;
      sequence?: number;
    } & NewPlace)
  | ({ type: 'contact' } & NewCard)
  | { type: 'contacts'; contacts: NewCard[] }
  | { type: 'poll'; question: string; options: string[]; selectable?: number }
  | {
      type: 'event';
      name: string;
      start: number;
      end?: number;
      description?: string;
      location?: NewPlace;
      joinLink?: string;
      cancelled?: boolean;
      extraGuests?: boolean;
    }
  | { type: 'groupInvite'; group: string; text?: string }
  | { type: 'disappearing'; seconds: number }
  | NewMedia;

/** What is done to an earlier message, named by its id. */
export type NewDeed =
  | { type: 'reaction'; id: string; text: string }
  | { type: 'edit'; id: string; text: string }
  | { type: 'revoke'; id: string }
  | { type: 'vote'; id: string; options: string[] }
  | { type: 'eventResponse'; id: string; response: 'going' | 'notGoing' | 'maybe'; guests?: number }
  | { type: 'pin'; id: string; pinned?: boolean; seconds?: number }
  | { type: 'keep'; id: string; kept?: boolean };

/** A message as somebody with another program than the app could make it: bytes that the phone does not look at. */
export interface NewRaw {
  type: 'raw';
  /** What is encrypted, without padding, in base64: a `Message` of the protocol, or nonsense. */
  bytes: string;
  /** Id of the message; left out: made as always. */
  id?: string;
}

/** Whether something is no new word in a chat: a reaction, a vote, or the own word taken back. */
export const isResponse = ({ type }: NewMessage): boolean =>
  type === 'reaction' || type === 'vote' || type === 'revoke';

/** What every message that is shown may have besides. */
interface NewSurroundings {
  /** Id of the message that this one answers. */
  quoted?: string;
  /** Numbers of people who are mentioned. */
  mentions?: string[];
  forwarded?: boolean;
  /** Seconds until it vanishes; left out: as the chat is set. */
  disappearing?: number;
}

/** What a person sends from the phone. */
export type NewMessage = (NewShown & NewSurroundings) | NewDeed | NewRaw;

/** What can't be sent, and why. */
export class ContentRefused extends Error {
  readonly status: 400 | 403 | 404 | 409 | 410;
  readonly code: string;

  constructor(status: ContentRefused['status'], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
