/** What the media host does not do, with its HTTP status and a sentence for whoever reads it. */
export class MediaRefused extends Error {
  readonly status: 400 | 401 | 403 | 404 | 410 | 413;
  readonly code: string;

  constructor(status: MediaRefused['status'], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
