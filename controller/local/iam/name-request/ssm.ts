import type { ServiceRequest } from '../../service.ts';
import { composeArn, contextOf, nameByTarget, permission, textOf, textsOf } from './permission.ts';

/** `/headgate/a:3` and `/headgate/a` are the same parameter; its ARN has one slash before the name. */
function parameterArn({ region }: ServiceRequest, name: string): string {
  const bare = name.replace(/^\//, '').replace(/:[^:/]*$/, '');
  return composeArn('ssm', region, `parameter/${bare}`);
}

const onName = (action: string) => (input: Record<string, unknown>, request: ServiceRequest) => [
  permission(`ssm:${action}`, parameterArn(request, textOf(input['Name']))),
];

const onNames = (action: string) => (input: Record<string, unknown>, request: ServiceRequest) =>
  textsOf(input['Names']).map((name) => permission(`ssm:${action}`, parameterArn(request, name)));

/** What requests to Parameter Store need. */
export const nameSsm = nameByTarget({
  PutParameter: (input, request) => {
    const { Overwrite, Name, Tags } = input;
    const arn = parameterArn(request, textOf(Name));
    const put = permission('ssm:PutParameter', arn, {
      'ssm:Overwrite': String(Overwrite === true),
    });
    return Tags === undefined ? [put] : [put, permission('ssm:AddTagsToResource', arn)];
  },
  GetParameter: onName('GetParameter'),
  GetParameters: onNames('GetParameters'),
  GetParametersByPath: (input, request) => {
    const { Path, Recursive } = input;
    const context = contextOf({ 'ssm:Recursive': String(Recursive === true) });
    return [permission('ssm:GetParametersByPath', parameterArn(request, textOf(Path)), context)];
  },
  GetParameterHistory: onName('GetParameterHistory'),
  DeleteParameter: onName('DeleteParameter'),
  DeleteParameters: onNames('DeleteParameters'),
  LabelParameterVersion: onName('LabelParameterVersion'),
  UnlabelParameterVersion: onName('UnlabelParameterVersion'),
  DescribeParameters: () => [permission('ssm:DescribeParameters', '*')],
});
