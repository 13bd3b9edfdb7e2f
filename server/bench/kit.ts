import type { Report } from './report.ts';
import type { Rig } from './rig.ts';
import type { Size } from './size.ts';

/** What a group of rows measures with. */
export interface Bench {
  rig: Rig;
  report: Report;
  size: Size;
}
