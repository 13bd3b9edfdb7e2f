import type { Static, TObject } from 'typebox';
import type { OutgoingContent } from '../../../engines/port.ts';
import type { Fit, MediaKind, MediaRow } from '../../media/index.ts';
import type { Previews } from '../previews/previews.ts';
import type { ContentSchema } from './content.ts';
import type { SendBody } from './send-body.ts';

/** What a message says, as it is stored. */
export type Content = Record<string, unknown>;

/** The file of a message that is to be sent. */
export interface FileSending {
  readonly as: MediaKind;
  /** Brings it into the form that phones show; what is found out about it on the way is stored, too. */
  fit(fit: Fit, file: MediaRow): Promise<{ row: MediaRow; content?: Content }>;
}

/** How a message of a kind is asked for and sent. */
export interface Sending {
  /** `POST /messages/<path>`. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly body: TObject;
  /**
   * What is stored of a request, beside what every kind has (quote and mentions).
   * @param where.country whose numbers are written without country code
   * @throws Failure VALIDATION_ERROR for what its schema can't see
   */
  contentOf(body: SendBody, where: { country: string }): Content;
  /** Of the kinds that are a file. */
  readonly file?: FileSending;
  /** The type of message that a request asks for, where that is another kind than its path says. */
  becomes?(body: SendBody): string | undefined;
  /** What else is stored, and has to be asked for: outside any transaction, and none of it is needed. */
  lookUp?(body: SendBody, tools: { previews: Previews }): Promise<Content>;
  /** What is stored of a message of this kind that is passed on; undefined when it can't be. Absent: the same. */
  forwarded?(content: Content): Content | undefined;
  /** The same content always gives the same message: a receiver that could not read it is sent it again. */
  outgoing(content: Content): OutgoingContent;
}

/** One kind of message. Without `sending` it can only arrive. */
export interface MessageKind {
  /** The `type` of a message. */
  readonly type: string;
  /** In a sentence: `a text`. */
  readonly called: string;
  readonly content: ContentSchema;
  /** Fields of a request that other kinds refuse, and what they belong to. */
  readonly ownFields?: { readonly of: string; readonly names: readonly string[] };
  /** Of its content what an answer shows of the message it quotes, beside the preview. Absent: nothing. */
  readonly quoted?: readonly string[];
  /** Whether it waits to be read, and is unread until then. Absent: it does. */
  isNews?(content: Content): boolean;
  /** One line for quotes, lists and notices; empty when it has no words. */
  preview(content: Content): string;
  /** Everything that it is found by, a text for each field that has one. Absent: the preview. */
  words?(content: Content): readonly unknown[];
  /** What it says after an edit, which names its own `type`; undefined when that edit can't be. Absent: none can. */
  edited?(original: Content, edit: Content): Content | undefined;
  readonly sending?: Sending;
}

/** Ties the handlers of a sending to its body; the route has checked the body before they see it. */
export function sendingOf<Body extends TObject>(
  sending: Omit<Sending, 'body' | 'contentOf' | 'becomes' | 'lookUp'> & {
    body: Body;
    becomes?(body: Static<Body>): string | undefined;
    lookUp?(body: Static<Body>, tools: { previews: Previews }): Promise<Content>;
    contentOf(body: Static<Body>, where: { country: string }): Content;
  },
): Sending {
  return sending as unknown as Sending;
}
