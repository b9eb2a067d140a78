import { seconds } from '../../core/clock.ts'
import { type AwsPlace, awsHere, changedSince } from '../aws.ts'
import { logGroupState } from '../aws-state.ts'
import { defineAction } from './define.ts'

/** `from`, `to`: days; null: for ever. */
type Args = { place: AwsPlace; group: string; from: number | null; to: number | null }

const told = (days: number | null | undefined) => (days === undefined ? 'gone' : days === null ? 'kept for ever' : `kept for ${days} days`)

/** Sets how long a log group keeps its events. What has expired is deleted by AWS within three days, and cannot be brought back. */
export const setLogRetention = defineAction('set-log-retention', {
  title: 'Set how long a log group keeps its events',
  kind: 'check-then-act',
  timeoutMs: seconds(60),
  attempts: 1,
  permissions: ['logs:DescribeLogGroups', 'logs:PutRetentionPolicy', 'logs:DeleteRetentionPolicy'],
  async apply({ place, group, from, to }: Args, context) {
    const aws = awsHere(context.world, place, context)
    const now = (await logGroupState(aws, group))?.retentionDays
    if (now === to) return { before: now, after: to, already: true }
    if (now !== from) throw changedSince(group, told(from), told(now))
    if (to === null) await aws('logs:DeleteRetentionPolicy', { logGroupName: group })
    else await aws('logs:PutRetentionPolicy', { logGroupName: group, retentionInDays: to })
    return { before: from, after: to }
  },
  async probe({ place, group, from, to }, context) {
    const now = (await logGroupState(awsHere(context.world, place, context), group))?.retentionDays
    return now === to ? 'done' : now === from ? 'not-done' : 'unclear'
  },
})
