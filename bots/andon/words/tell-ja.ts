import type { Person } from '../andon.ts'
import { allWell } from '../snapshot-text.ts'
import type { Tells } from './tells.ts'

/** Without its full stop: ours follows. */
const bare = (text: string) => text.trim().replace(/[.。]+$/, '')
const runStatus = (status: unknown) =>
  ({ done: '完了', failed: '失敗', unknown: '結果不明', cancelled: '中止' })[`${status}`] ?? `${status}`
const bracketed = (name: string | null) => (name === null ? '' : `(${name})`)
const noted = (note: string | null) => (note ? `: ${note}` : '')

/** A sentence for each entry, in Japanese. */
export const tellJa: Tells = {
  'andon.pulled': ({ text, by, drill, private: hidden }, f) =>
    `${drill ? '【訓練】' : ''}${f.name(by)}がアンドンを引きました${hidden ? '(非公開)' : ''}: ${f.text(text)}`,
  'andon.joined': ({ text, by, count }, f) =>
    `${f.name(by)}${count > 1 ? `も確認しています(計${count}名)` : 'が追記しました'}: ${f.text(text)}`,
  'andon.red': ({ reason, by: who }, f) => `赤に切り替わりました: ${f.text(reason)}${bracketed(who && f.name(who))}`,
  'andon.call': ({ until, again }, f) => `リーダーを${again ? '再度' : ''}呼び出しています(${f.exact(until)}まで)`,
  'andon.call-off': () => 'リーダーの呼び出しを止めました',
  'andon.role': ({ role, person, before, by: who, note }, f) => {
    const what = { lead: 'リーダー', scribe: '記録係', comms: '連絡係' }[role]
    const told = noted(note && f.text(note))
    if (person === null) return `${f.name(before ?? who)}が${what}を外れました${told}`
    const from = before && before.id !== person.id && before.id !== who.id ? `${f.name(before)}から` : ''
    if (person.id === who.id) return `${f.name(person)}が${from}${what}を引き受けました${told}`
    if (!before) return `${f.name(who)}が${f.name(person)}を${what}に指名しました${told}`
    return `${f.name(who)}が${f.name(person)}に${from}${what}を引き継ぎました${told}`
  },
  'andon.component': ({ component, before, by }, f) => `${f.name(by)}: 対象は${before ? `${before}ではなく` : ''}${component}です`,
  'andon.severity': ({ severity, by }, f) => `${f.name(by)}が重大度を${severity}にしました`,
  'andon.private': ({ private: hidden, by }, f) => `${f.name(by)}が${hidden ? '非公開' : '公開'}にしました`,
  'andon.lane-opened': ({ title, by: who }, f) => `レーンを開きました: ${f.text(title)}${bracketed(who && f.name(who))}`,
  'andon.lane-taken': ({ title, by, dueAt }, f) => `${f.name(by)}が「${f.text(title)}」を担当します(${f.time(dueAt)}までに報告)`,
  'andon.lane-report': ({ title, text, by }, f) => `「${f.text(title)}」${f.name(by)}: ${f.text(text)}`,
  'andon.lane-done': ({ title, outcome, by }, f) => `「${f.text(title)}」完了(${f.name(by)}): ${f.text(outcome)}`,
  'andon.lane-room': ({ title, by }, f) => `${f.name(by)}が「${f.text(title)}」の専用ルームを依頼しました`,
  'andon.lane-room-stands': ({ title, name }, f) =>
    name === null
      ? `「${f.text(title)}」の専用ルームは作れませんでした。カードへの返信で続けてください`
      : `「${f.text(title)}」の専用ルームは #${f.text(name)} です`,
  'andon.inquiry-sent': ({ name, by }, f) => `${f.name(by)}が${name}に問い合わせました`,
  'andon.inquiry-answered': ({ name, text, by }, f) => `${name}から回答(${f.name(by)}): ${f.text(text)}`,
  'andon.inquiry-closed': ({ name, by }, f) => `${f.name(by)}が${name}への問い合わせを完了にしました`,
  'andon.inquiry-chase': ({ name, times, owner }, f) =>
    `${name}から回答がありません。${f.name(owner)}、再度確認をお願いします(${times}回目)`,
  'andon.update': ({ text, audience, by }, f) =>
    `状況報告${{ room: '', everyone: '(全体向け)', customers: '(お客様向け)' }[audience] ?? ''} ${f.name(by)}: ${f.text(text)}`,
  'andon.reminder': ({ about, subject, text, person }, f) => {
    const who = person ? `${f.name(person)}、` : ''
    const name = f.text(text || subject)
    const what = {
      update: '状況報告の時間です',
      lane: `レーン「${name}」の期限を過ぎています。状況を報告してください`,
      kaizen: `改善項目の期限を過ぎています: ${name}`,
    }
    return `${who}${what[about]}`
  },
  'andon.note': ({ text, by, files }, f) =>
    `${f.name(by)}: ${f.text(text)}${files.length > 0 ? `(${files.map(({ name }) => name).join('、')})` : ''}`,
  'andon.note-changed': ({ text, by }, f) =>
    text === null ? `${f.name(by)}がメモを取り消しました` : `${f.name(by)}がメモを修正しました: ${f.text(text)}`,
  'andon.snapshot': ({ first, summary, changed }, f) =>
    `${first ? '現在の状態' : '変化'}: ${changed.length > 0 ? f.text(changed.join('; ')) : summary === allWell ? 'すべて正常' : f.text(summary)}`,
  'andon.suspects': ({ suspects: [top, ...more] }, f) =>
    top
      ? `疑わしい変更: ${f.text(top.title)}(${f.text(top.why)})${more.length > 0 ? `、ほか${more.length}件` : ''}`
      : '関係のありそうな変更はありません',
  'andon.range': ({ reading }, f) => `影響範囲: ${f.range(reading)}`,
  'andon.told': ({ segment, by }, f) => `${f.name(by)}が${f.text(segment)}のお客様に連絡しました`,
  'andon.run': ({ what, runbook, status, reason }, f) =>
    what === 'started'
      ? `ランブック ${runbook} を開始: ${f.text(reason)}`
      : `ランブック ${runbook} が終了(${runStatus(status)}): ${f.text(reason)}`,
  'andon.ordered': ({ what, runbook, answer, by }, f) => {
    const target = runbook ?? 'ランブック'
    const order = { approve: ` ${target} を承認しました`, retry: ` ${target} の再実行を指示しました`, stop: '自動対応を停止しました' }[what]
    return `${f.name(by)}が${order}: ${f.text(answer)}`
  },
  'andon.room': ({ name, kind }) => (kind === 'room' ? `対応ルームは ${name} です` : `対応ルームは ${name} のスレッドです`),
  'andon.merged': ({ into, by }, f) => `${f.name(by)}が ${into} に統合しました。以降はそちらで対応します`,
  'andon.took-over': ({ from, by }, f) => `${f.name(by)}が ${from} をここに統合しました`,
  'andon.split': ({ into, text, by }, f) => `${f.name(by)}が別件 ${into} として分けました: ${f.text(text)}`,
  'andon.resolved': ({ how, cause, falseAlarm, by, lastedMs }, f) =>
    `${f.name(by)}が解決としました(${f.span(lastedMs)}): ${bare(f.text(how))}${cause ? `。原因: ${bare(f.text(cause))}` : ''}${falseAlarm ? '。異常はありませんでした。よい練習です。引いてくれてありがとうございます' : ''}`,
  'andon.reopened': ({ why, by }, f) => `${f.name(by)}が再開しました: ${f.text(why)}`,
  'andon.thanks': ({ to, by }, f) => `${f.name(by)}から${to}さんへ: ありがとう`,
  'andon.kaizen-added': ({ item: { text, owner, dueAt, kind }, by }, f) => {
    const facts = [owner ? `担当 ${f.name(owner)}` : '担当未定', ...(dueAt === null ? [] : [`期限 ${f.date(dueAt)}`])].join('、')
    return `${f.name(by)}が改善項目を追加しました: ${kind === 'runbook' ? '【ランブック化】' : ''}${f.text(text)}(${facts})`
  },
  'andon.kaizen-done': ({ text, result, dropped, by }, f) =>
    `${f.name(by)}が改善項目を${dropped ? '取りやめました' : '完了しました'}: ${f.text(text)}(${f.text(result)})`,
  'andon.keep': ({ by, until }, f) => `${f.name(by)}がルームを${f.date(until)}まで残します`,
  'andon.archived': ({ name }) => (name ? `ルーム ${name} をアーカイブしました` : 'アーカイブしました'),

  'incident.opened': ({ member, summary }, f) => `障害を検知: ${member ? `${member}: ` : ''}${f.text(`${summary ?? ''}`)}`,
  'incident.classified': ({ failure }) => `障害の種類は ${failure} です`,
  'incident.refused': ({ runbook, reason }, f) => `${runbook} は実行しませんでした: ${f.text(`${reason ?? ''}`)}`,
  'incident.escalated': () => '自動対応では復旧できないため、担当者を呼び出します',
  'incident.recovered': ({ reason }, f) => `復旧しました: ${f.text(`${reason ?? ''}`)}`,
  'incident.resolved': ({ reason }, f) => `障害が終了しました: ${f.text(`${reason ?? ''}`)}`,
  'alert.joined': ({ member, summary }, f) => `追加のアラート: ${member ? `${member}: ` : ''}${f.text(`${summary ?? ''}`)}`,
  'alerts.more': ({ joined, cleared }) => `ほかのアラート: 発生${joined}件、解消${cleared}件`,
  'run.queued': ({ runbook, reason }, f) => `次に ${runbook} を実行: ${f.text(`${reason ?? ''}`)}`,
  'run.resumed': ({ runbook }) => `${runbook} を再開しました`,
  'run.finished': ({ runbook, status, reason }, f) => `${runbook} が終了(${runStatus(status)}): ${f.text(`${reason ?? ''}`)}`,
  'step.done': ({ name }) => `完了: ${name}`,
  'step.failed': ({ name }) => `失敗: ${name}`,
  'step.unknown': ({ name }) => `結果不明: ${name}`,
  'page.called': ({ people, level }) => `呼び出し${ofLevel(level)}: ${whom(people)}`,
  'page.acknowledged': ({ by, via }, f) => `${f.name(by as unknown as Person)}が呼び出しに応答しました (${via})`,
  'page.unanswered': () => '誰も応答していません。全員をもう一度呼び出します',
  'page.sent': () => '呼び出しを送信しました',
  'page.failed': ({ problem }, f) => `呼び出しを送信できませんでした: ${f.text(`${problem ?? ''}`)}`,
  'delivery.failed': ({ problem }, f) => `送信できませんでした: ${f.text(`${problem ?? ''}`)}`,
}

const whom = (people: unknown): string => (Array.isArray(people) && people.length > 0 ? people.join('、') : '担当者の指定なし')
const ofLevel = (level: unknown): string => (typeof level === 'number' && level > 0 ? ` (第${level + 1}段階)` : '')
