import type { Json } from '../../core/runs/run.ts'
import type { Locale, Page } from './define.ts'
import type { Acknowledgement } from './page.ts'

type Payload = { [key: string]: Json }
const list = (value: Json | undefined) => (Array.isArray(value) ? (value as Payload[]) : [])
const names = (value: Json | undefined, between = ', ') => (Array.isArray(value) ? value.join(between) : '')

/** What is wrong, as people say it; what is not named here is told as it is. */
const failuresJa: Record<string, string> = {
  'process-exited': 'プロセス終了',
  hung: '応答停止',
  failing: '異常',
  degraded: '性能低下',
  unreachable: '到達不能',
  'standby-unhealthy': '待機系の異常',
  'two-actives': '二重稼働',
  flapping: '状態の頻繁な変化',
  overloaded: '過負荷',
  unknown: '原因不明',
  pulled: 'アンドン',
}

const words = {
  en: {
    low: '[low] ',
    drill: '[drill] ',
    failure: (id: string) => id,
    between: ', ',
    seen: 'Seen:    ',
    why: 'Why you: ',
    tried: 'Tried:',
    nothing: 'Tried:   nothing',
    notTried: 'Not tried:',
    refused: 'refused',
    owner: 'Owner:   ',
    look: 'Look:    ',
    take: 'Take it: ',
    andon: 'Andon',
    by: 'By:      ',
    lead: 'A leader is needed for this andon. Taking this page says: I lead.',
    practice: 'This is practice; take it as if it were not.',
    everybody: 'Nobody has acknowledged yet: everybody is called.',
    acknowledged: (by: string, via: string) => `${by} acknowledged it (${via}). You need not.`,
    approval: 'approval needed: ',
    would: 'It would: ',
    until: 'Until:    ',
    approve: 'Approve:  ',
    decline: 'Decline:  ',
    board: 'or on the board',
    nobody: 'When nobody answers until then, it is given up, and you are called again.',
    closed: (why: string) => `It is over: ${why}`,
  },
  ja: {
    low: '[低] ',
    drill: '[訓練] ',
    failure: (id: string) => failuresJa[id] ?? id,
    between: '、',
    seen: '検知内容:   ',
    why: '呼出理由:   ',
    tried: '実施した対処:',
    nothing: '実施した対処: なし',
    notTried: '実施しなかった対処:',
    refused: '見送り',
    owner: '担当:       ',
    look: '確認:       ',
    take: '対応する:   ',
    andon: 'アンドン',
    by: '発報者:     ',
    lead: 'このアンドンにはリーダーが必要です。応答した方がリーダーになります。',
    practice: 'これは訓練です。本番と同じように対応してください。',
    everybody: 'まだ誰も応答していないため、全員を呼び出しています。',
    acknowledged: (by: string, via: string) => `${by} さんが応答しました (${via})。対応は不要です。`,
    approval: '承認待ち: ',
    would: '実行内容:   ',
    until: '期限:       ',
    approve: '承認する:   ',
    decline: '却下する:   ',
    board: 'またはボードで',
    nobody: '期限までに応答がなければ中止し、もう一度呼び出します。',
    closed: (why: string) => `終了しました: ${why}`,
  },
} as const

/** One line that tells a person who was asleep what is broken. */
export function titleOf(payload: Payload, locale: Locale = 'en'): string {
  const w = words[locale]
  const { title, component } = payload
  const marks = `${payload.drill === true ? w.drill : ''}${payload.urgency === 'low' ? w.low : ''}${payload.purpose === 'approval' ? w.approval : ''}`
  // What somebody saw tells more than that somebody pulled.
  if (payload.purpose === 'lead') return `${marks}${w.andon}${component ? ` (${component})` : ''}: ${inOneLine(payload.evidence)}`
  const what = title && component && title !== component ? `${title} (${component})` : String(title || component)
  const who = names(payload.members, w.between)
  return `${marks}${what}: ${w.failure(String(payload.failure))}${who ? `${w.between}${who}` : ''}`
}

const titleChars = 160
const inOneLine = (text: Json | undefined) => {
  const line = String(text ?? '').replaceAll(/\s+/g, ' ')
  return line.length > titleChars ? `${line.slice(0, titleChars - 1)}…` : line
}

/** Which page it is, for those who are called by name. */
export interface PageNote {
  page: string
  everybody: boolean
}

/** What was seen, what was tried and how it ended, what was refused and why, and what to do now. */
export function textOf(payload: Payload, incident: string | null, locale: Locale = 'en', note?: PageNote): string {
  const w = words[locale]
  const tried = list(payload.tried).map((run) => `  - ${run.runbook}: ${run.status}. ${run.reason}`)
  const refused = list(payload.refused).map((refusal) => `  - ${refusal.runbook}: ${w.refused} (${refusal.code}). ${refusal.reason}`)
  const lead = payload.purpose === 'lead'
  const lines = [
    ...(payload.drill === true ? [w.practice] : []),
    ...(note?.everybody ? [w.everybody] : []),
    ...(lead ? [w.lead] : []),
    ...approvalOf(payload, w),
    `${w.seen}${payload.evidence}`,
    // That somebody pulled is no reason beside what they saw.
    lead && payload.by ? `${w.by}${payload.by}` : `${w.why}${payload.reason}`,
    ...(lead ? [] : [tried.length > 0 ? `${w.tried}\n${tried.join('\n')}` : w.nothing]),
    ...(refused.length > 0 ? [`${w.notTried}\n${refused.join('\n')}`] : []),
    ...(payload.owner ? [`${w.owner}${payload.owner}`] : []),
    ...(typeof payload.andon === 'string' && payload.andon !== '' ? [`${w.look}jidoka andon show ${payload.andon}`] : []),
    ...(incident ? [`${w.look}jidoka incident show ${incident}`] : []),
    ...(note ? [`${w.take}jidoka page ack ${note.page}`] : []),
  ]
  // The cause behind a cause is for those who mend Jidoka itself; it stays in the payload.
  return lines.join('\n').replaceAll(/ <- [^;\n]*/g, '')
}

/** First what is wanted of whoever was woken up: two commands, and until when. */
function approvalOf({ purpose, run, plan, waitsUntil }: Payload, w: (typeof words)[Locale]): string[] {
  if (purpose !== 'approval' || typeof run !== 'string') return []
  const until =
    typeof waitsUntil === 'number'
      ? [
          `${w.until}${new Date(waitsUntil)
            .toISOString()
            .replace(/:\d\d\.\d+Z$/, ' UTC')
            .replace('T', ' ')}. ${w.nobody}`,
        ]
      : []
  return [
    `${w.approve}jidoka run approve ${run} (${w.board})`,
    `${w.decline}jidoka run decline ${run} --reason WHY`,
    ...until,
    `${w.would}${names(plan, w.between)}`,
  ]
}

/** One line about what became of it. */
export function newsText(
  kind: 'acknowledged' | 'closed',
  acknowledged: Acknowledgement | null,
  why: string | null,
  locale: Locale,
): string {
  const w = words[locale]
  return kind === 'acknowledged' ? w.acknowledged(acknowledged?.by.name ?? '?', acknowledged?.via ?? '?') : w.closed(why ?? '')
}

/** A page that no store keeps, for when there is none. */
export const pageOf = ({ dedupe, incident, payload }: Pick<Page, 'dedupe' | 'incident' | 'payload'>): Page => ({
  dedupe,
  incident,
  title: titleOf(payload),
  text: textOf(payload, incident),
  payload,
})
