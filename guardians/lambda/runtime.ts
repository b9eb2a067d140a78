import { defineCheck, fail, pass, unknown } from '../define.ts'
import { functions } from '../inventory/functions.ts'
import { dayMs } from '../resource.ts'
import { runtimes, runtimesAsOf } from './runtimes.ts'

/** Functions on a runtime that AWS does not mend any more, or soon will not. */
export const runtime = defineCheck('lambda-runtime', {
  number: 18,
  severity: 'high',
  title: { en: 'Runtime at its end of life', ja: 'サポートの終わるランタイム' },
  why: {
    en: 'Security holes in it are not mended any more, and from some day on the function can be neither changed nor rolled back.',
    ja: 'セキュリティの修正が出なくなり、やがて関数の更新も切り戻しもできなくなります。',
  },
  fix: {
    en: 'Test on the newer runtime, then `aws lambda update-function-configuration --function-name NAME --runtime RUNTIME`.',
    ja: '新しいランタイムで試験してから `aws lambda update-function-configuration --function-name NAME --runtime RUNTIME` を実行します。',
  },
  peers: ['Trusted Advisor', 'Prowler', 'AWS Config'],
  says: {
    deprecated: {
      en: '{runtime}: deprecated since {until}, no update from {frozen}; next is {next}',
      ja: '{runtime}：{until} にサポート終了。{frozen} から更新不可。移行先 {next}',
    },
    ending: {
      en: '{runtime}: deprecated in {days} days ({until}); next is {next}',
      ja: '{runtime}：あと {days} 日（{until}）でサポート終了。移行先 {next}',
    },
  },
  subject: functions,
  options: { warnDays: { default: 120, unit: 'days', source: 'AWS Trusted Advisor' } },
  applies: (row) => row.runtime !== null,
  judge(row, { now, options }) {
    const name = row.runtime ?? ''
    const life = runtimes[name]
    if (life === undefined) return unknown(`end of life of ${name} (table of ${runtimesAsOf})`)
    if (life.until === null) return pass
    const days = Math.ceil((Date.parse(life.until) - now) / dayMs)
    const evidence = { runtime: name, until: life.until, frozen: life.frozen ?? null, next: life.next ?? null, asOf: runtimesAsOf }
    if (days <= 0) return fail('deprecated', evidence)
    return days <= options.warnDays ? fail('ending', { ...evidence, days }, { severity: 'medium' }) : pass
  },
})
