/** The words around a finding at the terminal; what it says itself comes from its check. */
const en = {
  rows: {
    ...{ what: 'what', where: 'where', why: 'why', fix: 'fix', numbers: 'numbers', savings: 'savings', owner: 'owner', state: 'state' },
    ...{ asked: 'asked', answer: 'answer', muted: 'muted', wrong: 'wrong', runbook: 'runbook', fixed: 'fixed', back: 'back', seen: 'seen' },
  },
  ownerBy: { ask: 'somebody said so', tag: 'by its tag', catalogue: 'by the configuration', fallback: 'nobody else is known' },
  noOwner: 'nobody is known',
  unconfigured: 'nobody of that name is configured',
  status: { open: 'open', asked: 'asked', muted: 'muted', wrong: 'wrong', fixed: 'fixed' },
  askedOf: (to: string, due: string) => `asked ${to}, due ${due}`,
  mutedUntil: (at: string) => `muted until ${at}`,
  fixedOn: (at: string) => `fixed ${at}`,
  cameBack: ', came back',
  asked: (to: string, fallback: boolean, by: string, at: string, due: string) =>
    `${to}${fallback ? ', because nobody else was found' : ''}, by ${by} on ${at}, due ${due}`,
  by: (what: string, by: string, at: string) => `${what}, ${by} on ${at}`,
  muted: (until: string, by: string) => `until ${until} by ${by}`,
  wrong: (by: string, at: string) => `${by} on ${at}`,
  fixed: (at: string, run: string) => `${at}, seen by ${run}`,
  back: (n: number, at: string) => `${n} time${n === 1 ? '' : 's'}, last ${at}`,
  seen: (first: string, last: string, run: string) => `first ${first}, last ${last} (${run})`,
}

const ja: typeof en = {
  rows: {
    ...{ what: '内容', where: '場所', why: '理由', fix: '対応', numbers: '数値', savings: '削減', owner: '所有者', state: '状態' },
    ...{ asked: '依頼', answer: '回答', muted: 'ミュート', wrong: '誤検知', runbook: '修復', fixed: '解消', back: '再発', seen: '検出' },
  },
  ownerBy: { ask: '人が指定', tag: 'タグ', catalogue: '設定', fallback: 'ほかに不明' },
  noOwner: '不明',
  unconfigured: 'この名前の人は設定にいません',
  status: { open: '未対応', asked: '依頼中', muted: 'ミュート中', wrong: '誤検知', fixed: '解消' },
  askedOf: (to, due) => `${to} に依頼中、期限 ${due}`,
  mutedUntil: (at) => `${at} までミュート`,
  fixedOn: (at) => `${at} に解消`,
  cameBack: '、再発',
  asked: (to, fallback, by, at, due) => `${to}${fallback ? '(ほかに担当が不明のため)' : ''}、依頼者 ${by}、${at}、期限 ${due}`,
  by: (what, by, at) => `${what}、${by}、${at}`,
  muted: (until, by) => `${until} まで、${by}`,
  wrong: (by, at) => `${by}、${at}`,
  fixed: (at, run) => `${at}、${run} で確認`,
  back: (n, at) => `${n} 回、最終 ${at}`,
  seen: (first, last, run) => `初回 ${first}、最終 ${last} (${run})`,
}

export const findingWords = { en, ja }
