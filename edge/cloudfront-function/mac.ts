import crypto from 'crypto';

/** See `Mac`. */
export function mac(key: string, text: string): string {
  return crypto.createHmac('sha256', key).update(text).digest('base64url');
}
