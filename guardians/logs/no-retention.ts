import { defineCheck, fail, pass } from '../define.ts'
import { logGroups } from '../inventory/log-groups.ts'
import { daysSince } from '../resource.ts'
import { gib, gibOf } from './stored.ts'

/** Two lenses on one setting: logs that are kept for ever cost for ever; logs for an audit that expire early are not there when asked for. */
export const noRetention = defineCheck('logs-no-retention', {
  number: 15,
  severity: 'low',
  title: { en: 'Log retention: for ever, or too short for an audit', ja: 'ログの保存期間（無期限、または監査には短すぎる）' },
  why: {
    en: 'Logs that never expire are paid for every month, for ever. Logs that an audit asks for are lost if they expire within the year.',
    ja: '無期限のログには毎月ずっと料金がかかります。監査に必要なログは、一年たたずに消えると提出できません。',
  },
  fix: {
    en: '`aws logs put-retention-policy --log-group-name NAME --retention-in-days 90` (365 or more for an audit).',
    ja: '`aws logs put-retention-policy --log-group-name NAME --retention-in-days 90`（監査用は 365 日以上）を実行します。',
  },
  peers: ['Prowler', 'AWS Config', 'Thrifty', 'cloudrift', 'Cloud Custodian'],
  says: {
    'never-expires': {
      en: 'Cost: nothing in it ever expires; {storedGiB} GiB after {ageDays} days',
      ja: '費用：無期限で保存。{ageDays} 日間で {storedGiB} GiB',
    },
    'too-short-for-audit': {
      en: 'Audit: kept for {retentionDays} days; {auditDays} are needed',
      ja: '監査：保存期間 {retentionDays} 日（{auditDays} 日必要）',
    },
  },
  subject: logGroups,
  options: {
    keepDays: { default: 90, unit: 'days', source: 'ours' },
    auditDays: { default: 365, unit: 'days', source: 'Prowler, AWS Config' },
    auditNames: { default: ['cloudtrail', 'audit'], unit: 'parts of the name of groups that an audit asks for', source: 'ours' },
  },
  judge(group, { now, options, savings }) {
    if (group.delivery) return pass
    const { name, storedBytes, retentionDays } = group
    const ageDays = daysSince(group.createdAt, now)
    if (retentionDays === null) {
      // What would be gone, had it been filled evenly.
      const old = ageDays === null ? null : Math.max(0, 1 - options.keepDays / Math.max(ageDays, 1))
      return fail(
        'never-expires',
        { storedGiB: gib(storedBytes), ageDays },
        { savings: old === null ? null : savings('logs-storage', gibOf(storedBytes) * old) },
      )
    }
    const { auditDays } = options
    const forAudit = options.auditNames.some((part) => name.toLowerCase().includes(part.toLowerCase()))
    if (!forAudit || retentionDays >= auditDays) return pass
    return fail('too-short-for-audit', { retentionDays, auditDays }, { severity: 'medium' })
  },
  runbook: 'expire-logs',
})
