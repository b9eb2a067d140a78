import { seconds } from '../../core/clock.ts'
import { type AwsPlace, awsHere, changedSince } from '../aws.ts'
import { deletionProtectionState } from '../aws-state.ts'
import { defineAction } from './define.ts'

type Args = { place: AwsPlace; table: string; from: boolean; to: boolean }

const told = (on: boolean | null) => (on === null ? 'gone' : on ? 'on' : 'off')

/** Switches whether a table may be deleted. */
export const setDeletionProtection = defineAction('set-deletion-protection', {
  title: 'Switch deletion protection of a table',
  kind: 'check-then-act',
  timeoutMs: seconds(60),
  attempts: 1,
  permissions: ['dynamodb:DescribeTable', 'dynamodb:UpdateTable'],
  async apply({ place, table, from, to }: Args, context) {
    const aws = awsHere(context.world, place, context)
    const now = await deletionProtectionState(aws, table)
    if (now === to) return { before: now, after: to, already: true }
    if (now !== from) throw changedSince(`deletion protection of ${table}`, told(from), told(now))
    await aws('dynamodb:UpdateTable', { TableName: table, DeletionProtectionEnabled: to })
    return { before: from, after: to }
  },
  async probe({ place, table, from, to }, context) {
    const now = await deletionProtectionState(awsHere(context.world, place, context), table)
    return now === to ? 'done' : now === from ? 'not-done' : 'unclear'
  },
})
