import { defineCheck, fail, pass } from '../define.ts'
import { accessKeys } from '../inventory/access-keys.ts'
import { daysSince } from '../resource.ts'

/** A key that nobody uses, or that nobody changes, is a door whose holders nobody knows any more. */
export const keyUnused = defineCheck('credentials-key-unused', {
  number: 45,
  severity: 'high',
  title: { en: 'Access key unused or old', ja: '使われていない、または古いアクセスキー' },
  why: {
    en: 'A long-lived key that leaked works until somebody takes it away, and nobody misses one that nobody uses.',
    ja: '漏れた長期キーは、誰かが無効にするまで使えてしまいます。使われていないキーは漏れても気づかれません。',
  },
  fix: {
    en: 'Ask the user; then `aws iam update-access-key --user-name USER --access-key-id KEY --status Inactive`, after a week without complaints `aws iam delete-access-key`. The ids: `aws iam list-access-keys --user-name USER`. Better: a role instead of a key.',
    ja: '利用者に確認し、`aws iam update-access-key --user-name USER --access-key-id KEY --status Inactive` で止め、1 週間問題がなければ `aws iam delete-access-key` で削除します。ID は `aws iam list-access-keys --user-name USER` で分かります。できればキーではなくロールを使います。',
  },
  peers: ['Trusted Advisor', 'AWS Config', 'Prowler', 'Cloud Custodian'],
  says: {
    root: {
      en: 'the root user of the account has an access key; made or changed {ageDays} days ago',
      ja: 'ルートユーザーにアクセスキーがある。作成・更新から {ageDays} 日',
    },
    unused: {
      en: 'key {number} of {user} was last used {unusedDays} days ago ({service})',
      ja: '{user} のキー {number} は {unusedDays} 日使われていない（{service}）',
    },
    'never-used': {
      en: 'key {number} of {user} was never used; made {ageDays} days ago',
      ja: '{user} のキー {number} は一度も使われていない。作成から {ageDays} 日',
    },
    old: {
      en: 'key {number} of {user} is in use and was not changed for {ageDays} days',
      ja: '{user} のキー {number} は使用中だが {ageDays} 日更新されていない',
    },
  },
  subject: accessKeys,
  options: {
    unusedDays: { default: 45, unit: 'days', source: 'Prowler; AWS Config says 90' },
    oldDays: { default: 90, unit: 'days', source: 'AWS Trusted Advisor' },
    veryOldDays: { default: 730, unit: 'days', source: 'AWS Trusted Advisor' },
  },
  judge({ active, user, number, root, rotatedAt, lastUsedAt, lastUsedService: service }, { now, options }) {
    if (!active) return pass
    const ageDays = daysSince(rotatedAt, now)
    const unusedDays = daysSince(lastUsedAt, now)
    const evidence = { user, number, ageDays, unusedDays, service }
    const veryOld = ageDays !== null && ageDays >= options.veryOldDays
    const severity = veryOld ? 'high' : 'medium'
    if (root) return fail('root', evidence, { severity: 'high' })
    if (unusedDays === null && ageDays !== null && ageDays >= options.unusedDays) return fail('never-used', evidence, { severity })
    if (unusedDays !== null && unusedDays >= options.unusedDays) return fail('unused', evidence, { severity })
    if (ageDays !== null && ageDays >= options.oldDays) return fail('old', evidence, { severity })
    return pass
  },
})
