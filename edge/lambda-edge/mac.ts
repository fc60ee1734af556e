import { createHmac } from 'node:crypto';
import type { Mac } from '../core/token.ts';

export const mac: Mac = (key, text) => createHmac('sha256', key).update(text).digest('base64url');
