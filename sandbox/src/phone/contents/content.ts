import { toNumber } from 'baileys';

/** A file as the message describes it. */
interface FileContent {
  mimetype?: string;
  /** Bytes. */
  size?: number;
  caption?: string;
  fileName?: string;
  pages?: number;
  seconds?: number;
  width?: number;
  height?: number;
  /** 64 loudnesses from 0 to 100. */
  waveform?: number[];
  animated?: boolean;
  /** JPEG or PNG, base64. */
  thumbnail?: string;
  /** Of the file, hexadecimal. */
  sha256?: string;
}

/** A place on earth; degrees, metres, metres per second. */
export interface PlaceContent {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
  url?: string;
  comment?: string;
  accuracy?: number;
  speed?: number;
  /** Degrees clockwise from north. */
  heading?: number;
  /** Counts the updates of a live location. */
  sequence?: number;
}

interface EventContent {
  name: string;
  description?: string;
  /** Unix milliseconds. */
  start?: number;
  end?: number;
  location?: PlaceContent;
  joinLink?: string;
  cancelled?: boolean;
  extraGuests?: boolean;
  responses?: { from: string; response: string; guests: number }[];
}

/** Something a person can press or choose. */
export interface ChoiceContent {
  id: string;
  text: string;
  description?: string;
  section?: string;
  url?: string;
}

/** Amounts are in the currency itself. */
interface ProductContent {
  id?: string;
  retailerId?: string;
  url?: string;
  price?: number;
  salePrice?: number;
  currency?: string;
  owner?: string;
}

interface OrderContent {
  id?: string;
  items?: number;
  total?: number;
  currency?: string;
  seller?: string;
}

/** What a message holds beyond its text, in plain JSON. People are named by number. */
export interface Content extends FileContent {
  viewOnce?: boolean;
  /** A view-once message that has been looked at. */
  opened?: boolean;
  mentions?: string[];
  mentionsAll?: boolean;
  forwarded?: boolean;
  /** Seconds until it vanishes. */
  expiration?: number;
  /** What is said in this chat may not be taken out of it. */
  sharingLimited?: boolean;
  /** Of a text in the status: colours as `#rrggbb`. */
  background?: string;
  color?: string;
  font?: number;
  preview?: { url?: string; title?: string; description?: string; thumbnail?: string };
  location?: PlaceContent;
  contacts?: { name: string; vcard: string; numbers: string[] }[];
  poll?: {
    question: string;
    /** How many options one person may choose; 0: any. */
    selectable: number;
    options: { name: string; votes: number; voters: string[] }[];
  };
  event?: EventContent;
  invite?: { group: string; name?: string; code: string; expiresAt?: number };
  title?: string;
  footer?: string;
  choices?: ChoiceContent[];
  chosen?: { id: string; text: string };
  product?: ProductContent;
  order?: OrderContent;
  /** How many files are to come. */
  album?: { images: number; videos: number };
  /** Id of the album that this file belongs to. */
  inAlbum?: string;
  /** Id of the message that this one is about. */
  target?: string;
  /** Field of the protocol that this phone has no picture for. */
  field?: string;
  reactions?: { from: string; text: string; at: number }[];
  edited?: boolean;
  editedAt?: number;
  pinned?: { by: string; until: number };
  kept?: { by: string; at: number };
}

/** A message as a person sees it. */
export interface Description {
  type: string;
  text: string;
  content: Content;
}

/** Names a person of a JID. */
export type Who = (jid: string) => string;

type Present<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> };

/** Only the fields that say something; empty texts and lists don't, nor do numbers that are none. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => says(value))) as Present<T>;
}

function says(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  if (typeof value === 'number') return Number.isFinite(value);
  return !Array.isArray(value) || value.length > 0;
}

type Long = Exclude<Parameters<typeof toNumber>[0], number | null | undefined>;

/** A 64-bit number of a message; undefined when it is missing or 0. */
export function amount(value: number | Long | null | undefined): number | undefined {
  return toNumber(value) || undefined;
}

/** Bytes of a message in base64; undefined when there are none. */
export function base64(value: Uint8Array | null | undefined): string | undefined {
  return value && value.length > 0 ? Buffer.from(value).toString('base64') : undefined;
}
