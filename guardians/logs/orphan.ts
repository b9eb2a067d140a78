import { defineCheck, fail, pass, unknown } from '../define.ts'
import { functions } from '../inventory/functions.ts'
import { logGroups } from '../inventory/log-groups.ts'
import { daysSince } from '../resource.ts'
import { gib, gibOf } from './stored.ts'

const prefix = '/aws/lambda/'
/** Functions that run at the edge write in each region, under the region that they are from. */
const edge = /^([a-z]{2}(?:-[a-z]+)+-\d)\.(.+)$/

/** Lambda makes a log group with a function, and leaves it behind. */
export const orphan = defineCheck('logs-orphan', {
  number: 17,
  severity: 'low',
  title: { en: 'Log group of a deleted Lambda function', ja: '削除済み Lambda 関数のロググループ' },
  why: {
    en: 'Deleting a function leaves its logs behind: they are paid for, and nobody knows any more whose they are.',
    ja: '関数を削除してもログは残ります。料金がかかり続け、誰のものかもわからなくなります。',
  },
  fix: {
    en: 'If nobody needs them: `aws logs delete-log-group --log-group-name NAME`.',
    ja: '不要なら `aws logs delete-log-group --log-group-name NAME` で削除します。',
  },
  peers: ['cloudrift'],
  says: {
    orphan: {
      en: 'There is no function {function} any more; {storedGiB} GiB are kept',
      ja: '関数 {function} は存在しません。{storedGiB} GiB を保存中',
    },
  },
  subject: logGroups,
  // A function may be made between the two readings, and its group with it.
  options: { minDays: { default: 1, unit: 'days', source: 'ours' } },
  reads: { functions },
  prepare: (reads) => ({
    names: new Set(reads.functions.map(({ name }) => name)),
    groups: new Set(reads.functions.map(({ logGroup }) => logGroup)),
  }),
  judge({ name, createdAt, storedBytes, retentionDays }, { known, now, options, savings, target }) {
    if (!name.startsWith(prefix) || known.groups.has(name)) return pass
    const [, home, edgeName] = edge.exec(name.slice(prefix.length)) ?? []
    if (home !== undefined && home !== target.region) return unknown(`lambda:ListFunctions in ${home}`)
    const called = edgeName ?? name.slice(prefix.length)
    if (called.includes('/') || known.names.has(called)) return pass
    const ageDays = daysSince(createdAt, now)
    if (ageDays !== null && ageDays < options.minDays) return pass
    const evidence = { function: called, storedGiB: gib(storedBytes), retentionDays, ageDays }
    return fail('orphan', evidence, { savings: savings('logs-storage', gibOf(storedBytes)) })
  },
})
