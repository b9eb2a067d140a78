import type { Locale } from '../andon.ts'
import type { Relation } from './relations.ts'
import type { Candidate } from './suspects.ts'

export interface Timing {
  underWay: boolean
  /** Since it began, until the pull. */
  sinceMs: number
  /** Since it ended, until the pull; 0 while it is under way. */
  agoMs: number
}

interface Place {
  /** `stranger`: nothing that is known connects them. Null: it is not known which component is concerned. */
  relation: Relation | 'fleet' | 'stranger' | null
  component: string | null
}

interface Words {
  what: Record<Candidate['what'], { done: string; underWay: string }>
  ago(what: string, time: string): string
  since(what: string, time: string): string
  place(place: Place, of: string | null): string
  units: [ms: number, one: string][]
  join: string
}

const words: Record<Locale, Words> = {
  en: {
    what: {
      deployment: { done: 'deployed', underWay: 'roll-out in progress' },
      config: { done: 'configuration changed', underWay: 'configuration being changed' },
      planned: { done: 'planned work ended', underWay: 'planned work under way' },
      maintenance: { done: 'maintenance ended', underWay: 'maintenance under way' },
      other: { done: 'changed', underWay: 'change under way' },
      'run-failed': { done: 'runbook failed', underWay: 'runbook in doubt' },
      'run-active': { done: 'active member changed', underWay: 'active member being changed' },
      run: { done: 'runbook ran', underWay: 'runbook running' },
      'switch-off': { done: 'automation switched off', underWay: 'automation switched off' },
      'switch-on': { done: 'automation switched on', underWay: 'automation switched on' },
    },
    ago: (what, time) => `${what} ${time} before the pull`,
    since: (what, time) => `${what}, since ${time} before the pull`,
    place({ relation, component }, of) {
      if (relation === null) return of === null ? 'everywhere' : `on ${of}`
      if (relation === 'fleet') return 'everywhere'
      if (relation === 'stranger') return `on ${of}, not known to be connected`
      if (relation.kind === 'same') return `on ${of} itself`
      return relation.kind === 'dependency' ? `on ${of}, which ${component} needs` : `on ${of}, which needs ${component}`
    },
    units: [
      [86_400_000, ' d'],
      [3_600_000, ' h'],
      [60_000, ' min'],
      [1_000, ' s'],
    ],
    join: ', ',
  },
  ja: {
    what: {
      deployment: { done: 'デプロイ', underWay: 'デプロイ進行中' },
      config: { done: '設定変更', underWay: '設定変更中' },
      planned: { done: '計画作業の終了', underWay: '計画作業中' },
      maintenance: { done: 'メンテナンスの終了', underWay: 'メンテナンス中' },
      other: { done: '変更', underWay: '変更作業中' },
      'run-failed': { done: 'Runbook の失敗', underWay: 'Runbook の結果が不明' },
      'run-active': { done: '系切替', underWay: '系切替中' },
      run: { done: 'Runbook の実行', underWay: 'Runbook 実行中' },
      'switch-off': { done: '自動化を停止', underWay: '自動化を停止' },
      'switch-on': { done: '自動化を再開', underWay: '自動化を再開' },
    },
    ago: (what, time) => `アンドンの${time}前に${what}`,
    since: (what, time) => `${what} (アンドンの${time}前から)`,
    place({ relation, component }, of) {
      if (relation === null) return of === null ? '全体' : `${of}`
      if (relation === 'fleet') return '全体'
      if (relation === 'stranger') return `${of} (既知の依存関係なし)`
      if (relation.kind === 'same') return `${of} 自身`
      return relation.kind === 'dependency' ? `${component} が依存する ${of}` : `${component} に依存する ${of}`
    },
    units: [
      [86_400_000, '日'],
      [3_600_000, '時間'],
      [60_000, '分'],
      [1_000, '秒'],
    ],
    join: '、',
  },
}

/** In words that stay the same however often they are made: times are from the pull, not from now. */
export function whyOf({ what, component }: Candidate, timing: Timing, place: Place, locale: Locale): string {
  const w = words[locale]
  const { done, underWay } = w.what[what]
  const when = timing.underWay ? w.since(underWay, timeOf(timing.sinceMs, w)) : w.ago(done, timeOf(timing.agoMs, w))
  return `${when}${w.join}${w.place(place, component)}`
}

function timeOf(ms: number, { units }: Words): string {
  const [unit, name] = units.find(([size]) => ms >= 2 * size) ?? (units.at(-1) as [number, string])
  return `${Math.floor(ms / unit)}${name}`
}
