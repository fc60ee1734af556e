import { permission } from './permission.ts';
import { nameByForm } from './forms.ts';

/** What requests to STS need. Everybody may ask who they are; a token is a permission of its own. */
export const nameSts = nameByForm({
  GetCallerIdentity: () => [],
  AssumeRole: (form) => [permission('sts:AssumeRole', form.get('RoleArn') ?? '')],
  AssumeRoleWithWebIdentity: () => [],
});
