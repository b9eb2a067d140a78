import type { RangeReading } from '../andon.ts'
import type { Form } from './form.ts'

/** `about 1,240 of 52,000 lines in 3 segments, medium confidence, as of 10:32`. For updates, cards and the timeline. */
export function rangeText({ count, of, segments, confidence, asOf, at, problem }: RangeReading, f: Form): string {
  const n = segments.length
  const when = f.time(asOf ?? at)
  if (f.locale === 'ja') {
    if (count === null) return `影響回線数は不明です${problem ? `(${f.text(problem)})` : ''}`
    const level = { high: '高', medium: '中', low: '低' }[confidence]
    const whole = of === null ? '' : `${f.number(of)}回線中 `
    return `${whole}${confidence === 'high' ? '' : '約'}${f.number(count)}回線${n > 0 ? `、${n}セグメント` : ''}、確度 ${level}、${when}時点`
  }
  if (count === null) return `the number of lines is not known${problem ? ` (${f.text(problem)})` : ''}`
  const whole = of === null ? (count === 1 ? ' line' : ' lines') : ` of ${f.number(of)} lines`
  const where = n > 0 ? ` in ${n} ${n === 1 ? 'segment' : 'segments'}` : ''
  return `${confidence === 'high' ? '' : 'about '}${f.number(count)}${whole}${where}, ${confidence} confidence, as of ${when}`
}
