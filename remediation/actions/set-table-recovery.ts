import { seconds } from '../../core/clock.ts'
import { type AwsPlace, awsHere, changedSince } from '../aws.ts'
import { recoveryState } from '../aws-state.ts'
import { defineAction } from './define.ts'

type Args = { place: AwsPlace; table: string; from: boolean; to: boolean }

const told = (on: boolean | null) => (on === null ? 'gone' : on ? 'on' : 'off')

/** Switches point-in-time recovery of a table. Switched off, the days that could be gone back to are lost. */
export const setTableRecovery = defineAction('set-table-recovery', {
  title: 'Switch point-in-time recovery of a table',
  kind: 'check-then-act',
  timeoutMs: seconds(60),
  attempts: 1,
  permissions: ['dynamodb:DescribeContinuousBackups', 'dynamodb:UpdateContinuousBackups'],
  async apply({ place, table, from, to }: Args, context) {
    const aws = awsHere(context.world, place, context)
    const now = await recoveryState(aws, table)
    if (now === to) return { before: now, after: to, already: true }
    if (now !== from) throw changedSince(`point-in-time recovery of ${table}`, told(from), told(now))
    await aws('dynamodb:UpdateContinuousBackups', {
      TableName: table,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: to },
    })
    return { before: from, after: to }
  },
  async probe({ place, table, from, to }, context) {
    const now = await recoveryState(awsHere(context.world, place, context), table)
    return now === to ? 'done' : now === from ? 'not-done' : 'unclear'
  },
})
