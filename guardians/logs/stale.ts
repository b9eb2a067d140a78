import { defineCheck, fail, pass, unknown } from '../define.ts'
import { type LogGroup, logGroups } from '../inventory/log-groups.ts'
import { daysSince } from '../resource.ts'
import { gib, gibOf } from './stored.ts'

/** Nothing writes into it any more. */
export const stale = defineCheck('logs-stale', {
  number: 16,
  severity: 'low',
  title: { en: 'Log group that nothing writes to', ja: '書き込みのないロググループ' },
  why: {
    en: 'What it holds is paid for every month, and whatever wrote it is gone or has fallen silent.',
    ja: '保存分に毎月料金がかかります。書き込んでいたものはなくなったか、止まっています。',
  },
  fix: {
    en: 'See what it was for; then `aws logs delete-log-group --log-group-name NAME`, or a retention that empties it.',
    ja: '用途を確認してから `aws logs delete-log-group --log-group-name NAME` で削除するか、保存期間を設定します。',
  },
  peers: ['Thrifty'],
  says: {
    stale: {
      en: 'No byte came in {windowDays} days; {storedGiB} GiB are kept',
      ja: '{windowDays} 日間書き込みなし。{storedGiB} GiB を保存中',
    },
  },
  subject: logGroups,
  options: { days: { default: 90, unit: 'days', source: 'Thrifty' } },
  metrics: {
    incoming: {
      ...{ namespace: 'AWS/Logs', metric: 'IncomingBytes', stat: 'Sum', periodS: 86_400, days: { option: 'days' }, absent: 'zero' },
      dimensions: ({ name }: LogGroup) => ({ LogGroupName: name }),
    },
  },
  applies: ({ createdAt }, { now, options }) => (daysSince(createdAt, now) ?? options.days) >= options.days,
  judge({ createdAt, storedBytes, retentionDays }, { metrics, options, now, savings }) {
    const ageDays = daysSince(createdAt, now)
    if (ageDays === null) return unknown('creationTime of the log group')
    const incomingBytes = metrics.incoming.values.reduce((sum, value) => sum + value, 0)
    if (incomingBytes > 0) return pass
    const evidence = { windowDays: options.days, incomingBytes, storedGiB: gib(storedBytes), retentionDays, ageDays }
    return fail('stale', evidence, { savings: savings('logs-storage', gibOf(storedBytes)) })
  },
})
