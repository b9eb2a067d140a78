import { en as dutyEn } from '../../bots/duty/words/en.ts'
import { ja as dutyJa } from '../../bots/duty/words/ja.ts'

/** The sentences of the duty, without the words of all checks, which take their time to load. */
export const dutyWords = { en: dutyEn, ja: dutyJa }

const en = {
  today: 'Today',
  week: 'This week',
  next: 'Next week',
  drawnAt: (at: string) => `drawn ${at}`,
  swap: 'Swap',
  swapAsked: (from: string, to: string, days: string) => `${from} asks ${to}: ${days}`,
  swapStatus: { asked: 'asked', swapped: 'swapped', declined: 'declined', withdrawn: 'withdrawn', expired: 'expired' },
  away: 'Away',
  isAway: (name: string, days: string) => `${name} is away: ${days}`,
  present: (name: string) => `${name} is not away after all. Who was drawn instead stays on duty.`,
  columns: ['person', 'shifts', 'weight', 'number', 'ticket', ''],
  noReviews: 'No review yet.',
  status: { open: 'open', ended: 'ended' },
  counts: (decided: number, undecided: number) => `${decided} decided, ${undecided} not`,
  ended: (left: number) => `The review has ended. Undecided, and back in the next one: ${left}.`,
  left: (n: number) => (n === 0 ? 'All is decided: the review has ended.' : `${n} left.`),
  holes: (n: number) => `not looked at: ${n} place${n === 1 ? '' : 's'} (jidoka review minutes)`,
  owner: (name: string) => `owner: ${name}`,
  unknown: 'unknown',
  more: (n: number) => `${n} more wait${n === 1 ? 's' : ''} for another day.`,
  how: 'jidoka review N tells all of an item; jidoka review decide N ask|mute|wrong|fix|later decides it.',
}

const ja: typeof en = {
  today: '今日',
  week: '今週',
  next: '来週',
  drawnAt: (at) => `抽選は ${at}`,
  swap: '交代',
  swapAsked: (from, to, days) => `${from}から${to}に相談中: ${days}`,
  swapStatus: { asked: '相談中', swapped: '交代成立', declined: '辞退', withdrawn: '取り下げ', expired: '期限切れ' },
  away: '不在',
  isAway: (name, days) => `${name}は不在です: ${days}`,
  present: (name) => `${name}の不在を取り消しました。代わりに選ばれた人は当番のままです。`,
  columns: ['人', '回数', '重み', '番号', '札', ''],
  noReviews: 'レビューはまだありません。',
  status: { open: '進行中', ended: '終了' },
  counts: (decided, undecided) => `決定 ${decided}、未決定 ${undecided}`,
  ended: (left) => `レビューを終了しました。未決定で次回に回るもの: ${left} 件。`,
  left: (n) => (n === 0 ? 'すべて決まり、レビューは終了しました。' : `残り ${n} 件。`),
  holes: (n) => `確認できなかった箇所: ${n} (jidoka review minutes)`,
  owner: (name) => `所有者: ${name}`,
  unknown: '不明',
  more: (n) => `ほかに ${n} 件が後日に回ります。`,
  how: '項目の詳細: jidoka review 番号。決める: jidoka review decide 番号 ask|mute|wrong|fix|later',
}

export const cliWords = { en, ja }
