import type { CloudFrontResponse, ResponseEvent } from './event.ts';
import { applyMarks } from './translate.ts';

/** viewer-response: says which build was served, and remembers it for the page's files. */
export function handler(event: ResponseEvent): CloudFrontResponse {
  return applyMarks(event);
}
