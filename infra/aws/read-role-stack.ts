import { Aws, CfnParameter, Stack, type StackProps } from 'aws-cdk-lib'
import { AccountPrincipal, PolicyDocument, Role } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { Guardian } from '../../guardians/define.ts'
import { actionsInLambda, argue, readRoleName, readsOf, whyAll } from './guardians-stack.ts'

/** To be deployed in every other account that is looked at: a role that reads what the checks declare, taken by the guardians alone. */
export function readRoleStack(
  scope: Construct,
  id: string,
  { guardians, ...props }: StackProps & { guardians: readonly Guardian[] },
): Stack {
  const stack = new Stack(scope, id, { description: 'Jidoka: what guardians of another account may read here', ...props })
  const account = new CfnParameter(stack, 'GuardiansAccount', {
    type: 'String',
    description: 'Account in which the guardians run',
    allowedPattern: '\\d{12}',
  })
  const externalId = new CfnParameter(stack, 'ExternalId', {
    type: 'String',
    description: 'As externalId of this account in guardians.accounts',
    minLength: 8,
  })
  const role = new Role(stack, 'ReadRole', {
    roleName: readRoleName,
    description: 'Taken by the Jidoka guardians',
    assumedBy: new AccountPrincipal(account.valueAsString).withConditions({
      StringEquals: { 'sts:ExternalId': externalId.valueAsString },
      ArnLike: { 'aws:PrincipalArn': `arn:${Aws.PARTITION}:iam::${account.valueAsString}:role/*Guardian*` },
    }),
    inlinePolicies: { looks: new PolicyDocument({ statements: readsOf([...new Set(guardians.flatMap(actionsInLambda))].sort()) }) },
  })
  argue(role, { '*': whyAll })
  return stack
}
