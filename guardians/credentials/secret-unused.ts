import { defineCheck, fail, pass } from '../define.ts'
import { secrets } from '../inventory/secrets.ts'
import { daysSince } from '../resource.ts'

/** A secret that nobody reads is paid for, and is still valid somewhere. */
export const secretUnused = defineCheck('credentials-secret-unused', {
  number: 46,
  severity: 'low',
  title: { en: 'Secret that nobody reads', ja: '誰にも読まれていないシークレット' },
  why: {
    en: 'It is paid for every month, and what it opens is probably still open, watched by nobody.',
    ja: '毎月課金され、そのシークレットで開く扉は誰にも見守られないまま開いている可能性があります。',
  },
  fix: {
    en: 'Ask its owner; then `aws secretsmanager delete-secret --secret-id NAME --recovery-window-in-days 30`: it can be brought back for 30 days. Take away what it opens as well.',
    ja: '所有者に確認し、`aws secretsmanager delete-secret --secret-id NAME --recovery-window-in-days 30` で削除します（30 日間は復元可能）。そのシークレットで開くアカウントも止めます。',
  },
  peers: ['Prowler'],
  says: {
    unused: { en: 'last read {unusedDays} days ago', ja: '最後に読まれてから {unusedDays} 日' },
    'never-used': { en: 'never read; made {ageDays} days ago', ja: '一度も読まれていない。作成から {ageDays} 日' },
  },
  subject: secrets,
  options: { unusedDays: { default: 90, unit: 'days', source: 'Prowler' } },
  judge({ createdAt, lastUsedAt, keptBy, replica }, { now, options, savings }) {
    // Those of a service go with their resource; copies wait for the day on which their region is needed.
    if (keptBy !== null || replica) return pass
    const ageDays = daysSince(createdAt, now)
    const unusedDays = daysSince(lastUsedAt, now)
    if (ageDays !== null && ageDays < options.unusedDays) return pass
    if (unusedDays !== null && unusedDays < options.unusedDays) return pass
    return fail(unusedDays === null ? 'never-used' : 'unused', { ageDays, unusedDays }, { savings: savings('secret', 1) })
  },
})
