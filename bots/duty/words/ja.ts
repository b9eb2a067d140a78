import type { en } from './en.ts'

export const ja: typeof en = {
  severity: { high: '高', medium: '中', low: '低' },
  why: { regressed: '再発', new: '新規', overdue: '期限切れ', returned: '差し戻し', carried: '持ち越し', open: '未対応' },
  decision: { ask: '依頼', mute: 'ミュート', wrong: '誤検知', fix: '修復', later: '後で' },
  answer: { 'will-do': '対応します', done: '完了', 'not-mine': '担当外', disagree: '異議あり' },
  buttons: {
    end: 'レビューを終える',
    accept: '代わります',
    decline: '難しいです',
    absent: '不在を登録',
    swap: '交代を頼む',
    send: '送信',
    cancel: 'やめる',
    fixSure: 'ランブックを今すぐ実行しますか?',
  },
  fields: {
    to: '依頼先',
    due: '期限',
    words: '伝えたいこと',
    reason: '理由',
    until: 'いつまで',
    from: '最初の日',
    untilDay: '最後の日',
    answerWords: 'ひとこと(知っていそうな人、理由、いつまで、など)',
    toSwap: '代わってもらう人',
  },
  modal: {
    ask: '所有者に依頼',
    mute: 'しばらくミュート',
    wrong: 'チェックの誤り',
    later: '後で',
    fix: 'ランブックで修復',
    answer: '回答',
    absent: '不在を登録',
    swap: '交代を頼む',
  },
  nobody: 'なし',
  perMonth: '/月',
  seen: (first) => `初回検出 ${first}`,
  owner: (name, by) => `所有者 ${name}(${by})`,
  ownerBy: { ask: '人が指定', tag: 'タグ', catalogue: '設定', fallback: '他に不明' },
  regressions: (n) => `再発 ${n} 回`,
  review: {
    title: (day) => `${day} のレビュー`,
    onDuty: (names) => `当番: ${names}`,
    nobodyOnDuty: '当番がいません。これを読んだ方が決めてください。',
    items: (n, waiting) => `決める項目は ${n} 件(重要な順)${waiting > 0 ? `。ほかに ${waiting} 件が後日に回ります` : ''}。`,
    nothing: '今日決めることはありません。',
    progress: (decided, all, until) => `${all} 件中 ${decided} 件決定 · ${until} まで`,
    over: (decided, carried, span) =>
      `${span}で終了: ${decided} 件決定${carried > 0 ? `、${carried} 件は次回へ` : ''}。おつかれさまでした。`,
    undecided: '次回へ持ち越し',
    how: { decided: 'すべて決定', 'by-hand': '手動で終了', clock: '時間切れ', nothing: '決める項目なし' },
    gone: 'その後のスキャンで解消を確認しました。',
  },
  facts: {
    silent: (guardian, last, problem) =>
      `ガーディアン ${guardian} から報告がありません${last === null ? '' : `(最終 ${last})`}${problem === null ? '' : `: ${problem}`}`,
    missed: (days) => `${days} のレビューは開かれませんでした(開始時刻にコントローラーが停止中)`,
    scans: ({ runs, opened, regressed, fixed }) =>
      runs === 0
        ? '前回のレビュー以降、スキャンはありません。'
        : `前回以降のスキャン ${runs} 回: 新規 ${opened}、再発 ${regressed}、解消 ${fixed}`,
    noHoles: (looked) => `${looked} リソースを確認、漏れなし`,
    holes: (n, looked) => `${looked} リソースを確認。確認できなかった箇所 ${n}:`,
    hole: ({ check, account, region, missing, resources }) =>
      `${check}(${account} ${region}): ${missing === null ? '最後まで読めず' : `${missing} なし`}${resources === null ? '' : `(${resources} リソース)`}`,
    moreHoles: (n) => `ほか ${n} 件`,
    cost: (calls, usd, top) => `スキャンは ${calls} 回の呼び出し、${usd}${top === null ? '' : `。${top}`}`,
    top: (call, share) => `${call} は上限の ${share} を使用`,
    open: (now, before, money) =>
      `未解決 ${now} 件${before === null || before === now ? '' : `(1 週間で ${now > before ? '+' : '−'}${Math.abs(now - before)})`}、削減余地 ${money}/月`,
    precision: (list) => `誤りの多いチェック: ${list}`,
    precise: (check, share, decided) => `${check} 正答 ${share}(${decided} 件中)`,
    busFactor: (share, fixes) => `解消 ${fixes} 件のうち上位 2 名が ${share}`,
  },
  decided: (made, by, to, form) => {
    const words = made.words === null ? '' : `: ${form.text(made.words)}`
    switch (made.kind) {
      case 'ask':
        return `${by}が${to}に依頼${made.via === 'fallback' ? '(ほかに担当が不明のため)' : ''}${made.dueAt === null ? '' : `(期限 ${form.date(made.dueAt)})`}${words}${made.unreached ? `。メッセージは届いていません。${to}に直接伝えてください` : ''}`
      case 'mute':
        return `${by}がミュート${made.until === null ? '' : `(${form.date(made.until)} まで)`}${words}`
      case 'wrong':
        return `${by}: チェックの誤り${words}`
      case 'fix':
        return `${by}がランブック ${made.runbook ?? ''} を承認`
      case 'later':
        return `${by}: 後で${words}`
    }
  },
  minutes: {
    title: (day) => `${day} レビュー議事録`,
    present: '当番',
    time: '時間',
    timeText: (from, to, span, how) => `${from} – ${to}、${span}(${how})`,
    goesOn: (from) => `${from} から進行中`,
    facts: '前提',
    decisions: '決定',
    left: '次回へ持ち越し',
    none: 'なし。',
  },
  digest: {
    title: (week) => `${week} のまとめ`,
    people: (names) => `当番: ${names}。ありがとうございました。`,
    decisions: ({ reviews, decisions, carried, minutes }) =>
      `レビュー ${reviews} 回・${minutes} 分: 依頼 ${decisions.ask}、ミュート ${decisions.mute}、誤検知 ${decisions.wrong}、ランブック修復 ${decisions.fix}、後で ${decisions.later}、持ち越し ${carried}`,
    findings: ({ opened, fixed, open }) => `新規・再発 ${opened}、解消 ${fixed}、未解決 ${open}`,
    savings: (saved, open) => `解消による削減 ${saved}/月。残る削減余地 ${open}/月`,
    next: (week, names) => `来週(${week}): ${names}`,
    notDrawn: '来週の抽選はまだです。',
    missing: (n) => `${n} 名分が埋まりませんでした。`,
  },
  ask: {
    title: '確認をお願いします',
    from: (by) => `ガーディアンのレビューで、${by}からの依頼です。`,
    via: {
      named: 'あなたが指名されました。',
      owner: 'あなたが所有者です。',
      team: 'あなたのチームの担当で、いまオンコールです。',
      fallback: '担当がわかりませんでした。ご存じなら「担当外」を押して教えてください。',
    },
    why: 'なぜ大切か',
    fix: '対応方法',
    evidence: '検出内容',
    due: (date) => `期限 ${date}`,
    overdue: (date) => `期限切れ(${date})`,
    words: (by, words) => `${by}: ${words}`,
    answered: (answer, by, at) => `${by}が「${answer}」と回答(${at})`,
    fixed: (at) => `${at} のスキャンで解消を確認しました。ありがとうございます。`,
    over: '別の扱いに決まりました。対応は不要です。',
    muted: 'ミュートされました。対応は不要です。',
    wrong: 'チェックの誤りでした。対応は不要です。',
    anew: (to) => `${to}に改めて依頼しました。対応は不要です。`,
    reminder: (what, due) => `リマインド: ${what} の期限は ${due} です。担当外・おかしいと思う場合も、そう教えていただけると助かります。`,
    overdueReminder: (what, due) => `リマインド: ${what} は ${due} が期限でした。何か困っていますか? ひとことで構いません。`,
    unconfirmed: (what, at) =>
      `${at} のスキャンではまだ ${what} が見えています。反映待ちか、一部が残っているのかもしれません。お手すきのときにもう一度見ていただけますか?`,
    closed: (what) => `解消を確認しました: ${what}。ありがとうございます!`,
    thanks: {
      'will-do': 'ありがとうございます。期限まではお知らせしません。',
      done: 'ありがとうございます! 次のスキャンで確認します。',
      'not-mine': '教えてくださってありがとうございます。次のレビューで担当を探します。',
      disagree: '教えてくださってありがとうございます。次のレビューで見直します。',
    },
  },
  home: {
    onDuty: (names) => `今週: ${names}`,
    next: (names) => `来週: ${names}`,
    nextAt: (at) => `来週の抽選は ${at}`,
    noDuty: '抽選された週がありません。',
  },
  swap: {
    asked: (from, days) => `${from}から、${days} の当番を代わってもらえないかとの相談です。難しければ遠慮なく断ってください。`,
    drawn: (week, days) => `${week} の当番です: ${days}。都合が悪ければ、交代を頼むか不在を登録してください。`,
    stepIn: (person, days) => `${person}が不在のため、代わりの当番に選ばれました: ${days}。都合が悪ければ交代を頼んでください。`,
  },
  out: (out) => {
    switch (out.why) {
      case 'away':
        return `${out.of} 日中 ${out.days} 日不在`
      case 'twice-running':
        return '隣の週の当番'
      case 'zone':
        return `${out.zone} ではレビューが ${out.time}`
      case 'ahead':
        return `ほかより ${out.weeks} 週分多い`
    }
  },
  draw: {
    title: (week, days, seed) => `${week}、${days}。シード「${seed}」`,
    how: '番号 = SHA-256(シード/週/人)の先頭 48 ビット ÷ 2^48、札 = -ln(1 - 番号) ÷ 重み。小さい順に当選',
    missing: (n) => `${n} 名分が埋まりません。ほかに人がいません。`,
    holidays: 'この週に営業日はありません。抽選しません。',
    drawn: { newcomer: '当選(新人)', experienced: '当選(経験者)', drawn: '当選', filled: '当選(人数不足)' },
    credited: (n) => `${n} 回分を免除`,
    notYet: '抽選前: いま抽選した場合の結果です。',
  },
  tells: {
    'duty.drawn': ({ week, people, missing, days, by }, f) =>
      people.length === 0
        ? `${week} の当番はいません。`
        : `${week}(${f.days(days)})の当番: ${f.names(people)}。${missing > 0 ? `${missing} 名分が埋まりませんでした。` : ''}${by ? `抽選: ${f.name(by)}。` : ''}`,
    'duty.swap-asked': ({ from, to, days }, f) => `${f.name(from)}が${f.name(to)}に交代を相談: ${f.days(days)}。`,
    'duty.swap-ended': ({ from, to, days, status }, f) =>
      ({
        swapped: `${f.days(days)} は${f.name(from)}に代わって${f.name(to)}が当番です。`,
        declined: `${f.days(days)}、${f.name(to)}は${f.name(from)}と代われません。`,
        withdrawn: `${f.name(from)}は${f.name(to)}への交代の相談を取り下げました。`,
        expired: `${f.name(from)}から${f.name(to)}への交代の相談は、回答がないまま期日を過ぎました。`,
      })[status],
    'duty.absent': ({ person, from, until }, f) => `${f.name(person)}は不在です: ${f.days([from, until])}。`,
    'duty.present': ({ person, from, until }, f) => `${f.name(person)}の不在は取り消されました: ${f.days([from, until])}。`,
    'duty.replaced': ({ person, in: by, days }, f) =>
      by
        ? `${f.days(days)} は${f.name(person)}の代わりに${f.name(by)}が当番です。`
        : `${f.days(days)}、${f.name(person)}の代わりがいません。`,
    'review.opened': ({ items, waiting, late }, _f) =>
      `レビューを開始しました${late ? '(遅れて開始)' : ''}: ${items} 件${waiting > 0 ? `、ほか ${waiting} 件は後日` : ''}。`,
    'review.missed': ({ day }, f) =>
      `${f.day(day)} のレビューは開かれませんでした(開始時刻にコントローラーが停止中)。次のレビューで扱います。`,
    'review.reminder': ({ leftMs, undecided }, f) => `残り${f.span(leftMs)}、未決定 ${undecided} 件。残った項目は次回に回ります。`,
    'review.decided': ({ item, decision, by }, f) => `${item} 番: ${decision}(${f.name(by)})。`,
    'review.ended': ({ how, decided, carried, lastedMs }, f) =>
      how === 'nothing'
        ? '今日決めることはありません。よい一日を。'
        : `レビューを終了しました(${f.span(lastedMs)}): ${decided} 件決定${carried > 0 ? `、${carried} 件は次回へ` : ''}。おつかれさまでした。`,
    'review.digest': ({ week }, _f) => `${week} のまとめです。`,
  },
}
