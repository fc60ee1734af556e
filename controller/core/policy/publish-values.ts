/** Values of publishing settings. */
import { CONTENT_TYPE } from '../publish/content-type.ts';
import { text } from './text.ts';

export const contentType = text(
  CONTENT_TYPE,
  'a content type in lower case, with one parameter at most (type/subtype; charset=utf-8)',
  'application/json',
);
