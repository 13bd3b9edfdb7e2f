import type { QRCodeToDataURLOptions } from 'qrcode';

/** Loaded with the first code. */
const library = async () => (await import('qrcode')).default;

/** A QR code as the address of a picture that holds the picture itself. */
export async function qrPicture(text: string, size: QRCodeToDataURLOptions = {}): Promise<string> {
  return (await library()).toDataURL(text, size);
}

/** A QR code as a PNG. */
export async function qrImage(text: string, size: { width: number; margin: number }): Promise<Buffer> {
  return (await library()).toBuffer(text, size);
}

/** A QR code as characters, for a terminal. */
export async function qrText(text: string): Promise<string> {
  return (await library()).toString(text, { type: 'utf8', errorCorrectionLevel: 'L' });
}
