import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'

export interface LogGroup extends Resource {
  name: string
  /** Null: nothing in it ever expires. */
  retentionDays: number | null
  /** What is paid for: compressed, as stored. */
  storedBytes: number
  /** Epoch ms. */
  createdAt: number | null
  /** `DELIVERY` groups pass logs on and keep them for one day, whatever they say. */
  delivery: boolean
}

/** CloudWatch log groups. Their tags would cost a call for each: owners come from the catalogue. */
export const logGroups = defineInventory<LogGroup>('log-groups', {
  title: { en: 'Log groups', ja: 'ロググループ' },
  scope: 'region',
  calls: ['logs:DescribeLogGroups'],
  async page({ aws, target }, token) {
    const answer = await aws.send(CloudWatchLogsClient, new DescribeLogGroupsCommand({ limit: 50, nextToken: token }))
    const rows = (answer.logGroups ?? []).map(({ logGroupName = '', retentionInDays, storedBytes, creationTime, logGroupClass }) => ({
      arn: arnOf(target, 'logs', `log-group:${logGroupName}`),
      name: logGroupName,
      retentionDays: retentionInDays ?? null,
      storedBytes: storedBytes ?? 0,
      createdAt: creationTime ?? null,
      delivery: logGroupClass === 'DELIVERY',
    }))
    return answer.nextToken ? { rows, next: answer.nextToken } : { rows }
  },
})
