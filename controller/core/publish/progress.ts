import { countFiles, renderBytes, renderCount } from './report.ts';

/** How far an upload is. */
export interface Progress {
  readonly files: number;
  readonly bytes: number;
  readonly of: { readonly files: number; readonly bytes: number };
  /** Since it began. */
  readonly seconds: number;
}

/** A request for nothing takes as long as one for this many bytes, about: many small files are no few bytes. */
const BYTES_PER_FILE = 64 * 1024;

/** `Uploading 1,250 of 10,000 files, 31.0 MB of 100.4 MB, 8.2 MB/s, 9 s left`. */
export function renderProgress({ files, bytes, of, seconds }: Progress): string {
  const done = weigh({ files, bytes });
  const left = done === 0 ? Infinity : (seconds * (weigh(of) - done)) / done;
  const rate = seconds > 0 ? [`${renderBytes(Math.round(bytes / seconds))}/s`] : [];
  return [
    `Uploading ${renderCount(files)} of ${countFiles(of.files)}`,
    `${renderBytes(bytes)} of ${renderBytes(of.bytes)}`,
    ...rate,
    ...(Number.isFinite(left) ? [`${renderDuration(left)} left`] : []),
  ].join(', ');
}

function weigh({ files, bytes }: Pick<Progress, 'files' | 'bytes'>): number {
  return files * BYTES_PER_FILE + bytes;
}

function renderDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
