import type { Button, KnownBlock } from '@slack/types'
import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { Run } from '../../../core/runs/run.ts'
import type { Locale } from '../../andon/andon.ts'
import type { People } from '../../andon/people.ts'
import { line } from './escape.ts'
import { type Rendered, slackForm, who } from './form.ts'
import { limits } from './limits.ts'
import { actions, context, header, label, section } from './parts.ts'

export const approvalAction = (word: 'approve' | 'decline') => `approval:${word}`

const words = {
  en: {
    title: (component: string) => `Approval needed: ${component}`,
    why: 'Why',
    plan: 'It would',
    until: (time: string) => `Until ${time}. When nobody answers, it is given up, and a person is called.`,
    who: 'Approvers and the owners of the component may answer.',
    approve: 'Approve',
    decline: 'Decline',
    sureApprove: 'It begins at once, as shown.',
    sureDecline: 'It is not begun. What comes next on the ladder is tried, or a person is called.',
    back: 'Back',
    approved: (by: string) => `Approved by ${by}`,
    declined: 'Declined',
    timedOut: 'Nobody approved it in time',
    withdrawn: 'Taken back',
    status: {
      queued: 'it begins',
      running: 'under way',
      waiting: 'waiting',
      done: 'done',
      failed: 'failed',
      unknown: 'in doubt',
      cancelled: 'stopped',
    },
  },
  ja: {
    title: (component: string) => `承認待ち: ${component}`,
    why: '理由',
    plan: '実行内容',
    until: (time: string) => `期限 ${time}。応答がなければ中止し、担当者を呼び出します。`,
    who: '承認者とコンポーネントの担当者が応答できます。',
    approve: '承認',
    decline: '却下',
    sureApprove: '表示のとおり、すぐに実行します。',
    sureDecline: '実行しません。次の手順に進むか、担当者を呼び出します。',
    back: '戻る',
    approved: (by: string) => `${by} さんが承認しました`,
    declined: '却下されました',
    timedOut: '期限までに承認がありませんでした',
    withdrawn: '取り下げました',
    status: {
      queued: '開始します',
      running: '実行中',
      waiting: '待機中',
      done: '完了',
      failed: '失敗',
      unknown: '結果不明',
      cancelled: '中止',
    },
  },
} as const

export interface ApprovalEnv {
  catalog: Catalog
  people: Pick<People, 'configured'>
}

/** What waits for a person: why, the whole plan, until when, two buttons; afterwards what became of it. */
export function approvalCard(run: Run, { catalog, people }: ApprovalEnv, reason: string): Rendered {
  const { locale } = catalog.config.andon
  const w = words[locale]
  const title = catalog.findComponent(run.component)?.title || run.component
  const names = run.plan.map(({ name }, at) => `${at + 1}. ${line(name, 200)}`)
  const head: KnownBlock[] = [
    header(`✋ ${w.title(title)}`),
    section(`*${line(run.runbook)}* · ${line(run.component)}\n*${w.why}*: ${line(reason, 800)}`),
    section(`*${w.plan}*\n${names.slice(0, 20).join('\n')}`),
  ]
  const text = `✋ ${line(w.title(title))}: ${line(run.runbook)}`
  if (run.status !== 'waiting') {
    const end = endOf(run, locale, people)
    return { text: `${text}. ${end}`, blocks: [...head, section(end)] }
  }
  const until = run.waitsUntil === null ? [] : [context(w.until(slackForm(locale).time(run.waitsUntil)))]
  const buttons = [
    buttonOf('approve', run.id, w.approve, w.sureApprove, w.back, 'primary'),
    buttonOf('decline', run.id, w.decline, w.sureDecline, w.back, 'danger'),
  ]
  return { text, blocks: [...head, ...until, actions(buttons), context(w.who)] }
}

const buttonOf = (
  word: 'approve' | 'decline',
  run: string,
  text: string,
  sure: string,
  back: string,
  style: 'primary' | 'danger',
): Button => ({
  type: 'button',
  action_id: approvalAction(word),
  text: label(text, limits.button),
  value: JSON.stringify({ run }),
  style,
  confirm: { title: label(text, 100), text: label(sure, 300), confirm: label(text, 30), deny: label(back, 30) },
})

function endOf({ answer, approvedBy, reason, status, endedAt }: Run, locale: Locale, people: ApprovalEnv['people']): string {
  const w = words[locale]
  switch (answer) {
    case 'approved': {
      const by = approvedBy ?? '?'
      const how = endedAt === null || status === 'done' ? w.status[status] : `${w.status[status]}: ${line(reason, 500)}`
      return `✅ ${w.approved(who({ id: by, name: people.configured(by)?.name ?? by }, { locale, people }))} · ${how}`
    }
    case 'declined':
      return `🚫 ${w.declined}: ${line(reason, 500)}`
    case 'timed-out':
      return `⏰ ${w.timedOut}`
    default:
      return `↩️ ${w.withdrawn}: ${line(reason, 500)}`
  }
}
