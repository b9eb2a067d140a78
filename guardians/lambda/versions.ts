import { defineCheck, fail, pass } from '../define.ts'
import { functionVersions } from '../inventory/function-versions.ts'
import { aliasedVersions, functions } from '../inventory/functions.ts'

/** Published versions that no alias leads to pile up with each release. */
export const versions = defineCheck('lambda-versions', {
  number: 19,
  severity: 'low',
  title: { en: 'Old versions pile up', ja: '古いバージョンの溜まった関数' },
  why: {
    en: 'All versions of all functions share 75 GB of code storage in a region; when it is full, nothing can be deployed any more.',
    ja: 'コード保存領域はリージョン全体で 75 GB です。いっぱいになると、どの関数もデプロイできなくなります。',
  },
  fix: {
    en: 'Keep what you may roll back to; the others: `aws lambda delete-function --function-name NAME --qualifier VERSION`.',
    ja: '切り戻し用を残し、ほかは `aws lambda delete-function --function-name NAME --qualifier VERSION` で削除します。',
  },
  peers: ['sls-mentor'],
  says: {
    many: {
      en: '{unused} of {versions} versions have no alias; {codeMiB} MiB of code',
      ja: '{versions} 個のうち {unused} 個はエイリアスなし。コード {codeMiB} MiB',
    },
  },
  subject: functions,
  options: { maxVersions: { default: 3, unit: 'versions without an alias', source: 'sls-mentor' } },
  details: { aliased: aliasedVersions },
  reads: { versions: functionVersions },
  prepare(reads) {
    const byFunction = new Map<string, { version: string; codeBytes: number }[]>()
    for (const { name, version, codeBytes } of reads.versions) {
      const list = byFunction.get(name)
      if (list) list.push({ version, codeBytes })
      else byFunction.set(name, [{ version, codeBytes }])
    }
    return byFunction
  },
  applies: ({ name }, { known, options }) => (known.get(name)?.length ?? 0) > options.maxVersions,
  judge({ name }, { known, details, options }) {
    const all = known.get(name) ?? []
    const aliased = new Set(details.aliased)
    const unused = all.filter(({ version }) => !aliased.has(version))
    if (unused.length <= options.maxVersions) return pass
    const codeMiB = Math.round((unused.reduce((sum, { codeBytes }) => sum + codeBytes, 0) / 2 ** 20) * 10) / 10
    return fail('many', { versions: all.length, unused: unused.length, codeMiB, oldest: oldestOf(unused.map(({ version }) => version)) })
  },
})

/** Up to 20 to delete first. */
const oldestOf = (versions: readonly string[]): string[] => versions.toSorted((a, b) => Number(a) - Number(b)).slice(0, 20)
