/* What keeps an engine from doing what it was asked to; part of the port. */

/** WhatsApp's server refused a message; sending it again unchanged would be refused again. */
export class EngineRefusal extends Error {
  readonly code: number;
  constructor(code: number, reason: string) {
    super(reason);
    this.name = 'EngineRefusal';
    this.code = code;
  }
}

/** A file is not where it was: nobody keeps it any more. */
export class FileGone extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'FileGone';
  }
}

/** The bytes at the network are not the file that was sent; fetching it again would bring the same. */
export class FileDamaged extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'FileDamaged';
  }
}

/** The connection ended before an answer came; the same id may be sent again. */
export class EngineGone extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'EngineGone';
  }
}

/** A file could not be brought to the network, so nothing of its message was sent. */
export class FileNotSent extends EngineGone {
  override name = 'FileNotSent';
}

/** The network asks this account to send less: the message reached nobody, and its id may be sent again later. */
export class EngineBusy extends Error {
  /** How long to wait before anything more is sent, where the network says so. */
  readonly retryAfterMs: number | undefined;
  constructor(reason: string, retryAfterMs?: number) {
    super(reason);
    this.name = 'EngineBusy';
    this.retryAfterMs = retryAfterMs;
  }
}
