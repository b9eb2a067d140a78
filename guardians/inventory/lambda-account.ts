import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'

export interface LambdaAccount extends Resource {
  name: string
  /** How many calls may run at once, all functions together; null: AWS did not say. */
  concurrent: number | null
  /** What of it no function has reserved for itself. */
  unreserved: number | null
}

/** Lambda as a whole in one region of an account: one row. */
export const lambdaAccount = defineInventory<LambdaAccount>('lambda-account', {
  title: { en: 'Limits of Lambda in a region', ja: 'リージョンごとの Lambda の上限' },
  scope: 'region',
  calls: ['lambda:GetAccountSettings'],
  async page({ aws, target }) {
    const { AccountLimit } = await aws.send(LambdaClient, new GetAccountSettingsCommand({}))
    return {
      rows: [
        {
          arn: arnOf(target, 'lambda', 'account-settings'),
          name: `Lambda, ${target.region}`,
          concurrent: AccountLimit?.ConcurrentExecutions ?? null,
          unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? null,
        },
      ],
    }
  },
})
