/** How many bars phones draw below a voice note. */
const bars = 64;
/** Samples of one measurement: a tenth of a second at {@link sampleRate}. */
const windowSamples = 800;

/** Sound to be measured: one channel of 16-bit samples, little-endian, so many a second. */
export const sampleRate = 8_000;

/** The bars of a voice note, 0 to 100 each, in base64; undefined for silence or nothing. */
export async function waveformOf(samples: AsyncIterable<Buffer>): Promise<string | undefined> {
  const loudness: number[] = [];
  let sum = 0;
  let count = 0;
  let odd: Buffer = Buffer.alloc(0);
  for await (const chunk of samples) {
    const read = odd.length > 0 ? Buffer.concat([odd, chunk]) : chunk;
    const whole = read.length - (read.length % 2);
    for (let at = 0; at < whole; at += 2) {
      sum += Math.abs(read.readInt16LE(at));
      count += 1;
      if (count < windowSamples) continue;
      loudness.push(sum / count);
      sum = 0;
      count = 0;
    }
    odd = read.subarray(whole);
  }
  if (count > 0) loudness.push(sum / count);
  const loudest = loudness.reduce((most, one) => Math.max(most, one), 0);
  if (loudest === 0) return undefined;
  const drawn = Array.from({ length: bars }, (_, bar) => {
    const from = Math.floor((bar * loudness.length) / bars);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * loudness.length) / bars));
    const part = loudness.slice(from, to);
    const mean = part.reduce((total, one) => total + one, 0) / Math.max(part.length, 1);
    return Math.min(100, Math.round((100 * mean) / loudest));
  });
  return Buffer.from(drawn).toString('base64');
}
