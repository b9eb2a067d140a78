import { defineCheck, fail, pass } from '../define.ts'
import { alarms } from '../inventory/alarms.ts'

const hourMs = 3_600_000

/** An alarm without data is silent whatever happens. */
export const insufficient = defineCheck('alarms-insufficient', {
  number: 52,
  severity: 'medium',
  title: { en: 'Alarm without data', ja: 'データのないアラーム' },
  why: {
    en: 'It looks at a metric that nobody writes any more, and stays silent whatever happens.',
    ja: '誰も書き込まないメトリクスを見ているため、何が起きても鳴りません。',
  },
  fix: {
    en: 'Compare metric and dimensions with what there is now (`aws cloudwatch list-metrics --namespace NS`); mend it, or `aws cloudwatch delete-alarms --alarm-names NAME`. Where silence is good, `--treat-missing-data notBreaching`; where it is bad, `breaching`.',
    ja: 'メトリクスとディメンションを現状と照合し（`aws cloudwatch list-metrics --namespace NS`）、直すか `aws cloudwatch delete-alarms --alarm-names NAME`。欠測が正常なら `--treat-missing-data notBreaching`、異常なら `breaching`。',
  },
  peers: [],
  says: {
    silent: { en: 'INSUFFICIENT_DATA for {hours} hours', ja: '{hours} 時間 INSUFFICIENT_DATA のまま' },
  },
  subject: alarms,
  options: { hours: { default: 24, unit: 'hours', source: 'ours' } },
  judge({ kind, state, stateAt }, { now, options }) {
    if (state !== 'INSUFFICIENT_DATA') return pass
    const hours = stateAt === null ? null : Math.floor((now - stateAt) / hourMs)
    return hours !== null && hours <= options.hours ? pass : fail('silent', { kind, hours })
  },
})
